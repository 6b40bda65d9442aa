"""Which arguments are money by their name: `refundAmount`, `fees`, `betrag`, `price_usd`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from escalations.money import currencies


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# An argument of such a name is an amount, or it cannot be read.
AMOUNTS = _words(
    "amount amt total subtotal sum price cost cents pence "
    "betrag betrage beträge summe preis montant somme prix importe monto precio importo prezzo "
    "bedrag prijs kwota cena tutar belopp сумма 金额 金額 مبلغ राशि"
)
# An argument of such a name is an amount where it holds one.
OFTEN = _words(
    "fee payout payment pay refund credit charge debit reimbursement compensation deposit bonus "
    "tip fine penalty surcharge salary wage withdrawal donation settlement money cash budget "
    "balance discount rebate cashback goodwill gratuity allowance valor minor"
)
# Money only in a known currency.
MAYBE = frozenset({"value", "worth"})
# At the end of a name, these say what it is instead.
NOT = _words(
    "id uuid code count number no nr num date day week month year time timestamp at on by method "
    "reason type kind status state name card account score key ref reference item line product "
    "percent percentage pct rate ratio share quantity qty center centre currency list term "
    "version index level hash policy page piece hour minute second point token attempt result row "
    "weight length width height size note comment description text label title url link email "
    "phone address iban mode flag category channel format group scale exponent digit precision "
    "provider processor source target destination recipient owner reviewer order invoice "
    "transaction last last4 enabled allowed required valid until since"
)
# What is so without the call, beside a place that the policy names.
_FACTS = _words(
    "order original previous old before list catalog catalogue balance available remaining "
    "lifetime invoice basket cart was spent"
)
_ITSELF = frozenset({"amt", "betrag", "montant", "importe", "importo", "bedrag", "kwota"})
_WHOLE = frozenset({"total", "subtotal", "sum", "grand", "overall", "all"})
_MINOR = frozenset({"cents", "cent", "pence", "minor"})
_CURRENCY = frozenset({"currency", "ccy"})
_COINS = {"euro": "EUR", "dollar": "USD"}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z][^\W\d_]*")
_JOINED = re.compile(r"amount|(?:price|total)$|^(?:price|total)")


@dataclass(frozen=True, slots=True)
class ArgumentName:
    """What a name says of the value under it."""

    is_amount: bool = False
    may_be_words: bool = True
    is_often: bool = False
    is_maybe: bool = False
    is_not: bool = False
    is_fact: bool = False
    is_total: bool = False
    is_minor: bool = False
    is_currency: bool = False
    is_amount_itself: bool = False
    is_several: bool = False
    currency: str = ""

    @property
    def is_money(self) -> bool:
        return self.is_amount or self.is_often or bool(self.currency)


@lru_cache(maxsize=4096)
def about(name: str) -> ArgumentName:
    """What the name of an argument says. Names are cut, as they come from outside."""
    found = [word.casefold() for word in _WORDS.findall(name[:64])]
    words = [_one(word) for word in found]
    if not words:
        return ArgumentName()
    is_not = words[-1] in NOT or (words[0] in {"number", "count"} and "of" in words)
    if not _CURRENCY.isdisjoint(words):
        return ArgumentName(is_currency=words[-1] in _CURRENCY | {"code", "iso"}, is_not=True)
    told = set(words) | set(found)
    amount = not told.isdisjoint(AMOUNTS) or any(_JOINED.search(word) for word in words)
    ends = [word for word in words if not _coin(word)][-1:]
    return ArgumentName(
        is_amount=amount and not is_not,
        may_be_words=not (ends and (ends[0] in AMOUNTS or _JOINED.search(ends[0]))),
        is_often=not told.isdisjoint(OFTEN) and not is_not,
        is_maybe=not told.isdisjoint(MAYBE) and not is_not,
        is_not=is_not,
        is_fact=not told.isdisjoint(_FACTS),
        is_total=not told.isdisjoint(_WHOLE),
        is_minor=not told.isdisjoint(_MINOR),
        is_amount_itself=bool(ends) and (ends[0] in _ITSELF or "amount" in ends[0]),
        is_several=found[-1] != words[-1],
        currency="" if is_not else next(filter(None, map(_coin, words)), ""),
    )


def _one(word: str) -> str:
    """`fees` as `fee`, `penalties` as `penalty`."""
    if word in AMOUNTS or len(word) < 4 or word.endswith("ss"):
        return word
    elif word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and word not in {"bonus", "plus", "status"} else word


def _coin(word: str) -> str:
    code = word.upper()
    return code if code in currencies.UNMISTAKABLE else _COINS.get(word, "")
