"""Nothing is ever less by being written differently: writings by places by doors.

What each writing is worth stands beside it; what an amount asks for, in a table of its own.
"""

import json

import pytest

from escalations.lifecycle import answers
from escalations.money import signs
from escalations.policy.document import PolicyDocument
from escalations.proposal.choices import Choice
from escalations.refusals import Invalid
from escalations.triage import answer_judging
from escalations.triage.answer_judging import CaseTerms
from tests.escalations.triage.judging import ALONE, NOW, judge, package, policy, sentences

LIMITS = {
    "alone_up_to": "100", "approve_up_to": "1000", "take_over_up_to": "5000",
    "two_people_from": "500",
}  # fmt: skip
UNREADABLE = None
WRITINGS = [
    (40, 40), ("40.00", 40), ("€40", 40), ("40 eur", 40), ("0.040k", 40), (4000.0, 4000),
    ("600", 600), ("600,00 €", 600), ("EUR 600.-", 600), ("(600.00)", 600), ("-600", 600),
    ("1e6", 10**6), ("1E+6", 10**6), ("5e3", 5000), ("5k", 5000), ("2 mio €", 2 * 10**6),
    # A thousand in Spanish and Portuguese, a million in German and English: the larger counts.
    ("5 mil", 5 * 10**6), ("5mil €", 5 * 10**6), ("EUR 5 Mill.", 5 * 10**6), ("5 mln", 5 * 10**6),
    ("5 millones", 5 * 10**6), ("5 Milliarden €", 5 * 10**9), ("5 mila", 5000), ("5 tys", 5000),
    ("99999 eur", 99999), ("99999 euros", 99999), ("99999.-", 99999), ("-€99999", 99999),
    ("９９９９９", 99999), ("٩٩٩٩٩", 99999), ("९९९९९", 99999), ("99\u00a0999,00 €", 99999),
    ("99\u202f999 EUR", 99999), ("99 999", 99999), ("99’999.00", 99999), ("99'999", 99999),
    ("99.999", 99999), ("99,999", 99999), ("99.999,00", 99999), ("99,999.00 €", 99999),
    ("99_999", 99999), ("€\u200e99999", 99999), ("EUR99999", 99999), ("99999EUR", 99999),
    ("99999/-", 99999), ("99999,--", 99999), ("1.234.567", 1234567), ("12,34,567", 1234567),
    ({"value": "99999.00", "currency": "EUR"}, 99999), ({"eur": 99999}, 99999),
    ({"amount": 99999, "currency_code": "EUR"}, 99999), ({"EUR": "99999"}, 99999),
    ({"units": 99999, "nanos": 0, "currency_code": "EUR"}, 99999),
    ({"units": "99998", "nanos": 10**9, "currencyCode": "eur"}, 99999),
    ({"minor_units": 9999900, "currency": "EUR"}, 99999), ('{"value": 99999}', 99999),
    ([60000, 39999], 99999), ([{"value": 60000}, {"value": "39999.00"}], 99999),
    ("99999 EUR sofort", UNREADABLE), ("0x1869F", UNREADABLE), ("½ million", UNREADABLE),
    ("10⁵", UNREADABLE), ("all of it", UNREADABLE), ("12.03.2026", UNREADABLE),
    ("9" * 200, UNREADABLE), ("50 %", UNREADABLE), ({"value": "soon"}, UNREADABLE),
    ("{'amount': 99999}", UNREADABLE), ("五千", UNREADABLE),
]  # fmt: skip
# Other currencies than that of the limits: two people, and at least a person.
FOREIGN = ["99999 zł", "₹99999", "US$99999", "99999 CHF", {"usd": 99999}, {"GBP": "99,999.00"}]


def deep(value, levels=20):
    for _ in range(levels):
        value = {"inside": value}
    return value


PLACES = {
    "amount": lambda value: {"amount": value},
    "refundAmount": lambda value: {"refundAmount": value},
    "amounts": lambda value: {"amounts": value},
    "TOTAL": lambda value: {"TOTAL": value},
    "betrag": lambda value: {"betrag": value},
    "deep": lambda value: deep({"price": value}),
    "after 501 keys": lambda value: {f"k{n}": "x" for n in range(501)} | {"amount": value},
    "pair": lambda value: {"name": "amount", "value": value},
    "pairs": lambda value: {"arguments": [{"name": "amount", "value": value}]},
    "json": lambda value: {"arguments": json.dumps({"amount": value})},
    "list": lambda value: {"payments": [{"amount": value}]},
    "beside a named place": lambda value: {"named": "5.00", "total": value},
}
OFTEN = ["fee", "fees", "payout", "refund", "credit", "charge", "payment", "eur", "deposit"]


def limited(**task_type) -> PolicyDocument:
    source = {"refund": {"amount": "/named", "currency": "EUR"}}
    return policy(
        refund={"title": "Refunds", "level": 1, "amounts": {"EUR": LIMITS}, **task_type},
        named={"level": 1, "amounts": {"EUR": LIMITS}, "amount_from": source},
    )


LIMITED = limited()


def asks(amount):
    """Level and people, by the table."""
    if amount is UNREADABLE:
        return 4, 2
    level = 1 + sum(amount > limit for limit in (100, 1000, 5000))
    people = 2 if amount >= 500 else 1
    # A limit or not: an amount that no one names is for a person.
    return max(level, 2), people


def call(args):
    return {"id": "a1", "name": "refund", "args": args}


def proposal(args, *, where="", **rest):
    kind = "named" if where == "beside a named place" else "refund"
    return package(sure=1, proposed_actions=[call(args)], **rest) | {"task_type": kind}


def judged(args, document, where=""):
    verdict = judge(proposal(args, where=where), document)
    return verdict.level, verdict.approvals


def more(proposed, choice, document=LIMITED, terms=None):
    answer = answers.answer(proposed, choice, reject_reasons=[])
    sent = answer_judging.content(proposed, answer.actions, answer.response)
    terms = terms or CaseTerms(level=2, approvals=1, skills={}, rules=())
    if sent is None:
        return None
    return answer_judging.more(sent, document, terms, now=NOW, proposed=proposed)


def edited(args):
    item = {"action_id": "a1", "type": "edit", "edited": {"name": "refund", "args": args}}
    return Choice("edit", actions=[item])


def each_writing():
    for value, amount in WRITINGS:
        for where, place in PLACES.items():
            yield pytest.param(place(value), where, amount, id=f"{where}: {str(value)[:40]}")


@pytest.mark.parametrize(("args", "where", "amount"), list(each_writing()))
def test_every_writing_at_every_place_and_door(args, where, amount):
    level, people = asks(amount)
    if where == "beside a named place":
        small = proposal({"named": "5.00"}, where=where)
    else:
        small = proposal({"amount": "5.00"})
        assert judged(args, ALONE)[0] == 2
    assert judged(args, LIMITED, where) == (level, people)
    changed = {**args, "amount": args.get("amount", "5.00")}
    if any(signs.faults(small["proposed_actions"][0]["args"], changed)):
        # Judged as an amount like any other, but no edit turns one below zero.
        with pytest.raises(Invalid, match="This is below zero"):
            more(small, edited(changed))
        return
    found = more(small, edited(changed))
    if (level, people) == (2, 1):
        assert found is None
    else:
        assert (found.verdict.level, found.verdict.approvals) == (level, people)
        assert found.only_approvals == (level == 2)


@pytest.mark.parametrize(("value", "amount"), WRITINGS)
def test_an_answer_that_is_money_is_judged_like_an_edit(value, amount):
    asked = call({}) | {"kind": "question", "title": "How much?"}
    asked["response_schema"] = {"type": ["object", "string", "number", "array"]}
    item = {"action_id": "a1", "type": "respond", "value": value}
    found = more(package(proposed_actions=[asked]), Choice("respond", actions=[item]))
    if value == "99999 EUR sofort":
        # Of a sentence, the largest amount counts.
        amount = 99999
    elif value in ("all of it", "五千", {"value": "soon"}):
        # Words are no amount: the agent asks again.
        return
    level, people = asks(amount)
    if (level, people) == (2, 1):
        assert found is None
    else:
        assert (found.verdict.level, found.verdict.approvals) == (level, people)


@pytest.mark.parametrize("value", FOREIGN)
def test_other_currencies_have_no_limits_and_need_two(value):
    assert judged({"amount": value}, LIMITED) == (2, 2)
    assert judged({"amount": value}, ALONE)[0] == 2
    assert more(proposal({"amount": "5.00"}), edited({"amount": value})).verdict.approvals == 2


@pytest.mark.parametrize("name", OFTEN)
@pytest.mark.parametrize("value", [99999, "99999.00", "99999 eur", "€99,999"])
def test_names_that_are_often_money(name, value):
    assert judged({name: value}, LIMITED) == (4, 2)
    assert judged({name: value}, ALONE)[0] == 2


@pytest.mark.parametrize("value", ["", None, "  ", {}, [], False])
def test_an_amount_that_is_emptied_cannot_be_read(value):
    found = more(proposal({"amount": "184.00"}), edited({"amount": value}))
    assert (found.verdict.level, found.verdict.approvals) == (4, 2)
    found = more(proposal({"amount": "184.00", "note": "x"}), edited({"note": "x"}))
    assert (found.verdict.level, found.verdict.approvals) == (4, 2)
    assert sentences(found.verdict)[0] == (
        "“amount” is no amount any more, where 184.00 was proposed; people are alerted at once "
        "above €5,000.00."
    )


def test_an_entry_less_in_a_list_is_no_loss_and_more_of_them_add_up():
    def paid(count):
        return {"payments": [{"amount": "499.00", "currency": "EUR"}] * count}

    assert judged(paid(100), LIMITED) == (4, 2)
    assert more(proposal(paid(1)), edited(paid(100))).verdict.level == 4
    assert more(proposal(paid(3)), edited(paid(1))) is None
    whole = {"total": "998.00", **paid(2)}
    assert judged(whole, LIMITED) == (2, 2)
    labelled = [{"label": "Lamp", "amount": 300}, {"label": "Total", "amount": 300}]
    assert judged({"lines": labelled, "currency": "EUR"}, LIMITED) == (2, 1)


def test_what_stands_beside_the_amounts_of_a_list_is_none():
    entry = {"to": "4417", "when": 20261201, "for": "5000", "amount": "40.00"}
    assert judged({"payments": [entry] * 2, "currency": "EUR"}, LIMITED) == (2, 1)
    assert judged({"payments": {"to": "4417", "amount": "40.00"}}, LIMITED) == (2, 1)
    assert judged({"payments": {"alice": 2600, "bob": 2500}}, LIMITED) == (4, 2)


def test_the_sentence_says_what_cannot_be_read():
    found = judge(proposal({"amount": "99999 EUR sofort"}), LIMITED)
    cannot = "“amount” is “99999 EUR sofort”, which cannot be read as an amount"
    assert f"{cannot}; people are alerted at once above €5,000.00." in sentences(found)
    assert f"{cannot}; two people approve from €500.00." in sentences(found)
    hard = f"An amount above the legal limit is never moved by the agent alone: {cannot}."
    assert hard in sentences(judge(proposal({"amount": "99999 EUR sofort"})))


@pytest.mark.parametrize("field", ["amount", "proposed_actions.args.amount"])
@pytest.mark.parametrize("value", ["99999 eur", "1e6", "soon", "９９９９９", {"eur": 99999}])
def test_rules_on_amounts_read_every_writing(field, value):
    rule = {"field": field, "operator": "above", "value": 500, "reason": "Large", "level": 4}
    document = policy(refund={"level": 2, "rules": [rule]})
    assert judged({"amount": value}, document)[0] == 4
    assert judged({"amount": "40 eur"}, document)[0] == 2


def test_what_is_too_much_to_look_through_is_for_a_person():
    many = {str(number): number for number in range(6000)}
    assert judged(many, LIMITED) == (4, 2)
    assert judged(many, ALONE)[0] == 2


INNOCENT = [
    {"order_id": "HP-20931", "zip": "10001", "phone": "+49 170 1234567", "quantity": 5000},
    {"item_ids": ["1151293680", "4983901480"], "payment_method_id": "credit_card_9513926"},
    {"total_items": 12, "amount_of": None, "cost_center": 4711, "price_list": "spring"},
    {"refund_id": 5123, "charge_id": "ch_1AbC", "fee_code": 17, "payment_terms": 30},
    {"refund": True, "credit": "store", "price": "price_1NabcDEF", "sum_by": "week"},
    {"message": "Order total: €300.00\nRefund: €20.00", "subject": "Your 300 EUR order"},
    {"field": "city", "value": "Berlin"},
    {"date": "2026-12-01", "days": 500, "level": 3, "version": "1.925", "iban": "NL91ABNA041"},
    {"iban": "DE89370400440532013000", "tax_number": "12/345/67890", "card": "4111111111111111"},
    {"bob": 5000, "all": 20, "top": 10, "try": 3, "php": 8, "total_count": 99, "score": 700},
    {"summary": "A sum of 5000", "consumer": 5, "pricing": "daily", "discount_code": "X5000"},
]


@pytest.mark.parametrize("args", INNOCENT)
def test_ids_quantities_and_texts_are_no_money(args):
    assert judged(args, ALONE) == (1, 1)


def test_facts_beside_a_named_place_do_not_count():
    args = {"named": "5.00", "order_total": "300.00", "lines": [{"list_price": 900}], "kept": 700}
    assert judged(args, LIMITED, "beside a named place") == (1, 1)
