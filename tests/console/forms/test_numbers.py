"""A number that cannot be read is said, and never taken as none."""

import re
from pathlib import Path

import pytest
from django import forms

from console.forms.numbers import Number, WholeNumber

ROOT = Path(__file__).parents[3]
FOR_NUMBERS_ONLY = re.compile(
    r"""type=["']number|forms\.(Integer|Float|Decimal)Field|NumberInput"""
)
OWN = ROOT / "console" / "forms" / "numbers.py"


class Limits(forms.Form):
    turns = WholeNumber(required=False, min_value=1, max_value=10)
    many = WholeNumber(min_value=1_000)
    mood = Number(required=False, min_value=-1, max_value=1)


def faults(**typed):
    return Limits({"many": "1000", **typed}).errors


@pytest.mark.parametrize("typed", ["2e", "two", "1.5", "0", "11", "--1"])
def test_what_is_no_such_number_is_said(typed):
    assert faults(turns=typed) == {"turns": ["Type a whole number from 1 to 10."]}


@pytest.mark.parametrize("typed", ["-0,8e", "low", "-1.1", "nan"])
def test_so_it_is_with_decimals(typed):
    assert faults(mood=typed) == {"mood": ["Type a number from −1 to 1."]}


@pytest.mark.parametrize("typed", ["", "x", "999"])
def test_one_that_is_needed_says_which(typed):
    assert faults(many=typed) == {"many": ["Type a whole number of at least 1,000."]}


def test_a_minus_may_be_typed_as_it_is_shown():
    form = Limits({"many": "1000", "mood": "−0.8"})
    assert form.is_valid()
    assert form.cleaned_data == {"turns": None, "many": 1000, "mood": -0.8}


def test_the_field_sends_whatever_was_typed():
    html = str(Limits()["turns"])
    assert 'type="text"' in html
    assert 'inputmode="numeric"' in html


def sources():
    for folder in ("console", "escalations", "routing", "metrics", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html"} and "migrations" not in path.parts and path != OWN:
                yield path


def test_nowhere_does_a_browser_judge_a_number():
    found = {
        str(path.relative_to(ROOT)): hit[0]
        for path in sources()
        if (hit := FOR_NUMBERS_ONLY.search(path.read_text()))
    }
    assert found == {}
