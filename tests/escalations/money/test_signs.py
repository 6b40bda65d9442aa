"""An edit does not turn what an agent wants to pay into something that it takes."""

import pytest

from escalations.money import signs, writing
from escalations.proposal import edit_form

CALL = {
    "id": "a1",
    "name": "refund",
    "args": {
        "order_id": "HP-1", "amount": "50.00", "amount_cents": 5000, "delta": -3,
        "lines": [{"sku": "a", "amount": 10}, {"sku": "b", "amount": 20}],
        "total": {"value": "50.00", "currency": "EUR"},
    },
}  # fmt: skip


def refused(**changed):
    args = CALL["args"] | changed
    return [fault.pointer for fault in edit_form.check(CALL, args) if fault.detail == signs.TURNED]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"amount": "-50.00"}, ["/amount"]),
        ({"amount": "−50.00"}, ["/amount"]),
        ({"amount": -50}, ["/amount"]),
        ({"amount": "(50.00)"}, ["/amount"]),
        ({"amount": "-€50.00"}, ["/amount"]),
        ({"amount_cents": -5000}, ["/amount_cents"]),
        ({"total": {"value": "-50.00", "currency": "EUR"}}, ["/total/value"]),
        ({"lines": [{"sku": "a", "amount": -10}, {"sku": "b", "amount": 20}]}, ["/lines/0/amount"]),
        # Moved as well.
        ({"lines": [{"sku": "b", "amount": 20}, {"sku": "a", "amount": -10}]}, ["/lines/1/amount"]),
        ({"lines": [*CALL["args"]["lines"], {"sku": "c", "amount": -1}]}, ["/lines/2/amount"]),
        ({"tip": {"amount": "-1"}}, ["/tip/amount"]),
        ({"amount": "49.00"}, []),
        ({"amount": "0.00"}, []),
        ({"amount": "-0.00"}, []),
        ({"amount": "50,-"}, []),
        ({"delta": -4}, []),
        ({"order_id": "-1"}, []),
    ],
)
def test_an_amount_that_was_none_is_not_below_zero(changed, where):
    assert refused(**changed) == where


def test_what_is_proposed_below_zero_may_stay_so():
    call = CALL | {"args": {"amount": "-50.00"}}
    assert edit_form.check(call, {"amount": "-40.00"}) == []
    assert edit_form.check(call, {"amount": "-50.00", "fee": {"amount": "-1.00"}}) == []


@pytest.mark.parametrize(
    ("value", "is_below"),
    [
        ("-1", True), ("$-1.00", True), ("1-", True), ("(1)", True), ("–1", True), (-0.5, True),
        ("1", False), ("1,-", False), ("1.-", False), ("-0", False), ("x-1y", False), (True, False),
        (None, False), ("", False),
    ],
)  # fmt: skip
def test_what_takes_away_is_known_by_its_sign(value, is_below):
    assert writing.is_below_zero(value) is is_below
