"""The inbox: the queue, and beside it the case that is open."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from console import clock
from console.pages.requests import Request
from escalations import access, ports
from escalations.access import Viewer
from escalations.inbox import groups, lists
from escalations.inbox.lists import QueueFilter
from escalations.refusals import Invalid

# What of a filter stands in the address of the list; the page of it is asked for beside that.
ASKED = frozenset({"tab", "search", "task_type", "level", "urgency", "to_check"})
URGENCIES = (("late", "Late"), ("hour", "Late or due within an hour"))


def queue(request: Request) -> HttpResponse:
    """The list that was asked for; only its part of the page where htmx asks for that."""
    viewer = access.viewer_of(request.user)
    template = "escalations/inbox.html"
    if request.htmx:
        template += "#queue"
    return render(request, template, inbox(viewer, request))


def inbox(viewer: Viewer, request: Request) -> dict[str, Any]:
    """What the list beside a case needs; `escalations.views.briefing` shows it too."""
    wanted = _wanted(request)
    try:
        shown = lists.inbox(viewer, wanted)
    except Invalid as refused:
        raise Http404(refused.detail) from None
    query = {name: value for name, value in asdict(wanted).items() if value and name in ASKED}
    return {
        "viewer": viewer,
        "page": shown.page,
        "wanted": wanted,
        "counts": shown.counts,
        "count_max": lists.COUNT_MAX,
        "groups": groups.of(shown.page, wanted, now=clock.now()),
        "soon_s": int(groups.SOON.total_seconds()),
        "query": urlencode(query),
        "this_page": urlencode({**query, "after": wanted.after} if wanted.after else query),
        "task_types": shown.task_types,
        "levels": (1, 2, 3, 4),
        "urgencies": URGENCIES,
        "may_take_next": ports.may_take_next(viewer),
    }


def _wanted(request: Request) -> QueueFilter:
    level, urgency = request.GET.get("level", ""), request.GET.get("urgency", "")
    due = {"late": clock.now(), "hour": clock.now() + timedelta(hours=1)}
    return QueueFilter(
        tab=request.GET.get("tab", "mine"),
        search=request.GET.get("search", "")[:200],
        task_type=request.GET.get("task_type", "")[:64],
        level=int(level) if level in {"1", "2", "3", "4"} else None,
        urgency=urgency if urgency in due else "",
        due_before=due.get(urgency),
        to_check=request.GET.get("to_check") == "True",
        after=request.GET.get("after", ""),
    )
