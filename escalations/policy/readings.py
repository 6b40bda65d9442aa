"""What a rule that compares makes of a value, however it is written: a number, a date, or a yes or
a no. A writing that may be two (`1.200`, `01/02/2028`) gives both, one that is none gives nothing.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from escalations.money import writing
from escalations.text import moments

LENGTH_MAX = 40
YES = frozenset({"true", "yes", "y", "on", "1"})
NO = frozenset({"false", "no", "n", "off", "0"})
_PERCENT = re.compile(r"\s*(?:[%٪％]|per ?cent|prozent)\Z", re.IGNORECASE)
_NOTHING_BUT_DIGITS = re.compile(r"[-+−(]?\s*\d[\d.,'’ \u00a0\u202f]*\)?")
_THOUSANDS_OR_NOT = re.compile(r"[-+−]?\d{1,3}[.,]\d{3}")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[/.](?P<m>\d\d?)[/.](?P<d>\d\d?)")
_DAY_FIRST = re.compile(r"(?P<d>\d\d?)\. ?(?P<m>\d\d?)\. ?(?P<y>\d{4})")
_EITHER = re.compile(r"(?P<d>\d\d?)[/-](?P<m>\d\d?)[/-](?P<y>\d{4})")


@dataclass(frozen=True, slots=True)
class ValueKind:
    """What a value of a rule is: in words, and how the values of packages are read as one."""

    named: str
    read: Callable[[Any], tuple[Any, ...]]


def kind_of(value: Any) -> ValueKind | None:
    """What this value of a rule is; None for a text that is compared as it stands."""
    if isinstance(value, bool) or value in ("true", "false"):
        return TRUTH
    known = number(value)
    if known is not None:
        return SHARE if abs(known) < 1 else ONE if abs(known) == 1 else NUMBER
    else:
        return None if moments.found(value) is None else DATE


def number(value: Any) -> Decimal | None:
    """A number, or a text as programs write one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    text = str(value)
    if len(text) > LENGTH_MAX:
        return None
    try:
        known = Decimal(text)
    except InvalidOperation:
        return None
    # Bounded: `1e999999` is short from an agent, and a million digits once it is written out.
    return known if known.is_finite() and abs(known.adjusted()) < LENGTH_MAX else None


def numbers(value: Any, *, percent: tuple[int, ...] = (0,)) -> tuple[Decimal, ...]:
    """The numbers that it may be; `percent` are the powers of ten that its sign may stand for."""
    known = number(value)
    if not isinstance(value, str):
        return () if known is None else (known,)
    text = value.strip()[: LENGTH_MAX + 1]
    bare = _PERCENT.sub("", text)
    powers = percent if bare != text else (0,)
    found = [] if (known := number(bare)) is None else [known]
    written = _written(bare)
    if written is not None:
        found.append(written)
        # In brackets it is below zero to a bookkeeper, and as it stands to anybody else.
        found += [-written] if bare.startswith("(") else []
    if _THOUSANDS_OR_NOT.fullmatch(bare):
        found.append(Decimal(bare.replace(",", ".").replace("−", "-")))
    return tuple(dict.fromkeys(one.scaleb(power) for one in found for power in powers))


def dates(value: Any) -> tuple[datetime, ...]:
    """The moments that it may name: a day with points or a year at its head, or with the day or
    the month first where it has other signs."""
    text = writing.plain(value[:LENGTH_MAX]) if isinstance(value, str) else ""
    known = moments.found(value) or moments.found(text)
    if known is not None:
        return (known,)
    if found := _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text):
        return _days((found["y"], found["m"], found["d"]))
    elif found := _EITHER.fullmatch(text):
        year, first, second = found["y"], found["d"], found["m"]
        return _days((year, first, second), (year, second, first))
    else:
        return ()


def truths(value: Any) -> tuple[bool, ...]:
    """Whether it is a yes or a no, in one of the ways of programs."""
    if isinstance(value, int | float):
        return (bool(value),) if value in (0, 1) else ()
    said = value.strip().casefold() if isinstance(value, str) else ""
    return (said in YES,) if said in YES | NO else ()


def _written(text: str) -> Decimal | None:
    """As people write it. What stands beside the digits is money or nothing: `5 m` is no million,
    and whether `5 t` is more than 20 hangs on what the rule counts."""
    found = writing.read(text)
    if found is None or not (found.marked or _NOTHING_BUT_DIGITS.fullmatch(text)):
        return None
    return -found.amount if writing.is_below_zero(text) else found.amount


def _days(*named: tuple[str, str, str]) -> tuple[datetime, ...]:
    days = []
    for year, month, day in named:
        # One of two readings may be no day: 13/02/2028.
        with suppress(ValueError):
            days.append(datetime(int(year), int(month), int(day), tzinfo=UTC))
    return tuple(dict.fromkeys(days))


TRUTH = ValueKind("a yes or a no", truths)
NUMBER = ValueKind("a number", numbers)
# Beside a limit such as 0.2, `25 %` is a quarter; beside 1 it may be that, or 25.
SHARE = ValueKind("a number", lambda value: numbers(value, percent=(-2,)))
ONE = ValueKind("a number", lambda value: numbers(value, percent=(0, -2)))
DATE = ValueKind("a date", dates)
