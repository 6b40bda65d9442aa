"""Addresses in templates are those that `reverse` finds."""

import pytest
from django.template import Context
from django.urls import NoReverseMatch, reverse

from console.templating import addresses
from console.templating.values import Drawing

CASES = (
    ("escalations:inbox", []),
    *(("escalations:briefing", [one]) for one in ("esc_01jx", "a b", "Ä %", "{0}", "1", 7, "-x")),
    ("escalations:command", ["esc_01", "take_over"]),
    ("escalations:command", ["esc 01", "approve"]),
    ("person", ["dana"]),
    ("person", ["dana@example.org"]),
    ("agent", ["Mira"]),
)


@pytest.mark.parametrize(("name", "given"), CASES)
def test_they_are_those_that_reverse_finds(name, given):
    for _ in range(2):
        assert addresses.of(name, given, {}, Drawing(Context())) == reverse(name, args=given)


def test_what_takes_numbers_only_takes_no_words():
    there = reverse("escalations:look-up", args=["esc_01", 3])
    drawing = Drawing(Context())
    assert addresses.of("escalations:look-up", ["esc_01", 3], {}, drawing) == there
    with pytest.raises(NoReverseMatch):
        addresses.of("escalations:look-up", ["esc_01", "three"], {}, drawing)
    with pytest.raises(NoReverseMatch):
        addresses.of("escalations:briefing", [], {}, drawing)
