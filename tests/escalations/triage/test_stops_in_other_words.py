"""Who stops in words that nobody looked for gets a person nearly always, and little else does."""

import tomllib
from pathlib import Path

import pytest

from tests.escalations.triage.judging import judge
from tests.escalations.triage.test_stopping import ALONE, KINDS, saying

TOLD = tomllib.loads(Path(__file__).with_name("stops_in_other_words.toml").read_text())


def told(which: str, kind: str) -> list[str]:
    listed = [TOLD[language][which].get(kind, "") for language in TOLD]
    return [one.strip() for several in listed for one in several.split("|") if one.strip()]


@pytest.mark.parametrize("kind", KINDS)
def test_nearly_all_get_a_person(kind):
    every = told("stops", kind)
    missed = [said for said in every if judge(saying(kind, said), ALONE).level == 1]
    assert len(every) >= 80
    assert len(missed) / len(every) <= 0.03, missed


@pytest.mark.parametrize("kind", ["steps", "sentences", "promises"])
def test_hardly_anything_like_them_does(kind):
    quiet = told("quiet", kind)
    false = [said for said in quiet if judge(saying(kind, said), ALONE).level > 1]
    assert len(quiet) >= 38
    assert len(false) / len(quiet) <= 0.04, false
