"""Opening hours and routing on the Levels screen: kept in the admin's draft like all else."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console import clock
from escalations.access import Viewer
from escalations.forms.assignment import RoutingForm
from escalations.forms.ladder import NAMES
from escalations.forms.opening_hours import OpeningHoursForm
from escalations.policy_screen import policy_draft
from escalations.refusals import Invalid
from escalations.views.levels import as_viewer, blame, ladder_of, page, screen_of


@as_viewer
def hours(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Keep these opening hours in the draft, new or in the place of those named `was`."""
    form = OpeningHoursForm(request.POST)
    if form.is_valid():
        was, name = form.cleaned_data["was"], form.cleaned_data["name"]
        try:
            policy_draft.set_hours(viewer, was, name, form.hours(), now=clock.now())
        except Invalid as refused:
            blame(form, refused)
        else:
            query = urlencode({"hours": name})
            return redirect(f"{reverse('escalations:levels')}?{query}#editor")
    return page(request, screen_of(viewer), status=422, hours_form=form)


@as_viewer
def remove_hours(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Take opening hours out; refused while a task type keeps them."""
    try:
        policy_draft.remove_hours(viewer, request.POST.get("name", ""), now=clock.now())
    except Invalid as refused:
        return page(request, screen_of(viewer), status=422, refused=refused)
    return redirect("escalations:levels")


@as_viewer
def ladder(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Keep who is told as a case waits, and how a person comes in, in the draft."""
    screen, name = screen_of(viewer), request.POST.get("ladder", "")
    opened = ladder_of(screen, name, request.POST)
    form = opened["ladder_form"]
    if form.is_valid():
        try:
            if form.inherits():
                policy_draft.inherit(viewer, name, NAMES, now=clock.now())
            else:
                policy_draft.change(viewer, name, form.changes(), now=clock.now())
        except Invalid as refused:
            blame(form, refused)
        else:
            query = urlencode({"ladder": name})
            return redirect(f"{reverse('escalations:levels')}?{query}#editor")
    return page(request, screen, status=422, **opened)


@as_viewer
def routing(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Keep how work is handed out in the draft."""
    screen = screen_of(viewer)
    form = RoutingForm(screen.wanted.routing, request.POST)
    if form.is_valid():
        try:
            policy_draft.set_routing(viewer, form.changes(), now=clock.now())
        except Invalid as refused:
            blame(form, refused)
        else:
            return redirect(f"{reverse('escalations:levels')}?routing#editor")
    return page(request, screen, status=422, routing_form=form)
