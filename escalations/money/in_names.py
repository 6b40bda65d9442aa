"""An amount in a name or in few words: `refund_6000`, `credit-60-eur`, “Pay 6,000 now”.

A number counts beside what is money by its name, or beside a currency: `refund_6000` is money,
`order_6000` and `refund_2_items` are not.
"""

import re
from decimal import Decimal

from escalations.money import argument_names, counted, currencies, writing
from escalations.money.writing import Written

LENGTH_MAX = 300
_NUMBER = r"\d++(?:[.,'’]\d++)*+(?:[kK](?![A-Za-z]))?+"
_TOKENS = re.compile(rf"{_NUMBER}|[^\W\d_]+|[^\w\s.,:;!?()\[\]\"'/-]")
_AFTER = frozenset({"", "now", "to", "back", "at", "in", "for", "today", "total", "and"})


def largest(name: str) -> Written | None:
    """The largest amount in it; None where it names none."""
    tokens = _TOKENS.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name[:LENGTH_MAX]))
    found = [_at(tokens, at) for at, token in enumerate(tokens) if token[0].isdecimal()]
    return max(filter(None, found), key=_amount, default=None)


def _at(tokens: list[str], at: int) -> Written | None:
    before, after = (tokens[at - 1] if at else ""), "".join(tokens[at + 1 : at + 2])
    beside = [currencies.alone(one) for one in (before, after)]
    stated = next(filter(None, beside), "")
    # `refund_eur_6000`
    about = argument_names.about(tokens[at - 2] if beside[0] and at > 1 else before)
    # `discount_50` may be fifty percent.
    is_share = (about.may_count or about.may_be_share) and counted.may_be_percent(tokens[at])
    is_money = about.is_money and not is_share
    if after.casefold() in writing.HUNDREDTHS:
        return writing.read(f"{tokens[at]} {after}") if is_money else None
    elif not stated and not (is_money and after.casefold() in _AFTER):
        return None
    written = writing.read(tokens[at], stated)
    return Written(written.amount, stated, marked=True) if written else None


def _amount(written: Written) -> Decimal:
    return written.amount
