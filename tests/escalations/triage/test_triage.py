"""A summary tells of the customer and of what the agent does: only a wish of theirs is heard in it."""

import tomllib
from pathlib import Path

import pytest

from tests.escalations.recognition.test_recogniser import LANGUAGES
from tests.escalations.triage.judging import judge, package

TOLD = tomllib.loads(Path(__file__).with_name("summaries.toml").read_text())


def told(language: str, kind: str) -> list[str]:
    return [one.strip() for one in TOLD[language][kind].split("|")]


def of_customer(summary: str) -> list[str]:
    """The rules that something the customer said meets."""
    reasons = judge(package(sure=0.99, summary=summary)).reasons
    return [one.rule for one in reasons if one.rule == "person" or one.rule.startswith("hard/")]


def test_ordinary_summaries_are_quiet():
    quiet = [one for language in LANGUAGES for one in told(language, "quiet")]
    false = [one for one in quiet if of_customer(one)]
    assert len(quiet) == 240
    assert len(false) / len(quiet) <= 0.02, false


def test_a_wish_for_a_person_is_heard_in_the_third_person():
    firing = [one for language in LANGUAGES for one in told(language, "fires")]
    missed = [one for one in firing if "person" not in of_customer(one)]
    assert len(firing) == 120
    assert len(missed) / len(firing) <= 0.03, missed


@pytest.mark.parametrize("said", ["Let me explain my situation to somebody", "answer me, anyone?"])
def test_what_a_customer_wrote_is_heard_as_theirs_where_the_summary_repeats_it(said):
    alone = judge(package(sure=0.99, said=said))
    quoted = judge(package(sure=0.99, said=said) | {"summary": f"return: {said}"})
    assert [one.rule for one in quoted.reasons] == [one.rule for one in alone.reasons]
