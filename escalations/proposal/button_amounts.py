"""The amounts of a call as they stand on the button that clears it: each, or how many there are."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from escalations.money import argument_names, in_calls, writing
from escalations.money.search import Found, Path, Search
from escalations.proposal.call_parts import label, listed, money, with_value
from escalations.text import formatting, mask, pointers, untrusted

_EACH_MAX = 2
_WRITTEN_MAX = 24


def of(args: Mapping[str, Any], shown: str, currency: str = "") -> tuple[str, ...]:
    """Each amount in the arguments that is not `shown` already, as it is written there.

    What should be an amount and cannot be read as one is told as well.
    """
    search = Search(args, currency)
    unread = [value for _, value in search.unread.values() if isinstance(value, str)]
    texts = [*_found(search, args, shown), *(_cut(one) for one in unread)]
    return tuple(text for text in texts if text and not mask.stands_in(text))


def added(words: str, amounts: tuple[str, ...]) -> str:
    """These words with the amounts that they do not name."""
    is_each_another = len(set(amounts)) == len(amounts)
    missing = [one for one in amounts if one not in words or not is_each_another]
    if not missing:
        return words
    elif len(missing) <= _EACH_MAX:
        return f"{words}, {listed(missing)}"
    else:
        more = " more" if len(missing) < len(amounts) else ""
        return f"{words}, {len(missing)}{more} amounts"


def _found(search: Search, args: Mapping[str, Any], shown: str) -> Iterator[str]:
    sure = [one for one in search.found if one.sure]
    # What is so without the call, such as the order's total, stands only where it is all there is.
    own = [one for one in sure if not argument_names.about(one.name).is_fact] or sure
    told = in_calls.decimal(shown) if shown else None
    seen: set[Decimal] = {told} if told is not None else set()
    for one in own:
        # Beside each other they are the same money; the entries of a list are others.
        is_entry = any(step.isdigit() for step in one.path)
        if one.amount and (is_entry or one.amount not in seen):
            seen.add(one.amount)
            yield _told(one, args)


def _told(one: Found, args: Mapping[str, Any]) -> str:
    if one.may_count:
        return with_value(label(one.name), formatting.number(one.amount))
    each = one.amount / one.times
    written = _as_written(one.path, args, one.currency) or money(each, one.currency)
    if one.times == 1:
        return written
    up_to = "up to " if one.may_be_once else ""
    return f"{up_to}{formatting.number(one.times)} × {written}"


def _as_written(path: Path, args: Mapping[str, Any], currency: str) -> str:
    """A text as it stands, since of `5.000` nobody knows what its writer meant."""
    value = pointers.get(args, "".join(f"/{pointers.escaped(step)}" for step in path), None)
    if not isinstance(value, str) or money(value):
        return ""
    read = writing.read(value, currency)
    return _cut(value if read is None or read.currency else f"{value} {currency}".strip())


def _cut(value: str) -> str:
    return untrusted.line(value, _WRITTEN_MAX)
