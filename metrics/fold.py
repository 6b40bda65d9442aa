"""From the lines of the record to one fact row for each escalation.

A row is always made anew from the whole chain, so folding twice, late or in another order gives
the same row. Only the correlation id comes from the escalation itself: the record holds none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.utils import timezone

from escalations.models import Escalation, Event
from escalations.record import kinds
from escalations.record.kind import Figure
from metrics import sums
from metrics.models import Fact, FactQuerySet, Override, Watermark

JSON = dict[str, Any]
BATCH = 500
LINES_OF_EACH = 4
LAG = timedelta(minutes=5)
AGAIN_WITHIN = timedelta(days=7)
ACTS_ALONE = frozenset({"proceed", "proceed_and_flag"})
# `raised_again` is judged by other rows; to fold a case must not set it back.
_MARKED = {"escalation", "raised_again"}
_COLUMNS = [f.name for f in Fact._meta.fields if f.name not in _MARKED]  # noqa: SLF001


def catch_up(*, batches: int = 20) -> bool:
    """Fold what the record says beyond the rows; True if nothing is left to fold.

    Costs two statements where there is nothing new.
    """
    # So many at a time: after a long pause, a page shows what is folded so far and says so.
    for _ in range(batches):
        numbers = _touched()
        if not numbers:
            return True
        write(numbers)
    return not _touched()


def advance(now: datetime) -> None:
    """Move the watermark behind lines that nobody can still be about to commit before."""
    with transaction.atomic():
        mark = _locked_mark()
        if mark.seen_at is not None and now - mark.seen_at < LAG:
            return
        if mark.seen_at is not None:
            # Never straight to the newest line: one with a lower id may not be committed yet.
            mark.event = mark.seen
        mark.seen = Event.objects.aggregate(last=Max("id"))["last"] or 0
        mark.seen_at = now
        mark.save()


@transaction.atomic
def write(numbers: Sequence[int]) -> list[Fact]:
    """Make the rows of these escalations anew, and mark those that were raised again."""
    _locked_mark()
    changes, before = sums.Changes(), Fact.objects.in_bulk(numbers)
    facts = folded(numbers)
    for row in facts:
        was = before.get(row.pk)
        if was is not None:
            row.raised_again = was.raised_again
            changes.add(was, -1)
        changes.add(row, 1)
    Fact.objects.bulk_create(
        facts, update_conflicts=True, unique_fields=["escalation"], update_fields=_COLUMNS
    )
    if facts:
        _mark_raised_again(facts, changes)
    changes.save()
    return facts


@transaction.atomic
def rebuild_sums() -> None:
    """Make the daily sums anew from the facts, while nobody folds."""
    _locked_mark()
    sums.rebuild()


@transaction.atomic
def differing_sums() -> list[str]:
    """The daily sums that are not those of the facts, compared while nobody folds."""
    _locked_mark()
    return sums.differing()


def misjudged() -> FactQuerySet:
    """Rows whose mark for having been raised again is not what the other rows say."""
    raising = Fact.objects.filter(re_escalates=OuterRef("chain")).exclude(re_escalates="")
    following = Fact.objects.filter(
        agent=OuterRef("agent"),
        correlation_id=OuterRef("correlation_id"),
        arrived_at__gt=OuterRef("decided_at"),
        arrived_at__lte=OuterRef("again_until"),
    ).exclude(correlation_id="")
    again = Q(passed_on=True) | Exists(raising) | Exists(following)
    came_back = Q(again_until__isnull=False) & again
    return Fact.objects.filter(
        (came_back & Q(raised_again=False)) | (~came_back & Q(raised_again=True))
    )


def due(rows: Mapping[int, Fact], numbers: Sequence[int], now: datetime) -> list[Fact]:
    """What these rows must say by now: as much of the record as they know, and all of it that is
    older than a few folds. What came since is folded soon and makes no difference."""
    positions = {number: row.position for number, row in rows.items()}

    def is_due(line: Event) -> bool:
        return line.position <= positions.get(line.escalation_id or 0, 0) or line.at < now - LAG

    return folded(numbers, of=is_due)


def folded(
    numbers: Sequence[int], *, of: Callable[[Event], bool] = lambda line: True
) -> list[Fact]:
    """The rows that the record, or these lines of it, gives for these escalations, unsaved."""
    rows = Escalation.objects.filter(number__in=numbers).values_list(
        "number", "id", "correlation_id"
    )
    lines: dict[int, list[Event]] = {}
    events = Event.objects.filter(escalation__in=numbers, kind__in=_folded_kinds())
    for event in filter(of, events.order_by("escalation", "position")):
        lines.setdefault(event.escalation_id or 0, []).append(event)
    return [
        fact(number, chain, correlation_id, lines[number])
        for number, chain, correlation_id in rows
        if number in lines
    ]


def fact(number: int, chain: str, correlation_id: str, lines: Iterable[Event]) -> Fact:
    """The row of one escalation, given its lines in their order."""
    row = Fact(escalation_id=number, chain=chain, correlation_id=correlation_id)
    for line in lines:
        document = orjson.loads(bytes(line.body))
        row.position = line.position
        row.state = document["facts"].get("state", row.state)
        figure = kinds.of(line.kind).figure
        if figure is not None:
            _FOLDS[figure](row, document, line.at)
    _derive(row)
    return row


def _received(row: Fact, line: JSON, at: datetime) -> None:
    row.agent = line["actor"].partition(":")[2]
    row.arrived_at = at
    _judged(row, line, at)


def _judged(row: Fact, line: JSON, at: datetime) -> None:
    said = line["facts"]
    row.task_type, row.level = said["task_type"], said["level"]
    row.needs_person = said["disposition"] not in ACTS_ALONE
    row.respond_by = datetime.fromisoformat(said["respond_by"])
    row.re_escalates = said["re_escalates"] or ""


def _accepted(row: Fact, line: JSON, at: datetime) -> None:
    _resumed(row, line, at)
    row.accepted_at = row.accepted_at or at


def _passed_on(row: Fact, line: JSON, at: datetime) -> None:
    """Work that goes to whoever has a skill was misrouted; to somebody, it was given up."""
    to_somebody = "to" in line["facts"] or "to_role" in line["facts"]
    row.passed_on = row.passed_on or (to_somebody and row.accepted_at is not None)


def _resumed(row: Fact, line: JSON, at: datetime) -> None:
    """A case that had been put off is due later, as its line says."""
    due = line["facts"].get("respond_by")
    if due:
        row.respond_by = datetime.fromisoformat(due)


def _moved(row: Fact, line: JSON, at: datetime) -> None:
    """Only the state, which every line tells."""


def _decided(row: Fact, line: JSON, at: datetime) -> None:
    said = line["facts"]
    row.automatic = said["automatic"]
    if not row.automatic:
        _accepted(row, line, at)
        row.decided_by = line["actor"].partition(":")[2]
        row.proposal = said["proposal"]
        row.override = _override(said)
    row.outcome, row.decided_at = said["outcome"], at
    row.effective_at = datetime.fromisoformat(said["effective_at"])


def _undone(row: Fact, line: JSON, at: datetime) -> None:
    row.outcome, row.decided_by, row.override = "", "", Override.NONE
    row.decided_at = row.effective_at = None
    row.automatic = row.proposal = False


def _reversed(row: Fact, line: JSON, at: datetime) -> None:
    """A number of its own: what was decided, by whom and when stays as it was."""
    row.reversed = True


def _ended(row: Fact, line: JSON, at: datetime) -> None:
    # A decision that was still inside its undo window ended with the case.
    _undone(row, line, at)
    row.outcome = line["kind"]
    row.effective_at = at


_FOLDS: dict[Figure, Callable[[Fact, JSON, datetime], None]] = {
    Figure.ARRIVED: _received,
    Figure.JUDGED: _judged,
    Figure.MOVED: _moved,
    Figure.TAKEN_UP: _accepted,
    Figure.PASSED_ON: _passed_on,
    Figure.RESUMED: _resumed,
    Figure.DECIDED: _decided,
    Figure.UNDONE: _undone,
    Figure.ENDED: _ended,
    Figure.REVERSED: _reversed,
}


def _folded_kinds() -> list[str]:
    """The kinds of lines that the figures are made of; others, of which there may be many, are not
    even read."""
    return [kind.name for kind in kinds.of_cases() if kind.figure]


def _override(said: JSON) -> Override:
    outcome = said["outcome"]
    if not said["overrides"]:
        return Override.NONE
    if outcome == "returned":
        return Override.TAKEN_OVER
    if outcome == "edited":
        return Override.MATERIAL if said["change"] == "material" else Override.COSMETIC
    return Override(outcome)


def _derive(row: Fact) -> None:
    row.arrived_on = timezone.localdate(row.arrived_at)
    ended_at = row.decided_at or row.effective_at
    row.closed_on = timezone.localdate(ended_at) if ended_at else None
    if row.decided_by and row.decided_at:
        row.in_time = row.decided_at <= row.respond_by
        row.accept_ms = _ms((row.accepted_at or row.decided_at) - row.arrived_at)
        row.decide_ms = _ms(row.decided_at - row.arrived_at)
        row.again_until = row.decided_at + AGAIN_WITHIN
    elif row.outcome == "expired":
        row.in_time = False


def _ms(span: timedelta) -> int:
    # A clock that was set back makes no time negative.
    return max(0, span // timedelta(milliseconds=1))


def _mark_raised_again(facts: list[Fact], changes: sums.Changes) -> None:
    """For these cases, and for those that they may raise again."""
    raised = {row.re_escalates for row in facts if row.re_escalates}
    concerned = {row.pk for row in facts}
    # Each kind by an index of its own: as one condition they are that of none.
    concerned.update(Fact.objects.filter(chain__among=raised).values_list("pk", flat=True))
    correlated = {row.correlation_id for row in facts if row.correlation_id}
    if correlated:
        # Bounded: a batch must not compare every case there ever was.
        near = Fact.objects.exclude(correlation_id="").filter(
            agent__in={row.agent for row in facts},
            correlation_id__among=correlated,
            again_until__gte=min(row.arrived_at for row in facts),
        )
        concerned.update(near.values_list("pk", flat=True))
    # Exactly the wrong marks are found, so that each is turned over.
    wrong = list(misjudged().filter(pk__among=concerned))
    for row in wrong:
        changes.add(row, -1)
        row.raised_again = not row.raised_again
        changes.add(row, 1)
    Fact.objects.bulk_update(wrong, ["raised_again"], batch_size=BATCH)


def _touched() -> list[int]:
    """Escalations with a line that their row does not know yet."""
    numbers = unfolded().values_list("escalation", flat=True)[: BATCH * LINES_OF_EACH]
    return [number for number in dict.fromkeys(numbers) if number][:BATCH]


def unfolded() -> QuerySet[Event]:
    """The lines beyond the mark that no row knows yet."""
    mark = Watermark.objects.filter(pk=1).values_list("event", flat=True).first() or 0
    unknown = Q(escalation__fact__isnull=True) | Q(position__gt=F("escalation__fact__position"))
    # In the order of their keys, by which SQLite begins at the mark: not at the first case, nor, as
    # an index on kinds would have it, at the first line of each kind.
    is_folded = In(Coalesce(F("kind"), Value("")), _folded_kinds())
    lines: QuerySet[Event] = Event.objects.filter(unknown, is_folded, id__gt=mark)
    return lines.filter(escalation__isnull=False).order_by("id")


def _locked_mark() -> Watermark:
    """One folds at a time, so that an older reading never overwrites a newer one."""
    # Made first: a row that is not there cannot be locked.
    Watermark.objects.get_or_create(pk=1)
    return Watermark.objects.select_for_update().get(pk=1)
