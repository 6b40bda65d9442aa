"""What belongs to no case: the chains of people, agents, keys, policy, seals, the status of each,
which are read line by line because some grow without end; and rows that nothing vouches for.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain as chain_of
from itertools import groupby
from typing import Any, Protocol

import orjson
from django.apps import apps
from django.db import connection
from django.db.models import Exists, ForeignKey, OuterRef, QuerySet, Subquery

from escalations.models import ChainHead, Delivery, Escalation, Event, LookUpReading, PolicyVersion
from escalations.models.deliveries import TEST
from escalations.record import chains
from escalations.record.chains import Finding, Line, as_far
from escalations.record.lines import commitment, head, timestamp
from escalations.record.told import digest, is_as_written, parsed

JSON = dict[str, Any]
POLICY = "policy"
ORPHANS_MAX = 100
OURS = ("console", "escalations", "routing", "metrics")
TESTED = "endpoint_tested"
# Under which name what is found of them is listed.
ROWS, AGENTS = "rows", "agents"
LOOKS_MAX = 5
NAMING_NOTHING = """
    SELECT {place}, CAST(lost AS text) FROM (
      SELECT {row} AS lost FROM {rows} AS naming WHERE {key} IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM {there} AS named WHERE named.{target} = naming.{key})
      ORDER BY 1 LIMIT {at_most}) AS of_{place}
"""


class Counted(Protocol):
    chains: int
    entries: int


def findings(chain: str | None, *, counted: Counted) -> Iterator[Finding]:
    """Everything wrong with these chains, or with the one named, and with where they end."""
    seen: set[str] = set()
    yield from as_far(chain or ROWS, _chains(chain, seen, counted))
    if chain in {None, POLICY} and (POLICY in seen or PolicyVersion.objects.exists()):
        counted.chains += POLICY not in seen
        yield from as_far(POLICY, _policies())
    # After the lines: what is added meanwhile is in both, or in neither.
    yield from as_far(chain or ROWS, _heads(chain, seen))
    if chain is None:
        yield from as_far(ROWS, _orphans())


def _chains(chain: str | None, seen: set[str], counted: Counted) -> Iterator[Finding]:
    """These chains in one reading; where one of them cannot be read, each by itself."""
    try:
        for name, events in groupby(_events(chain), key=lambda event: event.chain):
            first = next(events)
            # Read within this turn of the loop, as the next one ends the group.
            found = list(chains.linked(name, _lines(first, events, counted)))  # noqa: B031
            seen.add(name)
            counted.chains += 1
            if name.startswith(chains.OF_CASE):
                text = "Its entries were cut loose from their escalation."
                yield Finding(name, text, first.position)
            yield from found
    # As in `as_far`.
    except Exception:
        if chain is not None:
            raise
        named = Event.objects.filter(escalation__isnull=True).order_by("chain")
        for name in named.values_list("chain", flat=True).distinct():
            if name not in seen:
                yield from as_far(name, _chains(name, seen, counted))


def _events(chain: str | None) -> Iterator[Event]:
    events = Event.objects.filter(escalation__isnull=True).order_by("chain", "position")
    if chain is not None:
        events = events.filter(chain=chain)
    return events.iterator(chunk_size=2000)


def _lines(first: Event, others: Iterable[Event], counted: Counted) -> Iterator[Line]:
    for event in chain_of((first,), others):
        counted.entries += 1
        yield chains.line_of(event)


def _heads(chain: str | None, seen: set[str]) -> Iterator[Finding]:
    """A row keeps where each of these chains ends, so that a tail or a whole chain that went
    shows."""
    ends = Event.objects.filter(chain=OuterRef("chain")).order_by("-position")
    kept: QuerySet[Any] = ChainHead.objects.order_by("chain")
    if chain is not None:
        kept = kept.filter(chain=chain)
    # Both in one statement, so that a line that is written just now is in both.
    last = {"last": Subquery(ends.values("position")[:1]), "end": Subquery(ends.values("hash")[:1])}
    known = set()
    for one in kept.annotate(**last).iterator(chunk_size=2000):
        known.add(one.chain)
        if one.last is None:
            yield Finding(one.chain, f"It is gone, and had {one.length} entries.")
        elif one.last != one.length:
            yield Finding(one.chain, f"Its head counts {one.length} entries, not {one.last}.")
        elif one.end != one.hash:
            yield Finding(one.chain, "Its head keeps another hash than that of the last entry.")
    for name in sorted(seen - known):
        if not name.startswith(chains.OF_CASE):
            yield Finding(name, "Nothing keeps where it ends.")


def _orphans() -> Iterator[Finding]:
    """Entries of cases whose row is gone."""
    cases = Escalation.objects.filter(pk=OuterRef("escalation"))
    lost = Event.objects.filter(~Exists(cases), escalation__isnull=False, position=1)
    for name in lost.values_list("chain", flat=True)[:ORPHANS_MAX]:
        yield Finding(name, "Its case is gone.")


def _policies() -> Iterator[Finding]:
    """Every version of the policy is in the record, as it was published; read again where another
    was published meanwhile."""
    found: list[Finding] = []
    for _ in range(LOOKS_MAX):
        before = head(POLICY)
        lines = [chains.line_of(one) for one in _events(POLICY) if one.kind == "published"]
        found = [Finding(POLICY, text, position) for position, text in _differing(lines)]
        if not found or head(POLICY) == before:
            break
    yield from found


def _differing(lines: list[Line]) -> Iterator[tuple[int | None, str]]:
    rows = PolicyVersion.objects.select_related("published_by")
    versions = {version.number: version for version in rows}
    named: set[int] = set()
    for line in lines:
        document = line.document or {}
        said = document.get("facts") or {}
        version = versions.get(said.get("number", 0))
        named.add(said.get("number", 0))
        if version is None:
            yield line.position, f"Version {said.get('number')} of the policy is missing."
        elif not _is_published(version, said, line, str(document.get("actor"))):
            yield line.position, f"Version {version.number} of the policy was changed."
    for number in sorted(versions.keys() - named):
        yield None, f"Version {number} of the policy stands in no entry."


def _is_published(version: PolicyVersion, said: JSON, line: Line, actor: str) -> bool:
    by = f"person:{version.published_by.username}" if version.published_by else ""
    same = version.digest == said.get("digest") == digest(version.body)
    if not same:
        return False
    whose = by == actor if by else not actor.startswith("person:")
    note = "note" not in said or commitment(version.digest, version.note) == said["note"]
    return (
        whose
        and note
        and version.restores == said.get("restores")
        and version.published_at == line.at
    )


def strays() -> Iterator[Finding]:
    """Rows that name what is not there, of each kind the first hundred, and messages of no case
    that nobody asked for as a test."""
    yield from _dangling()
    yield from as_far(AGENTS, _tests())
    yield from as_far(ROWS, _look_ups())


def _dangling() -> Iterator[Finding]:
    """A key of the database refuses these; whoever may switch its triggers off writes them. All
    keys are asked in one statement; where one of them cannot be read, each by itself."""
    keys = _foreign_keys()
    try:
        yield from list(_lost(keys))
    # As in `as_far`.
    except Exception:
        for place, key in keys.items():
            yield from as_far(ROWS, _lost({place: key}))


@cache
def _foreign_keys() -> dict[int, ForeignKey[Any, Any]]:
    kinds = [kind for kind in apps.get_models() if kind._meta.app_label in OURS]  # noqa: SLF001
    fields = [one for kind in kinds for one in kind._meta.concrete_fields]  # noqa: SLF001
    return dict(enumerate(one for one in fields if isinstance(one, ForeignKey)))


def _lost(keys: Mapping[int, ForeignKey[Any, Any]]) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_naming_nothing(*key) for key in keys.items()))
        found = cursor.fetchall()
    for place, number in found:
        key = keys[place]
        called = str(key.model._meta.verbose_name).capitalize()  # noqa: SLF001
        text = f"{called} {number} names a {key.verbose_name} that is not there."
        yield Finding(ROWS, text)


def _naming_nothing(place: int, key: ForeignKey[Any, Any]) -> str:
    rows, target = key.model._meta, key.target_field  # noqa: SLF001
    names = {"row": rows.pk.column, "rows": rows.db_table, "key": key.column}
    names |= {"target": target.column, "there": target.model._meta.db_table}  # noqa: SLF001
    quoted = {name: connection.ops.quote_name(str(one)) for name, one in names.items()}
    return NAMING_NOTHING.format(**quoted, place=place, at_most=ORPHANS_MAX)


def _tests() -> Iterator[Finding]:
    told = {facts["delivery"]: facts for facts in _told()}
    rows = Delivery.objects.filter(escalation__isnull=True).select_related("endpoint")
    for row in rows.order_by("pk"):
        facts = told.get(row.id)
        if facts is None or not _is_test(row, facts):
            text = f"Message {row.id} tells of no case, and is no test that somebody asked for."
            yield Finding(AGENTS, text)


def _look_ups() -> Iterator[Finding]:
    """What somebody looked up, and whose row is gone."""
    made = Event.objects.filter(escalation__isnull=True, kind="looked_up")
    for one in made.order_by("chain", "position").iterator():
        reading = (chains.line_of(one).document or {}).get("facts", {}).get("reading")
        if not LookUpReading.objects.filter(pk=str(reading)).exists():
            yield Finding(one.chain, "The row of what was looked up is gone.", one.position)


def _told() -> Iterator[dict[str, Any]]:
    lines = Event.objects.filter(escalation__isnull=True, kind=TESTED)
    for body in lines.values_list("body", flat=True).iterator():
        yield orjson.loads(bytes(body))["facts"]


def _is_test(row: Delivery, facts: dict[str, Any]) -> bool:
    """Whether it says what a test says, to an endpoint of its agent."""
    event, named = parsed(row.body), {"agent": facts["agent"], "endpoint": facts["endpoint"]}
    expected = {
        "specversion": "1.0", "id": event.get("id"), "source": event.get("source"), "type": TEST,
        "subject": facts["endpoint"], "time": timestamp(row.created_at),
        "datacontenttype": "application/json", "data": named,
    }  # fmt: skip
    theirs = row.endpoint is not None and row.endpoint.agent_id == row.agent_id
    empty = (row.decision_id, row.message_id, row.kind) == (None, None, TEST)
    return theirs and empty and event == expected and is_as_written(row.body)
