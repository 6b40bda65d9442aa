"""A case that is opened in place of another: held and shown in one request."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from console.pages.requests import Request
from escalations import access, commands, identifiers
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.refusals import Refused
from escalations.views import briefing


def opened(request: Request, escalation_id: str) -> HttpResponse:
    """The case, theirs from now on if it was free, and with how they are now; where it could not be
    held, with the reason."""
    if not request.htmx:
        return redirect("escalations:briefing", escalation_id)
    viewer = access.viewer_of(request.user)
    escalation, refused = briefing.found(viewer, escalation_id), None
    if escalation.state == State.WAITING and "claim" in commands.open_to(viewer, escalation):
        refused = _not_held(viewer, escalation)
        escalation = briefing.found(viewer, escalation_id)
    case = briefing.drawn(request, viewer, escalation, not_held=refused)
    return render(request, "escalations/opened.html", {"briefing": case})


def _not_held(viewer: Viewer, escalation: Escalation) -> Refused | None:
    """Why they could not have it; None once it is theirs."""
    claim = commands.Command(
        "claim", identifiers.new("claim"), escalation.id, version=escalation.version
    )
    try:
        commands.perform(viewer, claim)
    except Refused as refused:
        return refused
    return None
