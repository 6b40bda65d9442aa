"""Many answers that the agents have, reversed in one go: each for itself, with its own result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console import clock
from console.pages import once
from escalations import access, commands
from escalations.access import Viewer
from escalations.briefing import taken_back
from escalations.briefing.taken_back import ReversedCall
from escalations.commands import Command
from escalations.lifecycle.taking_back import reversing
from escalations.masking import seen
from escalations.models import Escalation
from escalations.record_screen import timeline
from escalations.refusals import Refused

CASES_MAX = 100


@dataclass(frozen=True, slots=True)
class ReversalRow:
    """One case that was chosen: how it stands, what its agent would take back, and whether this
    person may reverse it; `said` is what came of it."""

    case: Escalation
    stands: str
    taken_back: Sequence[ReversedCall] = ()
    may: bool = False
    said: str = ""
    done: bool = False


def show(request: HttpRequest) -> HttpResponse:
    """What would be told for each, and after `POST` what came of each."""
    viewer = access.viewer_of(request.user)
    sent = request.POST if request.method == "POST" else request.GET
    why = request.POST.get("instructions", "").strip()
    chosen = _cases(sent.getlist("case")[:CASES_MAX])
    missing = request.method == "POST" and not why
    if request.method == "POST" and why:
        still = access.still(request)
        found = [_reversed(still, case, request, why) for case in chosen]
    else:
        found = [_row(viewer, case) for case in chosen]
    context: dict[str, Any] = {
        "chosen": found,
        "many": sum(one.may for one in found),
        "done": sum(one.done for one in found),
        "tried": request.method == "POST" and not missing,
        "missing": missing,
    }
    return render(request, "escalations/reversals.html", context, status=422 if missing else 200)


def _cases(ids: Sequence[str]) -> list[Escalation]:
    found = Escalation.objects.filter(id__in=ids).select_related("agent", "decided_by")
    return list(found.order_by("number"))


def _row(viewer: Viewer, case: Escalation) -> ReversalRow:
    open_now = reversing.is_reversible(case, now=clock.now())
    may = open_now and reversing.may(viewer, case)
    standing = case.decisions.filter(undone_at=None).order_by("sequence").last()
    if not may or standing is None:
        return ReversalRow(case, timeline.stands(case))
    package = case.packages.get(version=standing.package_version)
    shown = seen.version(viewer, case, package, now=clock.now())
    named = taken_back.foreseen(shown, package, standing)
    return ReversalRow(case, timeline.stands(case), named, may=True)


def _reversed(
    still: Callable[[], Viewer], case: Escalation, request: HttpRequest, why: str
) -> ReversalRow:
    version = request.POST.get(f"version:{case.id}", "")
    known = version.isascii() and version.isdigit() and len(version) < 10
    try:
        # One id for one case of one form: pressed twice, it counts once.
        sent = f"{request.POST.get(once.FIELD, '')[:24]}.{case.number}"
        made = Command(
            "reverse", sent, case.id, int(version) if known else 0, {"instructions": why}
        )
        commands.perform(still(), made)
    except Refused as refused:
        case.refresh_from_db()
        return ReversalRow(case, timeline.stands(case), said=refused.detail)
    case.refresh_from_db()
    return ReversalRow(case, timeline.stands(case), said="Reversed.", done=True)
