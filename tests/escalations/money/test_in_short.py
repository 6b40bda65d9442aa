"""An amount in few words and nothing else is one; a sentence is not."""

import pytest

from escalations.money import in_short

WRITTEN = [
    "total 6000 EUR", "6000 EUR total", "up to 6000 EUR", "max. 6000 EUR", "≈6000 EUR", "6000 EUR!",
    '"6000 EUR"', "6000 Euro netto", "6000 EUR incl. VAT", "Send 6000 EUR now", "refund of 6000 EUR",
    "bis zu 6000 €", "etwa 6.000,00 Euro", "hasta 6000 euros", "jusqu’à 6000 €", "fino a 6000 euro",
    "até 6000 euros", "maximaal 6000 euro", "do 6000 euro", "en fazla 6000 avro", "共 6000 欧元",
    "6000 in EUR", "€1e4 in total",
]  # fmt: skip
NUMERALS = """six thousand euros|sechstausend Euro|seis mil euros|六千欧元|six mille euros|seimila euro
zesduizend euro|sześć tysięcy euro|altı bin euro|ستة آلاف يورو|छह हज़ार यूरो|ninety-nine dollars|twenty euros
full six thousand euros|zweihundert Euro""".replace("\n", "|").split("|")
SENTENCES = [
    "6000 EUR for order 20931", "5 EUR per hour", "The invoice of 6000 EUR was paid", "in euros",
    "EUR", "a few euros", "one euro coin", "Euro 6 diesel", "paid in euros", "6000 items", "",
    "He has 6000 EUR and a dog",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_what_stands_around_an_amount_and_says_nothing_is_passed_over(text):
    assert in_short.is_money(text)
    written = in_short.largest(text)
    assert (int(written.amount) in {6000, 10_000}, written.currency) == (True, "EUR")


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("6000 in EUR", "EUR"), ("6000 US dollars", "USD"), ("6000 Swiss francs", "CHF"),
        ("50 Mexican pesos", "MXN"), ("100 Turkish lira", "TRY"), ("6000 Canadian dollars", "CAD"),
    ],
)  # fmt: skip
def test_a_currency_may_be_said_in_more_words(text, currency):
    assert in_short.exact(text).currency == currency
    assert in_short.exact("up to 6000 EUR") is None


@pytest.mark.parametrize("text", NUMERALS)
def test_a_number_in_words_is_one(text):
    assert in_short.is_numeral(text)


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_none(text):
    assert not in_short.is_numeral(text)
    assert in_short.largest(text) is None
