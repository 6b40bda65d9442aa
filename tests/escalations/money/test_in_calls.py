"""What a call would move is read from the call."""

from decimal import Decimal

import pytest

from escalations.money import in_calls
from escalations.package import observations
from escalations.policy.amount_source import AmountSource


def read(args, source=None, currency=""):
    found = in_calls.read({"name": "refund", "args": args}, source, currency=currency)
    return {name: str(amount) for name, amount in found.amounts.items()}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (184, "184"),
        (-184.5, "184.5"),
        ("184.00", "184.00"),
        ("€1,925.00", "1925.00"),
        ("1.925,00 €", "1925.00"),
        ("1,925", "1925"),
        ("1.925", "1925"),
        (1.925, "1.925"),
        ("1.9251", "1.9251"),
        ("0.125", "0.125"),
        ("1’925.50", "1925.50"),
        ("1 925,50", "1925.50"),
        ("EUR 7", "7"),
        ("12,345,678.90", "12345678.90"),
        ("0" * 90 + "99999", "99999"),
        (10**30, "1E+18"),
        (True, None),
        (None, None),
        ("HP-20931", None),
        ("3 items", None),
        ("", None),
        ({}, None),
    ],
)
def test_numbers_and_texts_that_are_nothing_but_money(value, number):
    read_as = in_calls.decimal(value)
    assert read_as == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("args", "source", "amounts"),
    [
        ({"amount": "184.00", "currency": "EUR"}, {"amount": "/amount"}, {"EUR": "184.00"}),
        ({"amount": "184.00"}, {"amount": "/amount", "currency": "GBP"}, {"GBP": "184.00"}),
        ({"o": {"cents": 18400}}, {"amount": "/o/cents", "currency": "EUR"}, {"EUR": "18400"}),
        (
            {"o": {"cents": 18400}},
            {"amount": "/o/cents", "currency": "EUR", "minor_units": True},
            {"EUR": "184.00"},
        ),
        (
            {"amount": 18400},
            {"amount": "/amount", "currency": "JPY", "minor_units": True},
            {"JPY": "18400"},
        ),
        ({"amount": 5, "price": 900, "currency": "EUR"}, {"amount": "/amount"}, {"EUR": "900"}),
        ({"amount": 5, "currency": "EUR"}, {"amount": None}, {}),
    ],
)
def test_the_policy_says_where(args, source, amounts):
    assert read(args, AmountSource(**source)) == amounts


@pytest.mark.parametrize(
    ("args", "amounts"),
    [
        ({"amount": "184.00", "currency": "EUR"}, {"EUR": "184.00"}),
        ({"refundAmount": 184, "currency": "EUR"}, {"EUR": "184"}),
        ({"amount": {"value": "184.00", "currency": "EUR"}}, {"EUR": "184.00"}),
        ({"lines": [{"price": 3}, {"price": 9}], "currency": "EUR"}, {"EUR": "12"}),
        ({"amount": 5, "total_amount": 8, "currency": "EUR"}, {"EUR": "8"}),
        ({"total": "£40.00"}, {"GBP": "40.00"}),
        ({"amount": "184.00"}, {"USD": "184.00"}),
        ({"count": 4, "order_id": "184"}, {}),
    ],
)
def test_what_looks_like_money_counts_where_nothing_names_it(args, amounts):
    assert read(args, currency="USD") == amounts


@pytest.mark.parametrize(
    ("args", "amounts"),
    [
        ({"amount": 5, "currency": "EUR", "currency_code": "KWD"}, {"EUR": "5", "KWD": "5"}),
        ({"pay": {"sum": 5}, "ccy": "eur", "currencyIso": "KWD"}, {"EUR": "5", "KWD": "5"}),
        ({"amount": 5, "currency": "EUR", "currency_code": "EUR"}, {"EUR": "5"}),
        ({"amount": 5, "currency": "EUR", "target_currency": "USD"}, {"EUR": "5"}),
    ],
)
def test_of_two_currencies_the_amount_counts_in_both(args, amounts):
    assert read(args) == amounts


@pytest.mark.parametrize("nothing", ["", None, [], {}])
def test_an_amount_that_is_empty_cannot_be_read(nothing):
    found = in_calls.read({"name": "refund", "args": {"amount": nothing}}, None)
    assert found.unreadable == ("“amount” is empty, so its amount cannot be read",)


def test_places_that_lead_nowhere_are_told():
    lost = in_calls.read({"name": "pay", "args": {"sum": 5}}, AmountSource(amount="/amount"))
    assert lost.lost == ("“pay” has no amount at /amount",)
    lost = in_calls.read({"name": "pay", "args": {"sum": 5}}, AmountSource(amount="/sum"))
    assert (lost.lost, lost.loose) == (("“pay” has no currency at /currency",), 5)


def test_of_an_action_the_larger_counts_and_actions_add_up():
    risk = {"amount": {"value": "10.00", "currency": "EUR"}}
    actions = [
        {"name": "refund", "args": {"amount": "184.00", "currency": "EUR"}, "risk": risk},
        {"name": "refund", "args": {"amount": "4.00", "currency": "EUR"}, "risk": risk},
    ]
    assert observations.amounts({"proposed_actions": actions}) == {"EUR": Decimal("194.00")}


@pytest.mark.parametrize("args", [None, [], "x", {"amount": {"amount": {"amount": [[]]}}}, {1: 2}])
def test_it_takes_whatever_comes(args):
    assert read(args) == {}
    deep = {"amount": 1}
    for _ in range(2000):
        deep = {"amount": deep}
    assert read({"all": [deep], "amount": 7}, currency="EUR") == {"EUR": "7"}


@pytest.mark.parametrize("source", [None, AmountSource(amount="/amount", currency="EUR")])
@pytest.mark.parametrize(
    ("amount", "by"),
    [
        ({"value": "12.00", "scale": 4}, "scale 4"),
        ({"mantissa": 9, "exponent": 5}, "exponent 5"),
        ({"number": 12, "magnitude": "k"}, "magnitude k"),
        ({"value": 12, "multiplier": 1000}, "multiplier 1000"),
    ],
)
def test_an_amount_by_a_power_or_a_factor_may_be_any(amount, by, source):
    action = {"name": "refund", "args": {"amount": amount}}
    said = f"“amount” is “{by}”, which cannot be read as an amount"
    assert said in in_calls.read(action, source).unreadable
    plain = {key: value for key, value in amount.items() if key in {"value", "number"}}
    for fine in (plain | {"scale": 0}, plain | {"factor": 1}):
        if plain:
            action = {"name": "refund", "args": {"amount": fine}}
            assert in_calls.read(action, source).unreadable == ()


@pytest.mark.parametrize(
    "args",
    [
        {"fields": {"k": "amount", "v": "6000"}},
        {"InstdAmt": {"@Ccy": "EUR", "#text": "6000"}},
        {"amount": {"whole": 6000, "cents": 0}},
        *({name: 6000} for name in ("topup", "overpayment", "principal", "rent", "gross")),
    ],
)
def test_amounts_as_others_write_them(args):
    assert read(args, currency="EUR") == {"EUR": "6000"}


def test_an_amount_in_two_currencies_counts_in_both():
    found = read({"amount": "₹6,000", "currency": "EUR"})
    assert found == {"INR": "6000", "EUR": "6000"}


@pytest.mark.parametrize(
    ("sum_of_cents", "amount"), [(600_000, "6000.00"), ("6000.00", "6000.00"), ("€60", "60")]
)
def test_what_is_written_with_decimals_counts_no_cents(sum_of_cents, amount):
    source = AmountSource.model_validate({"amount": "/c", "currency": "EUR", "minor_units": True})
    assert read({"c": sum_of_cents}, source) == {"EUR": amount}
