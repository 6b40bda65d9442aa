"""What an edit would send and what it means, shown as it is typed. Changes nothing."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.access import Viewer
from escalations.briefing import editing, reading
from escalations.commands import deciding
from escalations.forms import commands as forms
from escalations.lifecycle import rejudging
from escalations.models import Escalation
from escalations.refusals import NotFound, Refused
from escalations.views import queue

BYTES_MAX = 512 * 1024


def preview(request: Request, escalation_id: str) -> HttpResponse:
    """The edit as typed, every change marked and every fault beside its field: to htmx the form
    alone, of which it takes what stands beside the fields; otherwise the case with it."""
    viewer = access.viewer_of(request.user)
    try:
        escalation = access.escalation_for(viewer, escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    if int(request.META.get("CONTENT_LENGTH") or 0) > BYTES_MAX:
        return HttpResponse("This is too long to be compared: at most 512 KiB.", status=413)
    entered = {name: str(value) for name, value in request.POST.items()}
    if request.htmx:
        return _form(request, viewer, escalation, entered)
    now = clock.now()
    package, seen = reading.package_of(escalation), reading.seen_by(viewer, escalation, now=now)
    faults = editing.faults(package.document, entered, drawn=seen.package)
    held = _held(viewer, escalation, request.POST)
    context = reading.context(
        viewer, escalation, now=now, panel="edit", entered=entered, faults=faults
    )
    shown = queue.inbox(viewer, request) | context | {"held_if_sent": held}
    return render(request, "escalations/inbox.html", shown)


def _form(
    request: Request, viewer: Viewer, escalation: Escalation, entered: dict[str, str]
) -> HttpResponse:
    # What was typed into an older package is not compared with a newer one; the page is read again.
    if entered.get("digest") != escalation.digest:
        return HttpResponse("The agent changed this case meanwhile.", status=409)
    edit = reading.editing_of(viewer, escalation, entered, now=clock.now())
    context = {
        "escalation": escalation,
        "editing": edit,
        "panel": "edit",
        "held_if_sent": _held(viewer, escalation, request.POST),
    }
    return render(request, "escalations/_edit.html", context)


def _held(viewer: Viewer, escalation: Escalation, fields: QueryDict) -> str:
    """The rule that this edit would meet if it were sent now."""
    try:
        sent = forms.command("edit", escalation, fields, by=viewer)
        choice = deciding.choice(sent.name, sent.arguments)
        return rejudging.foreseen(escalation, choice, now=clock.now())
    # Why it would be refused is told beside the fields.
    except Refused:
        return ""
