from escalations.briefing import beside_versions
from escalations.briefing.beside_versions import VersionRow
from tests.factories import REFUND


def rows(**changes):
    return list(beside_versions.read(REFUND, {**REFUND, **changes}, number=2).rows)


def test_what_stayed_is_not_told():
    beside = beside_versions.read(REFUND, REFUND, number=3)
    assert (beside.older, beside.newer, beside.rows) == (2, 3, ())


def test_words_stand_side_by_side():
    assert rows(summary="Another", draft_response={"text": "Bonjour."}) == [
        VersionRow("Summary", REFUND["summary"], "Another"),
        VersionRow("Reply", REFUND["draft_response"]["text"], "Bonjour."),
    ]


def test_each_argument_of_a_call_that_changed():
    (action,) = REFUND["proposed_actions"]
    other = {**action, "args": {**action["args"], "amount": "90.00"}}
    (row,) = rows(proposed_actions=[other])
    assert row == VersionRow("Refund", "€184.00", "€90.00")


def test_actions_that_came_and_went():
    added = {"id": "b2", "name": "send_voucher", "args": {}}
    found = rows(proposed_actions=[added])
    assert [(row.was, row.now) for row in found] == [("", "proposed"), ("proposed", "")]
