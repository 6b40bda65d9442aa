"""Replies that the policy keeps: read, refused, written on the Levels screen, and filled in."""

import pytest

from escalations.policy import check, replies
from escalations.refusals import Invalid


def policy(*kept):
    part = {"replies": [{"title": title, "text": text} for title, text in kept]}
    return check.check({"schema": "handoff.policy/1", "task_types": {"refund": part}})


def faults(*kept):
    with pytest.raises(Invalid) as refused:
        policy(*kept)
    return {one.pointer: one.detail for one in refused.value.errors}


def test_every_variable_is_read():
    text = " ".join(f"{{{name}}}" for name in replies.VARIABLES)
    kept = policy(("All", text)).for_task_type("refund").replies
    assert replies.filled(kept[0].text, dict.fromkeys(replies.VARIABLES, "x")) == (
        " ".join("x" for _ in replies.VARIABLES), [],
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["customer.nam", "name", "", " customer.name", "0", "customer.name!r", "package"]
)
def test_an_unknown_variable_is_refused_where_it_stands(name):
    found = faults(("Fine", "Dear {customer.name}"), ("Not", f"Dear {{{name}}}, hello."))
    assert list(found) == ["/task_types/refund/replies/1/text"]
    (said,) = found.values()
    assert said.startswith(f"No case fills in {{{name}}}.")
    assert "{case.number}" in said
    if name == "customer.nam":
        assert "Did you mean {customer.name}?" in said


def test_a_brace_that_is_no_variable_is_text():
    kept = policy(("Curly", "A } or { is text; {case.number} is not."))
    (one,) = kept.for_task_type("refund").replies
    assert replies.filled(one.text, {"case.number": "BTN-7"})[0] == (
        "A } or { is text; BTN-7 is not."
    )


@pytest.mark.parametrize(
    ("kept", "pointer"),
    [
        ([("Once", "a"), ("Once", "b")], "/task_types/refund/replies"),
        ([("Blank", " \n ")], "/task_types/refund/replies/0/text"),
        ([("", "a")], "/task_types/refund/replies/0/title"),
        ([("Long", "a" * 5_001)], "/task_types/refund/replies/0/text"),
        ([("Heading", "a\n# b")], "/task_types/refund/replies/0/text"),
        ([(f"{n}", "a") for n in range(21)], "/task_types/refund/replies"),
    ],
)
def test_what_could_not_be_chosen_is_refused(kept, pointer):
    assert list(faults(*kept)) == [pointer]


def test_what_is_filled_in_is_not_filled_in_again():
    told, missing = replies.filled(
        "{customer.name} {case.reference} {case.reference}",
        {"customer.name": "{case.number}", "case.number": "BTN-7"},
    )
    assert told == "{case.number} {case.reference} {case.reference}"
    assert missing == ["case.reference"]


def test_the_screen_writes_what_it_reads():
    kept = policy(("On its way", "Dear {customer.name},\n\nsoon.\nYours"), ("Short", "Yes."))
    found = kept.for_task_type("refund").replies
    assert replies.written(replies.lines(found)) == [one.model_dump() for one in found]
    assert replies.written(" \n") == []


@pytest.mark.parametrize("typed", ["Hello", "# \ntext", "# Title\n\n", "#\n"])
def test_a_text_without_a_title_and_a_title_without_a_text_are_refused(typed):
    with pytest.raises(ValueError, match=r"title|Begin each"):
        replies.written(typed)
