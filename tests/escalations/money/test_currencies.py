"""Amounts with the digits of the smallest unit of their currency, as every sentence writes them."""

from decimal import Decimal

import pytest

from escalations.money import argument_names, currencies
from tests.escalations.triage.judging import judge, package, policy, sentences

LIMITS = {"alone_up_to": "5", "approve_up_to": "500", "take_over_up_to": "5000"}
CODES = ("EUR", "JPY", "BHD", "AED", "CLF")
LIMITED = policy(refund={"title": "Refunds", "level": 1, "amounts": dict.fromkeys(CODES, LIMITS)})


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1925", "EUR", "€1,925.00"), ("60000.00", "JPY", "¥60,000"), ("18400", "UGX", "UGX 18,400"),
        ("0.305", "BHD", "BHD 0.305"), ("18.4", "TND", "TND 18.400"), ("5", "CLF", "CLF 5.0000"),
        ("0.5", "JPY", "¥0.5"), ("-5", "EUR", "−€5.00"), ("40", "CHF", "CHF 40.00"), ("7", "", "7.00"),
    ],
)  # fmt: skip
def test_an_amount_has_the_digits_of_its_smallest_unit(amount, currency, written):
    assert currencies.written(Decimal(amount), currency) == written


def told(**args):
    call = {"id": "a1", "name": "refund", "args": args}
    return " ".join(sentences(judge(package(sure=1, proposed_actions=[call]), LIMITED)))


@pytest.mark.parametrize(
    ("currency", "amount", "limit"),
    [
        ("JPY", "¥300", "¥5"), ("BHD", "BHD 300.000", "BHD 5.000"), ("EUR", "€300.00", "€5.00"),
        ("CLF", "CLF 300.0000", "CLF 5.0000"),
    ],
)  # fmt: skip
def test_a_sentence_of_triage_writes_them_so(currency, amount, limit):
    said = told(amount="300", currency=currency)
    assert f"The amount is {amount}; refunds go alone only up to {limit}." in said


@pytest.mark.parametrize(
    ("name", "currency", "amount"),
    [
        ("amount_fils", "BHD", "BHD 300.000"), ("fils", "BHD", "BHD 300.000"),
        ("amountFils", "AED", "AED 3,000.00"), ("amount_minor", "JPY", "¥300,000"),
        ("refund_minor", "CLF", "CLF 30.0000"), ("amount_cents", "EUR", "€3,000.00"),
        ("price_centimes", "EUR", "€3,000.00"), ("importe_centavos", "EUR", "€3,000.00"),
    ],
)  # fmt: skip
def test_a_name_that_counts_the_smallest_unit_counts_that_of_the_currency(name, currency, amount):
    assert f"The amount is {amount};" in told(**{name: 300_000, "currency": currency})
    assert argument_names.about(name).is_minor
