"""Look-ups: read-only addresses that are offered to whoever decides a kind of work. For admins."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from console import clock, consequences
from console.forms import faults
from console.forms.look_ups import EVERY, LookUpForm, TryForm
from console.pages.once import once
from console.pages.rights import actor
from escalations import access
from escalations.lookups import asking, offered, registered
from escalations.lookups.offered import OfferedLookUp
from escalations.masking import seen
from escalations.models import Escalation, LookUp
from escalations.policy import versions
from escalations.record_screen import latest
from escalations.refusals import Refused
from escalations.text import pointers


@once
def show(request: HttpRequest) -> HttpResponse:
    """All of them, and a form for one more; POST registers it."""
    if request.method != "POST":
        return _page(request)
    form = LookUpForm(request.POST)
    if form.is_valid():
        try:
            made = registered.put(None, **form.cleaned_data, by=actor(request), now=clock.now())
        except Refused as refused:
            faults.show(form, refused)
        else:
            messages.success(request, f"“{made}” is offered from now on. Try it with a case.")
            return redirect(_at(made))
    return _page(request, form=form, status=422)


@once
@transaction.atomic
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it otherwise."""
    rows = LookUp.objects.offered().select_for_update(of=("self",))
    found = get_object_or_404(rows.select_related("agent"), pk=pk)
    form = LookUpForm.of_look_up(found, request.POST)
    form.by_whom = partial(latest.by_whom, registered.CHAIN, ["changed"], look_up=pk)
    if form.is_valid():
        try:
            registered.put(found, **form.cleaned_data, by=actor(request), now=clock.now())
        except Refused as refused:
            faults.show(form, refused)
        else:
            messages.success(request, f"“{form.cleaned_data['name']}” was changed.")
            return redirect(_at(found))
    return _page(request, change_form=form, opened=pk, status=422)


def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no more."""
    found = _found(pk)
    registered.remove(found, by=actor(request), now=clock.now())
    messages.success(request, f"“{found}” is offered nowhere any more.")
    return redirect("look_ups")


def tried(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it in a case, like whoever decides that; the page shows what comes."""
    found, form = _found(pk), TryForm(request.POST)
    said = str(form.errors.get("case", [""])[0])
    if form.is_valid():
        try:
            case = _case(request, form.number())
            asking.ask(case, found.pk, by=access.viewer_of(request.user), now=clock.now())
            return redirect(f"{_at(found)}&case={case.number}")
        except Refused as refused:
            said = refused.detail
    return _page(request, opened=pk, try_said=said, status=422)


def _page(
    request: HttpRequest,
    *,
    form: LookUpForm | None = None,
    change_form: LookUpForm | None = None,
    opened: int = 0,
    try_said: str = "",
    status: int = 200,
) -> HttpResponse:
    opened = opened or pointers.number(request.GET.get("open", "")) or 0
    rows = list(LookUp.objects.offered().select_related("agent").order_by("task_type", "name"))
    known = versions.current().document
    found = next((one for one in rows if one.pk == opened), None)
    context: dict[str, Any] = {
        "look_ups": [
            (one, known.for_task_type(one.task_type).title if one.task_type else EVERY)
            for one in rows
        ],
        "form": form or LookUpForm(),
        "opened": found,
        "try_said": try_said,
        **(_tried(request, found) if found else {}),
    }
    if found:
        context["change_form"] = change_form or LookUpForm.of_look_up(found)
        context["removed_says"] = consequences.of_removing(found)
    return render(request, "console/look_ups.html", context, status=status)


def _tried(request: HttpRequest, found: LookUp) -> dict[str, Any]:
    """What came of the try that the address names, and the case that is offered for the next."""
    number = request.POST.get("case") or request.GET.get("case", "")
    made: OfferedLookUp | None = None
    case: Escalation | None = None
    if (named := pointers.number(request.GET.get("case", ""))) is not None:
        try:
            case = _case(request, named)
        except Refused:
            case = None
    if case is not None:
        viewer, now = access.viewer_of(request.user), clock.now()
        shown = seen.package(viewer, case, now=now)
        package = case.packages.get(version=case.package_version).document
        every = offered.read(viewer, case, package, shown, now=now)
        made = next((one for one in every if one.number == found.pk), None)
    if not number:
        newest = Escalation.objects.order_by("-number")
        newest = newest.filter(task_type=found.task_type) if found.task_type else newest
        number = str(newest.values_list("number", flat=True).first() or "")
    return {"case_number": number, "tried": made, "tried_case": case}


def _case(request: HttpRequest, number: int) -> Escalation:
    """Raises NotFound where there is none."""
    ids = Escalation.objects.filter(number=number).values_list("id", flat=True)
    return access.escalation_for(access.viewer_of(request.user), ids.first() or "")


def _found(pk: int) -> LookUp:
    return get_object_or_404(LookUp.objects.offered().select_related("agent"), pk=pk)


def _at(look_up: LookUp) -> str:
    return f"{reverse('look_ups')}?open={look_up.pk}"
