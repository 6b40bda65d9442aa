"""The offers of the person who asks: a fragment for the corner of every page, or a page."""

from django.http import HttpResponse
from django.shortcuts import render

from console import clock
from console.pages.requests import Request
from escalations.commands import offering
from routing.offers import cards


def show(request: Request) -> HttpResponse:
    """What is offered to them now; asked for on every connect and whenever it changed."""
    now = clock.now()
    in_place = bool(request.htmx)
    template = "routing/_offers.html" if in_place else "routing/offers.html"
    context = {
        "cards": cards.of(int(request.user.pk or 0), now=now),
        "reasons": list(offering.REASONS.items()),
        "in_place": in_place,
        "now": now,
    }
    return render(request, template, context)
