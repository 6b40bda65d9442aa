"""Which values are an answer of which kind."""

import pytest

from escalations.asked import expected

COLOURS = expected.of("choice", ["Red", "Blue"])
VALUES = ("Red", "red", "", " ", 5, 5.5, True, False, None, "2026-11-30", "2026-02-30", "20261130",
          ["Red"], {"kind": "text"}, "\u0662026-11-30")  # fmt: skip


@pytest.mark.parametrize(
    ("expects", "those"),
    [
        (None, {"Red", "red", "2026-11-30", "2026-02-30", "20261130", "\u0662026-11-30"}),
        (expected.of("number"), {5, 5.5}),
        (expected.of("yes_no"), {True, False}),
        (expected.of("date"), {"2026-11-30"}),
        (COLOURS, {"Red"}),
    ],
)
def test_only_what_is_of_the_kind_is_one(expects, those):
    found = [value for value in VALUES if expected.is_one(expects, value)]
    assert [(type(one), one) for one in found] == [
        (type(one), one) for one in VALUES if isinstance(one, str | int | float) and any(
            type(one) is type(other) and one == other for other in those
        )
    ]  # fmt: skip


def test_a_kind_is_told_in_words():
    assert expected.of("text") is None
    assert expected.described(None) == "a text"
    assert expected.described(COLOURS) == "one of: “Red”, “Blue”"
    assert [expected.written(one) for one in (True, False, 5, "x")] == ["Yes", "No", "5", "x"]
