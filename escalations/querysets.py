"""How escalations are picked: every question that lists and sweeps ask, under a word."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import connections, models
from django.db.models import Q

if TYPE_CHECKING:
    from escalations.models import Escalation  # noqa: F401


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """The words of the lists: waiting, visible to, held, overdue, …"""

    def waiting(self) -> Self:
        """Free to be claimed: waiting, or waiting for a second person."""
        return self.filter(state__in=("waiting", "second"))

    def open(self) -> Self:
        """Somebody may still decide."""
        return self.filter(state__in=("waiting", "offered", "held", "second", "snoozed", "live"))

    def decided(self) -> Self:
        """Answered by a person or the policy."""
        return self.filter(state="decided")

    def within(self, requirements: Sequence[int] | None) -> Self:
        """Those whose requirement is among these; None means all."""
        return self if requirements is None else self.filter(requirement__in=requirements)

    def leases_over(self, now: datetime, idle_since: datetime) -> Self:
        """Held cases whose holder's heartbeat stopped, or who did nothing for too long."""
        return self.filter(state="held").filter(
            Q(lease_until__lt=now) | Q(active_at__lt=idle_since)
        )

    def overdue(self, now: datetime) -> Self:
        """Open past their answer-by time, and not raised yet."""
        return self.open().filter(respond_by__lte=now, overdue_at__isnull=True)

    def expiring(self, now: datetime) -> Self:
        """Open past the moment at which the package's `on_timeout` acts."""
        return self.open().filter(expires_at__lte=now).exclude(on_timeout="keep_waiting")

    def queue(
        self,
        requirements: Sequence[int] | None,
        *,
        after: tuple[int, int] | None = None,
        limit: int = 50,
    ) -> list[int]:
        """The numbers of the next `limit` free cases by rank: one bounded index range for each
        requirement, merged, so that a rare skill costs the same at a million rows as at a
        thousand (`skill = ANY(…) ORDER BY rank` walked the whole queue: 1,790 times).
        """
        if requirements is not None and not requirements:
            return []
        sql, values = _queue_statement(self.db, requirements, after, limit)
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, values)
            return [number for number, _ in cursor.fetchall()]


def _queue_statement(
    alias: str, requirements: Sequence[int] | None, after: tuple[int, int] | None, limit: int
) -> tuple[str, list[Any]]:
    """Ids from the index first; the rows of the winners are fetched by their key afterwards.

    Only our own words are spliced into the text; every value is bound.
    """
    later = " AND (rank, number) > (%s, %s)" if after else ""
    page = f"ORDER BY rank, number LIMIT {int(limit)}"
    free = "SELECT number, rank FROM escalations_escalation WHERE state IN ('waiting', 'second')"
    if requirements is None:
        return f"{free}{later} {page}", list(after or ())
    if connections[alias].vendor == "postgresql":
        each = f"{free} AND requirement_id = wanted.id{later} {page}"
        ranges = f"unnest(%s::bigint[]) AS wanted (id) CROSS JOIN LATERAL ({each}) AS found"
        values: list[Any] = [list(requirements), *(after or ())]
    else:
        each = f"SELECT * FROM ({free} AND requirement_id = %s{later} {page})"
        ranges = f"({' UNION ALL '.join([each] * len(requirements))})"
        values = [value for wanted in requirements for value in (wanted, *(after or ()))]
    statement = f"SELECT number, rank FROM {ranges} {page}"  # noqa: S608
    return statement, values
