"""The floor: the board of now and of any minute of the last day, and what supervisors do there."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime

from console import clock
from console.models import User
from console.pages import answers, rights
from console.pages.requests import Request
from console.people import managing
from escalations import access
from escalations.models import Escalation
from escalations.refusals import Refused
from routing.attendance import status as statuses
from routing.floor import boards
from routing.floor.case_table import FIRST, MOST
from routing.floor.replay import BACK_MAX
from routing.forms.staff import CapacityForm
from routing.people import units
from routing.transfers import reassign_dialog, spreading

BEGIN = timedelta(minutes=15)
STEPS = (-60, -15, -1, 1, 15, 60)


def show(request: Request) -> HttpResponse:
    """The board of now, or of the minute `at`; a screen that follows asks for the board alone."""
    user, now, team = request.user, clock.now(), request.GET.get("team", "")
    at, fault = _minute(request.GET.get("at", ""), now)
    show, first = request.GET.get("show", ""), _first(request.GET.get("first", ""))
    board = (
        boards.board(now, person=int(user.pk or 0), team=team, show=show, first=first)
        if at is None
        else boards.board_at(at, team=team, show=show, first=first)
    )
    context = {
        "board": board,
        "now": now,
        "acts": rights.may_write(user, "routing:floor-reassign") and not board.past,
        "fault": fault,
        # Rows that the tab has, by their stamps.
        "had": frozenset(request.GET.get("had", "").split(".")) if request.htmx else frozenset(),
        "then": _then(at or now - BEGIN, now),
    }
    template = "routing/floor.html" + ("#board" if request.htmx else "")
    return render(request, template, context)


def reassign(request: Request) -> HttpResponse:
    """Who could have these cases; a POST gives them and says what became of each."""
    now = clock.now()
    if "spread" in request.GET:
        return spread(request)
    if request.method != "POST":
        wanted = request.GET.getlist("case")
        asked = reassign_dialog.ask(wanted, to=request.GET.get("to", ""), now=now)
        # A screen says so where it stands; it opens no dialog with nothing to give.
        return _giving(request, asked, status=422 if request.htmx and not wanted else 200)
    sent = reassign_dialog.Sent.of(request.POST)
    done = reassign_dialog.give(sent, by=access.acting(request), now=now)
    if done.refused or done.fault:
        return _giving(request, done, status=409)
    return _done(request, done.said)


def spread(request: Request) -> HttpResponse:
    """Whom each of these cases would go to; a POST offers those that stay ticked."""
    now = clock.now()
    if request.method != "POST":
        these = [name for name in request.GET.get("these", "").split(",") if name]
        wanted = request.GET.getlist("case") or these
        asked = spreading.ask(wanted, now=now)
        return _spreading(request, asked, status=422 if request.htmx and not wanted else 200)
    by, chosen = access.acting(request), spreading.Chosen.of(request.POST)
    done = spreading.give(chosen, by=by, now=now)
    if done.refused or done.fault:
        return _spreading(request, done, status=409)
    return _done(request, done.said)


def member(request: Request, person: int) -> HttpResponse:
    """One person's row menu: status, capacity, and what they hold to be given to others."""
    return _member(request, get_object_or_404(User, pk=person, is_active=True))


def capacity(request: Request, person: int) -> HttpResponse:
    """How many cases this person may hold at once."""
    user, form = get_object_or_404(User, pk=person, is_active=True), CapacityForm(request.POST)
    fault = ""
    if form.is_valid():
        many = form.cleaned_data["units"]
        try:
            managing.set_capacity(user, many, by=rights.actor(request), now=clock.now())
        except Refused as refused:
            fault = refused.detail
    else:
        fault = next(str(error) for errors in form.errors.values() for error in errors)
    if fault:
        return _member(request, user, status=422, fault=fault, typed=request.POST.get("units", ""))
    return _done(request, f"{user.name} may hold {many} at once.")


def _done(request: Request, said: str) -> HttpResponse:
    if request.htmx:
        return answers.done(said)
    messages.success(request, said)
    return redirect("routing:floor")


def _giving(request: Request, asked: reassign_dialog.Dialog, *, status: int = 200) -> HttpResponse:
    template = "_floor_reassign" if request.htmx else "floor_reassign"
    return render(request, f"routing/{template}.html", {"asked": asked}, status=status)


def _spreading(request: Request, asked: spreading.Spread, *, status: int = 200) -> HttpResponse:
    template = "_floor_spread" if request.htmx else "floor_spread"
    return render(request, f"routing/{template}.html", {"asked": asked}, status=status)


def _member(
    request: Request, user: User, *, status: int = 200, fault: str = "", typed: str = ""
) -> HttpResponse:
    taken, many = units.load(user.pk)
    cases = Escalation.objects.with_person(user.pk).values_list("id", flat=True)
    context = {
        "person": user,
        "status": statuses.of(user),
        "taken": taken,
        "units": typed or many,
        "fault": fault,
        "cases": list(cases),
    }
    template = "_floor_member" if request.htmx else "floor_member"
    return render(request, f"routing/{template}.html", context, status=status)


def _first(text: str) -> int:
    """How many cases stand in the table."""
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else FIRST
    return max(1, min(MOST, wanted))


def _minute(text: str, now: datetime) -> tuple[datetime | None, str]:
    """The minute that was asked for, UTC unless it says otherwise; None is now. And what is wrong
    with it, if anything: then the nearest minute that can be shown."""
    if not text:
        return None, ""
    try:
        # In an address the plus sign of an offset is read as a space.
        at = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        at = None
    if at is None:
        return now - BEGIN, "That is no time. Choose a minute of the last 24 hours."
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at > now:
        return now, "That is still to come. Here is the floor of this minute."
    if at < now - BACK_MAX:
        return now - BACK_MAX, "Only the last 24 hours can be shown. Here is the oldest minute."
    return at, ""


def _then(at: datetime, now: datetime) -> dict[str, Any]:
    """The controls of the time machine: steps that lead somewhere, and where the slider stands."""
    steps = [(minutes, at + timedelta(minutes=minutes)) for minutes in STEPS]
    return {
        "at": at,
        "back_min": round((now - at).total_seconds() / 60),
        "steps": [
            (abs(minutes), minutes < 0, moment if now - BACK_MAX <= moment <= now else None)
            for minutes, moment in steps
        ],
    }
