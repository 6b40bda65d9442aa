"""A case that is opened in place of another: held and shown in one request."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from console.pages.requests import Request
from escalations import access, commands, identifiers
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.refusals import NotFound, Refused
from escalations.views import briefing

# What is offered to somebody else stays theirs, and what is snoozed sleeps on.
OPENED_BY = {
    State.WAITING: "claim",
    State.SECOND: "claim",
    State.OFFERED: "accept",
    State.HELD: "heartbeat",
    State.LIVE: "heartbeat",
}


def opened(request: Request, escalation_id: str) -> HttpResponse:
    """The case, theirs from now on if it was free or offered to them, and with how they are now;
    where it could not be held, with the reason. One that is theirs already was touched."""
    if not request.htmx:
        return redirect("escalations:briefing", escalation_id)
    viewer = access.acting(request)
    escalation, refused = briefing.found(viewer, escalation_id), None
    if verb := _held_by(viewer, escalation):
        refused = _refused(viewer, escalation, verb)
        escalation = briefing.found(viewer, escalation_id)
    case = briefing.drawn(request, viewer, escalation, not_held=refused)
    after = _ahead(request, viewer, request.GET.get("after", ""))
    return render(request, "escalations/opened.html", {"briefing": case, "after": after})


def _ahead(request: Request, viewer: Viewer, escalation_id: str) -> SafeString | None:
    """What comes after it in their list, to be shown until it is opened itself; None where there is
    no such case for them."""
    if not escalation_id:
        return None
    try:
        return briefing.ahead(request, viewer, access.escalation_for(viewer, escalation_id))
    except NotFound:
        return None


def _held_by(viewer: Viewer, escalation: Escalation) -> str:
    """The verb by which opening makes it theirs, or says that a hand is on it; empty where it is
    not theirs to have."""
    verb = OPENED_BY.get(State(escalation.state), "")
    return verb if verb in commands.open_to(viewer, escalation) else ""


def _refused(viewer: Viewer, escalation: Escalation, verb: str) -> Refused | None:
    """Why they could not have it; None once it is theirs."""
    command = commands.Command(
        verb, identifiers.new(verb), escalation.id, version=escalation.version
    )
    try:
        commands.perform(viewer, command)
    except Refused as refused:
        return refused
    return None
