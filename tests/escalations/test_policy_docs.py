"""docs/policy.md stays true: its examples are usable and it names every key."""

import re
from pathlib import Path

from escalations import facts, hard_rules, operators, policy_check
from escalations.policy_document import AmountLimits, Rule, TaskType

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_example_policy_is_valid():
    policy = policy_check.parse(example("json"))
    assert policy.for_task_type("refund").respond_within(3) == 600


def test_the_example_of_hard_rules_is_valid(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(example("toml"))
    assert [rule.name for rule in hard_rules.read(path).rules] == ["legal_threat"]


def test_every_key_field_and_operator_is_named():
    named = [*TaskType.model_fields, *AmountLimits.model_fields, *Rule.model_fields]
    named += [*facts.DERIVED, *operators.PHRASES, *hard_rules.HardRule.model_fields]
    assert [word for word in named if f"`{word}" not in PAGE and f"{word} =" not in PAGE
            and f"rules.{word}]" not in PAGE] == []  # fmt: skip
