"""The press on a batch: each case is judged and answered for itself, by the command that its own
button would send, and says what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations import access, commands
from escalations.access import Viewer
from escalations.batch import preflight, similar
from escalations.batch.preflight import BatchRow
from escalations.batch.similar import Made
from escalations.commands import Command
from escalations.models import Escalation, State
from escalations.record_screen import timeline
from escalations.refusals import Refused

Seen = Mapping[str, tuple[int, str]]
# Whoever pressed, with the rights of this moment; raises NotAllowed where they are signed out.
Still = Callable[[], Viewer]
PART = "Your part is noted. It waits for another person; nothing has left."
MOVED = "The first press answered it. Since then: {}."
CHANGED = "It changed after the table was made, and was left out: look at it again."


@dataclass(frozen=True, slots=True)
class Lot:
    """What one press does to each of many, `said` where that is more than the verb: once a case is
    answered, its row does not say any more what would be changed in it."""

    verb: str
    id: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of one case; `until` it can be undone, where it can."""

    case: Escalation
    said: str
    done: bool = False
    until: datetime | None = None


def approve(
    viewer: Viewer, chosen: Sequence[str], seen: Seen, *, batch: str, now: datetime, still: Still
) -> list[BatchResult]:
    """Approve those that stood ready in the table, each at the version and digest of its row.

    The table is made again of all that were `chosen`: what is no longer ready is left out. One
    command for each case, its id made of the batch's: sent again, whether by a second press or
    after a lost answer, each case gives its first answer, and those not reached yet go on. Whoever
    loses a right meanwhile answers no further case: `still` is asked for each.
    """
    table = preflight.table(viewer, chosen, now=now)
    return _each(still, Lot("approve", batch), table, seen)


def change(
    viewer: Viewer,
    like: Made,
    chosen: Sequence[str],
    seen: Seen,
    *,
    batch: str,
    now: datetime,
    still: Still,
) -> list[BatchResult]:
    """The same for a change that was made in one case: each that stood ready gets an edit."""
    table = similar.table(viewer, like, chosen, now=now)
    return _each(still, Lot("edit", batch, said=f"like {like.decision}"), table, seen)


def undo(viewer: Viewer, versions: Mapping[str, int], *, batch: str) -> list[BatchResult]:
    """Take back, all at one moment, each of these answers that has not left by then."""
    cases = Escalation.objects.filter(id__in=versions).select_related("requirement")
    found = [case for case in cases.order_by("number") if access.may_see(viewer, case)]
    lot = {
        case.id: Command("undo", f"{batch}.u.{case.number}", case.id, versions[case.id])
        for case in found
    }
    became = commands.undo_all(viewer, lot, found)
    return [_undone(case, became[case.id]) for case in found]


def _undone(case: Escalation, became: Mapping[str, Any] | Refused) -> BatchResult:
    if isinstance(became, Refused):
        return BatchResult(case, became.detail)
    return BatchResult(case, "Undone. Nothing was sent.", done=True)


def _each(still: Still, lot: Lot, table: Sequence[BatchRow], seen: Seen) -> list[BatchResult]:
    rows = {row.case.id: row for row in table}
    sent = [rows[one] for one in seen if one in rows]
    return [_answered(still, lot, row, seen[row.case.id]) for row in sent]


def _answered(still: Still, lot: Lot, row: BatchRow, seen: tuple[int, str]) -> BatchResult:
    case, (version, digest) = row.case, seen
    command = Command(
        lot.verb, f"{lot.id}.{case.number}", case.id, version,
        {**(row.edit or {}), "how": "batch"}, digest=digest, said=lot.said,
    )  # fmt: skip
    said = f"Approved: {row.briefing.approve}." if lot.verb == "approve" else similar.said(row)
    if case.version == version and row.is_ready:
        return _tried(still, command, case, said)
    return _tried(still, command, case, said, left_out=" ".join(row.out) or CHANGED)


def _tried(
    still: Still,
    command: Command,
    case: Escalation,
    said: str,
    left_out: str = "",
) -> BatchResult:
    """What came of the command; of one that is left out, what came of its first sending, if there
    was one."""
    try:
        viewer = still()
        if left_out and commands.answered(viewer, command) is None:
            return BatchResult(case, left_out)
        first = commands.perform(viewer, command)
    except Refused as refused:
        return BatchResult(case, refused.detail)
    case.refresh_from_db()
    if case.version != first["version"]:
        return BatchResult(case, MOVED.format(timeline.stands(case)), done=True)
    if case.state != State.DECIDED:
        return BatchResult(case, PART, done=True)
    return BatchResult(case, said, done=True, until=case.effective_at)
