"""Money that only words of the agent name, its draft or a text among the arguments of a call, is
judged like an amount of the calls."""

import pytest

from tests.escalations.triage.judging import judge, package, policy, sentences

LIMITS = {
    "alone_up_to": "100", "approve_up_to": "1000", "take_over_up_to": "5000",
    "two_people_from": "500",
}  # fmt: skip
CALL = {"id": "a1", "name": "refund", "args": {"amount": "40.00", "currency": "EUR"}}
SURE = {"confidence": 1}
HARD = "An amount above the legal limit is never moved by the agent alone"


def judged(draft, *, rest=None, **task_type):
    place = {"refund": {"amount": "/amount"}}
    kept = {"title": "Refunds", "level": 1, "amounts": {"EUR": LIMITS}, "amount_from": place}
    document = policy(refund=kept | task_type)
    sent = package(sure=1, proposed_actions=[CALL], **(rest or {}))
    return judge(sent | {"draft_response": {"text": draft}}, document)


@pytest.mark.parametrize(
    ("draft", "level", "people"),
    [
        ("You get your €40.00.", 1, 1), ("It is €40, and €100 on top.", 1, 1), ("You get €150.00.", 2, 1),
        ("We refund 600 €.", 2, 2), ("Sie bekommen 1.200,00 Euro.", 3, 2), ("You get €6k.", 4, 2),
        ("You get 5 SAR.", 2, 2), ("退款6000欧元", 4, 2), ("You get 600 kr.", 2, 2), ("All 6000 of them", 1, 1),
        ("Order 6000 comes on 24.12.2026.", 1, 1),
    ],
)  # fmt: skip
def test_a_draft_that_promises_more_than_its_call_is_for_who_may_grant_it(draft, level, people):
    """The agent proposed €40 and told the customer of €6,000, alone."""
    found = judged(draft)
    assert (found.level, found.approvals) == (level, people)


@pytest.mark.parametrize(
    "rest",
    [
        {"metadata": {"order_total": "6000.00"}},
        {"context": {"reasoning": SURE, "customer": {"credit": "€6,000.00"}}},
    ],
    ids=str,
)  # fmt: skip
def test_what_a_record_of_the_case_names_is_no_promise(rest):
    assert judged("€6,000.00 is not possible.", rest=rest).level == 1


DEMAND = {"role": "customer", "text": "I paid 6000 EUR and want it back"}


@pytest.mark.parametrize(
    "rest",
    [
        {"summary": "The customer wants €6,000.00."}, {"original_intent": "I want €6,000.00"},
        {"context": {"reasoning": SURE, "conversation": {"messages": [DEMAND]}}},
        {"context": {"reasoning": SURE | {"rationale": "I will offer €6,000.00."}}},
    ],
    ids=str,
)  # fmt: skip
def test_what_only_words_name_is_seen_by_a_person_and_no_more(rest):
    """A customer demanded it and the agent granted it, alone; it may also have refused it."""
    found = judged("€6,000.00 is what you get.", rest=rest)
    assert (found.level, found.approvals) == (2, 1)
    said = "The amount in the draft is €6,000.00, and nothing but words names it"
    assert f"{said}; a person is to see it." in sentences(found)
    assert judged("€6,000.00 is what you get.", rest=rest, amounts={}).level == 1


def test_nor_is_a_text_of_the_policy():
    kept = [{"title": "By law", "text": "You may get €6,000.00."}]
    assert judged("You may get €6,000.00.", replies=kept).level == 1


def test_the_sentence_says_that_it_is_in_the_draft():
    told = sentences(judged("We refund €12,000."))
    assert f"{HARD}: €12,000.00 in the draft is above €10,000.00." in told
    assert (
        "The amount in the draft is €12,000.00; people are alerted at once above €5,000.00." in told
    )
    told = sentences(judged("We refund SAR 50."))
    assert "The amount in the draft is SAR 50.00; limits are set in EUR only." in told


def test_a_draft_is_no_amount_of_the_case_where_one_has_to_be_stated():
    document = policy(refund={"title": "Refunds", "level": 1, "amounts": {"EUR": LIMITS}})
    sent = package(sure=1, proposed_actions=[]) | {"draft_response": {"text": "You get €20."}}
    assert "The agent states no amount; refunds have a limit." in sentences(judge(sent, document))


@pytest.mark.parametrize(
    ("operator", "draft", "level"),
    [("above", "You get €6,000.", 3), ("above", "You get €50.", 1), ("missing", "You get €50.", 1)],
)
def test_rules_on_the_amount_see_it_too(operator, draft, level):
    value = {} if operator == "missing" else {"value": 500}
    rule = {"field": "amount", "operator": operator, "reason": "Large", "level": 3, **value}
    assert judged(draft, amounts={}, rules=[rule]).level == level


def test_it_never_lowers_a_case_that_states_no_amount():
    rule = {"field": "amount", "operator": "missing", "reason": "None", "level": 3}
    document = policy(refund={"level": 1, "rules": [rule]})
    sent = package(sure=1, proposed_actions=[]) | {"draft_response": {"text": "You get €20."}}
    assert judge(sent, document).level == 3


def written(said, *, name="email.send", rest=None, place=None, key="body"):
    """The verdict on a call that writes this, beside a refund of €40."""
    known = {"refund": {"amount": "/amount"}, "email.send": place or {"amount": None}}
    kept = {"title": "Refunds", "level": 1, "amounts": {"EUR": LIMITS}, "amount_from": known}
    say = {"id": "a2", "name": name, "title": "Write €6,000.00", "args": {"to": {key: said}}}
    sent = package(sure=1, proposed_actions=[CALL, say | (rest or {})])
    return judge(sent, policy(refund=kept))


PROMISES = [
    ("You get €150.00 from us.", 2, 1), ("we will refund €6,000", 4, 2), ("€6000 refunded to you", 4, 2), ("退款6000欧元", 4, 2),
    ("Wir erstatten 1.200,00 Euro.", 3, 2), ("You get 5 SAR back.", 2, 2), ("We refund €40.00.", 1, 1),
    ("Order 6000 comes on 24.12.2026.", 1, 1), ("It runs on PHP 8.2 now", 2, 2), ("PHP 8.2", 1, 1), ("6000 ft", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("said", "level", "people"), PROMISES)
@pytest.mark.parametrize("name", ["email.send", "sms", "ticket.reply"])
def test_so_is_a_text_that_a_call_would_send(name, said, level, people):
    """The draft was judged, and `email.send` with the same words left by itself. What the agent
    calls its action names nothing."""
    found = written(said, name=name)
    assert (found.level, found.approvals) == (level, people)


def test_the_sentence_names_the_call():
    told = sentences(written("We refund €12,000 to you."))
    amount = "The amount in a text of “email.send” is €12,000.00"
    assert f"{amount}; people are alerted at once above €5,000.00." in told
    assert f"{HARD}: €12,000.00 in a text of “email.send” is above €10,000.00." in told


@pytest.mark.parametrize(
    ("said", "key", "level"),
    [("6000 EUR", "max_price", 1), ("up to 6000 EUR", "budget", 4), ("up to 6000 EUR, please ask", "x", 4)],
)  # fmt: skip
def test_a_mere_amount_is_what_the_policy_says_of_its_action(said, key, level):
    """A search that moves no money has a price in it; with other words it is said to somebody."""
    assert written(said, key=key).level == level


@pytest.mark.parametrize(
    "rest",
    [{"facts": [{"label": "Order total", "value": "€6,000.00"}]}, {"claims": [{"text": "She paid €6,000.00"}]}],
    ids=str,
)  # fmt: skip
def test_what_the_agent_read_elsewhere_is_no_promise(rest):
    assert written("€6,000.00 is not possible.", rest=rest).level == (1 if "facts" in rest else 2)


@pytest.mark.parametrize(
    "said",
    [
        "<p>You will get back 6,000 US dollars.</p>", "<p>You will get back 6 thousand euros<br>",
        "We refund <b>6,000</b>&nbsp;<b>EUR</b> to you", "<span>€</span><span>6,000</span> come back to you",
        "<table><tr><td>Refund amount</td><td>6000.00</td><td>EUR</td></tr></table>",
        '{"to": "x@y.z", "text": "You will get back \\u20ac6,000 by Friday."}',
        "to=ines%40x.co&body=You+will+get+back+%E2%82%AC6%2C000+by+Friday.",
        "You get 6,000 euros🎉 for it", "<p>You get <strong>6000</strong> EUR back</p>",
        "mailto:x@y.z?body=You%20will%20get%20back%20%E2%82%AC6%2C000", "Refund amount: 6000.00 EUR",
    ],
)  # fmt: skip
def test_it_is_read_as_whoever_gets_it_reads_it(said):
    assert written(said).level > 1
    assert written({said: True}).level > 1 or " " not in said


@pytest.mark.parametrize(
    "said", ["T-shirt M 10 € each", "Seil 20 m, 10 Euro", "Plan B 10 € a month"]
)
def test_a_letter_before_an_amount_multiplies_nothing(said):
    assert written(said).level == 1
