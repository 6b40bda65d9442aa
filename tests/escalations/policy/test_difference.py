from escalations.policy import check, difference
from escalations.policy.document import PolicyDocument


def policy(defaults: dict | None = None, **task_types: dict) -> PolicyDocument:
    return check.check(
        {"schema": "handoff.policy/1", "defaults": defaults or {}, "task_types": task_types}
    )


def test_sentences_name_what_changed():
    before = policy(refund={"title": "Refunds", "level": 2, "act_at": 0.7}, gone={})
    after = policy(
        refund={
            "title": "Refunds",
            "level": 1,
            "act_at": 0.8,
            "respond_s": {"3": 600},
            "skills": {"refunds": 2},
            "amounts": {"EUR": {"alone_up_to": "80.00"}},
            "turns_above": {"value": 20},
            "expires_s": 86400,
        },
        new={"level": 3},
    )
    assert difference.sentences(before, after) == [
        "Refunds: level 2 → 1",
        "Refunds: acts alone when at least 70 % sure → 80 % sure",
        "Refunds: expires after not set → 1 day",
        "Refunds: skills none → refunds 2",
        "Refunds: customer messages above not set → 20 (level 3)",
        "Refunds: answer at level 3 within 15 min → 10 min",
        "Refunds: alone up to not set → €80.00",
        "Gone: task type removed",
        "New: new task type, level 3",
    ]


def test_a_change_of_the_defaults_is_told_once():
    before = policy(refund={"title": "Refunds", "level": 1})
    after = policy({"undo_s": 30}, refund={"title": "Refunds", "level": 1})
    assert difference.sentences(before, after) == ["Everything else: undo for 10 s → 30 s"]


def test_the_same_meaning_is_no_difference():
    before = policy(refund={"skills": ["refunds"], "respond_s": 60})
    after = policy(
        refund={"skills": {"refunds": 1}, "respond_s": {"1": 60, "2": 60, "3": 60, "4": 60}}
    )
    assert difference.sentences(before, after) == []


def test_rules_are_told_in_words():
    rule = {
        "field": "customer.tier",
        "operator": "one_of",
        "value": ["vip", "gold"],
        "level": 3,
        "reason": "Large customers",
    }
    told = "the customer tier is one of vip or gold: level 3 (Large customers)"
    before, after = (
        policy(refund={"title": "Refunds"}),
        policy(refund={"title": "Refunds", "rules": [rule]}),
    )
    assert difference.sentences(before, after) == [f"Refunds: rule added: {told}"]
    assert difference.sentences(after, before) == [f"Refunds: rule removed: {told}"]


def whole(**parts: object) -> PolicyDocument:
    return check.check({"schema": "handoff.policy/1", **parts})


WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
PARIS = {"time_zone": "Europe/Paris", "week": WEEK, "holidays": ["2026-12-25"]}


def test_opening_hours_come_go_and_change():
    other = {
        "time_zone": "Europe/Rome",
        "week": WEEK | {"wed": ["09:00-12:30", "13:30-18:00"], "sat": ["10:00-12:00"]},
        "holidays": ["2027-01-01"],
    }
    none, before, after = whole(), whole(hours={"Shop": PARIS}), whole(hours={"Shop": other})
    assert difference.sentences(none, before) == [
        "Opening hours Shop: new, Mon–Fri 09:00–17:00 (Europe/Paris)"
    ]
    assert difference.sentences(before, none) == ["Opening hours Shop: removed"]
    assert difference.sentences(before, after) == [
        "Opening hours Shop: time zone Europe/Paris → Europe/Rome",
        "Opening hours Shop: Wednesday 09:00–17:00 → 09:00–12:30, 13:30–18:00",
        "Opening hours Shop: Saturday closed → 10:00–12:00",
        "Opening hours Shop: open again on 25 Dec 2026",
        "Opening hours Shop: closed on 1 Jan 2027",
    ]
    assert difference.changed(before, after) == {"/hours"}


def test_routing_is_told_in_words():
    after = whole(
        routing={
            "offer_s": 45,
            "missed_offers_max": 2,
            "fit": 2.5,
            "keep_free_min": 0,
            "shorter_first": False,
            "rings": [
                {"after_min": 2, "lower_by": 1},
                {"after_min": 5, "lower_by": 3},
                {"after_min": 10, "anyone": True},
            ],
            "weights": {"urgent": 20},
        }
    )
    assert difference.sentences(whole(), after) == [
        (
            "When nobody fits: after 1 h 30 min the skill at any level → after 2 min one level lower, "
            "after 5 min 3 levels lower, after 10 min anyone present"
        ),
        "Routing: an offer stands for 30 s → 45 s",
        "Routing: a person is set away after 3 missed offers in a row → 2 missed offers in a row",
        "Routing: how picky about fit 4 → 2.5",
        "Routing: a unit is kept free for up to 15 min → never",
        "Routing: shorter cases first yes → no",
        (
            "Routing: what a minute of waiting weighs urgent 10, high 4, normal 2, low 1 "
            "→ urgent 20, high 4, normal 2, low 1"
        ),
    ]
    assert difference.changed(whole(), after) == {"/routing"}


def test_time_and_capacity_of_a_task_type_are_told():
    own = {
        "units": 2,
        "strict": True,
        "hours": "Shop",
        "ladder": [
            {"name": "warn", "share": 0.5, "tell": "holder"},
            {"name": "breach", "after_min": 0, "widen": True},
            {"name": "all", "after_min": 5, "tell": "supervisors", "repeat_min": 30},
        ],
        "alarm": [],
    }
    before = whole(hours={"Shop": PARIS}, task_types={"refund": {"title": "Refunds"}})
    after = whole(hours={"Shop": PARIS}, task_types={"refund": {"title": "Refunds", **own}})
    assert difference.sentences(before, after) == [
        "Refunds: never below the wished level of skill no → yes",
        "Refunds: units of capacity 1 → 2",
        "Refunds: opening hours always → Shop",
        (
            "Refunds: told about answers due: at 80 % of the time: whoever has it; when the answer is due: supervisors "
            "on shift, and offered more widely; 5 min after it was due: supervisors on shift; 10 min after it was "
            "due: all supervisors, then every 15 min → at 50 % of the time: whoever has it; when the answer is due: supervisors "
            "on shift, and offered more widely; 5 min after it was due: all supervisors, then every 30 min"
        ),
        (
            "Refunds: told at level 4: on arrival: whoever fits and supervisors on shift; 2 min after "
            "arrival: whoever fits and supervisors on shift; 4 min after arrival: all supervisors, and offered more "
            "widely, then every 2 min → nobody"
        ),
    ]


def test_where_amounts_are_read_is_told():
    before = policy(refund={"title": "Refunds"})
    source = {"pay": {"amount": "/cents", "currency": "EUR", "minor_units": True}}
    after = policy(refund={"title": "Refunds", "amount_from": source | {"note": {"amount": None}}})
    assert difference.sentences(before, after) == [
        (
            "Refunds: amounts read from the arguments that look like one → "
            "pay: /cents, EUR, minor units; note: no money"
        )
    ]


def test_a_part_that_two_changed_and_a_value_are_told_in_words():
    wanted = policy(refund={"title": "Refunds"})
    assert difference.part_in_words(wanted, "refund: respond_s") == "Refunds, time to answer"
    assert difference.part_in_words(wanted, "defaults: undo_s") == "Everything else, undo for"
    rule = {"field": "trigger.type", "operator": "one_of", "value": ["tool_error", "exception"]}
    rules = policy(refund={"rules": [rule | {"level": 2, "reason": "Stuck"}]})
    told = difference.rule_in_words(rules.for_task_type("refund").rules[0])
    assert "is one of tool error or exception" in told
