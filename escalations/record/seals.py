"""Seals: now and then a line that names the end of every chain which moved since the last.

A case that is deleted with all its rows, or put back to an earlier state, is missed from the next
seal on, because the seal still names it. Seals are a chain like any other: whoever can rewrite that
as well is shown only by the hash of a seal that is kept outside.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

import orjson
from django.db import transaction
from django.db.models import Max, QuerySet

from escalations.models import ChainHead, Escalation, Event, SealedSheet
from escalations.record import lines, sheets
from escalations.record.chains import Finding
from escalations.record.lines import BATON
from escalations.text import canonical

JSON = dict[str, Any]
# The number of a case, or the name of another chain; how many lines; half of the last one's hash.
Sealed = tuple[int | str, int, str]
T = TypeVar("T")

CHAIN = "seal"
EVERY = timedelta(minutes=10)
STALLED_AFTER = timedelta(hours=1)
# In a line, so that none grows with the traffic, and what is looked up at a time.
HEADS_MAX, SHEETS_MAX = 1000, 100
HASH_LENGTH = 32
# Ids are given out before they are committed: nobody is longer about to commit a line than this,
# nor with an id so far behind.
LAG = timedelta(minutes=5)
IDS_BEHIND = 10_000
# Never so many lines come between two seals: a number beyond was set by somebody.
IDS_AHEAD = 1_000_000
# Below every number that a row can have, also one that Baton never gives.
BEFORE_ALL = -(1 << 63)
# So often every chain is compared with what seals name of it, whatever the numbers say.
IN_FULL_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Last:
    """The last seal that was finished: what it covered, and where the next one goes on."""

    begins: int = 0
    since: int = 0
    until: int = 0
    at: datetime | None = None
    before: JSON = field(default_factory=dict)
    in_full_at: datetime | None = None

    @property
    def goes_on(self) -> int:
        """The id after which lines may not have been seen by any seal."""
        then = self.before.get("at")
        waited = self.at is not None and then is not None
        if waited and self.at and self.at - datetime.fromisoformat(str(then)) >= LAG:
            return int(self.before["until"])
        else:
            return self.since


def seal_when_due(now: datetime) -> int:
    """Seal unless the last seal is younger than `EVERY`; counts the lines."""
    last = head()
    # After a clock was set back the last seal is one of the future, and would be for hours.
    return 0 if last is not None and abs(now - last.at) < EVERY else seal(now)


def seal(now: datetime) -> int:
    """Name the end of every chain that moved, and every account that is another now; counts the
    lines that it wrote, none where nothing changed."""
    last = _last()
    until, is_strange = _until(last)
    # A number may be changed, and then says nothing of what came after which.
    at = last.in_full_at if last else None
    in_full = is_strange or at is None or now - at >= IN_FULL_EVERY
    moved = _unsealed() if in_full else _moved(last or Last())
    begins = _length() + 1
    written = 0
    pending: list[Sealed] = []
    # One part behind, because the last line closes the seal and none is written without need.
    for part in _parts(moved):
        if pending:
            _write({"heads": pending}, now)
            written += 1
        pending = part
    changed = _changed_sheets()
    if not (pending or written or changed.parts):
        return 0
    last = last or Last()
    closing = {
        "heads": pending,
        "begins": begins,
        "since": last.goes_on if last.at else max(0, until - IDS_BEHIND),
        "until": until,
        "before": _before(last),
        "in_full": lines.timestamp(now if in_full or at is None else at),
    }
    # Without them nothing is said of the accounts, which changed while they were read.
    lengths = {} if changed.lengths is None else {"lengths": changed.lengths}
    *parts, rest = [*_parts(changed.parts, SHEETS_MAX)] or [[]]
    with transaction.atomic():
        for part_of_sheets in parts:
            _write({"heads": [], "begins": begins, "sheets": part_of_sheets, **lengths}, now)
        _write({**closing, "sheets": rest, **lengths}, now)
        changed.keep()
    return written + len(parts) + 1


def head() -> Event | None:
    """The last line of the seals: its hash, kept outside, holds all that was before."""
    return Event.objects.filter(chain=CHAIN).order_by("-position").first()


def stalled(now: datetime) -> str:
    """What is wrong where lines wait for a seal much longer than they should; else empty."""
    last = head()
    if last is not None and now - last.at < STALLED_AFTER:
        return ""
    waiting = Event.objects.exclude(chain=CHAIN).filter(at__lte=now - STALLED_AFTER)
    if last is None:
        text = "There is no seal, and lines are older than an hour: none was made, or all are gone."
        return text if waiting.exists() else ""
    elif waiting.filter(at__gt=last.at).exists():
        return f"Nothing was sealed since {last.at:%Y-%m-%d %H:%M} UTC, and lines came since."
    else:
        return ""


def findings() -> Iterator[Finding]:
    """Every chain that ends before it did when it was sealed, or otherwise, and those that moved
    before the last seal and that no seal names."""
    last = head()
    if last is not None:
        yield from _left_out(last)
    sealed = Event.objects.filter(chain=CHAIN, position__lte=last.position if last else 0)
    for event in sealed.order_by("position").iterator(chunk_size=20):
        yield from _lost(_heads(event), event.position)


def _left_out(last: Event) -> Iterator[Finding]:
    """Cases with a line from well before the last seal, whose end no seal names."""
    named = _named()
    # Never before a time that the calendar knows, whatever was written into the row.
    before = last.at - LAG if last.at.year > 1 else last.at
    number = BEFORE_ALL
    while part := _ends_of(Escalation.objects.filter(number__gt=number, arrived_at__lte=before)):
        number = int(part[-1][0])
        behind = {
            key: named.get(key, (0, ""))[0] for key, *end in part if named.get(key) != (*end,)
        }
        lines_of = Event.objects.filter(escalation__among=[int(key) for key in behind])
        waiting = lines_of.filter(at__lte=before).values_list("escalation", "position")
        missed = {key for key, position in waiting if key and position > behind[key]}
        for key in sorted(missed):
            yield Finding(CHAIN, f"BTN-{key} moved before the last seal, and no seal says so.")


def agrees(position: int, digest: str) -> Finding | None:
    """What is wrong where the seal at this position is not the one that was kept outside."""
    event = Event.objects.filter(chain=CHAIN, position=position).first()
    if event is None:
        return Finding(CHAIN, "This seal was kept outside, and is gone.", position)
    elif event.hash != digest:
        return Finding(CHAIN, "It is not the seal that was kept outside.", position)
    else:
        return None


def _until(last: Last | None) -> tuple[int, bool]:
    """The number of the last line, and whether some line has one that it cannot have."""
    most = last.until + IDS_AHEAD if last else canonical.INTEGER_MAX
    numbered = Event.objects.exclude(chain=CHAIN)
    until = numbered.filter(id__lte=most).aggregate(last=Max("id"))["last"] or 0
    return until, numbered.filter(id__gt=most).exists()


def _unsealed() -> Iterator[Sealed]:
    """The end of every chain that no seal names as it is. Read part by part: SQLite refuses to
    write beside a reading that goes on."""
    named = _named()
    last = BEFORE_ALL
    while part := _ends_of(Escalation.objects.filter(number__gt=last)):
        yield from (end for end in part if named.get(end[0]) != end[1:])
        last = int(part[-1][0])
    others = _other_ends(ChainHead.objects.exclude(chain=CHAIN))
    yield from (end for end in others if named.get(end[0]) != end[1:])


def _named() -> dict[int | str, tuple[int, str]]:
    """What the seals name last of each chain."""
    sealed = Event.objects.filter(chain=CHAIN).order_by("position")
    return {end[0]: end[1:] for event in sealed.iterator(chunk_size=20) for end in _heads(event)}


def _moved(last: Last) -> Iterator[Sealed]:
    """The ends of chains with lines after the mark that no seal names yet."""
    lines_since = Event.objects.filter(id__gt=last.goes_on).exclude(chain=CHAIN)
    of_cases = lines_since.filter(escalation__isnull=False).order_by("escalation")
    numbers = list(of_cases.values_list("escalation", flat=True).distinct())
    known = _known(last)
    for part in _parts(numbers):
        ends = _ends_of(Escalation.objects.filter(number__among=part))
        yield from (end for end in ends if end not in known)
    names = lines_since.filter(escalation__isnull=True).values_list("chain", flat=True).distinct()
    ends = _other_ends(ChainHead.objects.filter(chain__in=list(names)))
    yield from (end for end in ends if end not in known)


def _known(last: Last) -> set[Sealed]:
    """What the last two seals name: lines since the mark were seen by one of them, if at all."""
    first = last.before.get("begins", last.begins)
    recent = Event.objects.filter(chain=CHAIN, position__gte=first).order_by("position")
    return {end for event in recent.iterator(chunk_size=20) for end in _heads(event)}


def _ends_of(cases: QuerySet[Escalation]) -> list[Sealed]:
    # A number that no line can hold would stop the sealing of everything else.
    numbered = cases.filter(number__lte=canonical.INTEGER_MAX).order_by("number")
    ends = numbered.values_list("number", "chain_length", "chain_hash")
    return [_short(end) for end in ends[:HEADS_MAX]]


def _other_ends(heads: QuerySet[ChainHead]) -> list[Sealed]:
    return [_short(end) for end in heads.order_by("chain").values_list("chain", "length", "hash")]


def _parts(whole: Iterable[T], most: int = 0) -> Iterator[list[T]]:
    """So many at a time."""
    rest = iter(whole)
    while part := list(islice(rest, most or HEADS_MAX)):
        yield part


def _short(end: tuple[int | str, int, str]) -> Sealed:
    # Nor does a length stop it; verify names that.
    return end[0], min(int(end[1]), canonical.INTEGER_MAX), str(end[2])[:HASH_LENGTH]


@dataclass(slots=True)
class _ChangedSheets:
    parts: list[tuple[str, sheets.Parts]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    lengths: dict[str, int] | None = None

    def keep(self) -> None:
        """Remember what this seal says of each."""
        SealedSheet.objects.filter(name__in=self.gone).delete()
        SealedSheet.objects.bulk_create(
            [
                SealedSheet(name=name, digest=sheets.whole_of(parts))
                for name, parts in self.parts
                if name not in self.gone
            ],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["digest"],
        )


def _changed_sheets() -> _ChangedSheets:
    """Accounts that are another than when they were sealed last, and those that are gone."""
    reading = sheets.read()
    # They change faster than they can be read; the next seal takes them.
    if reading is None:
        return _ChangedSheets()
    kept = dict(SealedSheet.objects.values_list("name", "digest"))
    found = {name: sheets.parts_of(name, sheet) for name, sheet in reading.sheets.items()}
    changed = [
        (name, found.get(name, {}))
        for name in sorted(kept.keys() | found.keys())
        if name not in found or kept.get(name) != sheets.whole_of(found[name])
    ]
    return _ChangedSheets(changed, kept.keys() - found.keys(), reading.lengths)


def _before(last: Last) -> JSON:
    if last.at is None:
        return {}
    return {"begins": last.begins, "until": last.until, "at": lines.timestamp(last.at)}


def _write(facts: Mapping[str, Any], now: datetime) -> None:
    with transaction.atomic():
        lines.append_marked(CHAIN, "sealed", actor=BATON, at=now, facts=facts)


def _length() -> int:
    last = head()
    return last.position if last else 0


def _last() -> Last | None:
    """The last seal that was closed; one that was broken off is written again."""
    for event in Event.objects.filter(chain=CHAIN).order_by("-position").iterator(chunk_size=5):
        said = _said(event)
        if said is not None and "until" in said:
            at = said.get("in_full")
            return Last(
                said["begins"], said["since"], said["until"], event.at, said.get("before") or {},
                datetime.fromisoformat(at) if at else None,
            )  # fmt: skip
    return None


def _said(event: Event) -> JSON | None:
    """What it says; None for bytes that are no line, which the chain itself shows."""
    try:
        said = orjson.loads(bytes(event.body))["facts"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return said if isinstance(said, dict) else None


def _heads(event: Event) -> list[Sealed]:
    """The ends that a seal names, as far as it can be read."""
    said = _said(event) or {}
    heads = said.get("heads")
    found = [one for one in heads if _is_end(one)] if isinstance(heads, list) else []
    return [_short((key, length, digest)) for key, length, digest in found]


def _is_end(one: Any) -> bool:
    kinds = [type(value) for value in one] if isinstance(one, list) else []
    return kinds in ([int, int, str], [str, int, str])


def _lost(ends: list[Sealed], position: int) -> Iterator[Finding]:
    found = _found(ends)
    cases = {key for key, _, _ in ends if isinstance(key, int)}
    there = set(Escalation.objects.filter(pk__among=cases).values_list("pk", flat=True))
    for key, length, digest in ends:
        name = f"BTN-{key}" if isinstance(key, int) else key
        if isinstance(key, int) and key not in there:
            yield Finding(CHAIN, f"{name} is gone; it had {length} entries.", position)
        elif (key, length) not in found:
            text = f"{name} had {length} entries, and entry {length} is gone."
            yield Finding(CHAIN, text, position)
        elif found[key, length] != digest:
            yield Finding(CHAIN, f"Entry {length} of {name} was another then.", position)


def _found(ends: list[Sealed]) -> dict[tuple[int | str, int], str]:
    """The lines that stand where these chains ended."""
    numbers = [key for key, _, _ in ends if isinstance(key, int)]
    names = [key for key, _, _ in ends if isinstance(key, str)]
    at = Event.objects.filter(position__in={length for _, length, _ in ends})
    cases = at.filter(escalation__among=numbers).values_list("escalation", "position", "hash")
    others = at.filter(chain__in=names).values_list("chain", "position", "hash")
    found: dict[tuple[int | str, int], str] = {}
    for rows in (cases, others):
        found |= {(key, place): digest[:HASH_LENGTH] for key, place, digest in rows if key}
    return found
