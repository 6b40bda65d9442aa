"""Many cases in one go: their table, the press on it, and taking the lot back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console import clock
from console.pages import once
from console.pages.requests import Request
from escalations import access
from escalations.access import Viewer
from escalations.batch import answering, families, preflight, similar
from escalations.batch.answering import BatchResult
from escalations.batch.preflight import CASES_MAX, BatchRow
from escalations.batch.similar import Made
from escalations.record import readings
from escalations.record.lines import Actor

TEMPLATE = "escalations/batch.html"
ID_LENGTH = 40


def show(request: Request) -> HttpResponse:
    """The table of the chosen cases, and after `POST` what came of each: approved, or answered with
    the change that the decision `like` made."""
    viewer, now = access.viewer_of(request.user), clock.now()
    sent = request.POST if request.method == "POST" else request.GET
    named = sent.get("like", "")
    like = similar.made(viewer, named, now=now) if named else None
    if named and like is None:
        return _rendered(request, {"no_model": True})
    if request.method == "POST":
        chosen, seen = request.POST.getlist("case"), _seen(request.POST)
        done = _done(request, viewer, like, chosen, seen, now=now)
        return _answered(request, done, lost=len(seen) - len(done), like=like)
    chosen = list(dict.fromkeys(request.GET.getlist("case")))
    if like is None:
        rows = preflight.table(viewer, chosen, now=now)
    else:
        chosen = chosen or list(similar.among(viewer, like).chosen)
        rows = similar.table(viewer, like, chosen, now=now)
    for row in rows:
        _record_read(viewer, row)
    ready = [row for row in rows if row.is_ready]
    context = {
        "rows": sorted(rows, key=lambda row: row.is_ready),
        "ready": ready,
        "like": like,
        "held_back": len(rows) - len(ready),
        "over": max(0, len(chosen) - CASES_MAX),
    }
    return _rendered(request, context)


def undo(request: Request) -> HttpResponse:
    """Each answer of the lot taken back for itself, where it has not left."""
    viewer = access.acting(request)
    versions = {name: version for name, (version, _) in _seen(request.POST).items()}
    undone = answering.undo(viewer, versions, batch=_batch(request))
    return _answered(request, undone, lost=len(versions) - len(undone), undone=True)


def waiting(request: HttpRequest) -> HttpResponse:
    """The families of equal proposals that wait for this person."""
    viewer = access.viewer_of(request.user)
    context = {
        "families": families.waiting_for(viewer),
        "similar": similar.offered(viewer, now=clock.now()),
    }
    return render(request, "escalations/_families.html", context)


def _done(
    request: Request,
    viewer: Viewer,
    like: Made | None,
    chosen: list[str],
    seen: answering.Seen,
    *,
    now: datetime,
) -> list[BatchResult]:
    batch, still = _batch(request), access.still(request)
    if like is None:
        return answering.approve(viewer, chosen, seen, batch=batch, now=now, still=still)
    return answering.change(viewer, like, chosen, seen, batch=batch, now=now, still=still)


def _answered(
    request: Request,
    results: list[BatchResult],
    *,
    lost: int,
    undone: bool = False,
    like: Made | None = None,
) -> HttpResponse:
    until = [one.until for one in results if one.until is not None and one.until > clock.now()]
    context = {
        "results": sorted(results, key=lambda one: one.done),
        "tried": True,
        "undone": undone,
        "like": like,
        "lost": lost,
        "done": sum(one.done for one in results),
        # What waits for another person is done, and was never to leave.
        "to_undo": len(until),
        "until": min(until, default=None),
    }
    return _rendered(request, context)


def _rendered(request: Request, context: dict[str, Any]) -> HttpResponse:
    template = f"{TEMPLATE}#batch" if request.htmx else TEMPLATE
    return render(request, template, {"viewer": access.viewer_of(request.user), **context})


def _seen(sent: Mapping[str, str]) -> answering.Seen:
    """The version and digest of each row that stood ready."""
    found = {}
    for key, value in sent.items():
        version, _, digest = value.partition(" ")
        if (
            key.startswith("seen:")
            and version.isascii()
            and version.isdigit()
            and len(version) < 10
        ):
            found[key.removeprefix("seen:")] = (int(version), digest)
    return dict(list(found.items())[:CASES_MAX])


def _batch(request: HttpRequest) -> str:
    """One id for one table: pressed twice, it counts once."""
    return request.POST.get(once.FIELD, "")[:ID_LENGTH] or once.new_id()


def _record_read(viewer: Viewer, row: BatchRow) -> None:
    actor = Actor("person", viewer.username)
    # Recorded before it is shown: what cannot be recorded is not read.
    readings.note(row.case, "batch", by=actor, now=clock.now())
