"""Verifies the record: every chain, and that the tables beside it say the same.

A chain shows an edit, a gap, a swap, a fork and a tail that was cut off, and whatever row no
longer agrees with it; the seals show whole chains that went. Neither can show a history that
somebody with full access to the database rewrote from end to end, hashes, seals and all;
docs/record.md says what can.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Prefetch, QuerySet

from escalations.models import (
    Call,
    ChatMessage,
    Decision,
    Delivery,
    Escalation,
    Event,
    FactCheck,
    HandedCase,
    LookUpReading,
    Remark,
    Report,
    Vote,
)
from escalations.record import (
    accounts,
    answers_given,
    beside,
    case_row,
    chains,
    others,
    protection,
    seals,
    spoken,
    told,
)
from escalations.record.chains import Finding, Line, as_far, unreadable
from escalations.record.told import Found, Told
from escalations.text import canonical

BATCH = 100
LOOKS_MAX = 5
NEVER_GIVEN = "It has a number that Baton never gives."

Progress = Callable[[int, int], None]
Check = Callable[[Escalation, Sequence[Told]], Found]


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
    escalations = _with_rows()
    if chain is not None:
        escalations = escalations.filter(id=chain)
    total = Escalation.objects.count() if chain is None else escalations.count()
    done = given = 0
    for numbers in _batches(escalations):
        for case in _read(numbers):
            result.chains += 1
            if isinstance(case, Finding):
                result.findings.append(case)
                continue
            escalation, lines = case
            # Asked again, as cases come while this goes on.
            given = given if escalation.number <= given else _last_number()
            if not 0 < escalation.number <= given:
                result.findings.append(Finding(str(escalation.id), NEVER_GIVEN))
            result.entries += len(lines)
            if of_escalation(escalation, lines):
                result.findings += as_far(str(escalation.id), _read_again(escalation))
        done += len(numbers)
        if progress is not None:
            progress(done, total)
    result.findings += others.findings(chain, counted=result)
    if chain is None:
        result.findings += others.strays()
        result.findings += as_far(seals.CHAIN, seals.findings())
        result.findings += as_far(accounts.SEAL, accounts.findings())
        result.findings += protection.findings()
    if chain is not None and result.chains == 0:
        result.findings.append(Finding(chain, "There is no such chain."))
    return result


def of_escalation(escalation: Escalation, lines: list[Line]) -> list[Finding]:
    """Everything wrong with one escalation's chain and with the rows that it vouches for."""
    return list(as_far(str(escalation.id), _of_escalation(escalation, lines)))


def _of_escalation(escalation: Escalation, lines: list[Line]) -> Iterator[Finding]:
    yield from chains.findings(escalation.id, lines)
    read = told.told(escalation, lines)
    own: tuple[Check, ...] = (
        partial(_case_row, lines), beside.findings, answers_given.findings, spoken.findings,
    )  # fmt: skip
    checks = (*own, *_CHECKS)
    for check in checks:
        for position, text in _tried(check, escalation, read):
            yield Finding(escalation.id, text, position)


def _case_row(lines: Sequence[Line], escalation: Escalation, read: Sequence[Told]) -> Found:
    return case_row.findings(escalation, lines, read)


def _tried(check: Check, escalation: Escalation, read: Sequence[Told]) -> Found:
    """What it finds, and that it could not go on."""
    try:
        yield from check(escalation, read)
    # As in `as_far`.
    except Exception as error:
        yield None, unreadable(error)


def lines_of(escalation: Escalation) -> list[Line]:
    """The chain of one escalation in its order."""
    return [chains.line_of(event) for event in escalation.events.order_by("position")]


def also(check: Check, *, rows: Mapping[str, Callable[[], QuerySet[Any]]]) -> None:
    """Another app compares rows of its own with the lines of a case; `rows` names the relations of
    the escalation by which they are read, and how."""
    _CHECKS[check] = rows


def _with_rows() -> QuerySet[Escalation]:
    """Cases with every row that their lines vouch for."""
    people: dict[str, QuerySet[Any]] = {
        "decisions": Decision.objects.select_related("decided_by"),
        "votes": Vote.objects.select_related("person"),
        "remarks": Remark.objects.select_related("person"),
        "reports": Report.objects.all(),
        "deliveries": Delivery.objects.select_related("endpoint"),
        "handed_cases": HandedCase.objects.select_related("agent"),
        "fact_checks": FactCheck.objects.select_related("person"),
        "look_up_readings": LookUpReading.objects.select_related("person"),
        "calls": Call.objects.select_related("person"),
        "chat_messages": ChatMessage.objects.select_related("person"),
    }
    named = ("agent", "requirement", "supersedes", "re_escalates")
    own = (*named, "packages", "additions", "joined_calls")
    for rows in _CHECKS.values():
        people |= {name: read() for name, read in rows.items()}
    return (
        Escalation.objects.order_by("number")
        # No join of what must be there: a case would be left out with the row that is not.
        .select_related("feedback")
        # Oldest first: two of one person and moment are told apart by which came first.
        .prefetch_related(*(Prefetch(name, rows.order_by("pk")) for name, rows in people.items()))
        .prefetch_related(*own)
    )


def _last_number() -> int:
    """The last number that the database gave a case; the largest there is where it does not say."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_NUMBER[connection.vendor], [Escalation._meta.db_table])  # noqa: SLF001
        ((given,),) = cursor.fetchall() or [(None,)]
    return canonical.INTEGER_MAX if given is None else min(int(given), canonical.INTEGER_MAX)


def _batches(escalations: QuerySet[Escalation]) -> Iterator[list[int]]:
    numbers = escalations.order_by("number").values_list("number", flat=True)
    # A number that Baton never gives hides nothing.
    last = seals.BEFORE_ALL
    # By number, not by offset, which would read all that was checked again.
    while batch := list(numbers.filter(number__gt=last)[:BATCH]):
        last = batch[-1]
        yield batch


def _read(numbers: list[int]) -> Iterator[tuple[Escalation, list[Line]] | Finding]:
    """These cases with their lines. Where one of them cannot be read each is read by itself, so
    that no row hides the others."""
    try:
        yield from list(_with_lines(list(_with_rows().filter(number__in=numbers))))
    # As in `as_far`; so below.
    except Exception as error:
        if len(numbers) > 1:
            for number in numbers:
                yield from _read([number])
        else:
            yield Finding(_name_of(numbers[0]), unreadable(error))


def _name_of(number: int) -> str:
    try:
        return str(Escalation.objects.values_list("id", flat=True).get(number=number))
    except Exception:
        return f"BTN-{number}"


def _with_lines(batch: list[Escalation]) -> Iterator[tuple[Escalation, list[Line]]]:
    lines: dict[int, list[Line]] = {escalation.number: [] for escalation in batch}
    events = Event.objects.filter(escalation__in=list(lines)).order_by("escalation", "position")
    for event in events.iterator(chunk_size=2000):
        lines[event.escalation_id or 0].append(chains.line_of(event))
    for escalation in batch:
        yield escalation, lines[escalation.number]


def _read_again(escalation: Escalation) -> Iterator[Finding]:
    """What is wrong with it while it stands still: rows and lines are read one after another, and a
    case that moves in between is no fault."""
    found: list[Finding] = []
    for _ in range(LOOKS_MAX):
        fresh = _with_rows().get(pk=escalation.pk)
        found = of_escalation(fresh, lines_of(fresh))
        heads = Escalation.objects.filter(pk=escalation.pk).values_list("chain_hash", flat=True)
        if not found or heads.get() == fresh.chain_hash:
            break
    yield from found


_LAST_NUMBER = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = %s",
    "postgresql": "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'number')::regclass)",
}
_CHECKS: dict[Check, Mapping[str, Callable[[], QuerySet[Any]]]] = {}
