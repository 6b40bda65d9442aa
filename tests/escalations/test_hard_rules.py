from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from escalations import hard_rules, triage
from escalations.policy_document import PolicyDocument

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SMALLEST = """
schema = "handoff.hard_rules/1"
[person]
ask = ["speak to"]
who = ["a human"]
[[rules]]
name = "own"
title = "Own rule"
level = 4
reason = "Ours"
words = ["tsunami"]
"""


def test_shipped_rules_are_usable():
    rules = hard_rules.read(hard_rules.SHIPPED)
    assert [rule.name for rule in rules.rules] == [
        "emergency",
        "legal_threat",
        "regulated",
        "compliance",
        "cannot_be_undone",
        "legal_amount",
    ]
    assert rules.person.level == 3
    lock = rules.locks("data_deletion")
    assert lock is not None
    assert (lock.level, lock.title) == (2, "Cannot be undone")
    assert rules.locks("refund") is None


def test_a_deployment_may_ship_its_own(tmp_path: Path, settings):
    path = tmp_path / "rules.toml"
    path.write_text(SMALLEST)
    settings.HARD_RULES = path
    verdict = triage.judge({"summary": "A tsunami warning"}, PolicyDocument(), now=NOW)
    assert (verdict.level, verdict.reasons[0].sentence) == (4, "Ours: “tsunami” was written.")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("schema = ", "is not TOML"),
        (SMALLEST.replace("level = 4", "level = 1"), "/rules/0/level"),
        (SMALLEST.replace('words = ["tsunami"]', ""), "Give the rule a condition"),
        (SMALLEST.replace("words", "wrods"), "/rules/0/wrods"),
        (SMALLEST.replace("[person]", "[person]\nlevel = 2"), "/person/level"),
        (SMALLEST.replace("rules/1", "rules/2"), "/schema"),
        (SMALLEST.replace('["tsunami"]', '["a"]'), "/rules/0/words/0"),
    ],
)
def test_a_wrong_file_is_refused_with_its_fault(tmp_path: Path, text, complaint):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(ImproperlyConfigured, match=complaint):
        hard_rules.read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ImproperlyConfigured, match="BATON_HARD_RULES"):
        hard_rules.read(tmp_path / "none.toml")
