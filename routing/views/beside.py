"""What stands beside whatever page is open, in one answer: a screen asks for it once it listens."""

from django.http import HttpResponse
from django.shortcuts import render

from console import clock
from console.pages import rights
from console.pages.requests import Request
from escalations import access
from escalations.batch import families, similar
from escalations.commands import offering
from routing import beside
from routing.models import Notice


def show(request: Request) -> HttpResponse:
    """Offers, questions for a held case, unseen notices, and how this person is."""
    viewer, now = access.viewer_of(request.user), clock.now()
    context = {
        **beside.of(viewer, now=now)._asdict(),
        "reasons": list(offering.REASONS.items()),
        "in_place": True,
        "now": now,
        "me": viewer.user_id,
        "kinds": Notice.Kind,
    }
    # Only a screen that shows lists has a place for them: they look through all that waits.
    if "families" in request.GET and rights.may_read(request.user, "escalations:families"):
        context["families"] = families.waiting_for(viewer)
        context["similar"] = similar.offered(viewer, now=now)
    return render(request, "routing/beside.html", context)
