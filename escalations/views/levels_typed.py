"""What is said on the Levels screen while somebody types; nothing is kept."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from escalations.access import Viewer
from escalations.forms.assignment import RoutingForm
from escalations.policy.document import TaskType
from escalations.policy.staffing import Shortage
from escalations.policy_screen import nobody_can
from escalations.refusals import Fault, NotFound
from escalations.views.levels import (
    LevelsScreen,
    as_viewer,
    ladder_of,
    part_form,
    place_of,
    screen_of,
)

# What of a task type the people who are there may be too few for.
STAFFED = frozenset({"skills", "approvals", "approvals_from", "disagreement"})


@as_viewer
def remarks(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What is typed, held against the people there are, and steps that cannot be: said while
    somebody types."""
    try:
        told = _told(request, screen_of(viewer))
    except NotFound as refused:
        told = [Fault("", refused.detail)]
    return render(request, "escalations/_levels_remarks.html", {"remarks": told})


def _told(request: HttpRequest, screen: LevelsScreen) -> Sequence[Fault | Shortage]:
    if "ladder" in request.POST:
        form = ladder_of(screen, request.POST["ladder"], request.POST)["ladder_form"]
        return cast("Sequence[Fault]", form.remarks())
    elif "routing" in request.POST:
        return _faults(RoutingForm(screen.wanted.routing, request.POST))
    name, level = place_of(request.POST.get("edit", ""))
    shown = screen.terms(name)
    form = part_form(screen.wanted, shown, name, level, request.POST)
    wished = form.changes() if form.is_valid() else {}
    parts = {part: value for part, value in wished.items() if part in STAFFED}
    if "amounts" in wished:
        parts["amounts"] = TaskType.model_validate({"amounts": wished["amounts"]}).amounts
    typed = shown.model_copy(update=parts)
    return _faults(form) or nobody_can.remarks(typed)


def _faults(form: forms.Form) -> list[Fault]:
    return [
        Fault("", f"{form.fields[at].label}: {one}")
        for at, said in form.errors.items()
        for one in said
        if at in form.fields
    ]
