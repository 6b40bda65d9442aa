"""A look-up of a case, made and shown in its place; nothing of the case is changed."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.briefing import reading
from escalations.lookups import asking
from escalations.refusals import Refused
from escalations.views import briefing


def one(request: Request, escalation_id: str, number: int) -> HttpResponse:
    """POST makes it; both show it as it is now, to htmx alone and else in its case."""
    viewer = access.viewer_of(request.user)
    escalation = briefing.found(viewer, escalation_id)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            asking.ask(escalation, number, by=viewer, now=clock.now())
        except Refused as error:
            refused = error
    if not request.htmx and request.method != "POST":
        return briefing.show(request, escalation_id)
    elif not request.htmx:
        at = reverse("escalations:briefing", args=[escalation.id])
        return redirect(f"{at}#look-up-{number}")
    found = reading.look_up_of(viewer, escalation, number, now=clock.now())
    if found is None:
        raise Http404("This look-up is not offered any more.")
    context: dict[str, Any] = {"look_up": found, "escalation": escalation, "refused": refused}
    return render(request, "escalations/_look_up.html", context)
