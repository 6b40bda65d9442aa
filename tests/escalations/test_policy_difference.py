from escalations import policy_check, policy_difference
from escalations.policy_document import PolicyDocument


def policy(defaults: dict | None = None, **task_types: dict) -> PolicyDocument:
    return policy_check.check(
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
    assert policy_difference.sentences(before, after) == [
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
    assert policy_difference.sentences(before, after) == ["Everything else: undo for 10 s → 30 s"]


def test_the_same_meaning_is_no_difference():
    before = policy(refund={"skills": ["refunds"], "respond_s": 60})
    after = policy(
        refund={"skills": {"refunds": 1}, "respond_s": {"1": 60, "2": 60, "3": 60, "4": 60}}
    )
    assert policy_difference.sentences(before, after) == []


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
    assert policy_difference.sentences(before, after) == [f"Refunds: rule added: {told}"]
    assert policy_difference.sentences(after, before) == [f"Refunds: rule removed: {told}"]
