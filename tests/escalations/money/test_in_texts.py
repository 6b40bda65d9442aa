"""Amounts in texts that programs write, and none in those that people write."""

from time import process_time

import pytest

from escalations.money import in_calls, in_texts
from tests.escalations.money.test_writing import edited, judged, limited, more, proposal
from tests.escalations.triage.judging import ALONE

LIMITED = limited()
TEXTS = [
    "amount=6000&currency=EUR", "currency=EUR;amount=6000", "amount=6000 currency=EUR",
    "id=7&amount=6%2C000.00", "amount=6,000.00, currency=EUR", "amount%5Bvalue%5D=6000", "amount = 6000",
    "https://pay.example/x?order=7&amount=6000&currency=EUR", "betrag=6.000,00 €\nzweck=Lampe",
    "<amount>6000</amount>", "<ns:Amount>6000</ns:Amount>", "&lt;amount&gt;6000&lt;/amount&gt;",
    '<?xml version="1.0"?><Pmt><Id>9</Id><InstdAmt Ccy="EUR">6000</InstdAmt></Pmt>',
    '<payment currency="EUR" amount="6000"/>', "<refunds><amount>3000</amount><amount>3000</amount></refunds>",
    "amount: 6000\ncurrency: EUR", "amount: 6000, currency: EUR", "- amount: 6000\n- reason: broken",
    "Amount: 6000\nCurrency: EUR", '"amount": 6000',
    "refund --amount 6000 --currency EUR", "refund X1 --amount 6000", "refund X1 --amount '6000'",
    "refund(amount=6000, currency='EUR')", "client.refund(order, amount = 6000)",
    "mutation { refund(amount: 6000) { id } }", "UPDATE t SET amount = 6000 WHERE id = 7",
    "INSERT INTO refunds (id, amount) VALUES (7, 6000)", "id,amount\n1,6000", "id;amount\n1;3000\n2;3000",
    "| amount | 6000 |", "| id | amount |\n|---|---:|\n| 1 | 6000 |",
]  # fmt: skip
WRITTEN = [
    "Order total: €300.00\nRefund: €20.00", "Your total is 300 and the fee: 20.", "A sum of 5000",
    "<p>Your refund is <b>€20.00</b></p>", "a=b & 5000", "See https://shop.example/item?id=5000",
    "We refund 5000 EUR; amount to follow.", "if x == 5000: pass", "5 < 6000 > 4", "12:30",
    "Dear Sir,\nthe price: see below.\nYours", "Dear Sir,\nThe price, 20\nYours,", "We refund (amount: 5000) today.",
    "We refund -- the amount 5000 -- today.", "f(x=5000)", "tar --count 5000", "Fine, just 5", "UPDATE t SET x = 5000", "x,y\n1,5000", "order=5000&item=7", "<id>5000</id>", "",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", ["payload", "body", "message"])
def test_what_a_program_writes_is_read(name, text):
    assert judged({name: text}, LIMITED) == (4, 2)
    assert judged({"calls": [{name: text}], "amount": "5.00"}, LIMITED) == (4, 2)
    assert judged({name: text}, ALONE)[0] == 2
    held = more(proposal({"amount": "5.00"}), edited({"amount": "5.00", name: text}))
    assert (held.verdict.level, held.verdict.approvals) == (4, 2)


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_is_not(text):
    assert in_texts.arguments(text) == {}
    assert judged({"message": text}, ALONE) == (1, 1)


@pytest.mark.parametrize(
    "argv",
    [["refund", "--amount", "6000"], ["--amount=6000"], ["pay", "-amount", 6000, "--to", "x"]],
)
def test_a_command_in_words_is_read(argv):
    assert judged({"argv": argv}, LIMITED) == (4, 2)


def test_an_amount_in_it_that_cannot_be_read_is_told():
    found = in_calls.read({"name": "pay", "args": {"body": "amount=all of 5&currency=EUR"}}, None)
    assert found.unreadable == ("“amount” is “all of 5”, which cannot be read as an amount",)


@pytest.mark.parametrize(
    "text",
    [
        " " * 200_000 + "5", "a" * 200_000 + "5", "<" + "a" * 200_000 + "5", "a=1," * 50_000,
        "a: 1\n" * 40_000, ",;" * 100_000 + "5", "<a " + "b" * 200_000 + "5", "<a " * 60_000 + "5",
        "5" + " ," * 100_000, "x: " * 70_000 + "5", "a=" * 100_000 + "5", "&lt;" * 50_000 + "5",
        "--a " * 50_000 + "5", "f(" * 80_000 + "5", "f(a=" * 60_000 + "5", "a,b\n" * 60_000 + "5,5", "f(x=1) a" + "_" * 200_000 + "5",
        "(a) values " * 20_000 + "5",
    ],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_long_texts_take_no_square_of_their_time(text):
    begun = process_time()
    in_texts.arguments(text)
    assert process_time() - begun < 3, "Expected below 0.3 s."
