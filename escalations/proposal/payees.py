"""Who a call pays, where its arguments name somebody: the question names nobody else for it. And
whether it pays anybody: a dispute, a charge or a withheld deposit is no money “to” the customer.
"""

import re
from collections.abc import Mapping
from typing import Any

from escalations.text import mask, untrusted

_KEYS = (
    *("to", "recipient", "payee", "beneficiary", "destination", "customer", "account_holder"),
    *("recipient_name", "payee_name", "beneficiary_name", "customer_name", "holder"),
)
# How it is paid, and numbers, of which nobody can say whose they are.
_NO_NAME = re.compile(
    r"\d.*\d.*\d|[_@:/]"
    r"|\b(?:card|account|acct|wallet|balance|credit|voucher|method|original|source|bank)\b",
    re.IGNORECASE,
)
_LENGTH_MAX = 80


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_MONEY = _words(
    "refund refunds payment payout reimbursement compensation credit deposit money funds amount "
    "goodwill voucher bonus cashback allowance reward difference partial full"
)
_PEOPLE = _words("customer client guest tenant user")
_BOUGHT = _words(
    "order orders item items line lines purchase booking ticket delivered charge card account "
    "wallet partially fully"
)
# What each verb is followed by where the money goes to the person; alone, it is theirs as well.
_GIVES_BACK = dict.fromkeys(
    ("refund", "reimburse", "compensate", "credit", "grant"), _MONEY | _PEOPLE | _BOUGHT
)
_SENDS = dict.fromkeys(("pay", "send", "transfer"), _MONEY | _PEOPLE)
_MAKES = dict.fromkeys(("issue", "make", "process", "return", "give", "release"), _MONEY)
_VERBS = _GIVES_BACK | _SENDS | _MAKES


def of(args: Mapping[str, Any], customer: str) -> str:
    """The name of somebody other than the customer in the place of the one who is paid."""
    for key in _KEYS:
        value = args.get(key)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= _LENGTH_MAX:
            continue
        if _NO_NAME.search(value) or mask.stands_in(value) or _is_same(value, customer):
            continue
        return untrusted.line(value.strip(), _LENGTH_MAX)
    return ""


def is_paid(verb_phrase: str) -> bool:
    """Whether what the tool does, in words, surely brings the person money. “Issue refund” does,
    “Dispute”, “Cancel refund” and “Pay invoice” do not."""
    first, *others = verb_phrase.lower().split() or [""]
    if not others and first in _MAKES:
        return False
    return first in _VERBS and _VERBS[first].issuperset(others)


def _is_same(value: str, customer: str) -> bool:
    """Whether one is the other, or a part of it: Inès for Inès Carvalho."""
    mine, theirs = (set(re.findall(r"\w+", one.casefold())) for one in (value, customer))
    return bool(mine) and (mine <= theirs or (bool(theirs) and theirs <= mine))
