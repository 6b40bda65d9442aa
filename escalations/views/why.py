"""Why nobody has a case yet: asked for after the case itself, because it looks at everybody."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from console import clock
from console.pages.requests import Request
from escalations import access, ports
from escalations.refusals import NotFound


def nobody(request: Request, escalation_id: str) -> HttpResponse:
    """One sentence; to htmx only that."""
    viewer = access.viewer_of(request.user)
    try:
        escalation = access.escalation_for(viewer, escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    sentence = ports.why_nobody(escalation, now=clock.now())
    in_place = bool(request.htmx)
    template = "escalations/_why.html" if in_place else "escalations/why.html"
    return render(request, template, {"escalation": escalation, "sentence": sentence})
