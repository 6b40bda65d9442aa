"""Keeping what a holder types: `POST /escalations/<id>/draft/`."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.briefing import working_draft
from escalations.live import frames
from escalations.refusals import Conflict, Invalid, NotAllowed, NotFound, Refused

STATUSES: tuple[tuple[type[Refused], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (Invalid, 422),
)


def keep(request: Request, escalation_id: str) -> HttpResponse:
    """Keep one form's fields, or with `drop` forget what others had typed."""
    viewer, now = access.viewer_of(request.user), clock.now()
    try:
        escalation = access.escalation_for(viewer, escalation_id, to="draft")
        if "drop" in request.POST:
            working_draft.drop(escalation, by=viewer, now=now)
        else:
            form, fields = request.POST.get("form", ""), request.POST.get("fields", "")
            working_draft.keep(escalation, form, fields, by=viewer, now=now)
    except Refused as refused:
        status = next((code for kind, code in STATUSES if isinstance(refused, kind)), 400)
        return JsonResponse(frames.refusal(refused, {"escalation": escalation_id}), status=status)
    if "drop" in request.POST and not request.htmx and request.accepts("text/html"):
        return redirect("escalations:briefing", escalation_id)
    return JsonResponse({"type": "ack", "escalation": escalation_id})
