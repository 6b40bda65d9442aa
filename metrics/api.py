"""The numbers over all agents, for whoever's key has the scope `metrics`."""

from datetime import date, timedelta
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router

from console import clock
from escalations.api import exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from metrics import fold, reports
from metrics.reports import Days
from metrics.schemas import Metrics

DAYS_MAX = 366
FROM = "first day, in the deployment's time zone; 29 days before `to` if absent"
TO = "last day, included; today if absent"

router = Router(auth=Entrance("metrics"), tags=["Figures"])


@router.get(
    "/metrics",
    response=openapi.answers({200: Metrics}, 422),
    by_alias=True,
    summary="Read the numbers",
)
def metrics(
    request: AgentRequest,
    first: Annotated[date | None, Query(alias="from", description=FROM)] = None,
    last: Annotated[date | None, Query(alias="to", description=TO)] = None,
    task_type: Annotated[str | None, Query(max_length=64)] = None,
) -> HttpResponse:
    """Rates are fractions from 0 to 1, each with its numerator and denominator."""
    now = clock.now()
    days = _days(first, last, reports.last_days(now).last)
    fold.catch_up()
    report = reports.report(days, task_type=task_type, now=now)
    document = Metrics.of(report, task_type=task_type)
    headers = exchange.unread(request, "from", "to", "task_type")
    return exchange.answer(
        request, document.model_dump_json(by_alias=True).encode(), headers=headers
    )


def _days(first: date | None, last: date | None, today: date) -> Days:
    if last is None:
        last = max(today, first) if first else today
    if first is None:
        # No further back than there are days: `to` may be in the year 1.
        first = last - min(timedelta(days=reports.DAYS - 1), last - date.min)
    days = Days(first, last)
    if not days:
        raise exchange.refuse_query("from", "lies after `to`.")
    if len(days) > DAYS_MAX:
        raise exchange.refuse_query("from", f"lies more than {DAYS_MAX} days before `to`.")
    return days
