"""Take next: the best waiting case for the person who asks, and why there is none."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.access import Viewer
from escalations.live import frames
from escalations.refusals import Refused
from routing.offers import explanations, pulling

NOTHING = "Nothing waits that you could take."


def next_case(request: Request) -> HttpResponse:
    """POST takes it and answers JSON or the case; GET says in a sentence why nothing comes."""
    if request.method == "POST":
        return _take(request, access.acting(request))
    viewer = access.viewer_of(request.user)
    template = "routing/_nothing.html" if request.htmx else "routing/next.html"
    return render(request, template, {"why": explanations.why_nothing(viewer.user_id, clock.now())})


def _take(request: Request, viewer: Viewer) -> HttpResponse:
    try:
        taken = pulling.take_next(viewer, now=clock.now())
    except Refused as refused:
        return _refused(request, refused)
    if not request.accepts("text/html"):
        found = {"type": "taken", "escalation": taken and taken.id}
        return JsonResponse(found if taken else {**found, "detail": NOTHING})
    if taken is None:
        messages.info(request, NOTHING)
        return redirect("escalations:inbox")
    return redirect("escalations:briefing", taken.id)


def _refused(request: Request, refused: Refused) -> HttpResponse:
    status = 403 if refused.code == "only_offered" else 409
    answer = frames.refusal(refused, {"id": None, "escalation": None})
    if not request.accepts("text/html"):
        return JsonResponse(answer, status=status)
    return render(request, "routing/next.html", {"refused": refused}, status=status)
