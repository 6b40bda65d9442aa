"""How escalations are picked: every question that lists and sweeps ask, under a word."""

# ruff: noqa: S608 - only words of our own are spliced into statements; every value is bound.

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db import connections, models
from django.db.models import Case, F, Q, When

from console.database import statements

if TYPE_CHECKING:
    from escalations.models import Escalation


Place = tuple[int, int]  # The rank and number after which a page begins.
# Number, id, version, rank on the list, task type and turn.
Key = tuple[int, str, int, int, str, int]
# On a person's own list: theirs to do, and waiting for others after their part.
IN_TURN, WAITS_ON_OTHERS = 1, 2
# What is offered to them stands after the alerts, whose ranks are below, and before the rest.
OFFERED_RANK = 0


class ListCounts(NamedTuple):
    """How many cases stand on each list of open work."""

    mine: int
    team: int
    snoozed: int


PRESSING = 3  # Of each kind so many, as the first of them may be refused to somebody.
OPEN = ("waiting", "offered", "held", "live", "second", "snoozed")
HELD, OFFERED = Q(state__written=("held", "live")), Q(state__written=("offered",))
TABLE = "escalations_escalation"
HELD_BY = "state IN ('held', 'live') AND held_by_id"
OFFERED_TO = "state = 'offered' AND offered_to_id"
# The rank on the own list of whom a case is offered to, for the ORM and as it is written.
IS_LATER = When(state="offered", rank__gt=OFFERED_RANK, then=OFFERED_RANK)
PLACE = Case(IS_LATER, default=F("rank"), output_field=models.BigIntegerField())
AS_OFFERED = f"CASE WHEN rank < {OFFERED_RANK} THEN rank ELSE {OFFERED_RANK} END"
LATER = " AND (rank, number) > (%s, %s)"
# Written out as in the condition of the partial indexes: of a value that is bound, a plan made once
# cannot know that it fits them.
FREE = f"SELECT number, rank FROM {TABLE} WHERE state IN ('waiting', 'second')"


PART = (
    "FROM escalations_vote AS part WHERE part.person_id = {} AND part.void_at IS NULL"
    f" AND part.escalation_id = {TABLE}.number"
    f" AND part.package_version = {TABLE}.package_version"
)
# Only where several must agree is there a part to look for.
NOT_YET_PART_OF = f" AND (approvals < 2 OR NOT EXISTS (SELECT 1 {PART}))"


AHEAD = (
    f"SELECT count(*) FROM (SELECT 1 FROM ({FREE} AND state = 'waiting'"
    " AND requirement_id = %s AND rank < %s LIMIT %s) AS sooner) AS ahead"
)
# The newest of each kind by an index of its own, whatever else there is.
_NO_NUMBER = 2**62
STOPPED = (
    f"SELECT number FROM (SELECT number FROM {TABLE} WHERE agent_id = %s AND correlation_id = %s"
    " AND number > %s AND outcome <> 'approved' ORDER BY number DESC LIMIT %s) AS correlated"
    f" UNION SELECT number FROM (SELECT number FROM {TABLE} WHERE customer_key > ''"
    " AND NOT (outcome = 'approved') AND agent_id = %s AND customer_key = %s"
    " ORDER BY number DESC LIMIT %s) AS of_customer"
)


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """The words of the lists: waiting, visible to, held, alerting, …"""

    def waiting(self) -> Self:
        """Free to be claimed: waiting, or waiting for a second person."""
        return self.filter(state__written=("waiting", "second"))

    def ahead(self, requirement: int, rank: int, *, at_most: int) -> int:
        """How many wait for the same skills and come first; counted up to `at_most`, so that a long
        queue costs no more than a short one."""
        return int(statements.rows(AHEAD, [requirement, rank, at_most])[0][0])

    def stopped(self, agent: int, like: "Escalation", *, at_most: int) -> list[int]:
        """Numbers of the newest cases of this matter or customer and agent that were not approved,
        of each at most so many; of an empty name none."""
        # Of an empty correlation there are as many as cases: none has a number above this.
        after = 0 if like.correlation_id else _NO_NUMBER
        found = statements.rows(
            STOPPED,
            [agent, like.correlation_id, after, at_most,
             agent, like.customer_key, at_most],
        )  # fmt: skip
        return [number for (number,) in found]

    def with_person(self, person: int) -> Self:
        """Held by this person, or offered to them."""
        return self.filter(HELD & Q(held_by=person) | OFFERED & Q(offered_to=person))

    def with_part_of(self, person: int) -> Self:
        """Open, and waiting for others after this person had their part."""
        parts = Q(votes__person=person, votes__void_at__isnull=True)
        return self.filter(parts, state__written=OPEN, approvals__gt=1).distinct()

    def with_others(self, person: int) -> Self:
        """Held by or offered to anybody but this person."""
        return self.filter(HELD & ~Q(held_by=person) | OFFERED & ~Q(offered_to=person))

    def snoozed(self, username: str | None) -> Self:
        """Put off, and coming back to this person; None means to anybody."""
        found = self.filter(state__written=("snoozed",))
        return found if username is None else found.filter(assignee=username)

    def open(self) -> Self:
        """Somebody may still decide."""
        return self.filter(state__written=OPEN)

    def late(self, now: datetime) -> list[int]:
        """The numbers of all that is open past its answer-by time. In parts, each of which is the
        condition of a partial index: as one it is that of none, and every case would be read."""
        first, *others = (
            self.filter(state__written=states, respond_by__lt=now).values_list("number", flat=True)
            for states in (("waiting", "second"), ("held", "live"), ("offered",), ("snoozed",))
        )
        return list(first.union(*others, all=True))

    def decided(self) -> Self:
        """Answered by a person or the policy."""
        return self.filter(state="decided")

    def within(self, requirements: Sequence[int] | None, *, asked: str = "") -> Self:
        """Those whose requirement is among these, or that ask for this person by name; None means
        all."""
        if requirements is None:
            return self
        by_name = Q(assignee=asked) if asked else Q()
        return self.filter(Q(requirement__among=requirements) | by_name)

    def visible_to(self, person: int, username: str, requirements: Sequence[int] | None) -> Self:
        """What this person, who sees these requirements (None: all), may see, in any state:
        `eligibility.may_see` as a condition of the database."""
        if requirements is None:
            return self
        theirs = Q(held_by=person) | Q(offered_to=person) | Q(decided_by=person)
        by_name = Q(state__written=OPEN, assignee=username)
        return self.filter(theirs | by_name | Q(requirement__among=requirements))

    def leases_over(self, now: datetime, idle_since: datetime) -> Self:
        """Held cases whose holder's heartbeat stopped, or who did nothing for too long."""
        return self.filter(HELD).filter(Q(lease_until__lt=now) | Q(active_at__lt=idle_since))

    def alerting(self, now: datetime) -> Self:
        """Open, and due to raise the next alert; the clock of a snoozed one stands, and in a live
        one somebody speaks with the customer."""
        return self.open().filter(alert_at__lte=now).exclude(state__in=("snoozed", "live"))

    def reminding(self, now: datetime) -> Self:
        """Open, and somebody is to be reminded of it; in a live one somebody speaks with the
        customer."""
        return self.open().filter(remind_at__lte=now).exclude(state="live")

    def waking(self, now: datetime) -> Self:
        """Snoozed until a minute that has come."""
        return self.snoozed(None).filter(snoozed_until__lte=now)

    def expiring(self, now: datetime) -> Self:
        """Open past the moment at which the package's `on_timeout` acts: while a person has its
        conversation, nothing does."""
        due = self.open().filter(expires_at__lte=now, taken_over_at__isnull=True)
        return due.exclude(on_timeout="keep_waiting")

    def lent_to(self, person: int, username: str) -> set[str]:
        """The ids of what is theirs to see for now, whatever their skills; in one statement."""
        theirs = (self.filter(HELD, held_by=person), self.filter(OFFERED, offered_to=person))
        # The first condition is that of the partial index, which is not taken without it.
        by_name = self.waiting().filter(assignee__gt="", assignee=username)
        # Whoever a case asks for sees it with others as well, on the list of the team.
        of_others = (self.filter(HELD | OFFERED, assignee=username), self.snoozed(username))
        lent = [each.values_list("id", flat=True) for each in (*theirs, *of_others)]
        return set(by_name.values_list("id", flat=True).union(*lent, all=True))

    def queue(
        self,
        requirements: Sequence[int] | None,
        *,
        asked: str = "",
        after: Place | None = None,
        limit: int = 50,
    ) -> list[int]:
        """The numbers of the next `limit` free cases by rank: of these requirements, and those that
        ask for this person by name."""
        free, values = _for_person(self.db, requirements, asked, after, limit)
        found = statements.rows(f"{free} ORDER BY rank, number LIMIT {int(limit)}", values)
        return [number for number, _ in found]

    def first_of_each(
        self, requirements: Sequence[int], *, limit: int, due_now: Mapping[str, int]
    ) -> list[int]:
        """The numbers of the first `limit` free cases by rank of each of these requirements, with
        those that may cost most by waiting and those that have waited longest. `due_now`: by
        priority the rank of what is due now."""
        free, values = _free(self.db, requirements, None, limit)
        pressing, others = _pressing(self.db, requirements, due_now)
        found = statements.rows(f"SELECT number FROM ({free}) AS a {pressing}", [*values, *others])
        return list({number for (number,) in found})

    def mine(
        self,
        person: int,
        requirements: Sequence[int] | None,
        *,
        asked: str,
        after: Place | None,
        limit: int,
    ) -> list[Key]:
        """The keys of the next `limit` cases that are free for a person or held by them, by rank;
        what is offered to them comes after the alerts and before the rest, and after all as many
        again of which they have had their part and which wait for others."""
        apart = NOT_YET_PART_OF.format(int(person))
        free, values = _for_person(self.db, requirements, asked, after, limit, apart=apart)
        later = LATER if after else ""
        held = f"SELECT number, rank FROM {TABLE} WHERE {HELD_BY} = %s{later}"
        offered = f"SELECT number, {AS_OFFERED} AS rank FROM {TABLE} WHERE {OFFERED_TO} = %s"
        offered = f"SELECT number, rank FROM ({offered}) AS offered WHERE true{later}"
        theirs = f"{free} UNION ALL {held} UNION ALL {offered}"
        parts = f"SELECT {IN_TURN} AS turn, number, rank FROM ({theirs}) AS theirs"
        values = [*values, person, *(after or ()), person, *(after or ())]
        others, of_them = _waits_on_others(self.db, person, requirements, asked)
        parts = f"SELECT * FROM ({parts} ORDER BY turn, rank, number LIMIT {int(limit)}) AS own"
        parts += f" UNION ALL SELECT * FROM ({others} LIMIT {int(limit)}) AS waits"
        keys = "every.number, every.id, every.version, first.rank, every.task_type, first.turn"
        return statements.rows(
            f"SELECT {keys} FROM ({parts}) AS first JOIN {TABLE} AS every"
            " ON every.number = first.number ORDER BY first.turn, first.rank, first.number",
            [*values, *of_them],
        )

    def counted(
        self,
        person: int,
        requirements: Sequence[int] | None,
        *,
        asked: str,
        at_most: int,
    ) -> ListCounts:
        """How many cases stand on each list; no list is counted further than `at_most`, so that a
        long queue costs no more than a short one. Snoozed ones are all for who sees all.
        """
        free, wanted = _for_person(self.db, requirements, asked, None, at_most, ordered=False)
        whose, put_off = "", "state = 'snoozed'"
        names: list[Any] = []
        of_others: list[Any] = [person]
        if requirements is not None:
            listed, numbers = _listed(self.db, requirements)
            whose, names = f" AND (requirement_id IN ({listed}) OR assignee = %s)", [asked]
            put_off += " AND assignee = %s"
            of_others = [person, numbers, asked]
        theirs = [f"{one} = %s" for one in (HELD_BY, OFFERED_TO)]
        others = [f"{one} <> %s{whose}" for one in (HELD_BY, OFFERED_TO)]
        lists = [f"SELECT number FROM {TABLE} WHERE {one}" for one in (*theirs, *others, put_off)]
        counted = "(SELECT count(*) FROM (SELECT 1 FROM ({}) AS found LIMIT {}) AS counted)"
        counts = ", ".join(counted.format(one, int(at_most)) for one in (*lists, free))
        values = [person, person, *of_others * 2, *names, *wanted]
        held, offered, held_by_others, with_others, snoozed, waiting = statements.rows(
            f"SELECT {counts}", values
        )[0]
        return ListCounts(held + offered + waiting, held_by_others + with_others, snoozed)


def _for_person(
    alias: str,
    requirements: Sequence[int] | None,
    asked: str,
    after: Place | None,
    limit: int,
    *,
    ordered: bool = True,
    apart: str = "",
) -> tuple[str, list[Any]]:
    """As `_free`, with one more index range: free cases outside these requirements that ask for
    this person by name."""
    free, values = _free(alias, requirements, after, limit, ordered=ordered, apart=apart)
    if requirements is None or not asked:
        return free, values
    listed, numbers = _listed(alias, requirements)
    # The first condition is that of the partial index, which is not taken without it; the last
    # keeps what `_free` gives from coming twice.
    outside = f" AND assignee > '' AND assignee = %s AND requirement_id NOT IN ({listed})"
    by_name = f"{FREE}{outside}{apart}{_page(after, limit, ordered=ordered)}"
    together = f"SELECT * FROM ({free}) AS able UNION ALL SELECT * FROM ({by_name}) AS named"
    return together, [*values, asked, numbers, *(after or ())]


def _free(
    alias: str,
    requirements: Sequence[int] | None,
    after: Place | None,
    limit: int,
    *,
    ordered: bool = True,
    apart: str = "",
) -> tuple[str, list[Any]]:
    """A statement for the free cases within these requirements: one bounded index range for each,
    so that a rare skill costs the same at a million rows as at a thousand (`skill = ANY(…) ORDER
    BY rank` walked the whole queue: 1,790 times). At least the next `limit` by rank are among
    them.
    """
    place, page = list(after or ()), apart + _page(after, limit, ordered=ordered)
    if requirements is None:
        return f"SELECT * FROM ({FREE}{page}) AS found", place
    listed, numbers = _listed(alias, requirements)
    each = f"{FREE} AND requirement_id = wanted.id{page}"
    if connections[alias].vendor == "postgresql":
        found = f"CROSS JOIN LATERAL ({each}) AS found"
    else:
        first = f"SELECT number FROM ({each})"
        found = f"CROSS JOIN {TABLE} AS found WHERE found.number IN ({first})"
    ranges = f"SELECT found.number, found.rank FROM ({listed}) AS wanted {found}"
    return ranges, [numbers, *place]


def _waits_on_others(
    alias: str, person: int, requirements: Sequence[int] | None, asked: str
) -> tuple[str, list[Any]]:
    """Free cases that this person may still see and has had their part of: from their parts, which
    are few, and not from the queue."""
    part = PART.replace("WHERE", f"CROSS JOIN {TABLE} WHERE").format(int(person))
    found = f"SELECT {WAITS_ON_OTHERS}, number, rank {part} AND state IN ('waiting', 'second')"
    if requirements is None:
        return f"{found} ORDER BY rank, number", []
    listed, numbers = _listed(alias, requirements)
    theirs = f" AND (requirement_id IN ({listed}) OR assignee = %s)"
    return f"{found}{theirs} ORDER BY rank, number", [numbers, asked]


def _pressing(
    alias: str, requirements: Sequence[int], due_now: Mapping[str, int]
) -> tuple[str, list[Any]]:
    """The first of each priority, those of it that are late next, and the oldest; a few of each
    requirement, one bounded index range each. Whatever else there is costs less by waiting: late
    cases of a priority cost the same, and others the less the later they are due."""
    listed, numbers = _listed(alias, requirements)
    of_each = " UNION ALL ".join(
        ["SELECT CAST(%s AS text) AS priority, CAST(%s AS bigint) AS due_now"] * len(due_now)
    )
    mine = f"{FREE} AND requirement_id = wanted.id"
    first = f"{mine} AND priority = of_each.priority"
    by_rank = f"ORDER BY rank, number LIMIT {PRESSING}"
    arms, values = "", []
    for each in (f"{first} {by_rank}", f"{first} AND rank >= of_each.due_now {by_rank}"):
        arms += _arm(alias, f"({listed}) AS wanted CROSS JOIN ({of_each}) AS of_each", each)
        values += [numbers, *chain.from_iterable(due_now.items())]
    arms += _arm(alias, f"({listed}) AS wanted", f"{mine} ORDER BY number LIMIT {PRESSING}")
    return arms, [*values, numbers]


def _arm(alias: str, wanted: str, each: str) -> str:
    if connections[alias].vendor == "postgresql":
        found = f"CROSS JOIN LATERAL ({each}) AS found"
    else:
        inner = f"SELECT number FROM ({each})"
        found = f"CROSS JOIN {TABLE} AS found WHERE found.number IN ({inner})"
    return f" UNION ALL SELECT found.number FROM {wanted} {found}"


def _listed(alias: str, requirements: Sequence[int]) -> tuple[str, Any]:
    """A statement for these numbers, however many, as `id`; and its one parameter."""
    if connections[alias].vendor == "postgresql":
        return "SELECT unnest(%s::bigint[]) AS id", list(requirements)
    else:
        return "SELECT value AS id FROM json_each(%s)", json.dumps(list(requirements))


def _page(after: Place | None, limit: int, *, ordered: bool) -> str:
    order = "ORDER BY rank, number" if ordered else ""
    return f"{LATER if after else ''} {order} LIMIT {int(limit)}"
