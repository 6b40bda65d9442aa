"""How escalations are picked: every question that lists and sweeps ask, under a word."""

# ruff: noqa: S608 - only words of our own are spliced into statements; every value is bound.

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import connections, models
from django.db.models import Q

from console import statements

if TYPE_CHECKING:
    from escalations.models import Escalation  # noqa: F401


Place = tuple[int, int]  # The rank and number after which a page begins.
Key = tuple[int, str, int, int, str]  # Number, id, version, rank and task type.

TABLE = "escalations_escalation"
LATER = " AND (rank, number) > (%s, %s)"


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """The words of the lists: waiting, visible to, held, alerting, …"""

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

    def alerting(self, now: datetime) -> Self:
        """Open, and due to raise the next alert; the clock of a snoozed one stands."""
        return self.open().filter(alert_at__lte=now).exclude(state="snoozed")

    def waking(self, now: datetime) -> Self:
        """Snoozed until a minute that has come."""
        return self.filter(state="snoozed", snoozed_until__lte=now)

    def expiring(self, now: datetime) -> Self:
        """Open past the moment at which the package's `on_timeout` acts."""
        return self.open().filter(expires_at__lte=now).exclude(on_timeout="keep_waiting")

    def queue(
        self,
        requirements: Sequence[int] | None,
        *,
        after: Place | None = None,
        limit: int = 50,
    ) -> list[int]:
        """The numbers of the next `limit` free cases by rank."""
        free, values = _free(self.db, requirements, after, limit)
        found = statements.rows(f"{free} ORDER BY rank, number LIMIT {int(limit)}", values)
        return [number for number, _ in found]

    def first_of_each(self, requirements: Sequence[int], *, limit: int) -> list[int]:
        """The numbers of the first `limit` free cases by rank of each of these requirements."""
        free, values = _free(self.db, requirements, None, limit)
        return [number for number, _ in statements.rows(free, values)]

    def mine(
        self, person: int, requirements: Sequence[int] | None, *, after: Place | None, limit: int
    ) -> list[Key]:
        """The keys of the next `limit` cases by rank that are free for a person or held by them."""
        free, values = _free(self.db, requirements, after, limit)
        held = f"SELECT number, rank FROM {TABLE} WHERE state = 'held' AND held_by_id = %s"
        later = LATER if after else ""
        order = f"ORDER BY rank, number LIMIT {int(limit)}"
        first = f"SELECT * FROM ({free} UNION ALL {held}{later}) AS every {order}"
        keys = "every.number, every.id, every.version, every.rank, every.task_type"
        return statements.rows(
            f"SELECT {keys} FROM ({first}) AS first JOIN {TABLE} AS every"
            " ON every.number = first.number ORDER BY every.rank, every.number",
            [*values, person, *(after or ())],
        )

    def counted(
        self, person: int, requirements: Sequence[int] | None, *, at_most: int
    ) -> tuple[int, int, int]:
        """How many a person holds, how many others hold, and how many are free; no list is counted
        further than `at_most`, so that a long queue costs no more than a short one.
        """
        held = f"SELECT number FROM {TABLE} WHERE state = 'held' AND held_by_id"
        theirs, values = f"{held} <> %s", [person, person]
        if requirements is not None:
            theirs += f" AND requirement_id IN ({', '.join(['%s'] * len(requirements)) or 'NULL'})"
            values += requirements
        free, wanted = _free(self.db, requirements, None, at_most, ordered=False)
        counted = "(SELECT count(*) FROM (SELECT 1 FROM ({}) AS found LIMIT {}) AS counted)"
        each = (f"{held} = %s", theirs, free)
        counts = ", ".join(counted.format(one, int(at_most)) for one in each)
        found: list[tuple[int, int, int]] = statements.rows(f"SELECT {counts}", [*values, *wanted])
        return found[0]


def _free(
    alias: str,
    requirements: Sequence[int] | None,
    after: Place | None,
    limit: int,
    *,
    ordered: bool = True,
) -> tuple[str, list[Any]]:
    """A statement for the free cases within these requirements: one bounded index range for each,
    so that a rare skill costs the same at a million rows as at a thousand (`skill = ANY(…) ORDER
    BY rank` walked the whole queue: 1,790 times). At least the next `limit` by rank are among
    them.
    """
    place = list(after or ())
    page = (
        f"{LATER if after else ''} {'ORDER BY rank, number' if ordered else ''} LIMIT {int(limit)}"
    )
    free = f"SELECT number, rank FROM {TABLE} WHERE state IN ('waiting', 'second')"
    if requirements is None:
        return f"SELECT * FROM ({free}{page}) AS found", place
    elif not requirements:
        return f"SELECT number, rank FROM {TABLE} WHERE number IS NULL", []
    elif connections[alias].vendor == "postgresql":
        each = f"{free} AND requirement_id = wanted.id{page}"
        lateral = f"unnest(%s::bigint[]) AS wanted (id) CROSS JOIN LATERAL ({each}) AS found"
        return f"SELECT number, rank FROM {lateral}", [list(requirements), *place]
    else:
        each = f"SELECT * FROM ({free} AND requirement_id = %s{page})"
        ranges = " UNION ALL ".join([each] * len(requirements))
        values = [value for wanted in requirements for value in (wanted, *place)]
        return f"SELECT number, rank FROM ({ranges}) AS found", values
