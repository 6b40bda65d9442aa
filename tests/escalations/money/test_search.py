"""Money is judged at least as strictly as in its plain form, however an engineer writes it; and what
counts no money is none."""

import json

import pytest

from escalations.money import in_calls
from escalations.money.search import Search
from tests.escalations.triage.judging import judge, package, policy, sentences

EUR = {"alone_up_to": "80.00", "approve_up_to": "500.00", "take_over_up_to": "5000.00",
       "two_people_from": "400.00"}  # fmt: skip
NAMED = policy(refund={
    "title": "Refunds", "level": 1, "amounts": {"EUR": EUR},
    "amount_from": {"pay": {"amount": "/amount", "currency": "EUR"}},
})  # fmt: skip
PLAIN = policy(refund={"title": "Refunds", "level": 1, "amounts": {"EUR": EUR}})
SUM = {"amount": 6000, "currency": "EUR"}
TEXTS = [
    "6000 in EUR", "EUR/6000", "EUR;6000", "EUR_6000", "6000_EUR", "6000 EUR total", "€1e4", "1e4 EUR",
    "up to 6000 EUR", "six thousand euros", "sechstausend Euro", "六千欧元", "6000 kr", "6000 pesos",
    json.dumps(SUM), json.dumps(json.dumps(SUM)), json.dumps(["EUR", 6000]), "{'wire': 6000}",
    '```json\n{"amount": 6000}\n```', 'Call {"wire": 6000} now', "?amount=6000", "amount%3D6000",
    "Money(6000, 'EUR')", "payload: {\"amount\": 6000, \"currency\": \"EUR\"}", '"6000 EUR"',
]  # fmt: skip
OBJECTS = [
    ["EUR", 6000], [6000, "EUR"], ["6000", "€"], [["EUR", 3000], ["EUR", 3000]], {"€": 6000},
    ["EUR", 6000, "order"], {"0": "EUR", "1": 6000}, {"unit": "EUR", "n": 6000}, {"cur": "EUR", "n": 6000},
    {"currency": {"code": "EUR"}, "n": 6000}, {"uom": "euros", "value": 6000}, {"euros": 6000},
]  # fmt: skip
NAMES = """wire wire_eur bank_transfer difference price_difference write_off writeoff compensate owed commission
chargeback payoff spend Überweisung differenz différence diferencia bonifico differenza przelew różnica havale
verschil 差额 差額 차액 حوالة मुआवज़ा разница""".split()
ELSEWHERE = [
    "3 bitcoin", "0.5 BTC", "₿0.5", "2 ETH", "9000 USDT", "6000 TL", "₺6000", "6000 SAR", "6000 рублей",
    "6000円", ["BTC", 3], {"btc": 3}, {"n": 3, "currency": "bitcoin"}, {"n": 9000, "asset": "USDT"},
]  # fmt: skip
QUIET = [
    {"order_id": 20931}, {"ref": "HP-20931"}, {"weight": "6000 kg"}, {"x": "3 pounds"}, {"x": "6000 ft"},
    {"x": "50 %"}, {"x": "90 min"}, {"phone": "+49 170 6000"}, {"version": "3.11.7"}, {"x": "PHP 8.2"},
    {"quantity": 6000}, {"x": "6000 items"}, {"date": "2026-11-21"}, {"timestamp": 1795220848},
    {"unit": "kg", "value": 6000}, {"unit": "ft", "n": 60}, {"lang": "en", "n": 6000}, {"x": ["DE", 6000]},
    {"x": [1, 2, 3]}, {"currencies": ["EUR", "USD"]}, {"x": "TOP 10"}, {"x": "10 gel"}, {"wire_gauge": 12},
    {"transfer_id": "tr_6000"}, {"transfer_to": 4417}, {"transfer_rate": 6000}, {"time_difference": 6000},
    {"age_difference": 5}, {"model": "RM 6000"}, {"sku": "TL-6000"}, {"interests": ["hiking"]},
    {"capital": "Paris"}, {"note": "see order 6000, thanks"}, {"code": "REFUND6000"}, {"x": "f(6000)"},
    {"body": "We owe you order 6000, and are sorry for the delay in our answer to you."}, {"x": '"6000"'},
    {"html": "<p>6000</p>"}, {"query": "SELECT * FROM t WHERE id=6000"}, {"x": "one hundred"},
]  # fmt: skip


def call(**args):
    return package(sure=0.99, proposed_actions=[{"id": "a1", "name": "pay", "args": args}])


def judged(args, document):
    verdict = judge(call(**args), document)
    return verdict.level, verdict.approvals


def test_the_plain_form_is_the_strictest():
    assert judged(SUM, PLAIN) == judged(SUM, NAMED) == (4, 2)


@pytest.mark.parametrize("written", [*TEXTS, *OBJECTS], ids=str)
def test_an_amount_is_seen_under_a_name_that_says_nothing(written):
    assert judged({"x": written}, PLAIN) == (4, 2)
    # Beside a named place as well, where the machine would go on alone by what stands there.
    assert judged({"amount": "5.00", "x": written}, NAMED) == (4, 2)


@pytest.mark.parametrize("name", NAMES)
def test_an_amount_is_seen_by_its_name_alone(name):
    assert judged({name: 6000}, PLAIN) == (4, 2)


@pytest.mark.parametrize("written", ELSEWHERE, ids=str)
def test_a_currency_without_limits_goes_to_people_and_is_named(written):
    verdict = judge(call(amount="5.00", x=written), NAMED)
    assert (verdict.level, verdict.approvals) == (2, 2)
    assert any("limits are set in EUR only" in one for one in sentences(verdict))


@pytest.mark.parametrize("args", QUIET, ids=str)
def test_what_counts_no_money_is_none(args):
    found = in_calls.read({"name": "note", "args": args}, None)
    assert (found.amounts, found.loose, found.unreadable) == ({}, 0, ())
    assert judged({"amount": "5.00", **args}, NAMED) == (1, 1)


@pytest.mark.parametrize(
    ("args", "by"),
    [
        ({"amount": 6, "unit": "k"}, "unit k"), ({"amount": 6, "units": "thousand"}, "units thousand"),
        ({"amount": 6, "multiplier": 1000}, "multiplier 1000"), ({"price": 6, "scale": 3}, "scale 3"),
        ({"amount": 6, "in": "Thousands"}, "in Thousands"), ({"total": 6, "denomination": "Mio"}, "denomination Mio"),
        ({"amount": 6, "currency": "EUR", "factor": "1000"}, "factor 1000"),
    ],
)  # fmt: skip
def test_a_number_that_something_beside_it_multiplies_cannot_be_read(args, by):
    """`{"amount": 6, "unit": "k"}` was six."""
    for call in (args, {"order": args}):
        assert (next(iter(args)), by) in Search(call).unread.values()


@pytest.mark.parametrize(
    "args",
    [
        {"amount": 6, "unit": "kg"}, {"amount": 6, "unit": "EUR"}, {"amount": 6, "multiplier": 1}, {"price": 6, "unit": "m"},
        {"multiplier": 1000, "speed": 6}, {"unit": "k", "temperature": 6}, {"amount": 6, "in": "store"},
    ],
)  # fmt: skip
def test_what_multiplies_nothing_leaves_it_as_it_is(args):
    assert not Search(args).unread


def test_an_amount_in_thousands_is_so_much():
    assert Search({"amount_k": 6, "currency": "EUR"}).worth.amounts == {"EUR": 6000}
    assert Search({"invoice": "6000", "currency": "EUR"}).worth.amounts == {"EUR": 6000}
