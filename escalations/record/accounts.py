"""Accounts against what lines and seals say of them: each line excuses the change that it tells, of
the account that it names, and nothing else."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from typing import Any

import orjson

from escalations.models import Event
from escalations.record import keyed, lines, sheets
from escalations.record.chains import Finding
from escalations.record.lines import MARK
from escalations.record.sheets import ALL, Parts, SheetSource

JSON = dict[str, Any]
SEAL = "seal"
FOREIGN = "It does not bear the mark of this deployment: something else wrote it."
CHANGED = "{} was changed, and no entry of that time says so."
ANOTHER_KEY = (
    "Accounts could not be compared: this was written under another BATON_SECRET_KEY than the one "
    "given here."
)
TOO_FAST = "Accounts could not be compared: they changed faster than they were read."


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a line or a seal says of accounts; `order` is how many lines told of such accounts."""

    order: int
    chain: str
    position: int
    kind: str
    said: JSON
    key: str


@dataclass(slots=True)
class _Known:
    """What was said last of one sheet under one key; of `open` parts another key knows more."""

    parts: Parts
    open: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Sheet:
    under: dict[str, _Known] = field(default_factory=dict)
    # What spoke last.
    key: str = ""
    position: int | None = None
    chain: str = ""


def findings() -> Iterator[Finding]:
    """Every account that is another than what was said of it last, or became so without a line."""
    # Read first: what is written meanwhile is left to the next time.
    reading = sheets.read()
    marks = _Marks()
    if reading is None:
        yield Finding(SEAL, TOO_FAST)
        return
    strangers: set[tuple[str, int]] = set()
    for source in sheets.sources():
        told = _Told(source, reading)
        yield from told.follow(marks)
        yield from told.now()
        strangers |= told.strangers
    yield from marks.findings
    strangers |= marks.last_stranger()
    for chain, position in sorted(strangers)[:1]:
        yield Finding(chain, ANOTHER_KEY, position)


class _Marks:
    """Which lines bear a mark, each looked at once."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._seen: dict[tuple[str, int], bool] = {}
        self._marked: dict[str, str] = {}
        self._last_seal: tuple[str, int] | None = None

    def are_genuine(self, chain: str, position: int, document: JSON) -> bool:
        """Whether this line is to be believed; under a key that is not known here nobody knows."""
        if (chain, position) not in self._seen:
            fault = self._fault(chain, document)
            if fault:
                self.findings.append(Finding(chain, fault, position))
            self._seen[chain, position] = not fault and MARK in document["facts"]
            if chain == SEAL and self._seen[chain, position]:
                self._last_seal = keyed.key_of(str(document["facts"][MARK])), position
        return self._seen[chain, position]

    def last_stranger(self) -> set[tuple[str, int]]:
        if self._last_seal is None or keyed.is_known(self._last_seal[0]):
            return set()
        return {(SEAL, self._last_seal[1])}

    def _fault(self, chain: str, document: JSON) -> str:
        mark = str(document["facts"].get(MARK, ""))
        # Lines of earlier versions bear none; none of those comes after one that does.
        if not mark:
            return FOREIGN if chain in self._marked else ""
        self._marked[chain] = mark
        try:
            return (
                ""
                if not keyed.is_known(keyed.key_of(mark)) or lines.is_marked(document)
                else FOREIGN
            )
        except ValueError:
            return FOREIGN


class _Told:
    """The sheets of one source, followed from line to line and seal to seal, and to what is now."""

    def __init__(self, source: SheetSource, reading: sheets.Reading) -> None:
        self.strangers: set[tuple[str, int]] = set()
        self._source = source
        self._lengths = reading.lengths
        self._now = {n: s for n, s in reading.sheets.items() if n.startswith(source.prefix)}
        self._sheets: dict[str, _Sheet] = {}
        self._is_sealed = False

    def follow(self, marks: _Marks) -> Iterator[Finding]:
        chains = [_events(chain) for chain in (*self._source.chains, SEAL)]
        statements = (self._statements(events, marks) for events in chains)
        # A seal after the lines that it covers.
        in_order = merge(*statements, key=lambda one: (one.order, one.chain == SEAL))
        until = self._order(self._lengths)
        for one in in_order:
            if one.order > until:
                break
            elif one.chain == SEAL:
                yield from self._seal(one)
            else:
                yield from self._line(one)

    def now(self) -> Iterator[Finding]:
        for name in sorted(self._sheets.keys() | self._now.keys()):
            sheet = self._sheets.get(name)
            if sheet is None:
                # Before the first seal nothing is known of those who were there.
                if self._is_sealed:
                    yield Finding(self._source.chains[0], CHANGED.format(name))
            elif not keyed.is_known(sheet.key):
                self.strangers.add((sheet.chain, sheet.position or 0))
            elif (
                sheets.parts_of(name, self._now.get(name, {}), sheet.key)
                != sheet.under[sheet.key].parts
            ):
                yield Finding(self._source.chains[0], CHANGED.format(name))

    def _line(self, one: _Statement) -> Iterator[Finding]:
        for name, may in self._about(one).items():
            after = one.said["sheets"].get(name)
            if not isinstance(after, dict):
                continue
            sheet = self._sheets.get(name)
            if sheet is None:
                made = ALL in may or not self._is_sealed
                wrong = [] if made else ["all of it"]
            else:
                wrong = _differing(sheet.under.get(one.key), after, may)
            if wrong:
                text = f"Before it {name} was changed without an entry: {', '.join(wrong)}."
                yield Finding(one.chain, text, one.position)
            self._keep(name, after, one, may)

    def _seal(self, one: _Statement) -> Iterator[Finding]:
        for name, parts in one.said["sheets"]:
            if not name.startswith(self._source.prefix):
                continue
            sheet = self._sheets.get(name)
            if sheet is None:
                same = not self._is_sealed
            else:
                same = not _differing(sheet.under.get(one.key), parts, ())
            if not same:
                yield Finding(SEAL, CHANGED.format(name), one.position)
            self._keep(name, parts, one, ())
        # The last line of it ends the first seal, which says how everybody was then.
        self._is_sealed = self._is_sealed or "until" in one.said

    def _keep(self, name: str, parts: Parts, one: _Statement, may: Collection[str]) -> None:
        sheet = self._sheets.setdefault(name, _Sheet())
        if keyed.is_known(one.key):
            for other in sheet.under.values():
                other.open |= set(may)
        sheet.under[one.key] = _Known(parts)
        sheet.key, sheet.chain, sheet.position = one.key, one.chain, one.position

    def _about(self, one: _Statement) -> Mapping[str, Collection[str]]:
        try:
            return self._source.about(one.kind, one.said)
        # Of a later version, or nobody's: no change is excused by it.
        except (KeyError, TypeError, AttributeError):
            return {}

    def _statements(self, events: Iterable[Event], marks: _Marks) -> Iterator[_Statement]:
        for event in events:
            document = _document(event)
            if document is None or not marks.are_genuine(event.chain, event.position, document):
                continue
            said = document["facts"]
            if isinstance(said.get("sheets"), list | dict) and isinstance(
                said.get("lengths"), dict
            ):
                yield _Statement(
                    self._order(said["lengths"]), event.chain, event.position, event.kind,
                    said, keyed.key_of(str(said[MARK])),
                )  # fmt: skip

    def _order(self, lengths: Mapping[str, int]) -> int:
        return sum(lengths.get(chain, 0) for chain in self._source.chains)


def _differing(before: _Known | None, after: Parts, may: Collection[str]) -> list[str]:
    """The parts that are others now and may not be."""
    # Said under another key: nothing can be compared.
    if before is None:
        return []
    names = before.parts.keys() | after.keys()
    changed = {name for name in names if before.parts.get(name) != after.get(name)}
    # Who made an account made all of it, and not that of somebody who was there.
    fresh = ALL in may and not before.parts
    return [] if fresh else sorted(changed - set(may) - before.open)


def _events(chain: str) -> Iterable[Event]:
    return Event.objects.filter(chain=chain).order_by("position").iterator(chunk_size=500)


def _document(event: Event) -> JSON | None:
    """None for bytes that are no line, which the chain itself shows."""
    try:
        document = orjson.loads(bytes(event.body))
    except orjson.JSONDecodeError:
        return None
    known = isinstance(document, dict) and isinstance(document.get("facts"), dict)
    return document if known else None
