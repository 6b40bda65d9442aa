"""Masked values in what others wrote, however they write them."""

import pytest

from escalations.masking import words
from escalations.text.mask import MASK

HIDDEN = ("PT50 0002 0123 1234 5678 9015 4", "+351 912 345 678", "Inès Carvalho", "18.50")


@pytest.mark.parametrize(
    "written",
    ["PT50000201231234567890154", "pt50-0002-0123-1234-5678-90154", "+351 912 345 678",
     "(351) 912-345-678", "inès  carvalho", "18.50"],
)  # fmt: skip
def test_a_value_is_covered_however_it_is_grouped(written):
    assert MASK in words.covered(f"It is {written}, they said.", HIDDEN)
    assert not any(sign.isdigit() for sign in words.covered(f"It is {written}.", HIDDEN))


@pytest.mark.parametrize("written", ["PT50000201231234567890155", "1850", "Inès", "912 345"])
def test_another_value_is_not(written):
    assert words.covered(written, HIDDEN) == written
