"""Which arguments are money by their name: `refundAmount`, `fees`, `betrag`, `price_usd`."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from escalations.money import counted, currencies
from escalations.text import lookalikes, meanings


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NAMES = meanings.table(Path(__file__).with_name("names.toml"))
_AMOUNTS, _OFTEN, _MAYBE = (_NAMES[one] for one in ("amounts", "often", "maybe"))
_LAST = _NAMES["last"]
_UNIT, _QUANTITY, _WHOLE = (_NAMES[one] for one in ("unit", "quantity", "whole"))
_COMPOUNDS = tuple(sorted(_NAMES["compounds"].words))
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
_MODEL = _words("model sku part serial article plate norm engine flight modell")
# Of these a difference, or what is paid in, is no money.
_MEASURED = _words("age stock temperature phase potential file packet angle data byte")
# What is so without the call, beside a place that the policy names.
_FACTS = _words(
    "order original previous old before list catalog catalogue balance available remaining "
    "lifetime invoice basket cart was spent"
)
_ITSELF = _words("amt betrag montant importe importo bedrag kwota kwote")
_HUNDREDTHS = _words(
    "cent cents pence penny pennies centime centimes centavo centavos centimo centimos centesimo "
    "centesimi rappen grosz grosze groszy paisa paise kobo"
)
# A dirham has 100 fils: the currency beside it has the last word.
_THOUSANDTHS = frozenset({"fils", "baisa", "millime"})
_MINOR = _HUNDREDTHS | _THOUSANDTHS | {"minor"}
_CURRENCY = _words("currency ccy wahrung waehrung devise moneda moeda valuta waluta")
_CODE = frozenset({"code", "iso"})
_COINS = {"euro": "EUR", "dollar": "USD", "bitcoin": "BTC", "satoshi": "SATS", "tether": "USDT"}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z][^\W\d_]*")
_JOINED = re.compile(r"amount|(?:price|total)$|^(?:price|total)")
_POWERS = {"k": 3, "thousand": 3, "tsd": 3, "lakh": 5, "million": 6, "mio": 6, "mln": 6, "crore": 7}
# How many of one thing, whatever it is.
EACH = "one"
# In `rate_per_hour` a rate is a price.
_PER = frozenset({"per", "pro", "por", "par"})
_RATE = frozenset({"rate"})
_PAID_BY_TIME = frozenset({"hourly", "daily", "nightly", "weekly", "per"})
_BY_TIME = _PER | _PAID_BY_TIME | _words("monthly quarterly annual yearly flat fixed")


@dataclass(frozen=True, slots=True)
class ArgumentName:
    """What a name says of the value under it."""

    is_amount: bool = False
    may_be_words: bool = True
    is_often: bool = False
    is_maybe: bool = False
    is_not: bool = False
    is_fact: bool = False
    # What it is called, and no sum: `RM 6000`.
    is_model: bool = False
    is_total: bool = False
    is_minor: bool = False
    # `amount_k` counts thousands.
    power: int = 0
    is_thousandth: bool = False
    is_currency: bool = False
    is_plain_currency: bool = False
    is_amount_itself: bool = False
    is_several: bool = False
    is_unit: bool = False
    # It may be how many there are, or how many percent, or as much money.
    may_count: bool = False
    # It may be how many percent, or as much money.
    may_be_share: bool = False
    is_parts: bool = False
    is_count: bool = False
    counts: str = ""
    each: frozenset[str] = frozenset()
    currency: str = ""

    @property
    def is_money(self) -> bool:
        return self.is_amount or self.is_often or bool(self.currency)


@lru_cache(maxsize=4096)
def about(name: str) -> ArgumentName:
    """What the name of an argument says. Names are cut, as they come from outside."""
    found = [
        _plain(word) for word in _WORDS.findall(meanings.unaccented(lookalikes.seen(name[:300])))
    ]
    words = [_one(word) for word in found]
    if not words:
        return ArgumentName(currency=currencies.alone(name))
    told = {*words, *found}
    if not _CURRENCY.isdisjoint(words):
        is_currency = words[-1] in _CURRENCY | _CODE
        is_plain = is_currency and _CURRENCY.union(_CODE).issuperset(words)
        return ArgumentName(is_currency=is_currency, is_plain_currency=is_plain, is_not=True)
    amount = _is_amount(counted.without_several(told))
    several = counted.is_several(found)
    often = several or _OFTEN.is_in(told) or _is_last(words, found)
    is_count = not amount and counted.is_count(found, is_often=often)
    is_not = _is_not(words, told) or is_count
    # `total_installments` may be how many as well, `installments_amount` not.
    is_worth = any(map(_is_worth, counted.without_several(told)))
    is_plain = not (is_not or is_worth or any(map(_coin, words)))
    ends = [word for word in words if not _coin(word)][-1:]
    counts = _counted(words, found, is_money=amount and not is_not)
    is_times = is_not and not _PAID_BY_TIME.isdisjoint(words) and not _RATE.isdisjoint(words)
    return ArgumentName(
        is_amount=(amount and not is_not) or is_times,
        may_be_words=not (ends and _is_amount({ends[0]})),
        is_often=often and not is_not,
        is_maybe=_MAYBE.is_in(told) and not is_not,
        is_not=is_not and not is_times,
        is_fact=not told.isdisjoint(_FACTS),
        is_model=words[-1] in _MODEL,
        is_total=_WHOLE.is_in(told),
        is_minor=not told.isdisjoint(_MINOR),
        power=0 if is_not else _power(name),
        is_thousandth=not told.isdisjoint(_THOUSANDTHS),
        is_amount_itself=bool(ends) and (ends[0] in _ITSELF or "amount" in ends[0]),
        is_several=found[-1] != words[-1],
        is_unit=_UNIT.is_in(told),
        may_count=is_plain and (several or counted.is_less(found)),
        may_be_share=not is_not and counted.is_part(found) and _may_be_share(words),
        is_parts=several and (is_plain or counted.is_number(found)),
        is_count=is_count or bool(counts),
        counts=counts,
        each=frozenset(words) | counted.each(found) if len(words) > 1 else frozenset(),
        currency="" if is_not or _is_of_things(words, found) else _currency(words),
    )


def _power(name: str) -> int:
    """By how many powers of ten it counts: `amount_in_thousands`, not `401k`."""
    last = meanings.words(name)[-1:]
    return _POWERS.get(last[0].removesuffix("s"), 0) if last else 0


def _is_not(words: list[str], told: Collection[str]) -> bool:
    # `price_per_item` is a price.
    each = next((place for place, word in enumerate(words) if place and word in _PER), None)
    said = words[:each]
    counting = [one for one in words if _QUANTITY.is_in((one,)) and not _MAYBE.is_in((one,))]
    is_count = said[-1] in counting and said[-1] != "unit"
    # `count_total` is one as well.
    of_all = bool(counting) and all(_WHOLE.is_in((one,)) for one in told if _AMOUNTS.is_in((one,)))
    is_number = words[0] in {"number", "count"} and "of" in words
    return said[-1] in NOT or is_count or is_number or (of_all and counting != ["unit"])


def _is_last(words: list[str], found: list[str]) -> bool:
    """Whether it ends with what is money only so: `wire`, `bank_transfer_eur`, `write_off`, not
    `wire_gauge` or `age_difference`."""
    ends = [at for at, word in enumerate(words) if not _coin(word)][-1:]
    if not ends:
        return False
    at = ends[0]
    last = {words[at], found[at], "".join(found[max(at - 1, 0) : at + 1])}
    return _LAST.is_in(last) and (NOT | _MEASURED).isdisjoint(words[:at])


def _may_be_share(words: list[str]) -> bool:
    """Whether nothing beside the fee says that it is money: no amount, currency or time."""
    others = [word for word in words if not counted.is_part((word,))]
    is_money = any(_coin(word) or _is_worth(word) for word in others)
    return not is_money and _BY_TIME.isdisjoint(words)


def _is_worth(word: str) -> bool:
    return _is_amount((word,)) and not _WHOLE.is_in((word,))


def _is_amount(told: Collection[str]) -> bool:
    return _AMOUNTS.is_in(told) or any(
        _JOINED.search(word) or word.endswith(_COMPOUNDS) for word in told
    )


def _counted(words: list[str], found: list[str], *, is_money: bool) -> str:
    """Of what it says how many: `night` of `nights` and of `number_of_nights`."""
    if not is_money and _QUANTITY.is_in([*words, found[-1]]):
        return EACH
    is_number = bool({"number", "num", "count", "no"} & set(words[:-1]))
    one = words[-1] if is_number or found[-1] != words[-1] else ""
    return counted.of_which(found) or one


def _plain(word: str) -> str:
    plain = meanings.folded(word)
    return plain.removeprefix("ال") if len(plain) > 4 else plain


def _one(word: str) -> str:
    """`fees` as `fee`, `penalties` as `penalty`."""
    if word in _AMOUNTS.words or len(word) < 4 or word.endswith("ss"):
        return word
    elif word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and word not in {"bonus", "plus", "status"} else word


def _currency(words: list[str]) -> str:
    return next(filter(None, map(_coin, words)), "")


def _is_of_things(words: list[str], found: list[str]) -> bool:
    """Whether a coin in it only says what kind of thing the last word is: `euro_pallets`."""
    is_thing = not (_coin(words[-1]) or _is_amount({found[-1]}) or _OFTEN.is_in(found[-1:]))
    said = {words[-1], found[-1]}
    is_thing = is_thing and not (_OFTEN.is_in(said) or _LAST.is_in(said) or _MAYBE.is_in(said))
    return is_thing and words[0] in _COINS and found[-1] != words[-1]


def _coin(word: str) -> str:
    code = word.upper()
    return code if code in currencies.UNMISTAKABLE else _COINS.get(word, "")
