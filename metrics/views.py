"""The metrics page: sentences first, charts second, every chart with its table."""

from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date

from console import clock
from console.models import User
from escalations import access
from escalations.policy import versions
from metrics import board, fold, reports, sentences
from metrics.figures import KINDS
from metrics.links import Links
from metrics.models import Override
from metrics.reports import Days

PERIODS = (7, 30, 90)
LISTED = 100
FIGURES = {
    "arrived": "Arrived",
    "needed_person": "Needed a person",
    "decided": "Decided by people",
    "automatic": "Decided by policy",
    "expired": "Expired",
    "cancelled": "Cancelled",
    "on_proposal": "Decided on a proposal",
    "unchanged": "Approved unchanged",
    "overridden": "Overridden",
    **{kind: str(Override(kind).label) for kind in KINDS},
    "raised_again": "Came back",
    "reversed": "Reversed after the agent had the answer",
    "in_time": "Decided in time",
    "with_deadline": "Decided or expired, with a deadline",
    reports.OPEN_LATE: "Open and over time now",
}


def metrics(request: HttpRequest) -> HttpResponse:
    """Reviewers see their own decisions, all other roles everybody's."""
    viewer, now = access.viewer_of(request.user), clock.now()
    own = None if viewer.sees_all else viewer.username
    period = _period(request.GET.get("days", ""))
    whole = fold.catch_up()
    names = reports.task_types(person=own)
    task_type = request.GET.get("task_type") if request.GET.get("task_type") in names else None
    days = reports.last_days(now, period)
    today = days.last
    report = reports.report(days, task_type=task_type, person=own, now=now)
    before = reports.report(days.before, task_type=task_type, person=own, now=now)
    titles = {name: versions.title(name) for name in names}
    late = reports.open_late(task_type=task_type, person=own, now=now).count()
    links = Links(days, task_type or "")
    counted = {reports.OPEN_LATE: late, "reversed": report.total.reversed}
    context = {
        "own": own,
        "whole": whole,
        "period": period,
        "periods": PERIODS,
        "days": days,
        "compared": before.total.decided,
        "before_last": days.first - timedelta(days=1),
        "task_type": task_type,
        "task_types": sorted(titles.items(), key=lambda one: one[1].casefold()),
        "report": report,
        "decided": links.number("decided", report.total.decided),
        "sentences": [
            (one, links.number(one.figure, counted[one.figure]) if one.figure else None)
            for one in sentences.sentences(report, before, titles, open_late=late)
        ],
        "charts": board.board(report, titles, links, own=own is not None, today=today),
    }
    return render(request, "metrics/metrics.html", context)


def cases(request: HttpRequest) -> HttpResponse:
    """Exactly the cases that one figure counts, the newest first; reviewers see their own."""
    viewer, now = access.viewer_of(request.user), clock.now()
    own, asked = None if viewer.sees_all else viewer.username, request.GET
    days, task_type = _days(request, now), asked.get("task_type") or None
    figure = asked.get("figure", "decided")
    found = reports.cases(figure, days, task_type=task_type, person=own, now=now)
    if found is None:
        raise Http404("There is no such figure.")
    rows = found.select_related("escalation").order_by("-escalation")
    page = Paginator(rows, LISTED).get_page(asked.get("page"))
    titled = versions.title
    people = User.objects.filter(username__in={one.decided_by for one in page})
    names = {one.username: one.name for one in people}
    context = {
        "figure": FIGURES[figure],
        "is_now": figure == reports.OPEN_LATE,
        "days": days,
        "task_type": titled(task_type) if task_type else "",
        "page": page,
        "rows": [
            (one, titled(one.task_type), names.get(one.decided_by, one.decided_by)) for one in page
        ],
        "own": own,
    }
    return render(request, "metrics/cases.html", context)


def _days(request: HttpRequest, now: datetime) -> Days:
    """From and to as the address says, else the usual ones; what is no day has no page."""
    usual = reports.last_days(now)
    try:
        first = parse_date(request.GET.get("from", str(usual.first)))
        last = parse_date(request.GET.get("to", str(usual.last)))
    except ValueError:
        first = last = None
    if first is None or last is None:
        raise Http404("That is no span of days.")
    return Days(first, last)


def _period(text: str) -> int:
    return int(text) if text in {str(days) for days in PERIODS} else reports.DAYS
