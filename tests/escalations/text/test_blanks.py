"""What cannot be seen says nothing."""

import pytest

from escalations.text.blanks import is_blank


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t ", "\u200b", "\u2800", "\u3164 \u00a0", "\u202e\u200f", "\ufe0f", "\u0301"],
)
def test_nothing_to_see(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " .", "👍", "好", "\u200bx", "\u0915\u094d", "0"])
def test_something_to_see(text):
    assert not is_blank(text)
