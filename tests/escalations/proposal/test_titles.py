"""An agent's title never speaks as the desk does, and hides no call that cannot be taken back."""

import pytest

from escalations.proposal import calls, titles
from escalations.proposal.labels import Names


def step(title, name, **keys):
    action = {"id": "a1", "title": title, "name": name, "args": {"iban": "NL91"}, **keys}
    return calls.step(action, Names())


@pytest.mark.parametrize(
    "title",
    [
        "Reject", "Undo", "Do nothing", "Reject this request", "Cancel the refund", "No", "Not now",
        "Declined", "Keep as is", "Don't pay", "Approve", "Nothing", "Stop", "REJECT", "  undo it",
    ],
)  # fmt: skip
def test_a_word_of_the_desk_names_no_call(title):
    told = step(title, "wire")
    assert told.lead.startswith("Wire")
    assert told.said == title.strip()


@pytest.mark.parametrize(
    ("title", "tool"),
    [
        ("Cancel the order", "orders.cancel"), ("Notify the plumber", "jobs.order"),
        ("Reply to the review", "reviews.reply"), ("Nominate a proxy", "proxy"),
        ("Undo the booking", "booking.undo"), ("Refund it all", "payments.refund"),
    ],
)  # fmt: skip
def test_a_title_of_the_call_stands(title, tool):
    assert not titles.speaks_as_the_desk(title, tool)
    assert step(title, tool).lead.startswith(title)


def test_what_cannot_be_taken_back_is_named_by_its_tool_as_well():
    final = {"risk": {"reversible": False}}
    assert step("Send a letter", "close_account", **final).lead == "Send a letter (close account)"
    assert step("Close the account", "close_account", **final).lead == "Close the account"
    assert step("Send a letter", "close_account").lead == "Send a letter"
