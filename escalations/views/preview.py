"""What an edit would send, shown by the server for whoever has no script. Changes nothing."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.briefing import reading
from escalations.models import Escalation
from escalations.proposal import edit_form
from escalations.refusals import Fault, Invalid, NotFound
from escalations.views import queue


def preview(request: Request, escalation_id: str) -> HttpResponse:
    """The case with the edit as typed, every change marked and every fault beside its field."""
    viewer = access.viewer_of(request.user)
    try:
        escalation = access.escalation_for(viewer, escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    entered = {name: str(value) for name, value in request.POST.items()}
    context = reading.context(
        viewer,
        escalation,
        now=clock.now(),
        panel="edit",
        entered=entered,
        faults=_faults(escalation, entered),
    )
    return render(request, "escalations/inbox.html", queue.inbox(viewer, request) | context)


def _faults(escalation: Escalation, entered: dict[str, str]) -> dict[str, list[Fault]]:
    found = {}
    for action in reading.package_of(escalation).document.get("proposed_actions") or ():
        try:
            edit_form.read(entered, action)
        except Invalid as refused:
            found[action["id"]] = refused.errors
    return found
