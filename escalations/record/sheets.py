"""What stands in no case: accounts with their rights, agents with their keys.

Each account is one sheet, in parts: its role, its names, each of its keys. Every line about it says
what each part is after it, and which of them it may have changed follows from the line, so that it
excuses that change of that account and nothing else. Seals say the same of accounts that no line
was about. Parts are written as digests under a key of the deployment: they may be personal, and
whoever can write the database must not be able to write such a line.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain as chained
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from escalations.models import ChainHead, Event
from escalations.record import keyed, lines
from escalations.record.lines import Actor
from escalations.refusals import Conflict
from escalations.text import canonical

JSON = dict[str, Any]
# Each part of a sheet with its digest.
Parts = dict[str, str]
LOOKS_MAX, TRIES = 5, 10
DIGEST_LENGTH = 16
# In the place of parts: the line may have changed all of them, as it made the account.
ALL = "*"


@dataclass(frozen=True, slots=True)
class SheetSource:
    """A group of sheets: how their names begin, the chains whose lines tell of them, how all of
    them or those of these names are read, and which parts of which a line of that kind and with
    these facts may have changed. Where several chains tell of the same sheet, `lock` lets those who
    write about it take turns, so that each line says what it is after all that came before."""

    prefix: str
    chains: tuple[str, ...]
    read: Callable[[Collection[str] | None], Mapping[str, JSON]]
    about: Callable[[str, JSON], Mapping[str, Collection[str]]]
    lock: Callable[[Collection[str]], None] = lambda names: None


@dataclass(frozen=True, slots=True)
class Reading:
    """Every sheet, and how long the chains were that tell of them."""

    sheets: Mapping[str, JSON]
    lengths: dict[str, int]


def add(*sources: SheetSource) -> None:
    """Sheets of an app."""
    _SOURCES.update({source.prefix: source for source in sources})


def sources() -> Collection[SheetSource]:
    return _SOURCES.values()


def append(chain: str, kind: str, *, actor: Actor, at: datetime, facts: JSON) -> Event:
    """Write the next line of a chain that tells of accounts, with what they are after it: called
    after the change, in its transaction. Raises Conflict where others write without end."""
    return append_all(chain, [(kind, facts)], actor=actor, at=at)[0]


def append_all(
    chain: str, told: Sequence[tuple[str, JSON]], *, actor: Actor, at: datetime
) -> list[Event]:
    """The same of several lines, after all that they tell of: no line of them may change what an
    earlier one says of the same account."""
    for _ in range(TRIES):
        # Two changes at once want the same place in the chain. In a savepoint the loser can look
        # for the next one without losing the change itself.
        try:
            with transaction.atomic():
                return _append_all(chain, told, actor=actor, at=at)
        except IntegrityError:
            continue
    raise Conflict("at_once", f"Others changed {chain} at the same moment; try again.")


def _append_all(
    chain: str, told: Sequence[tuple[str, JSON]], *, actor: Actor, at: datetime
) -> list[Event]:
    of_chain = [source for source in _SOURCES.values() if chain in source.chains]
    about = [
        [(source, names) for source in of_chain if (names := source.about(kind, facts))]
        for kind, facts in told
    ]
    named: dict[str, list[str]] = {}
    for source, names in chained.from_iterable(about):
        named.setdefault(source.prefix, []).extend(names)
    for prefix, every in named.items():
        _SOURCES[prefix].lock(sorted(set(every)))
    # The end before the sheets: who writes at the same moment is either seen in them, or takes
    # the place in the chain.
    end = lines.end_of(chain)
    parts: dict[str, Parts] = {}
    for prefix, every in named.items():
        found = _SOURCES[prefix].read(sorted(set(every)))
        parts |= {name: parts_of(name, found.get(name, {})) for name in set(every)}
    known = lengths()
    said = [
        {
            **facts,
            "sheets": {name: parts[name] for _, names in ours for name in names},
            "lengths": {**known, chain: end.length + number},
        }
        for number, ((_, facts), ours) in enumerate(zip(told, about, strict=True), 1)
    ]
    kinds = [kind for kind, _ in told]
    both = list(zip(kinds, said, strict=True))
    return lines.append_all_to(end, both, actor=actor, at=at, marked=True)


def read() -> Reading | None:
    """All sheets as they are at one moment; None where they change faster than they are read."""
    for _ in range(LOOKS_MAX):
        before = lengths()
        sheets = {
            one: sheet for source in _SOURCES.values() for one, sheet in source.read(None).items()
        }
        # A change is written together with its line, so that without a new line all of it is one
        # moment.
        if lengths() == before:
            return Reading(sheets, before)
    return None


def parts_of(name: str, sheet: JSON, key: str = "") -> Parts:
    """The digest of each part, under the current key or the known one of that id."""
    key = key or keyed.current()
    return {
        part: keyed.digest(key, orjson.dumps([name, part, value], option=orjson.OPT_SORT_KEYS))[
            :DIGEST_LENGTH
        ]
        for part, value in sheet.items()
    }


def whole_of(parts: Parts) -> str:
    """One digest of all its parts, and of which key they are."""
    written = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return keyed.mark(written)


def lengths() -> dict[str, int]:
    """How many lines the chains have that tell of accounts."""
    chains = [name for source in _SOURCES.values() for name in source.chains]
    heads = ChainHead.objects.filter(chain__in=chains).values_list("chain", "length")
    # Never more than a line can hold, or whoever changed a row would stop every seal.
    return {chain: min(length, canonical.INTEGER_MAX) for chain, length in heads}


_SOURCES: dict[str, SheetSource] = {}
