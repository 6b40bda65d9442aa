"""Numbers that count beside an amount are told as no sum, and let no amount slip past a limit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.money import argument_names, currencies, in_answers, in_calls
from escalations.policy.amount_source import AmountSource
from escalations.proposal import button_amounts
from tests.escalations.money.test_in_calls import read
from tests.escalations.money.test_writing import LIMITED, call, edited, more, proposal
from tests.escalations.triage.judging import judge, policy, sentences

# How many payments there are, or as much money.
EITHER = """
    installments instalments remaining_installments totalInstalments tranches vouchers payments
    raten ratenzahlung teilzahlungen mensualités échéances cuotas cuotas_mensuales mensualidades
    parcelas prestações termijnen raty liczba_rat taksit taksitler أقساط الأقساط किस्तें 分期 期数
    분할 할부 分割 anzahl_raten number_of_installments numero_de_cuotas nombre_de_mensualités
    installment_count
""".split()
LESS = "discount rabatt nachlass remise descuento desconto sconto korting rabat indirim خصم छूट 折扣".split()
# So many percent, or as much money.
PART = """
    fee fees service_fee processingFee commission tip bonus surcharge cashback penalty gebühr
    bearbeitungs_gebühr frais comisión taxa commissione prowizja avgift biaya رسوم शुल्क 手数料
""".split()
# Times, people and shares are no money, whatever currency stands beside them.
COUNTS = """
    nights nächte nuits noches noites notti nachten noce gece ليالي रातें 晚数 入住晚数
    months monate mois meses mesi maanden miesiące aylar أشهر महीने 月数 个月 anzahl_monate
    days tage jours días dias giorni dagen dni gün أيام दिन 天数 number_of_days nombre_de_jours
    weeks wochen semaines semanas settimane weken tygodnie hafta أسابيع हफ्ते 周数
    hours stunden heures horas uren godziny saat ساعات घंटे 小时数
    guests personen personnes pessoas persone osoby kişi أشخاص लोग 人数 adults
    discount_percent rabatt_prozent rabattprozent pourcentage_remise porcentaje_descuento
    percentuale procent yüzde_indirim نسبة_الخصم प्रतिशत 折扣率 percentage
    number_of_payments ratenanzahl aantal_termijnen taksit_sayısı
""".split()
# What looks like one of them and is money.
AMOUNTS = """
    monthly_fee nightly_price preis_pro_nacht installment_amount betrag_pro_rate fee_per_day
    monatsgebühr 月付金额 每晚价格 tarifa_noche frais_mois cantidad_reembolso total_payment
""".split()
each = pytest.mark.parametrize
numbers = st.integers(1, 5_000)


@each("name", [*EITHER, *LESS, *COUNTS])
def test_a_number_that_counts_is_told_as_no_sum(name):
    args = {"amount": "40.00", name: 90, "currency": "EUR"}
    told = button_amounts.of(args, "€40.00")
    assert not {"€90.00", "€3,600.00"} & set(told)
    verdict = judge(proposal(args), LIMITED)
    said = [one for one in sentences(verdict) if "€90.00" in one or "€3,600.00" in one]
    assert all("may be up to €" in one for one in said)


@each("name", PART)
@each("value", [3, "3", 2.5, "2.5", 0.03, 100])
def test_what_may_be_percent_is_told_as_it_stands(name, value):
    args = {"amount": "40.00", name: value, "currency": "EUR"}
    assert not [one for one in button_amounts.of(args, "€40.00") if "€" in one]
    found = in_calls.read(call(args), None)
    assert found.certain.amounts == {"EUR": Decimal("40.00")}
    if argument_names.about(name).is_money:
        alone = in_calls.read(call({name: value, "currency": "EUR"}), None)
        assert (alone.amounts["EUR"], alone.may_be_less("EUR")) == (Decimal(str(value)), True)


@each("name", [name for name in PART if argument_names.about(name).is_money])
@each("value", [101, "3.00", "€3", 249.5])
def test_what_is_surely_no_percent_is_money(name, value):
    args = {name: value, "currency": "EUR"}
    assert [one for one in button_amounts.of(args, "") if "€" in one]
    assert not in_calls.read(call(args), None).may_be_less("EUR")


@each("name", ["monthly_fee", "fee_per_day", "fee_eur", "fee_amount", "nightly_fee", "flat_fee"])
def test_a_fee_for_a_time_or_of_a_currency_is_money(name):
    args = {name: 3, "currency": "EUR"}
    assert in_calls.read(call(args), None).certain.amounts == {"EUR": 3}


@each("name", COUNTS)
@each("value", [90, "90"])
def test_times_people_and_shares_are_no_money(name, value):
    about = argument_names.about(name)
    assert about.is_not or about.counts or about.is_count
    assert read({name: value, "currency": "EUR"}) == {}


@each("name", [name for name in COUNTS if argument_names.about(name).counts == "night"])
def test_of_a_price_for_each_there_are_so_many_in_every_language(name):
    assert read({"preis_pro_nacht": 50, name: 4, "currency": "EUR"}) == {"EUR": "200"}


@each("name", [*EITHER, "discount", "vouchers"])
@given(number=numbers, amount=st.decimals("0.01", 5_000, places=2))
def test_nothing_is_less_than_either_reading(name, number, amount):
    found = in_calls.read(call({"amount": str(amount), name: number, "currency": "EUR"}), None)
    assert found.amounts["EUR"] >= amount
    if argument_names.about(name).is_money:
        assert found.amounts["EUR"] >= number
    if name != "discount":
        assert found.amounts["EUR"] >= amount * number
    assert found.certain.amounts == {"EUR": amount}
    assert found.may_be_less("EUR") == (found.amounts["EUR"] != amount)


@each("name", [*EITHER, *LESS])
@given(number=numbers)
def test_as_an_amount_it_is_one(name, number):
    if argument_names.about(name).is_money:
        written = {name: f"{number}.00", "amount": "0.50", "currency": "EUR"}
        assert in_calls.read(call(written), None).certain.amounts["EUR"] == number
        alone = in_calls.read(call({name: number, "currency": "EUR"}), None)
        assert (alone.amounts["EUR"], alone.may_be_less("EUR")) == (number, True)


@each("name", AMOUNTS)
def test_an_amount_for_each_time_is_one(name):
    found = in_calls.read(call({name: 600, "currency": "EUR"}), None)
    assert found.amounts["EUR"] >= 600


def test_more_of_them_than_proposed_are_held():
    few = {"amount": "40.00", "installments": 2, "currency": "EUR"}
    held = more(proposal(few), edited(few | {"installments": 90}))
    assert (held.verdict.level, held.verdict.approvals) == (3, 2)
    told = [reason.sentence for reason in held.verdict.reasons]
    assert "The amount may be up to €3,600.00; a person takes over above €1,000.00." in told


def test_a_rule_on_the_amount_says_so_too():
    large = {"field": "amount", "operator": "above", "value": 500, "level": 3, "reason": "Large"}
    terms = policy(refund={"title": "Refunds", "level": 1, "rules": [large]})
    doubted = judge(proposal({"amount": "40.00", "installments": 90}), terms)
    assert "Large: the amount may be up to “3600.00” (rule: above 500)." in sentences(doubted)
    certain = judge(proposal({"amount": "3600.00", "currency": "EUR"}), terms)
    assert "Large: the amount is “3600.00” (rule: above 500)." in sentences(certain)


def test_a_total_and_what_the_policy_names_are_not_divided():
    assert read({"total": "480.00", "installments": 12, "currency": "EUR"}) == {"EUR": "480.00"}
    source = AmountSource(amount="/amount", currency="EUR")
    assert read({"amount": "480.00", "installments": 12}, source) == {"EUR": "480.00"}


def test_a_number_beside_a_currency_may_be_any():
    found = in_calls.read(call({"currency": "EUR", "room": 112, "guests": 4}), None)
    assert (found.amounts, found.may_be_less("EUR")) == ({"EUR": Decimal(112)}, True)
    assert read({"currency": "EUR", "nights": "5000.00"}) == {"EUR": "5000.00"}


def test_what_an_edit_takes_away_is_told_as_it_stood():
    was = call({"amount": "40.00", "installments": 90, "currency": "EUR"})
    now = call({"amount": "40.00", "currency": "EUR"})
    said = in_calls.read(now, None, was=was).unreadable
    assert said == ("“installments” is no amount any more, where 90 was proposed",)
    assert currencies.written(Decimal(90), "EUR") not in said[0]


@each(
    ("title", "is_money"),
    [
        ("How many installments?", False),
        ("How many euros should go back?", True),
        ("Wie viele Raten?", False),
        ("Wie viele Euro?", True),
        ("En combien de mensualités ?", False),
        ("Combien de remboursement ?", True),
        ("¿En cuántas cuotas?", False),
        ("¿Cuántos euros de reembolso?", True),
        ("Em quantas parcelas?", False),
        ("Hoeveel termijnen?", False),
        ("Hoeveel moet de terugbetaling zijn?", True),
        ("Ile rat?", False),
        ("Kaç taksit?", False),
        ("कितनी किस्तें?", False),
    ],
)
def test_an_answer_to_how_many_is_no_money(title, is_money):
    asked = {"kind": "question", "name": "ask", "title": title}
    assert (in_answers.as_call(asked, 5000) is not None) == is_money
