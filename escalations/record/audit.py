"""Verifies the record: every chain, and that the tables beside it say the same.

A chain shows an edit, a gap, a swap, a fork and a tail that was cut off, and whatever row no
longer agrees with it. It cannot show a history that somebody with full access to the database
rewrote from end to end, hashes, rows and all; docs/record.md says what can.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db.models import QuerySet

from escalations.models import Decision, Escalation, Event, PolicyVersion
from escalations.record import chains, kinds
from escalations.record.chains import Finding, Line
from escalations.record.lines import commitment, timestamp
from escalations.text import canonical

JSON = dict[str, Any]
BATCH = 100
POLICY = "policy"
JUDGED = ("task_type", "level", "disposition", "policy_version")

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Verification:
    """How much was checked, and every fault that was found."""

    chains: int = 0
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Nothing is wrong with anything that was checked."""
        return not self.findings


def verify(chain: str | None = None, *, progress: Progress | None = None) -> Verification:
    """Check every chain, or the one named. `progress` hears (done, of how many) now and then."""
    result = Verification()
    escalations = Escalation.objects.order_by("number")
    if chain is not None:
        escalations = escalations.filter(id=chain)
    total = escalations.count()
    done = 0
    for batch in _batches(escalations):
        for escalation, lines in _with_lines(batch):
            result.chains += 1
            result.entries += len(lines)
            result.findings += of_escalation(escalation, lines)
        done += len(batch)
        if progress is not None:
            progress(done, total)
    for name, lines in _other_chains(chain):
        result.chains += 1
        result.entries += len(lines)
        result.findings += _of_other(name, lines)
    if chain is not None and result.chains == 0:
        result.findings.append(Finding(chain, "There is no such chain."))
    return result


def of_escalation(escalation: Escalation, lines: list[Line]) -> list[Finding]:
    """Everything wrong with one escalation's chain and with the rows that it vouches for."""
    found = list(chains.findings(escalation.id, lines))
    documents = {line.position: line.document for line in lines}
    facts = {position: d["facts"] for position, d in documents.items() if d}
    sentences = [
        *_head(escalation, lines, facts),
        *_packages(escalation, facts),
        *_decisions(escalation, lines, facts),
    ]
    return found + [Finding(escalation.id, text, position) for position, text in sentences]


def lines_of(escalation: Escalation) -> list[Line]:
    """The chain of one escalation in its order."""
    return [_line(event) for event in escalation.events.order_by("position")]


def _batches(escalations: QuerySet[Escalation]) -> Iterator[list[Escalation]]:
    last = 0
    prefetched = escalations.prefetch_related("packages", "decisions")
    # By number, not by offset, which would read all that was checked again.
    while batch := list(prefetched.filter(number__gt=last)[:BATCH]):
        last = batch[-1].number
        yield batch


def _with_lines(batch: list[Escalation]) -> Iterator[tuple[Escalation, list[Line]]]:
    lines: dict[int, list[Line]] = {escalation.number: [] for escalation in batch}
    events = Event.objects.filter(escalation__in=list(lines)).order_by("escalation", "position")
    for event in events.iterator(chunk_size=2000):
        lines[event.escalation_id or 0].append(_line(event))
    for escalation in batch:
        yield escalation, lines[escalation.number]


def _other_chains(chain: str | None) -> Iterator[tuple[str, list[Line]]]:
    """The chains that belong to no escalation, such as `policy`."""
    events = Event.objects.filter(escalation__isnull=True).order_by("chain", "position")
    if chain is not None:
        events = events.filter(chain=chain)
    policies = chain in {None, POLICY} and PolicyVersion.objects.exists()
    found: dict[str, list[Line]] = {POLICY: []} if policies else {}
    for event in events.iterator(chunk_size=2000):
        found.setdefault(event.chain, []).append(_line(event))
    yield from found.items()


def _of_other(name: str, lines: list[Line]) -> Iterator[Finding]:
    yield from chains.findings(name, lines)
    if name.startswith("esc_"):
        yield Finding(name, "Its entries were cut loose from their escalation.", lines[0].position)
    elif name == POLICY:
        yield from (Finding(name, text, position) for position, text in _policies(lines))


def _line(event: Event) -> Line:
    return Line(event.chain, event.position, event.kind, event.at, bytes(event.body), event.hash)


Found = Iterable[tuple[int | None, str]]
Facts = Mapping[int, JSON]


def _policies(lines: list[Line]) -> Found:
    """Every version of the policy is in the record, with the digest of its document."""
    versions = {version.number: version for version in PolicyVersion.objects.all()}
    named: set[int] = set()
    for line in lines:
        said = (line.document or {}).get("facts") or {}
        if line.kind != "published":
            continue
        version = versions.get(said.get("number", 0))
        named.add(said.get("number", 0))
        if version is None:
            yield line.position, f"Version {said.get('number')} of the policy is missing."
        elif not (version.digest == said.get("digest") == _digest(version.body)):
            yield line.position, f"Version {version.number} of the policy was changed."
    for number in sorted(versions.keys() - named):
        yield None, f"Version {number} of the policy stands in no entry."


def _head(escalation: Escalation, lines: list[Line], facts: Facts) -> Found:
    """The row keeps the length and the last hash, so a tail that was cut off shows."""
    if not lines:
        yield None, "It has no entries at all."
    elif escalation.chain_length != lines[-1].position:
        yield None, f"Its row counts {escalation.chain_length} entries, not {lines[-1].position}."
    elif escalation.chain_hash != lines[-1].hash:
        yield None, "Its row keeps another hash than that of the last entry."
    moves = [said for said in facts.values() if "state" in said]
    row = f"“{escalation.state}” at version {escalation.version}"
    if moves and row != (last := f"“{moves[-1]['state']}” at version {moves[-1].get('version')}"):
        yield None, f"Its row says {row}, the record {last}."
    judged = [said for said in facts.values() if "task_type" in said]
    for column in JUDGED if judged else ():
        if getattr(escalation, column) != judged[-1].get(column):
            yield None, f"Its row was changed: {column} is not what the record says."


def _packages(escalation: Escalation, facts: Facts) -> Found:
    """Each line that names a package version is bound to it by a salted digest."""
    packages = {package.version: package for package in escalation.packages.all()}
    for package in packages.values():
        if _digest(package.received) != package.digest:
            yield None, f"Package {package.version} was changed after it was received."
    for position, said in facts.items():
        if "package" not in said:
            continue
        stored = packages.get(int(said.get("package_version", 0)))
        if stored is None:
            yield position, f"Its package {said.get('package_version')} is missing."
        elif commitment(stored.salt, stored.digest) != said["package"]:
            yield position, f"It was made on another package than the stored {stored.version}."
    current = packages.get(escalation.package_version)
    if current is not None and current.digest != escalation.digest:
        yield None, "Its row holds another digest than its package."


def _decisions(escalation: Escalation, lines: list[Line], facts: Facts) -> Found:
    """Every answer in the record has its row and every row its line, with the same content."""
    decisions = {decision.id: decision for decision in escalation.decisions.all()}
    salts = {package.version: package.salt for package in escalation.packages.all()}
    named: set[str] = set()
    for line in lines:
        said = facts.get(line.position, {})
        if not kinds.of(line.kind).answers:
            continue
        decision = decisions.get(str(said.get("decision")))
        named.add(str(said.get("decision")))
        if decision is None:
            yield line.position, "Its decision is missing."
        else:
            salt = salts.get(decision.package_version, "")
            yield from ((line.position, text) for text in _differs(decision, line, said, salt))
    for missing in decisions.keys() - named:
        yield None, f"Decision {missing} stands in no entry."
    yield from _undone(decisions.values(), lines)


def _differs(decision: Decision, line: Line, said: JSON, salt: str) -> Iterator[str]:
    document = _parsed(decision.body)
    entry = document.pop("audit", {})
    if commitment(salt, canonical.digest(document)) != said.get("document"):
        yield "Its decision was changed: the document is not the one that was recorded."
    if entry != {"entry": f"{line.chain}/{line.position}", "hash": line.hash}:
        yield "Its decision names another entry of the record."
    columns = {
        "outcome": decision.outcome,
        "proceed": decision.proceed,
        "sequence": decision.sequence,
        "automatic": decision.automatic,
        "version": decision.escalation_version,
        "package_version": decision.package_version,
        "effective_at": timestamp(decision.effective_at),
    }
    if any(said.get(name) != value for name, value in columns.items()):
        yield "The row of its decision does not say what the record says."
    if decision.decided_at != line.at:
        yield "The row of its decision has another time."


def _undone(decisions: Iterable[Decision], lines: list[Line]) -> Found:
    taken_back = {line.at for line in lines if kinds.of(line.kind).takes_back}
    for decision in decisions:
        if decision.undone_at is not None and decision.undone_at not in taken_back:
            yield None, f"Decision {decision.id} is marked undone, and no entry says so."
    marked = {decision.undone_at for decision in decisions}
    for line in lines:
        row = kinds.of(line.kind)
        if row.takes_back and not row.answers and line.at not in marked:
            yield line.position, "No decision is marked undone by it."


def _digest(text: str) -> str:
    try:
        return canonical.digest(orjson.loads(text))
    # Told as changed, like any text that is not the one recorded: the check goes on.
    except (orjson.JSONDecodeError, ValueError):
        return ""


def _parsed(body: str) -> JSON:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
