"""A number in a name is money beside what is money by its name, or beside a currency."""

import pytest

from escalations.money import in_answers, in_calls, in_names

NAMES = [
    ("refund_6000", "6000", ""), ("refund-6000-eur", "6000", "EUR"), ("credit_60_eur", "60", "EUR"),
    ("pay6000", "6000", ""), ("pay6000EUR", "6000", "EUR"), ("REFUND_EUR_6000", "6000", "EUR"),
    ("6000_eur", "6000", "EUR"), ("refundOf6000", None, ""), ("€6000", "6000", "EUR"),
    ("Pay 6,000 now", "6000", ""), ("charge-5k", "5000", ""), ("rückerstattung_6000", "6000", ""),
    ("退款6000", "6000", ""), ("discount_6000", "6000", ""), ("refund_6000_cents", "60", ""),
    ("voucher_50", "50", ""), ("refund_60_or_6000_eur", "6000", "EUR"),
    ("order_6000", None, ""), ("refund_2_items", None, ""), ("a1", None, ""), ("opt_3", None, ""),
    ("refund_v2", None, ""), ("Refund order 6000", None, ""), ("Refund 2 lamps", None, ""),
    ("Refund 50%", None, ""), ("discount_50", None, ""), ("payment_2024_11", None, ""),
    ("approve", None, ""), ("full_refund", None, ""), ("call_20931", None, ""), ("", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "amount", "currency"), NAMES)
def test_an_amount_in_a_name(name, amount, currency):
    found = in_names.largest(name)
    told = (f"{found.amount.normalize():f}", found.currency) if found else (None, "")
    assert told == (amount, currency)


@pytest.mark.parametrize(
    ("option", "args"),
    [
        ({"id": "refund_6000", "label": "All of it"}, {"amount": "6000"}),
        ({"id": "a", "label": "Refund 6000"}, {"amount": "6000"}),
        ({"id": "refund_6000", "label": "Refund €60"}, {"amount": "6000"}),
        ({"id": "a", "label": "x", "effect": "refunds 6000 EUR"},
         {"amount": "6000", "currency": "EUR"}),
        ({"id": "order_6000", "label": "The other one"}, None),
    ],
)  # fmt: skip
def test_an_option_is_a_call_of_the_amount_in_its_id(option, args):
    call = in_answers.of_option(option)
    assert (call and call["args"]) == args


@pytest.mark.parametrize(
    ("name", "args", "loose"),
    [
        ("refund_6000", {"order_id": "HP-1"}, 6000), ("refund", {"value": 6000}, 6000),
        ("payments.transfer", {"to": "x", "val": "6000"}, 6000), ("pay", {"n": 6000}, 6000),
        # What is found among the arguments counts, and the name says nothing more.
        ("refund_6000", {"amount": 5}, 5), ("refund", {"order": 6000}, 0),
        ("note", {"value": 6000}, 0), ("refund", {"value": "the lamp"}, 0), ("call_6000", {}, 0),
    ],
)  # fmt: skip
def test_a_call_without_an_amount_has_that_of_its_name(name, args, loose):
    found = in_calls.read({"name": name, "args": args}, None)
    assert (found.loose, found.amounts, found.unreadable) == (loose, {}, ())
