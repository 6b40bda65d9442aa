from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from escalations.policy import hard_rules
from escalations.policy.document import PolicyDocument
from escalations.triage import judging
from tests.escalations.triage.judging import NOW, judge, package, policy

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
        "account_closure",
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
    verdict = judging.judge({"summary": "A tsunami warning"}, PolicyDocument(), now=NOW)
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
        (SMALLEST.replace('ask = ["speak to"]', ""), "Give topics, or both ask and who"),
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


# What the shipped rules say of packages


@pytest.mark.parametrize(
    ("changed", "level", "rule", "because"),
    [
        ({"trigger": {"type": "emergency", "reason": "Gas"}}, 4, "emergency",
         "A person may be in danger: the agent gives “emergency” as its reason."),
        ({"flags": [{"code": "self_harm"}]}, 4, "emergency",
         "A person may be in danger: the case carries the flag “self_harm”."),
        ({"said": "I will KILL  myself"}, 4, "emergency",
         "A person may be in danger: “kill myself” was written."),
        ({"summary": "Threatens a lawsuit"}, 3, "legal_threat",
         "Words of a legal dispute are for a person: “lawsuit” was written."),
        ({"trigger": {"type": "regulatory", "reason": "PSD2"}}, 3, "regulated",
         "The law asks for a person here: the agent gives “regulatory” as its reason."),
        ({"trigger": {"type": "compliance", "reason": "KYC"}}, 2, "compliance",
         ("Compliance is never settled by the agent alone: "
         "the agent gives “compliance” as its reason.")),
        ({"risk": {"reversible": False}}, 2, "cannot_be_undone",
         ("What cannot be undone is never done by the agent alone: "
         "the agent says that it cannot be taken back.")),
        ({"risk": {"amount": {"value": "12000.00", "currency": "EUR"}}}, 2, "legal_amount",
         ("An amount above the legal limit is never moved by the agent alone: "
         "€12,000.00 is above €10,000.00.")),
        ({"risk": {"amount": {"value": "1.00", "currency": "XTS"}}}, 2, "legal_amount",
         ("An amount above the legal limit is never moved by the agent alone: "
         "XTS 1.00, and no limit is set for XTS.")),
    ],
)  # fmt: skip
def test_hard_rules_come_first(changed, level, rule, because):
    verdict = judge(package(sure=1, **changed))
    first = verdict.reasons[0]
    assert (verdict.level, first.rule, first.sentence) == (level, f"hard/{rule}", because)


def test_level_4_alerts_at_once():
    verdict = judge(package(said="I smell gas, there is a gas leak", priority="low"))
    assert (verdict.disposition, verdict.priority) == ("alert", "urgent")
    assert verdict.respond_by == NOW + timedelta(minutes=5)


def test_a_task_type_named_by_a_hard_rule_is_never_level_1():
    sent = package(sure=1) | {"task_type": "data_deletion"}
    verdict = judge(sent, policy(data_deletion={"level": 1, "act_at": 0, "review_below": 0}))
    assert (verdict.level, verdict.reasons[0].rule) == (2, "hard/cannot_be_undone")


def test_words_match_whole_words_only():
    assert judge(package(sure=1, said="The lawsuitable issue with my Kindle Fire")).level == 1


def test_amounts_of_several_actions_are_added_up():
    action = {
        "id": "a",
        "name": "refund",
        "risk": {"amount": {"value": "-6000", "currency": "EUR"}},
    }
    verdict = judge(package(sure=1, proposed_actions=[action, action]))
    assert verdict.reasons[0].observed == "12000"


# Sentences of a deployment

NAMED = SMALLEST.replace('words = ["tsunami"]', 'topics = ["flood"]')
FLOOD = """
schema = "handoff.sentences/1"
language = "Ours"
[lists]
place = ["(cellar|garage)", "ground floor"]
[topics.flood]
says = ["water ... in [the|my] <place>"]
unless = ["no water"]
"""


def rules_with(tmp_path: Path, settings, sentences: str, *, places: str = '["own.toml"]') -> Path:
    (tmp_path / "own.toml").write_text(sentences)
    settings.HARD_RULES = tmp_path / "rules.toml"
    settings.HARD_RULES.write_text(f"sentences = {places}\n{NAMED}")
    return settings.HARD_RULES


@pytest.mark.parametrize(
    ("summary", "level"),
    [
        ("There is WATER everywhere in my cellar", 4),
        ("Water, a lot, in the ground-floor flat", 4),
        ("There is no water in the cellar", 2),
        ("The cellar has a water meter", 2),
    ],
)
def test_a_deployment_may_name_its_own_sentences(summary, level, tmp_path: Path, settings):
    rules_with(tmp_path, settings, FLOOD)
    verdict = judging.judge({"summary": summary}, PolicyDocument(), now=NOW)
    assert verdict.level == level


@pytest.mark.parametrize(
    ("wrong", "places", "complaint"),
    [
        (FLOOD.replace("[topics.flood]", "[topics.fire]"), '["own.toml"]', "has the topic “flood”"),
        (FLOOD.replace("<place>", "<places>"), '["own.toml"]', "names the list <places>"),
        (FLOOD.replace("[the|my]", "[the|my"), '["own.toml"]', "has no “]” where one belongs"),
        (FLOOD.replace("water ... in [the|my] <place>", "[water]"), '["own.toml"]', "needs a word"),
        (FLOOD.replace("says", "said"), '["own.toml"]', "/topics/flood/says"),
        (FLOOD, '["other.toml"]', "no file or folder"),
    ],
)
def test_wrong_sentences_are_refused(wrong, places, complaint, tmp_path: Path, settings):
    rules_with(tmp_path, settings, wrong, places=places)
    with pytest.raises(ImproperlyConfigured, match=complaint):
        hard_rules.require_usable()
