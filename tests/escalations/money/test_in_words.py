"""Money in words of twelve languages and more: the largest amount that a text names, with its
currency."""

from decimal import Decimal

import pytest

from escalations.money import in_answers, in_words
from escalations.money.in_words import NamedMoney


def most(said):
    """By currency the largest amount that a text names."""
    return {one.currency: one.amount for one in in_words.added([said])}


@pytest.mark.parametrize(
    ("said", "currency"),
    [
        ("سنعيد لك 6000 يورو", "EUR"), ("سنعيد لك ٦ آلاف يورو", "EUR"), ("٦٠٠٠ دينار", ""),
        ("हम आपको ६००० यूरो लौटाएँगे", "EUR"), ("आपको 6 हज़ार रुपये मिलेंगे", "INR"),
        ("我们退还您6000欧元。", "EUR"), ("退您人民币6000", "CNY"), ("6千元给您", "CNY"),
        ("返金額は6000ユーロです", "EUR"), ("0.6万日元", "JPY"), ("6000 ευρώ", "EUR"),
        ("6000 евро вернём", "EUR"), ("Sie bekommen 6 Tausend Euro", "EUR"), ("6 tsd. €", "EUR"),
        ("6 TEUR", "EUR"), ("6000 Pfund", "GBP"), ("6k EUR for you", "EUR"), ("6k€", "EUR"),
        ("6000 dólares", "USD"), ("Zwrócimy 6 tys. euro", "EUR"), ("Size 6 bin euro", "EUR"),
        ("6.000 avro iade", "EUR"), ("6000 TL'yi", "TRY"), ("6000 lirası", "TRY"),
        ("6000 €uro", "EUR"), ("6000 Eur's", "EUR"), ("6000 د.ك", "KWD"),
    ],
)  # fmt: skip
def test_an_amount_is_seen_in_words_of_any_language(said, currency):
    assert most(said) == {currency: Decimal(6000)}


@pytest.mark.parametrize(
    ("said", "currency", "amount"),
    [
        # A thousand in Spanish and Portuguese, and as much as it may be.
        ("Le devolvemos 6 mil euros", "EUR", 6 * 10**6), ("6 lakh rupees", "INR", 600_000),
        ("6 लाख रुपये", "INR", 600_000), ("60万日元", "JPY", 600_000), ("0,6 Mio. Euro", "EUR", 600_000),
    ],
)  # fmt: skip
def test_so_are_many_at_once(said, currency, amount):
    assert most(said) == {currency: Decimal(amount)}


@pytest.mark.parametrize(
    "said",
    [
        "我今年6000块砖",
        "in 2026年",
        "6k of them",
        "5 million people",
        "6 t of sand",
        "HP-6000",
        "第3页",
    ],
)
def test_a_number_without_a_currency_is_none(said):
    assert most(said) == {}


SIX_THOUSAND = [
    "€6k", "6k €", "6k euro", "6K EUR", "6 k EUR", "EUR 6 k", "6 thousand euro", "6 tausend Euro",
    "6 Tsd. €", "6 mille euros", "EUR 6 thousand", "**€6,000**", "`6000` EUR", "_6000 EUR_",
    "“€6,000”", "[6000 EUR]", "6000 — EUR", "€ ~6000", "€ -6000", "€ ca. 6000", "EUR about 6000",
    "6000 ευρώ", "6000 евро", "6000 欧元", "6000 ユーロ", "6000 يورو",
]  # fmt: skip
NOT_MONEY = [
    "in all 6 of them", "6 all in all", "6 k all", "6 more, all good",
    "6 m high", "order 6000", "6000 items - all of them", "6 thousand people",
]  # fmt: skip


@pytest.mark.parametrize("said", SIX_THOUSAND)
def test_an_amount_is_seen_beside_its_multiple_and_what_sets_it_off(said):
    """“6k euro” left at once where “€6k” was held."""
    assert most(f"Please make it {said} instead.") == {"EUR": Decimal(6000)}


@pytest.mark.parametrize(
    ("said", "currency"), [("6000 dólares", "USD"), ("6000 bucks", "USD"), ("6000 quid", "GBP")]
)
def test_currencies_have_their_names_in_other_words(said, currency):
    assert most(said) == {currency: Decimal(6000)}


def test_a_larger_multiple_counts_too():
    assert most("add 1,2 Millionen Euro") == {"EUR": Decimal(1_200_000)}


@pytest.mark.parametrize("said", NOT_MONEY)
def test_what_is_like_a_code_and_stands_further_off_is_no_money(said):
    assert not {"EUR", "TRY", "TOP"} & set(most(said))


def test_the_words_of_an_option_and_its_effect_are_no_one_number():
    """A voucher of 600 was said to be €600,600."""
    option = {"id": "v", "label": "Voucher 600", "effect": "600 EUR"}
    assert in_answers.of_option(option)["args"] == {"amount": "600", "currency": "EUR"}


@pytest.mark.parametrize("key", ["label", "effect"])
def test_either_of_them_names_the_amount(key):
    option = {"id": "v", "label": "Voucher of €20", key: "Pay **€6,000**"}
    assert in_answers.of_option(option)["args"] == {"amount": "6000", "currency": "EUR"}


def named(value):
    found = NamedMoney()
    found.read(value)
    return found


def is_added(said, value):
    return bool(in_words.added([said], named(value)))


BARE = [
    "98193", "My ZIP is 98193.", "Order 98193", "Seattle, WA 98193", "#98193", "98,193 points", "98193 km",
    "98193 EUR", "£98193", "CAD 98193", "on 9.8.193", "tel. 98193", "98193 people",
]  # fmt: skip
FIELDS = [
    {"zip": "98193"}, {"order_id": 98193}, {"invoice": "98193"}, {"score": 98193}, {"number": "98193"},
    {"amount": 98193, "currency": "EUR"}, {"price_eur": 98193}, {"currency": "USD", "zip": 98193},
    {"postal_code": "98193", "country": "US"}, {"deadline": 98193}, {"steps": [98193]},
]  # fmt: skip


@pytest.mark.parametrize("where", ["summary", "metadata", "context", "customer said"])
@pytest.mark.parametrize("what", [*BARE, *FIELDS], ids=str)
def test_a_number_that_is_no_money_of_that_currency_names_nothing(where, what):
    """A ZIP code, the number of an order or €98,193 freed $98,193 from every limit."""
    case = {
        "summary": {"summary": what},
        "metadata": {"metadata": {"seen": what}},
        "context": {"context": {"environment": {"logs": [{"text": what}]}}},
        "customer said": {"context": {"conversation": {"messages": [{"text": what}]}}},
    }[where]
    case = {
        **case,
        "proposed_actions": [{"name": "refund", "args": {"amount": 5, "currency": "USD"}}],
    }
    assert is_added("We refund $98193.", case)


@pytest.mark.parametrize(
    "what",
    [
        "$98193", "98.193,00 US$", "USD 98193", {"amount": 98193, "currency": "USD"}, {"total_usd": 98193},
        {"paid_cents": 9819300}, {"usd": "98,193.00"}, {"price": "98193"}, {"refund": {"value": 98193}},
        {"amount": "98193.20"}, "amount=98193&currency=USD", {"name": "amount", "value": 98193},
        {"lines": [{"price": 98193}, {"price": 5}]}, {"price": 98193, "quantity": 2},
    ],
    ids=str,
)  # fmt: skip
def test_what_was_read_as_money_in_that_currency_is_named(what):
    for case in ({"summary": "$5?", "metadata": {"seen": what}}, {"metadata": [what]}):
        assert not is_added("We refund $98193.", case)


@pytest.mark.parametrize(
    ("said", "case", "added"),
    [
        # A dollar is that of its country, where the case has no other.
        ("$900", "CAD 900", False), ("900 dollars", "CAD 900", False), ("US$900", "CAD 900", True),
        ("$900", "CAD 900 of $5", True), ("900 kr", "SEK 900", False), ("900 kr", "900 kr", False),
        ("SEK 900", "900 kr", False), ("900 kr", "EUR 900", True), ("900 dinar", "SEK 900", True),
        ("EUR 900", "900 kr", True), ("CAD 900", "$900", True),
    ],
)  # fmt: skip
def test_a_sign_of_several_currencies_is_that_of_the_case(said, case, added):
    assert is_added(said, {"summary": case}) is added


@pytest.mark.parametrize(
    ("said", "added"), [("€900", False), ("$900", True), ("kr 900", True), ("900 CHF", True)]
)
def test_an_amount_without_a_currency_is_of_those_that_the_case_names(said, added):
    assert is_added(said, {"summary": "€5?", "metadata": {"order_total": 900}}) is added
    assert not is_added(said, {"metadata": {"order_total": 900}})
