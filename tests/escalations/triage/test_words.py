"""Money in words is judged in every currency, whether the policy limits it or not."""

from decimal import Decimal

import pytest

from escalations.money import currencies, in_words
from escalations.triage import amounts, words
from escalations.triage.answer_judging import CaseTerms
from tests.escalations.triage.judging import NOW, package, policy

LIMITS = {"approve_up_to": "5000.00", "two_people_from": "400.00"}
LIMITED = policy(refund={"title": "Refunds", "level": 2, "amounts": {"EUR": LIMITS}})
CANADIAN = policy(refund={"title": "Refunds", "level": 2, "amounts": {"CAD": LIMITS}})
TERMS = CaseTerms(level=2, approvals=1, skills={}, rules=())


def asks(said, document=LIMITED):
    """Level and people that these words ask for; None where for no more than there is."""
    case = package(proposed_actions=[], summary="A refund?")
    known = amounts.named(case, document.for_task_type("refund"))
    more = words.named(case, in_words.added([said], known), document, TERMS, now=NOW)
    return (more.verdict.level, more.verdict.approvals) if more else None


UNLIMITED = sorted((currencies.CODES | currencies.UNMISTAKABLE) - {"EUR", "XBT"})


@pytest.mark.parametrize("code", UNLIMITED)
def test_an_amount_in_a_currency_without_limits_asks_for_two_people(code):
    """As a call of it does: SAR, CAD and TRY were cleared."""
    assert asks(f"You get 6000 {code} from us.") == (2, 2)
    if code not in {"ALL", "TOP"}:
        assert asks(f"You get {code} 6000 from us.") == (2, 2)


@pytest.mark.parametrize(
    "said",
    [
        "You get 50 SAR.", "CAD 20", "TRY 5", "₹5", "5 zł", "KD 900", "SR 900", "900 pounds", "₹6L", "6 lakh",
        "Rs 6 lacs", "退您6000块", "退款5000元", "50.000 Türk lirası", "6,000 US dollars", "5 BTC",
    ],
)  # fmt: skip
def test_so_does_a_small_one(said):
    assert asks(said) == (2, 2)


@pytest.mark.parametrize(
    "said",
    [
        "a 5 pound bag", "We try 900 times", "all 900", "ALL 900 of them", "top 900", "5 crowns", "9 sar",
        "50 livres", "You get €399.99", "退您6块",
    ],
)  # fmt: skip
def test_what_may_be_a_word_or_a_measure_does_not(said):
    assert asks(said) is None


@pytest.mark.parametrize(
    ("said", "people"),
    [("$6000", (3, 2)), ("US$6000", (2, 2)), ("6000 dollars", (3, 2)), ("$50", None)],
)
def test_a_dollar_is_that_of_the_limits(said, people):
    """A desk that limits Canadian dollars writes `$`."""
    assert asks(said, CANADIAN) == people


def test_each_currency_is_judged_by_itself():
    assert asks("€5,000.00 and CHF 5.00") == (2, 2)
    assert asks("CHF 5.00 and €5,000.01") == (3, 2)
    assert [one.amount for one in in_words.added(["€5 and €6 and £7"])] == [Decimal(6), Decimal(7)]
