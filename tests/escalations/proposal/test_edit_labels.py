"""No two fields of an edit read alike, and each says in its own unit what a change means."""

import pytest

from escalations.proposal import edit_form
from escalations.refusals import Invalid


def action(**args):
    return {"id": "a1", "name": "refund", "args": args}


def money(amount):
    return {"amount": amount, "currency": "EUR"}


LINES = [{"sku": "A", "price": "10.00"}, {"sku": "B", "price": "4.00"}]


@pytest.mark.parametrize(
    ("args", "labels"),
    [
        ({"total": money("29.50")}, ["Amount", "Currency"]),
        (
            {"total": money("29.50"), "fee": {"amount": "3.00"}},
            ["Total › Amount", "Currency", "Fee › Amount"],
        ),
        ({"from": {"iban": "DE1"}, "to": {"iban": "DE2"}}, ["From › Iban", "To › Iban"]),
        ({"amount": "1.00", "fee": {"amount": "3.00"}}, ["Amount", "Fee › Amount"]),
        ({"a": {"tags": ["x"]}, "b": {"tags": ["y"]}}, ["A › Tag", "B › Tag"]),
        (
            {"lines": [{"net": {"sum": "1"}, "gross": {"sum": "2"}}]},
            ["Line 1", "Net › Sum", "Gross › Sum", *["Net › Sum", "Gross › Sum"] * 5],
        ),
    ],
)
def test_fields_of_one_label_are_told_apart_by_what_they_stand_in(args, labels):
    assert [row.label for row in edit_form.draw(action(**args)).rows] == labels


@pytest.mark.parametrize(
    ("args", "pointer", "typed", "told"),
    [
        ({"amount_cents": 2950, "currency": "EUR"}, "/amount_cents", "3950", "€10.00 more"),
        ({"amount_minor": 2950, "currency": "JPY"}, "/amount_minor", "3000", "¥50 more"),
        ({"amount_cents": 2950}, "/amount_cents", "3950", "1000 more"),
        ({"amount_cents": 2950, "currency": "EUR"}, "/amount_cents", "29.50", "2920.50 less"),
        ({"amount": money(2950) | {"precision": 2}}, "/amount/amount", "3000", "50 more"),
        ({"amount": money(2950)}, "/amount/amount", "3000", "€50.00 more"),
    ],
)
def test_the_difference_is_told_in_what_the_field_counts(args, pointer, typed, told):
    entered = {f"edit:a1:{pointer}": typed}
    rows = edit_form.draw(action(**args), entered=entered).rows
    assert [entry.so for row in rows for entry in row.entries if entry.changed] == [
        f"{told} than proposed"
    ]


@pytest.mark.parametrize(
    ("pointer", "typed"),
    [
        ("/lines/0/price", "1e3"),
        ("/lines/0/price", "12,50"),
        ("/lines/2/price", "abc"),
        ("/lines/2/price", "1e3"),
        ("/fees/1", "three"),
        ("/total/currency", ""),
        ("/total/currency", "euro"),
    ],
)
def test_what_stands_for_money_stays_an_amount_or_a_currency(pointer, typed):
    proposed = action(lines=LINES, fees=["1.00"], total=money("14.00"))
    sent = {"edit:a1:/lines/2/sku": "C", "edit:a1:/lines/2/price": "3.00"}
    with pytest.raises(Invalid) as refused:
        edit_form.read(sent | {f"edit:a1:{pointer}": typed}, proposed)
    assert [fault.pointer for fault in refused.value.errors] == [pointer]


def test_an_added_amount_has_the_decimals_of_those_that_are_there():
    proposed = action(lines=LINES, fees=["1.00"], total=money("14.00"))
    sent = {"/lines/2/sku": "C", "/lines/2/price": "3", "/fees/1": "2.5", "/total/currency": "usd"}
    read = edit_form.read({f"edit:a1:{at}": text for at, text in sent.items()}, proposed)
    assert read["lines"][2] == {"sku": "C", "price": "3.00"}
    assert read["fees"] == ["1.00", "2.50"]
    assert read["total"]["currency"] == "USD"
