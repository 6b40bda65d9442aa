"""The metrics page: sentences first, charts second, every chart with its table."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console import clock
from escalations import access
from escalations.policy import versions
from metrics import board, fold, reports, sentences

PERIODS = (7, 30, 90)


def metrics(request: HttpRequest) -> HttpResponse:
    """Reviewers see their own decisions, all other roles everybody's."""
    viewer, now = access.viewer_of(request.user), clock.now()
    own = None if viewer.sees_all else viewer.username
    period = _period(request.GET.get("days", ""))
    whole = fold.catch_up()
    names = reports.task_types(person=own)
    task_type = request.GET.get("task_type") if request.GET.get("task_type") in names else None
    days = reports.last_days(now, period)
    report = reports.report(days, task_type=task_type, person=own, now=now)
    before = reports.report(days.before, task_type=task_type, person=own, now=now)
    document = versions.current().document
    titles = {name: document.for_task_type(name).title or name for name in names}
    context = {
        "own": own,
        "whole": whole,
        "period": period,
        "periods": PERIODS,
        "days": days,
        "before_last": days.first - timedelta(days=1),
        "task_type": task_type,
        "task_types": sorted(titles.items(), key=lambda one: one[1].casefold()),
        "report": report,
        "sentences": sentences.sentences(report, before, titles),
        "charts": board.board(report, titles, own=own is not None),
    }
    return render(request, "metrics/metrics.html", context)


def _period(text: str) -> int:
    return int(text) if text in {str(days) for days in PERIODS} else reports.DAYS
