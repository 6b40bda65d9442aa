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


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ("payments.refund/close_account", "close account in payments, refund"),
        ("x.y/z:w", "w in x, y, z"),
        ("payments.refund", "refund in payments"),
        ("note.write", "write in note"),
        ("refund.close_account", "close account in refund"),
        ("crm__delete__customer", "customer in crm, delete"),
        ("refund", "refund"),
    ],
)
def test_the_button_names_every_part_of_the_tool(tool, said):
    told = calls.step({"id": "a1", "name": tool, "args": {}}, Names())
    assert calls.approve_label([told], replies=False) == said
    long = calls.step({"id": "a1", "name": tool, "title": "Give it back " * 9, "args": {}}, Names())
    assert calls.approve_label([long], replies=False) == said
    asked = calls.question([told], customer="Inès", agent="Mira", replies=False, options=False)
    assert asked.casefold() == f"{said} for inès?"


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ("payments.refund", "refund €5.00"),
        ("cancel.refund", "refund €5.00 in cancel"),
        ("close_account.refund", "refund €5.00 in close account"),
        ("payments.refund/close_account", "close account of €5.00 in payments, refund"),
    ],
)
def test_only_a_group_is_left_out_beside_an_amount(tool, said):
    action = {"id": "a1", "name": tool, "args": {"amount": "5.00", "currency": "EUR"}}
    assert calls.approve_label([calls.step(action, Names())], replies=False) == said


def test_a_title_leaves_out_no_part_of_a_tool_that_does_several():
    tool = "payments.refund/close_account"
    both = "Refund and close the account"
    assert step(both, tool).lead == both
    for title in ("Refund", "Close the account", "Help the customer"):
        assert step(title, tool).lead == f"{title}, by “close account” in payments, refund"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"amount": "1,925"}, "refund, 1,925"),
        ({"amount": "5k", "currency": "EUR"}, "refund, 5k EUR"),
        ({"amount": "5 mil"}, "refund, 5 mil"),
        ({"amount": "all of it"}, "refund, all of it"),
        ({"amount": "184.00", "currency": "EUR"}, "refund €184.00"),
        ({"amount": "184.00", "total": "184.00", "currency": "EUR"}, "refund €184.00"),
        ({"amount": "5.00", "fee": "2.00", "currency": "EUR"}, "refund €5.00, €2.00"),
        ({"refunds": [{"amount": "5.00"}, {"amount": "7"}]}, "refund, 5.00 and 7.00"),
        ({"refunds": [{"amount": "5.00"}, {"amount": "5.00"}]}, "refund, 5.00 and 5.00"),
        ({"refunds": [{"amount": "5.00"}] * 7}, "refund, 7 amounts"),
        ({"order_id": "HP-3"}, "refund"),
    ],
)
def test_the_button_names_every_amount_or_how_many(args, said):
    told = calls.step({"id": "a1", "name": "refund", "args": args}, Names())
    assert calls.approve_label([told], replies=False) == said


def test_what_cannot_be_taken_back_is_named_by_its_tool_as_well():
    final = {"risk": {"reversible": False}}
    assert (
        step("Send a letter", "close_account", **final).lead == "Send a letter, by “close account”"
    )
    assert step("Close the account", "close_account", **final).lead == "Close the account"
    assert step("Send a letter", "close_account").lead == "Send a letter"
