"""A case as a person reads it: beside the queue, as a fragment, or as the raw JSON."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from console import clock
from console.pages import kept
from console.pages.kept import Filling
from console.pages.requests import Request
from escalations import access
from escalations.access import Viewer
from escalations.briefing import reading, working_draft
from escalations.briefing.look import CaseLook
from escalations.masking import seen
from escalations.models import Escalation
from escalations.record import readings
from escalations.record.lines import Actor
from escalations.refusals import NotFound, Refused
from escalations.views import queue


def page(request: Request, escalation_id: str) -> HttpResponse:
    """The case with the queue beside it; to htmx only the case."""
    return show(request, escalation_id)


def raw(request: Request, escalation_id: str) -> HttpResponse:
    """The current package exactly as the agent sent it, but for what is masked to who asks."""
    viewer = access.viewer_of(request.user)
    escalation = found(viewer, escalation_id)
    # Recorded before it is shown: what cannot be recorded is not read.
    _record_read(viewer, escalation, "raw")
    sent = seen.package(viewer, escalation, now=clock.now()).received
    return HttpResponse(sent, content_type="application/json")


def facts(request: Request, escalation_id: str) -> HttpResponse:
    """How the question to the agent ended whether its facts still hold, as the page says it."""
    viewer = access.viewer_of(request.user)
    escalation = found(viewer, escalation_id)
    latest = reading.facts_of(viewer, escalation, now=clock.now())
    return render(request, "escalations/_facts.html", {"facts": latest, "escalation": escalation})


def show(request: Request, escalation_id: str) -> HttpResponse:
    """The case as it is now, with the rights of this moment; who saw which version is recorded."""
    viewer = access.viewer_of(request.user)
    case = drawn(request, viewer, found(viewer, escalation_id))
    if request.htmx:
        return HttpResponse(case)
    return render(
        request, "escalations/inbox.html", queue.inbox(viewer, request) | {"briefing": case}
    )


def drawn(
    request: Request, viewer: Viewer, escalation: Escalation, *, not_held: Refused | None = None
) -> SafeString:
    """Its page as they may see it now, with why they could not hold it; the reading is recorded,
    and the agent asked again where that is due."""
    # Recorded before it is shown: what cannot be recorded is not read.
    _record_read(viewer, escalation, "briefing")
    now = clock.now()
    left = None
    if "use" in request.GET:
        shows = reading.seen_by(viewer, escalation, now=now)
        left = working_draft.left_for(escalation, viewer, shows)
    look = reading.look(
        viewer,
        escalation,
        now=now,
        panel=request.GET.get("open", ""),
        since=request.GET.get("since", ""),
        entered=working_draft.entered(left),
    )
    if reading.ask_again(look):
        look = replace(look, facts=reading.facts_of(viewer, escalation, now=now))
    return drawn_of(request, look, not_held=not_held)


def ahead(request: Request, viewer: Viewer, escalation: Escalation) -> SafeString:
    """Its page before they open it. Nothing is asked for it, and that they were sent it is
    recorded as that."""
    _record_read(viewer, escalation, "ahead")
    return drawn_of(request, reading.look(viewer, escalation, now=clock.now()))


def drawn_of(request: Request, look: CaseLook, **beside: Any) -> SafeString:
    """The page of what was read; kept for the next look unless it is of this moment only."""
    key = None if any(beside.values()) else look.key
    return kept.piece(
        "escalations/briefing.html",
        key,
        lambda: (look.context() | beside, look.turns_at),
        Filling(request, look.now),
    )


def found(viewer: Viewer, escalation_id: str) -> Escalation:
    """The case, if it is theirs to see. Raises Http404."""
    try:
        return access.escalation_for(viewer, escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None


def _record_read(viewer: Viewer, escalation: Escalation, part: str) -> None:
    actor = Actor("person", viewer.username)
    readings.note(escalation, part, by=actor, now=clock.now())
