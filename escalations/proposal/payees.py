"""Who a call pays, where its arguments name somebody: the question names nobody else for it."""

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


def _is_same(value: str, customer: str) -> bool:
    """Whether one is the other, or a part of it: Inès for Inès Carvalho."""
    mine, theirs = (set(re.findall(r"\w+", one.casefold())) for one in (value, customer))
    return bool(mine) and (mine <= theirs or (bool(theirs) and theirs <= mine))
