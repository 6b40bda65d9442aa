import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.package import observations
from escalations.policy import check, hard_rules, operators, rule_fields
from escalations.policy.document import AmountLimits, PolicyDocument, Rule, TaskType
from escalations.refusals import Fault, Invalid
from escalations.schemas.package import SHAPE


def policy(**rest: object) -> dict:
    return {"schema": "handoff.policy/1", **rest}


def refund(**rest: object) -> dict:
    return policy(task_types={"refund": rest})


def faults(document: object) -> list[Fault]:
    with pytest.raises(Invalid) as refused:
        check.check(document)
    return refused.value.errors


def test_fresh_install_judges_with_the_fallback():
    fallback = PolicyDocument().for_task_type("whatever/else")
    assert (fallback.level, fallback.act_at, fallback.review_below) == (2, 0.85, 0.7)
    assert (fallback.undo_s, fallback.skills, fallback.approvals) == (10, {}, 1)
    assert fallback.expires_s is None


def test_for_task_type_takes_what_is_left_open_from_the_defaults():
    document = check.check(
        policy(
            defaults={"undo_s": 20, "act_at": 0.9, "skills": ["general"]},
            task_types={"refund": {"level": 1, "act_at": 0.8, "skills": {"refunds": 3}}},
        )
    )
    refunds = document.for_task_type("refund")
    assert (refunds.level, refunds.act_at, refunds.undo_s) == (1, 0.8, 20)
    assert refunds.skills == {"refunds": 3}
    assert document.for_task_type("unknown").skills == {"general": 1}


def test_rules_of_the_defaults_hold_for_every_task_type():
    rule = {"field": "customer.tier", "operator": "is", "value": "vip", "level": 3, "reason": "VIP"}
    own = {**rule, "value": "gold"}
    document = check.check(
        policy(defaults={"rules": [rule]}, task_types={"refund": {"rules": [own]}})
    )
    values = [r.value for r in document.for_task_type("refund").rules]
    assert values == ["vip", "gold"]
    assert [r.value for r in document.for_task_type("other").rules] == ["vip"]


def test_one_number_of_seconds_stands_for_every_level():
    document = check.check(
        policy(task_types={"a": {"respond_s": 60}, "b": {"respond_s": {"3": 30}}})
    )
    assert document.for_task_type("a").respond_s == {"1": 60, "2": 60, "3": 60, "4": 60}
    assert document.for_task_type("b").respond_within(3) == 30
    assert document.for_task_type("b").respond_within(4) == 300


def test_other_is_always_a_reason_to_reject():
    document = check.check(refund(reject_reasons=["Photo is dated before delivery"]))
    reasons = document.for_task_type("refund").reasons_to_reject()
    assert [(reason.code, reason.label) for reason in reasons] == [
        ("photo_is_dated_before_delivery", "Photo is dated before delivery"),
        ("other", "Another reason"),
    ]


def test_title_is_made_of_the_name_where_none_is_given():
    assert PolicyDocument().for_task_type("retail/address_change").title == "Retail, address change"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], [Fault("", "Use an object.")]),
        ({}, [Fault("/schema", "This is missing. Use 'handoff.policy/1'.")]),
        ({"schema": "handoff.policy/2"}, [Fault("/schema", "Use 'handoff.policy/1'.")]),
        (
            refund(levle=1),
            [Fault("/task_types/refund/levle", "No such key here. Did you mean level?")],
        ),
        (
            refund(deadlines={"respond_by": 60}),
            [
                Fault(
                    "/task_types/refund/deadlines",
                    (
                        "No such key here. Did you mean respond_s, expires_s, on_timeout or ladder "
                        "of a task type or of defaults?"
                    ),
                )
            ],
        ),
        (refund(level=5), [Fault("/task_types/refund/level", "Use at most 4.")]),
        (refund(level="2"), [Fault("/task_types/refund/level", "Use a whole number.")]),
        (refund(level=True), [Fault("/task_types/refund/level", "Use a whole number.")]),
        (refund(act_at=1.2), [Fault("/task_types/refund/act_at", "Use at most 1.")]),
        (
            refund(skills=["a", "a"]),
            [Fault("/task_types/refund/skills", "Use different names of skills.")],
        ),
        (refund(skills={"a": 6}), [Fault("/task_types/refund/skills/a", "Use at most 5.")]),
        (refund(tiers={"vip": 1}), [Fault("/task_types/refund/tiers/vip", "Use at least 2.")]),
        (
            policy(task_types={"Re fund": {}}),
            [Fault("/task_types/Re fund", "This must match ^[a-z0-9][a-z0-9_./-]{0,63}$.")],
        ),
        (
            policy(task_types={"a/b": {"undo_s": -1}}),
            [Fault("/task_types/a~1b/undo_s", "Use at least 0.")],
        ),
    ],
)
def test_check_names_what_is_wrong(document, expected):
    assert faults(document) == expected


def test_check_names_every_fault_in_one_answer():
    document = policy(defaults={"level": 0, "blind": "yes"}, task_types={"a": {"act": 1}})
    assert [fault.pointer for fault in faults(document)] == [
        "/defaults/level",
        "/defaults/blind",
        "/task_types/a/act",
    ]


def test_an_agent_cannot_act_alone_where_it_must_hand_over():
    document = policy(defaults={"review_below": 0.8}, task_types={"refund": {"act_at": 0.75}})
    assert faults(document) == [
        Fault(
            "/task_types/refund/act_at",
            "An agent cannot act alone from 75 % where it must hand over below 80 %.",
        )
    ]


RULE = {
    "field": "risk.amount.value",
    "operator": "above",
    "value": "500",
    "level": 3,
    "reason": "Large",
}


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"level": 1}, "/level"),
        ({"level": None}, ""),
        ({"field": "amuont"}, "/field"),
        ({"field": "context..x"}, "/field"),
        ({"operator": "matches"}, "/operator"),
        ({"value": "many"}, ""),
        ({"value": {"$gt": 1}}, "/value"),
        ({"operator": "present"}, ""),
        ({"operator": "one_of"}, ""),
        ({"field": "text", "operator": "is"}, ""),
        ({"reason": ""}, "/reason"),
        ({"patern": "x"}, "/patern"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(changed, pointer):
    document = refund(rules=[RULE, RULE | changed])
    assert [fault.pointer for fault in faults(document)] == [f"/task_types/refund/rules/1{pointer}"]


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("risk.amount.valeu", ("“risk.amount” of a package has no “valeu”. Did you mean "
         "risk.amount.value?")),
        ("customer.teir", "“customer” of a package has no “teir”. Did you mean customer.tier?"),
        ("context.customer.teir", ("“context.customer” of a package has no “teir”. Did you mean "
         "context.customer.tier?")),
        ("proposed_actions.nam", ("“proposed_actions” of a package has no “nam”. Did you mean "
         "proposed_actions.name?")),
        ("proposed_actions.0.name", ("A rule sees each one of a list: use proposed_actions.name, "
         "without the number.")),
        ("conversation.messages.3.text", ("A rule sees each one of a list: use "
         "conversation.messages.text, without the number.")),
        ("trigger.tpye", "“trigger” of a package has no “tpye”. Did you mean trigger.type?"),
        ("requested.metod", ("“requested” of a package has no “metod”. Did you mean "
         "requested.method?")),
        ("customer.shoe_size", ("“customer” of a package has no “shoe_size”. What is your agents' "
         "own stands in `metadata`, in `args` or in `customer.attributes`.")),
        ("customer.tier.name", "“customer.tier” is one value: nothing stands below it."),
        ("summary.text", "“summary” is one value: nothing stands below it."),
    ],
)  # fmt: skip
def test_a_rule_on_what_no_package_has_is_refused(field, told):
    rule = RULE | {"field": field, "operator": "is"}
    assert faults(refund(rules=[RULE, rule])) == [Fault("/task_types/refund/rules/1/field", told)]
    assert faults(policy(defaults={"rules": [rule]})) == [Fault("/defaults/rules/0/field", told)]
    # What is in force already stays readable.
    kept = refund(rules=[rule])
    assert check.check(kept, kept=True).dump() == kept


def paths_of(shape, path=()):
    """Every path that the shape of a package has."""
    for key in shape.keys:
        yield (*path, key)
        yield from paths_of(shape.parts[key], (*path, key)) if key in shape.parts else ()


def test_a_rule_may_use_every_field_that_a_package_has_and_no_misspelt_one():
    paths = [path for path in paths_of(SHAPE) if path[0] in observations.ROOTS]
    assert len(paths) > 150
    for path in paths:
        assert rule_fields.fault(".".join(path)) is None, path
        if len(path) > 1:
            assert rule_fields.fault(".".join([*path[:-1], f"{path[-1]}x"])) is not None, path


@pytest.mark.parametrize(
    "field",
    [
        "metadata.beta.of.any", "proposed_actions.args.lines.qty", "customer.attributes.vip",
        "customer.contact.mail", "proposed_actions.metadata.x", "trigger.observed.x",
        "proposed_actions.compensation.args.amount", "environment.metrics.cpu",
        "conversation.messages.tool_call.name", "amount",
    ],
)  # fmt: skip
def test_what_an_agent_fills_as_it_likes_is_free(field):
    assert check.check(refund(rules=[RULE | {"field": field, "operator": "is"}]))


def test_amount_limits_must_not_fall():
    limits = {"EUR": {"alone_up_to": "80.00", "approve_up_to": "79.99"}}
    assert [fault.pointer for fault in faults(refund(amounts=limits))] == [
        "/task_types/refund/amounts/EUR"
    ]


def test_parse_refuses_a_key_that_stands_twice():
    with pytest.raises(Invalid, match="'level' stands twice"):
        check.parse('{"schema": "handoff.policy/1", "defaults": {"level": 1, "level": 3}}')


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"schema": NaN}', "x" * 2_000_000])
def test_parse_refuses_what_is_not_a_policy(text):
    with pytest.raises(Invalid):
        check.parse(text)


def test_dump_says_again_what_was_said_and_no_more():
    document = refund(level=1, act_at=0.9, rules=[RULE], amounts={"EUR": {"alone_up_to": "80.00"}})
    assert check.check(document).dump() == document
    assert check.parse(json.dumps(document)) == check.check(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["schema", "defaults", "task_types", "x"]), json_values))
def test_check_only_ever_answers_or_refuses(document):
    with suppress(Invalid):
        check.check(document)


# docs/policy.md stays true: its examples are usable and it names every key.

PAGE = (Path(__file__).parents[3] / "docs" / "policy.md").read_text()


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_example_policy_is_valid():
    policy = check.parse(example("json"))
    assert policy.for_task_type("refund").respond_within(3) == 600


def test_the_example_of_hard_rules_is_valid(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(example("toml"))
    assert [rule.name for rule in hard_rules.read(path).rules] == ["legal_threat"]


def test_every_key_field_and_operator_is_named():
    named = [*TaskType.model_fields, *AmountLimits.model_fields, *Rule.model_fields]
    named += [*observations.DERIVED, *operators.PHRASES, *hard_rules.HardRule.model_fields]
    assert [word for word in named if f"`{word}" not in PAGE and f"{word} =" not in PAGE
            and f"rules.{word}]" not in PAGE] == []  # fmt: skip


@pytest.mark.parametrize(
    ("source", "pointer", "detail"),
    [
        ({"amount": "amount"}, "/amount", ("Not a place in the arguments. Write a JSON pointer such "
         "as /amount or /refund/total.")),
        ({"amount": "/a~2"}, "/amount", ("Not a place in the arguments. Write a JSON pointer such "
         "as /amount or /refund/total.")),
        ({"amount": "/a", "currency": "euro"}, "/currency", ("Write a currency such as EUR, or "
         "where it stands, such as /currency.")),
        ({}, "/amount", "This is missing."),
        ({"amount": "/a", "minor": True}, "/minor", "No such key here. Did you mean minor_units?"),
    ],
)  # fmt: skip
def test_a_wrong_place_of_an_amount_is_named(source, pointer, detail):
    [fault] = faults(refund(amount_from={"pay": source}))
    assert (fault.pointer, fault.detail) == (
        f"/task_types/refund/amount_from/pay{pointer}", detail,
    )  # fmt: skip
