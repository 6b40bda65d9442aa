"""The turns of a long conversation that do not stand on the page of the case itself."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.briefing import building, reading
from escalations.refusals import NotFound


def turns(request: Request, escalation_id: str) -> HttpResponse:
    """Turns `first` to `last`, at most 100 of them; one alone is shown whole."""
    viewer = access.viewer_of(request.user)
    try:
        escalation = access.escalation_for(viewer, escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    stretch = building.turns(
        escalation,
        reading.seen_by(viewer, escalation, now=clock.now()).package,
        list(escalation.additions.order_by("pk")),
        first=_number(request, "first"),
        last=_number(request, "last"),
    )
    template = "_turns.html" if request.htmx else "conversation.html"
    context = {"escalation": escalation, "viewer": viewer, "stretch": stretch}
    return render(request, f"escalations/{template}", context)


def _number(request: Request, name: str) -> int:
    written = request.GET.get(name, "1")[:6]
    return int(written) if written.isascii() and written.isdecimal() else 1
