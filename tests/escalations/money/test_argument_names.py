"""Names by which arguments are money, in any language, at both doors."""

from decimal import Decimal

import pytest

from escalations.money import argument_names, in_calls
from tests.escalations.money.test_writing import edited, judged, limited, more, proposal
from tests.escalations.triage.judging import ALONE

NAMES = """
    reembolso remboursement rimborso erstattung Rückerstattung zwrot iade terugbetaling 退款 返金 환불
    gesamt Gesamtbetrag rueckerstattungsbetrag montantTotal valor_total quantia preço precio prezzo
    kwota kwotę opłata tutarı ücret jumlah biaya 금액 환불금액 राशि रकम المبلغ مبلغ_الاسترداد 退款金额
    返金額 сумма возврат belopp återbetalning částka összeg סכום ποσό vouchers installments coupon
""".split()
NO_NAMES = """
    anzahl menge quantité cantidad_id nombre_de_jours 数量 수량 количество ilość adet quantity_ordered
    refund_id betrag_nr gutschein_code copies pieces times nights number_of_vouchers menge_gesamt
""".split()
LIMITED = limited()


@pytest.mark.parametrize("name", NAMES)
def test_an_amount_under_a_name_of_any_language_is_read(name):
    assert judged({name: 6000}, LIMITED) == (4, 2)
    assert judged({name: "600,00", "amount": "20.00", "currency": "EUR"}, LIMITED) == (2, 2)
    assert judged({"lines": [{name: 300}, {name: 300}]}, LIMITED) == (2, 2)
    assert judged({name: 6000}, ALONE)[0] == 2
    held = more(proposal({"amount": "5.00"}), edited({"amount": "5.00", name: 6000}))
    assert (held.verdict.level, held.verdict.approvals) == (4, 2)


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_number_or_an_id_is_none(name):
    about = argument_names.about(name)
    assert about.is_not or not about.is_money
    assert judged({name: 5000}, ALONE) == (1, 1)


@pytest.mark.parametrize(
    ("args", "amount"),
    [
        ({"currency": "EUR", "x": 5000}, 5000),
        ({"currency": "EUR", "rate": "5000"}, 5000),
        ({"currency": "EUR", "rate": 19, "amount": "50.00"}, 50),
        ({"currency": "EUR", "x": 5000, "order_id": 99999, "quantity": 3}, 5000),
        ({"currency": "EUR", "cantidad": "5000"}, 5000),
        ({"pay": {"currency_code": "EUR", "wert": "5.000,00"}}, 5000),
        ({"installments": [{"v": "4000"}, {"v": "1000"}], "currency": "EUR"}, 5000),
        ({"vouchers": [{"to": "4417", "v": 5000}], "currency": "EUR"}, 5000),
    ],
)
def test_what_stands_beside_or_above_says_that_one_is_money(args, amount):
    assert in_calls.read({"name": "pay", "args": args}, None).amounts == {"EUR": Decimal(amount)}


def test_a_number_beside_a_currency_is_none_where_nothing_says_so():
    args = {"currency": "EUR", "order_id": 5000, "priority": 3, "language": "de"}
    assert judged(args, ALONE) == (1, 1)
    assert judged({"payments": [{"to": "4417", "for": "5000"}]}, ALONE) == (1, 1)


@pytest.mark.parametrize(
    "name",
    [
        "am\u200bount",
        "аmount",
        "amοunt",
        "ａｍｏｕｎｔ",
        "refundАmount",
        "рrice",
        "am\u00adount",
        "fеe",
    ],
)
def test_a_look_alike_letter_makes_no_other_name(name):
    """An agent's `аmount` with a Cyrillic letter moved €6,000 unseen."""
    assert argument_names.about(name).is_money


@pytest.mark.parametrize(
    ("name", "power"),
    [
        ("amount_k", 3), ("amountK", 3), ("amount_in_thousands", 3), ("price_mio", 6), ("total_lakhs", 5),
        ("amount", 0), ("amount_401k", 0), ("stock", 0), ("amount_k_id", 0), ("total_stock", 0),
    ],
)  # fmt: skip
def test_a_name_may_say_how_many_times_as_much(name, power):
    assert argument_names.about(name).power == power
