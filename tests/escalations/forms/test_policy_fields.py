"""What is typed into a field of Levels, and how it is read."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from escalations.forms import policy_fields
from escalations.forms.ladder import When
from escalations.forms.policy_fields import Duration, Percent, Skills


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("30 s", 30), ("90s", 90), ("5 min", 300), ("5 minutes", 300), ("2 H", 7_200),
        ("1 h 30 min", 5_400), ("1 day", 86_400), ("2 days 1 hour", 176_400), ("0", 0),
    ],
)  # fmt: skip
def test_a_time_is_read_with_its_units(typed, seconds):
    assert Duration().clean(typed) == seconds


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("90", "“90” says no unit: type 90 s, 90 min or 90 h."),
        ("1 h 30", "“1 h 30” says no unit: type 30 s, 30 min or 30 h."),
        ("soon", "Type a time such as"),
        ("5 parsecs", "Type a time such as"),
        ("-5 min", "Type a time such as"),
        ("1.5 h", "Type a time such as"),
    ],
)
def test_no_time_is_guessed(typed, said):
    with pytest.raises(ValidationError, match=said):
        Duration().clean(typed)


def test_a_skill_is_the_known_one_in_small_or_large_letters():
    field = Skills()
    field.known = ["Italian", "refunds"]
    assert field.clean("italian 2, REFUNDS, gas 3") == {"Italian": 2, "refunds": 1, "gas": 3}


@given(st.just(0.0) | st.floats(0.0001, 1))
def test_a_share_that_nobody_touched_is_saved_as_it_was(share):
    """`85.125 %` was shown as `85.12 %`, and saved so with whatever else was changed."""
    shown = Percent().prepare_value(share)
    assert Percent().clean(shown) == share
    if 0 < share < 1:
        when = When("ladder")
        assert when.clean(when.prepare_value({"share": share})) == {"share": share}


@pytest.mark.parametrize("typed", ["0 %", "7 %", "85 %", "85.5 %", "99.999 %", "100 %"])
def test_a_share_is_shown_as_it_was_typed(typed):
    assert Percent().prepare_value(Percent().clean(typed)) == typed


FIELDS = [
    one
    for one in vars(policy_fields).values()
    if isinstance(one, type) and one.__module__ == policy_fields.__name__
]
LONG = "9" * 5000


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
@pytest.mark.parametrize(
    "typed", [LONG, f"low {LONG}", f"{LONG} min", "low ²", "² min", "1e999999"]
)
def test_a_number_of_any_length_or_script_is_read_or_refused(field, typed):
    with contextlib.suppress(ValidationError):
        field(required=False).clean(typed)
