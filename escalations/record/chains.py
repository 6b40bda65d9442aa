"""What a hash chain can show by itself: that its lines are whole, in order and lawful.

Pure, so that the same checks run over the database, an export, and one page's timeline.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from escalations.models import Event, State
from escalations.record import kinds, lines
from escalations.record.kind import OPEN
from escalations.text import canonical

JSON = dict[str, Any]
OF_CASE = "esc_"  # Chains of people have states of their own.
KEYS = {"schema", "chain", "position", "previous", "kind", "at", "actor", "facts"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is stored."""

    chain: str
    position: int
    kind: str
    at: datetime
    body: bytes
    hash: str
    id: int = 0

    @property
    def document(self) -> JSON | None:
        """What the bytes say; None where they are not a line at all."""
        try:
            document = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None
        return document if isinstance(document, dict) and document.keys() == KEYS else None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, as a sentence; `position` where it concerns one line."""

    chain: str
    sentence: str
    position: int | None = None

    def __str__(self) -> str:
        entry = f", entry {self.position}" if self.position else ""
        return f"{self.chain}{entry}: {self.sentence}"


def as_far(name: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """These, and where it could not go on, that: no row is so wrong that others go unread."""
    try:
        yield from findings
    # Whatever a forged value makes of reading and comparing, each module's own refusals included.
    except Exception as error:
        yield Finding(name, unreadable(error))


def unreadable(error: Exception) -> str:
    """What a finding says of rows that could not be read."""
    return f"A row of it cannot be read ({type(error).__name__}), so not all was compared."


def line_of(event: Event) -> Line:
    # SQLite keeps a text in place of bytes where somebody writes one.
    stored: Any = event.body
    body = stored.encode() if isinstance(stored, str) else bytes(stored)
    return Line(event.chain, event.position, event.kind, event.at, body, event.hash, event.pk)


def findings(chain: str, lines: Sequence[Line]) -> Iterator[Finding]:
    """Everything wrong with the lines of one case, given in the order of their positions."""
    yield from linked(chain, lines)
    for position, sentence in _unlawful(lines) if chain.startswith(OF_CASE) else ():
        yield Finding(chain, sentence, position)


def linked(chain: str, lines: Iterable[Line]) -> Iterator[Finding]:
    """Where the lines of any chain are not whole or do not follow each other; reads each once."""
    previous = ""
    expected, number, latest, at = 1, 0, 0, None
    for line in lines:
        # Seals go by it, and whoever wrote the lines one after another got it in this order. Lines
        # of one moment are written by one statement, whose parts PostgreSQL carries out in any.
        if line.at != at:
            number, latest, at = latest, 0, line.at
        latest = max(latest, line.id or 0)
        if line.id and not number < line.id <= canonical.INTEGER_MAX:
            yield Finding(chain, "Its number is out of order or out of range.", line.position)
        for sentence in _wrong_with(line, chain, expected, previous):
            yield Finding(chain, sentence, line.position)
        previous, expected = line.hash, line.position + 1


def _wrong_with(line: Line, chain: str, expected: int, previous: str) -> Iterator[str]:
    if line.position != expected:
        missing = range(expected, line.position)
        yield f"{_entries(missing)} missing before it." if missing else "It stands there twice."
    if hashlib.sha256(line.body).hexdigest() != line.hash:
        yield "It was changed: its bytes do not match its hash."
    document = line.document
    if document is None:
        yield "Its bytes are not a line of the record."
        return
    if not _is_canonical(document, line.body):
        yield "Its bytes are not in the canonical form."
    # After a gap there is nothing to compare with, and the gap was told already.
    if document["previous"] != previous and line.position == expected:
        yield "It does not continue the entry before it."
    stored = (line.chain, line.position, line.kind, lines.timestamp(line.at), lines.SCHEMA)
    if line.chain != chain or stored != tuple(
        document[key] for key in ("chain", "position", "kind", "at", "schema")
    ):
        yield "Its columns do not say what its bytes say."


def _is_canonical(document: JSON, body: bytes) -> bool:
    try:
        return canonical.event_bytes(document) == body
    except ValueError:
        return False


def _unlawful(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Changes of state that the life cycle does not know, and versions that do not count up."""
    state, version = "", 0
    for line in lines:
        document = line.document
        facts = document["facts"] if document else {}
        if not isinstance(facts, dict) or "state" not in facts:
            continue
        after, now_at = str(facts["state"]), facts.get("version")
        if not _may(line.kind, state, after):
            came = f"from “{state}” " if state else "as the first entry "
            yield line.position, f"“{line.kind}” cannot lead {came}to “{after}”."
        at_arrival = line.kind == "decided" and state == State.DECIDED and version == 1
        if now_at != (version if at_arrival else version + 1):
            yield line.position, f"It is version {now_at} after version {version}."
        state, version = after, now_at if isinstance(now_at, int) else version


def _may(kind: str, before: str, after: str) -> bool:
    row = kinds.find(kind)
    if row is None or row.before is None:  # A later version may know more; any open case may move.
        return before in OPEN and after in State.values
    came_rightly = before in row.before if row.before else before == ""
    return came_rightly and (after == before if row.after is None else after in row.after)


def _entries(missing: range) -> str:
    if len(missing) == 1:
        return f"Entry {missing[0]} is"
    return f"Entries {missing[0]} to {missing[-1]} are"
