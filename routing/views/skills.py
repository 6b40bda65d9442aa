"""The Skills page: who can do what, which skills there are, and the teams."""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from console import clock
from console.forms import faults
from console.models import User
from console.pages import rights
from console.pages.requests import Request
from console.people import managing
from escalations.policy import versions
from escalations.record_screen import latest
from escalations.refusals import Invalid, NotFound, Refused
from routing.attendance import gaps, shift_chart, weeks
from routing.forms.skills import SkillForm, TeamForm
from routing.models import Skill, Team
from routing.people import announcing, roster, skills, teams

PEOPLE = 40  # On a page; with forty skills it has 250 KB.
SOUGHT = ("words", "team", "skill")


def show(request: Request) -> HttpResponse:
    """The roster: all of it for those who edit it, their own row for reviewers."""
    return page(request)


def grade(request: Request) -> HttpResponse:
    """Set one cell, `person:grade:skill`. A page without JavaScript is shown again."""
    asks_for_json = "application/json" in request.headers.get("Accept", "")
    try:
        cell = _set(request, request.POST.get("cell", ""))
    except Refused as refused:
        if asks_for_json:
            answer = {"type": "refused", "code": refused.code, "detail": refused.detail}
            return JsonResponse(answer, status=422)
        return page(request, status=422, refused=refused)
    if asks_for_json:
        return JsonResponse({"type": "saved", "grade": cell.grade, "label": cell.label})
    messages.success(request, f"{cell.label}. Saved, takes effect for new offers.")
    return redirect(f"{reverse('routing:skills')}?{request.GET.urlencode()}")


def add(request: Request) -> HttpResponse:
    """One more skill."""
    form = SkillForm(request.POST)
    if form.is_valid():
        try:
            made = skills.add(**form.cleaned_data, by=rights.actor(request), now=clock.now())
        except Refused as refused:
            faults.show(form, refused)
        else:
            messages.success(request, f"{made.name} is a skill now. Nobody has it yet.")
            return redirect("routing:skills")
    return page(request, status=422, skill_form=form)


def remove(request: Request) -> HttpResponse:
    """One skill less; refused while somebody has it or the policy asks for it."""
    skill = Skill.objects.filter(name=request.POST.get("skill", "")).first()
    try:
        if skill is None:
            raise NotFound(
                "no_skill", "There is no such skill any more, or only the policy names it."
            )
        skills.remove(skill, by=rights.actor(request), now=clock.now())
    except Refused as refused:
        return page(request, status=422, refused=refused, skill_form=SkillForm())
    messages.success(request, f"{skill.name} is gone.")
    return redirect("routing:skills")


def team_add(request: Request) -> HttpResponse:
    """One more team."""
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            made = teams.add(**form.cleaned_data, by=rights.actor(request), now=clock.now())
        except Refused as refused:
            faults.show(form, refused)
        else:
            messages.success(
                request, f"{made.name} is a team now. Give it people on their own pages."
            )
            return redirect("routing:skills")
    return page(request, status=422, team_form=form)


@transaction.atomic
def team_change(request: Request, team: int) -> HttpResponse:
    """Another name or way of working, or (`act` is remove) one team less."""
    found = get_object_or_404(Team.objects.select_for_update(), pk=team)
    form = TeamForm(request.POST, team=found)
    form.by_whom = partial(latest.by_whom, announcing.CHAIN, ["team_changed"], team=found.name)
    removes = request.POST.get("act") == "remove"
    if removes or form.is_valid():
        try:
            if removes:
                teams.remove(found, by=rights.actor(request), now=clock.now())
            else:
                teams.change(found, **form.cleaned_data, by=rights.actor(request), now=clock.now())
        except Refused as refused:
            form.is_valid()
            faults.show(form, refused)
        else:
            messages.success(request, f"{found.name} is gone." if removes else "The team is saved.")
            return redirect("routing:skills")
    return page(request, status=422, team_form=form)


def page(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page, with a form as it was typed or a refusal where there is one."""
    user = request.user
    assert isinstance(user, User)
    edits = rights.may_write(user, "routing:skills-grade")
    form: TeamForm | None = more.pop("team_form", None)
    asked = {name: request.GET.get(name, "").replace("\0", "")[:80] for name in SOUGHT}
    seen = roster.found(**asked) if edits else roster.deciders().filter(pk=user.pk)
    people = Paginator(seen, PEOPLE).get_page(request.GET.get("page"))
    shown = list(people.object_list)
    context: dict[str, Any] = {
        "edits": edits,
        "is_boosted": bool(request.htmx),
        "people": people,
        "asked": asked,
        "is_part": people.has_other_pages() or any(asked.values()),
        "grid": roster.grid(shown),
        "words": list(enumerate(roster.WORDS)),
        "skill_form": SkillForm() if request.GET.get("add") == "skill" else None,
        "teams": [
            (team, members, form if form and form.team == team else TeamForm(team=team))
            for team, members in roster.teams()
        ],
        "team_form": form if form and form.team is None else TeamForm(),
        "open_team": form,
        **(_week(request, user, shown) if edits else {}),
        **more,
    }
    return render(request, "routing/skills.html", context, status=status)


def _week(request: Request, reader: User, people: Collection[User]) -> dict[str, Any]:
    now, zone = clock.now(), weeks.zone_of(reader.pk)
    return {
        "chart": shift_chart.chart(request.GET.get("day", ""), zone, now, people),
        "gaps": gaps.this_week(now, zone),
        "nobody_fits": gaps.when_nobody_fits(versions.current().document.routing.rings),
    }


def _set(request: Request, cell: str) -> roster.GradeCell:
    """Raises Invalid for a cell or a number that there is not."""
    number, _, rest = cell.partition(":")
    typed, _, skill = rest.partition(":")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    person = roster.deciders().filter(pk=number).first() if is_number else None
    if person is None:
        raise Invalid("This person has no open account any more.")
    if skill not in skills.known():
        raise Invalid(f"There is no skill called “{skill}” any more.")
    if typed not in {"0", "1", "2", "3", "4", "5"}:
        raise Invalid("Use a number from 0 to 5.")
    managing.grade(person, {skill: int(typed)}, by=rights.actor(request), now=clock.now())
    return roster.GradeCell(person, skill, int(typed))
