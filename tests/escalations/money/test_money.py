"""Amounts in names and words of more languages, and what only looks like money."""

from decimal import Decimal
from typing import Any

import pytest

from escalations.money import in_calls, in_sentences
from escalations.money.currencies import MoneyCertainty


def read(args: dict[str, Any]) -> in_calls.MoneyInCalls:
    return in_calls.read({"name": "refund", "args": args}, None)


@pytest.mark.parametrize("name", ["iznos", "износ", "due", "honoraires", "céntimos", "grosze"])
def test_a_name_of_money_is_one_in_more_languages(name):
    assert read({name: 6000}).loose == 6000


def test_a_number_of_pieces_is_money_only_beside_a_currency():
    assert read({"miktar": 6000, "currency": "TRY"}).amounts == {"TRY": 6000}
    assert not read({"miktar": 3}).amounts


@pytest.mark.parametrize("name", ["centimes", "céntimos", "centesimi", "centavos", "rappen"])
def test_what_is_counted_in_hundredths_is_so(name):
    assert read({name: 600_000, "currency": "EUR"}).amounts == {"EUR": 6000}


@pytest.mark.parametrize("currency", ["kEUR", "TEUR", "k€", "mUSD"])
@pytest.mark.parametrize("key", ["currency", "unit"])
def test_thousands_in_the_currency_cannot_be_read_as_so_few(key, currency):
    assert read({"amount": 6, key: currency}).unreadable == (
        f"“amount” is “{key} {currency}”, which cannot be read as an amount",
    )


def test_a_yes_is_no_amount():
    assert read({"amount": True}).unreadable
    assert not read({"total": True, "amount_due": False}).unreadable


def test_a_kind_of_thing_is_not_money_for_its_coin():
    assert not read({"euro_pallets": 33}).amounts
    assert read({"euro_amount": 33}).amounts == read({"euros": 33}).amounts == {"EUR": 33}
    assert read({"dollars_owed": 33}).amounts == {"USD": 33}


@pytest.mark.parametrize(
    ("said", "amount", "currency"),
    [
        ("6000 Britse pond", 6000, "GBP"),
        ("6000 englische Pfund", 6000, "GBP"),
        ("6mila€", 6000, "EUR"),
        ("30 tys.zł", 30_000, "PLN"),
        ("6tausend€", 6000, "EUR"),
        ("6000&nbsp;&euro;", 6000, "EUR"),
        ("6000&#160;€", 6000, "EUR"),
        ("€1e4", 10_000, "EUR"),
        ("600000 céntimos", 6000, ""),
        ("600000 centesimi", 6000, ""),
    ],
)
def test_money_in_words(said, amount, currency):
    (found,) = in_sentences.named_in(f"We pay {said} today")
    assert (found.amount, found.currency, found.marked) == (Decimal(amount), currency, True)


@pytest.mark.parametrize(
    "said",
    [
        "We won 2000 customers",
        "Fr 9 bis 17 Uhr",
        "Fr. 9:30 Uhr",
        "Your order SEK-88412 left",
        "The AMD 7800 processor is in stock",
    ],
)
def test_no_money_in_words(said):
    surely = [one for one in in_sentences.named_in(said) if one.marked]
    assert all(one.certainty is MoneyCertainty.WORD for one in surely)


def test_the_same_signs_beside_money_are_money():
    for said in ("2000 won", "Fr. 900.-", "AMD 7800", "SEK 88412", "CHF 9"):
        assert [one.marked for one in in_sentences.named_in(said)] == [True]
