"""What an edit would send and what it means, shown as it is typed. Changes nothing."""

from collections.abc import Iterable

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
from escalations.lifecycle.answers import Answer
from escalations.lifecycle.conversing import sayable
from escalations.models import Escalation
from escalations.refusals import NotFound, Refused
from escalations.views import briefing, queue

BYTES_MAX = 512 * 1024
SAID = ("text", "first_line", "promises")
# What was said on the phone, and where the agent goes on, are for the agent.
TOLD, STEPS = ("notes",), ("at", "resume_at")


def preview(request: Request, escalation_id: str) -> HttpResponse:
    """The edit as typed, every change marked and every fault beside its field: to htmx the form
    alone, of which it takes what stands beside the fields, and what of the brief it changes;
    otherwise the case with it."""
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
    forms_of = reading.drawn_for(viewer, escalation, now=now)
    faults = editing.faults(forms_of.actual, entered, drawn=forms_of.shown)
    sent, held = _sent(viewer, escalation, request.POST)
    look = reading.look(viewer, escalation, now=now, panel="edit", entered=entered, faults=faults)
    typed = reading.typing(viewer, escalation, entered, sent, now=now)["typed"]
    case = briefing.drawn_of(request, look, held_if_sent=held, typed=typed)
    shown = queue.inbox(viewer, request) | {"briefing": case}
    return render(request, "escalations/inbox.html", shown)


def _form(
    request: Request, viewer: Viewer, escalation: Escalation, entered: dict[str, str]
) -> HttpResponse:
    # What was typed into an older package is not compared with a newer one; the page is read again.
    if entered.get("digest") != escalation.digest:
        return HttpResponse("The agent changed this case meanwhile.", status=409)
    sent, held = _sent(viewer, escalation, request.POST)
    context = {
        "escalation": escalation,
        "panel": "edit",
        "held_if_sent": held,
        **reading.typing(viewer, escalation, entered, sent, now=clock.now()),
    }
    return render(request, "escalations/_typed.html", context)


def _sent(viewer: Viewer, escalation: Escalation, fields: QueryDict) -> tuple[Answer | None, str]:
    """What would leave if this edit were sent now, and the rule that it would meet."""
    # Of an older version only a part would be read, which is not what would leave.
    if fields.get("version") != str(escalation.version):
        return None, ""
    try:
        sent = forms.command("edit", escalation, fields, by=viewer)
        now = clock.now()
        drawn = reading.drawn_for(viewer, escalation, now=now)
        choice = deciding.unmasked(drawn, deciding.choice(sent.name, sent.arguments))
        return rejudging.foreseen(escalation, choice, now=now)
    # Why it would be refused is told beside the fields.
    except Refused:
        return None, ""


def held(request: Request, escalation_id: str) -> HttpResponse:
    """The rule that the answer instead of the agent's, or what is said in a conversation, at its
    end or on the phone, would meet if it were sent as it is typed; empty where none. Changes
    nothing."""
    viewer, now = access.viewer_of(request.user), clock.now()
    try:
        escalation = access.escalation_for(viewer, escalation_id)
        if request.GET.get("verb") == "respond":
            sent = forms.command("respond", escalation, request.POST, by=viewer)
            drawn = reading.drawn_for(viewer, escalation, now=now)
            choice = deciding.unmasked(drawn, deciding.choice("respond", sent.arguments))
            told = rejudging.foreseen(escalation, choice, now=now)[1]
        else:
            said, notes, steps = (_joined(request, names) for names in (SAID, TOLD, STEPS))
            agents = f"{notes}\n{sayable.of_step(steps)}".strip()
            told = ""
            if said or agents:
                told = sayable.foreseen(escalation, said, told=agents, now=now)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    except Refused:
        told = ""
    return render(request, "escalations/_held.html", {"held": told})


def _joined(request: Request, names: Iterable[str]) -> str:
    return "\n".join(str(request.POST.get(name, "")) for name in names).strip()
