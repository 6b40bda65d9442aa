"""One person's work: skills, team, load, week and time off. Leads edit it, they read it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from console import clock
from console.forms import faults
from console.forms.merging import Merging
from console.forms.plain import Plain
from console.models import User
from console.pages import rights
from console.pages.requests import Request
from console.people import managing
from escalations.policy import hours, versions
from escalations.record_screen import latest
from escalations.refusals import Refused
from routing.attendance import weeks
from routing.attendance.weeks import Day
from routing.forms.staff import LIMIT, DutyForm, LoadForm, SkillsForm, TimeOffForm, WeekForm
from routing.models import Duty, TimeOff
from routing.people import announcing, roster, skills, teams, units


def show(request: Request, person: int) -> HttpResponse:
    """Everything about one person's work; a reviewer reads their own only."""
    return _page(request, get_object_or_404(User, pk=person))


@transaction.atomic
def grade(request: Request, person: int) -> HttpResponse:
    """All their proficiencies at once, for a page without JavaScript."""
    user = _locked(person)
    form = _by(_skills_form(user, request.POST), user, "graded")

    def act() -> str:
        managing.grade(user, form.chosen, by=rights.actor(request), now=clock.now())
        return "Skills are saved; they take effect for new offers."

    return _done(request, user, form, "skills_form", act)


@transaction.atomic
def duty(request: Request, person: int) -> HttpResponse:
    """Another team or time zone."""
    user = _locked(person)
    form = _by(DutyForm.of(_duty(user), request.POST), user, "duty_set")

    def act() -> str:
        teams.set_duty(user, **form.cleaned_data, by=rights.actor(request), now=clock.now())
        return "Team and time zone are saved."

    return _done(request, user, form, "duty_form", act)


@transaction.atomic
def load(request: Request, person: int) -> HttpResponse:
    """How much at once, in all and of each kind of work."""
    user = _locked(person)
    form = _by(_load_form(user, request.POST), user, "capacity_set", "limits_set")

    def act() -> str:
        count, now = form.cleaned_data["units"], clock.now()
        managing.set_load(user, count, form.limits, by=rights.actor(request), now=now)
        return f"{user.name} takes up to {count} units at once."

    return _done(request, user, form, "load_form", act)


@transaction.atomic
def week(request: Request, person: int) -> HttpResponse:
    """Another week."""
    user = _locked(person)
    days = weeks.written(weeks.rows_of([user.pk])[user.pk])
    form = _by(WeekForm.of(days, request.POST), user, "shifts_set")

    def act() -> str:
        days = weeks.hours_by_day(form.cleaned_data)
        weeks.replace(user, days, by=rights.actor(request), now=clock.now())
        return "The week is saved; it holds from now on."

    return _done(request, user, form, "week_form", act)


def off(request: Request, person: int) -> HttpResponse:
    """A time off more, or (`remove`) one less."""
    user, form, gone = (
        get_object_or_404(User, pk=person),
        TimeOffForm(request.POST),
        request.POST.get("remove", ""),
    )
    if gone:
        # A number longer than the database's would be an error, where it only finds nothing.
        is_number = gone.isascii() and gone.isdecimal() and len(gone) < 19
        number = int(gone) if is_number else 0
        weeks.remove_time_off(user, number, by=rights.actor(request), now=clock.now())
        messages.success(request, "That time off is taken back.")
        return redirect("routing:staff", user.pk)

    def act() -> str:
        weeks.add_time_off(user, **form.cleaned_data, by=rights.actor(request), now=clock.now())
        return "The time off is saved."

    return _done(request, user, form, "off_form", act)


def _done(
    request: Request, user: User, form: Plain, slot: str, act: Callable[[], str]
) -> HttpResponse:
    """Do it and come back to the person, or show the form with what is wrong in it."""
    if form.is_valid():
        try:
            messages.success(request, act())
        except Refused as refused:
            faults.show(form, refused)
        else:
            return redirect("routing:staff", user.pk)
    return _page(request, user, status=422, forms={slot: form})


def _locked(person: int) -> User:
    """Whoever changes them at the same moment waits, and then sees what this changed."""
    found: User = get_object_or_404(User.objects.select_for_update(no_key=True), pk=person)
    return found


def _by(form: Merging, user: User, *kinds: str) -> Any:
    form.by_whom = partial(latest.by_whom, announcing.CHAIN, kinds, person=user.username)
    return form


def _page(
    request: Request, person: User, *, status: int = 200, forms: dict[str, Any] | None = None
) -> HttpResponse:
    reader = request.user
    assert isinstance(reader, User)
    edits = rights.may_write(reader, "routing:staff-duty")
    taken, many = units.load(person.pk)
    rows = weeks.rows_of([person.pk])[person.pk]
    days, zone = weeks.written(rows), weeks.zone_of(person.pk)
    context = {
        "person": person,
        "is_boosted": bool(request.htmx),
        "edits": edits,
        "grid": roster.grid([person]),
        "words": list(enumerate(roster.WORDS)),
        "taken": taken,
        "units": many,
        "zone": zone.key,
        "days": days,
        "has_shifts": bool(rows),
        "off": _off(person, zone),
        **(_forms(person, days) if edits else {}),
        **(forms or {}),
    }
    return render(request, "routing/skills_person.html", context, status=status)


def _forms(person: User, days: list[Day]) -> dict[str, Any]:
    """Every form, filled with what is so now."""
    return {
        "zones": sorted(hours.zones()),
        "skills_form": _skills_form(person),
        "duty_form": DutyForm.of(_duty(person)),
        "load_form": _load_form(person),
        "week_form": WeekForm.of(days),
        "off_form": TimeOffForm(),
    }


def _off(person: User, zone: ZoneInfo) -> list[tuple[TimeOff, datetime, datetime]]:
    """The times off that are not over, on the person's own clock."""
    rows = TimeOff.objects.filter(person=person, ends_at__gt=clock.now()).order_by("starts_at")
    return [(one, _on(zone, one.starts_at), _on(zone, one.ends_at)) for one in rows]


def _on(zone: ZoneInfo, at: datetime) -> datetime:
    """Without its zone, or the template would turn it to UTC again."""
    return at.astimezone(zone).replace(tzinfo=None)


def _skills_form(person: User, data: Any = None) -> SkillsForm:
    return SkillsForm(data, known=skills.known(), have=roster.skills_of(person.pk))


def _duty(person: User) -> Duty | None:
    return Duty.objects.filter(person=person).first()


def _load_form(person: User, data: Any = None) -> LoadForm:
    limits = {LIMIT + name: count for name, count in teams.limits_of(person.pk).items()}
    now = {"units": units.load(person.pk)[1], **limits}
    return LoadForm(data, kinds=_kinds(person), initial=now)


def _kinds(person: User) -> dict[str, str]:
    """Task type to title: those of the policy, and those that this person has a limit for."""
    document = versions.current().document
    names = {*document.task_types, *teams.limits_of(person.pk)}
    return {name: document.for_task_type(name).title or name for name in sorted(names)}
