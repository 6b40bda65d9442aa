"""Every command of the socket as a plain form: `POST /escalations/<id>/<command>/`."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from console.pages.requests import Request
from escalations import access, commands
from escalations.commands.verb import Verb
from escalations.forms import commands as forms
from escalations.live import frames
from escalations.models import State
from escalations.refusals import Conflict, Invalid, NotAllowed, NotFound, Refused
from escalations.views import briefing

STATUSES: tuple[tuple[type[Refused], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (Invalid, 422),
)


def command(request: Request, escalation_id: str, name: str) -> HttpResponse:
    """Perform it once, and answer in the form that was asked for: JSON, fragment or redirect."""
    sent = {"id": request.POST.get("id"), "escalation": escalation_id}
    try:
        viewer = access.acting(request)
        escalation = access.escalation_for(viewer, escalation_id, to=name)
        done = commands.perform(viewer, forms.command(name, escalation, request.POST, by=viewer))
    except Refused as refused:
        return _refused(request, refused, sent)
    if request.accepts("text/html"):
        return _shown(request, name, escalation_id, done)
    return JsonResponse({"type": "ack", **sent, **done})


def _shown(request: Request, name: str, escalation_id: str, done: dict[str, Any]) -> HttpResponse:
    if request.htmx:
        return briefing.show(request, escalation_id)
    verb = commands.find(name)
    assert verb is not None, "What was performed is a verb."
    messages.success(request, _said(verb, done))
    if verb.opens_case:
        return redirect("escalations:briefing", escalation_id)
    return redirect("escalations:inbox")


def _said(verb: Verb[Any], done: dict[str, Any]) -> str:
    if verb.decides and done["state"] == State.SECOND:
        return "Your part is noted. It waits for another person; nothing has left."
    if not verb.decides:
        return verb.done or "Done."
    warning = f" {done['warning']}" if "warning" in done else ""
    said = f"Decided: {done['outcome'].replace('_', ' ')}."
    return f"{said}{warning} You can still undo it in the case."


def _refused(request: Request, refused: Refused, sent: dict[str, Any]) -> HttpResponse:
    """The sentence, and everything that was typed, so that nothing is lost."""
    status = next((code for kind, code in STATUSES if isinstance(refused, kind)), 400)
    answer = frames.refusal(refused, sent)
    if not request.accepts("text/html"):
        return JsonResponse(answer, status=status)
    typed = [
        (name, value)
        for name, value in request.POST.items()
        if value and name not in forms.BESIDE and not name.startswith(forms.TOOL)
    ]
    context = {"refused": answer, "typed": typed, "escalation_id": sent["escalation"]}
    return render(request, "escalations/refused.html", context, status=status)
