"""Why nobody has a case yet, and why it stands where it does.

Asked for after the case and the list, because the answers look at all that waits.
"""

from django.http import HttpResponse
from django.shortcuts import render

from console import clock
from console.pages.requests import Request
from escalations import access, ports
from escalations.inbox import place
from escalations.views.briefing import found


def nobody(request: Request, escalation_id: str) -> HttpResponse:
    """One sentence; to htmx only that."""
    viewer = access.viewer_of(request.user)
    escalation = found(viewer, escalation_id)
    sentence = ports.why_nobody(escalation, viewer, now=clock.now())
    in_place = bool(request.htmx)
    template = "escalations/_why.html" if in_place else "escalations/why.html"
    return render(request, template, {"escalation": escalation, "sentence": sentence})


def here(request: Request, escalation_id: str) -> HttpResponse:
    """Why it stands where it does on the list of who asks, and whether *Take next* agrees."""
    viewer, now = access.viewer_of(request.user), clock.now()
    escalation = found(viewer, escalation_id)
    offer = ports.why_this_person(escalation)
    shown = {
        "escalation": escalation,
        "place": place.sentence(escalation, viewer),
        "next": ports.why_not_next(escalation, viewer, now=now),
        "offer": offer if escalation.offered_to_id == viewer.user_id else None,
    }
    return render(request, "escalations/here.html", shown)
