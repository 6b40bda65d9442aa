"""The work and the people of this moment, as matching wants to be told them.

Read in a fixed number of statements whatever the queue's length: of each requirement that somebody
free could meet only the first cases by rank are looked at.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from math import inf
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from console.database.composed import Composed
from escalations import access, eligibility, lifecycle
from escalations.models import Escalation, Vote, requirements
from escalations.policy import ladder, priority, versions
from escalations.policy.assignment import Routing, Spared
from escalations.policy.document import PolicyDocument
from escalations.record import kinds
from routing import matching
from routing.matching import ANYONE, Id, Picture, Terms, WaitingCase, Worker, rounds
from routing.models import Offer
from routing.offers import crew
from routing.offers.terms import terms_of

ALERT, ALERT_WEIGHS = 4, 5
# Whoever held it and gave it up; who only was asked is spared for what the policy says.
GAVE_UP_MIN: dict[str, int] = {Offer.Outcome.RELEASED: 30, Offer.Outcome.PASSED_ON: 60}
ASKED = (Offer.Outcome.DECLINED, Offer.Outcome.MISSED)


def taken(
    now: datetime, *, first: int | None = None, among: Collection[int] | None = None
) -> Picture:
    """The picture of now, with whatever asks for somebody free by name. No cases where nobody can
    take one. More than the usual `first` are looked at only `among` these requirements.
    """
    first = rounds.FIRST_OF_EACH if first is None else first
    people, routing = crew.offered_work(now), versions.current().document.routing
    nothing = _of([], people, now, routing)
    if not nothing.free:
        return nothing
    met = _requirements_met(nothing.free, nothing.terms)
    # Whom a case asks for by name may be below its skills, or it may stand far behind the first.
    found = set(_asking_for(nothing.free, limit=first))
    if among is None:
        found.update(_first_of_each(met, first, now))
    else:
        # Only these are looked at further; the others are read as before, because the plan is one
        # for all.
        others = [number for number in met if number not in among]
        found.update(_first_of_each(among, first, now))
        found.update(_first_of_each(others, rounds.FIRST_OF_EACH, now))
    return _of(found - _to_be_taken_up(found, now), people, now, routing)


def only(numbers: Collection[int], now: datetime, *, before: Iterable[Worker] = ()) -> Picture:
    """The picture of now with just these cases in it, told so that they can be judged before these
    people as well."""
    people, routing = crew.offered_work(now), versions.current().document.routing
    return _of(numbers, people, now, routing, before)


def for_one(
    person: Worker, requirements: Collection[int] | None, now: datetime, *, first: int
) -> Picture:
    """What this person could take from the list by themselves, of these requirements (None: all),
    and nobody else; what asks for somebody else who is there is left to them."""
    routing = versions.current().document.routing
    met = _requirements_met([person], terms_of(routing))
    theirs = met if requirements is None else [one for one in met if one in set(requirements)]
    numbers = set(_asking_for([person], limit=first))
    numbers.update(_first_of_each(theirs, first, now))
    return _of(numbers, [person], now, routing)


def one_for(person: Worker, number: int, now: datetime) -> Picture:
    """This case alone, before this person alone, as `for_one` would see it."""
    return _of([number], [person], now, versions.current().document.routing)


def minutes(moment: datetime) -> float:
    """Minutes on the clock that matching goes by."""
    return moment.timestamp() / 60


def _of(
    numbers: Collection[int],
    people: list[Worker],
    now: datetime,
    routing: Routing,
    before: Iterable[Worker] = (),
) -> Picture:
    terms, at = terms_of(routing), minutes(now)
    seen = Picture([], people, terms, routing.offer_s, at)
    if not numbers:
        return seen
    found = _WAITING.rows(numbers)
    rows, ids = [dict(zip(_READ, row, strict=True)) for row in found], _by_username(people)
    others = crew.called({row["assignee"] for row in rows} - {"", *ids}, now)
    ids |= _by_username([*others, *before])
    cases = _cases(rows, ids, now, routing)
    kept = {
        case.id: person.name
        for case in cases
        for person in others
        # Once it alerts, who takes from the list has let it lie.
        if not case.alerted and matching.is_kept_for(case, person, at, terms)
    }
    return replace(
        seen,
        cases=[case for case in cases if case.id not in kept],
        # With those that are kept for somebody: it tells whether more stand behind them.
        looked_at=Counter(row["requirement"] for row in rows),
        kept=kept,
    )


def _first_of_each(numbers: Collection[int], limit: int, now: datetime) -> list[int]:
    ranks = priority.due_now(now)
    return Escalation.objects.first_of_each(list(numbers), limit=limit, due_now=ranks)


def _by_username(people: Iterable[Worker]) -> dict[str, int]:
    return {person.username: int(person.id) for person in people}


def _requirements_met(free: list[Worker], terms: Terms) -> list[int]:
    """Those that somebody free meets, or would after waiting."""
    anyone = any(lower_by is ANYONE for _, lower_by in terms.rings)
    return [
        number
        for number, skills in requirements.every()
        if any(anyone or all(one.skills.get(skill) for skill in skills) for one in free)
    ]


def _asking_for(free: list[Worker], *, limit: int) -> list[int]:
    """The first cases by rank that ask for one of these people by name."""
    found = _asking_for_any(limit).rows([person.username for person in free])
    return [number for (number,) in found]


@cache
def _asking_for_any(limit: int) -> Composed:
    return Composed(
        lambda _, listed: (
            Escalation.objects.waiting()
            .filter(assignee__gt="", assignee__among=listed)
            .order_by("rank", "number")
            .values_list("number")[:limit]
        )
    )


def _cases(
    rows: Collection[Mapping[str, Any]], ids: Mapping[str, int], now: datetime, routing: Routing
) -> list[WaitingCase]:
    numbers = [row["number"] for row in rows]
    refused, voted = _refused(rows, now, routing.spare_min), Vote.people_of(numbers)
    shared = {
        row["number"]: (row["task_type"], row["policy_version"])
        for row in rows
        if row["number"] in voted
    }
    apart = access.kept_apart(shared) if shared else {}
    skills = requirements.skills_of_all({row["requirement"] for row in rows})
    document = versions.current().document
    return [
        _case(
            row,
            ids,
            skills=skills[row["requirement"]],
            refused=refused.get(row["number"], {}),
            had_part=voted.get(row["number"], ()),
            kept_apart=apart.get(row["number"], ()),
            routing=routing,
            widened=_widened(row, document),
        )
        for row in rows
    ]


_READ = (
    *("number", "task_type", "requirement", "strict", "priority", "level", "units"),
    *(
        "alert_step",
        "timed_out_at",
        "arrived_at",
        "respond_by",
        "expires_at",
        "assignee",
        "wanted_by",
    ),
    *("excluded", "known_to", "policy_version"),
)


def _with_known(found: QuerySet[Escalation]) -> QuerySet[Escalation]:
    """With the person who last decided for the same customer."""
    # Without the empty key left out, all cases of no customer would be one customer's.
    earlier = Escalation.objects.filter(
        ~Q(customer_key=""), customer_key=OuterRef("customer_key"), decided_by__isnull=False
    )
    return found.annotate(
        known_to=Subquery(earlier.order_by("-decided_at").values("decided_by")[:1])
    )


_WAITING = Composed(
    lambda _, listed: _with_known(
        Escalation.objects.waiting().filter(number__among=listed)
    ).values_list(*_READ)
)
_REFUSALS = Composed(
    lambda _, listed: (
        Offer.objects.filter(escalation__among=listed, outcome__in=[*ASKED, *GAVE_UP_MIN])
        # A lost connection is no refusal.
        .exclude(outcome=Offer.Outcome.RELEASED, reason=Offer.GONE)
        .values_list("escalation", "person", "outcome", "answered_at")
    )
)


def _case(
    row: Mapping[str, Any],
    ids: Mapping[str, int],
    *,
    skills: Mapping[str, int],
    refused: Mapping[Id, float],
    had_part: Collection[Id],
    kept_apart: Collection[Id],
    routing: Routing,
    widened: int,
) -> WaitingCase:
    weight = getattr(routing.weights, row["priority"])
    return WaitingCase(
        id=row["number"],
        task_type=row["task_type"],
        level=row["level"],
        skills=skills,
        arrived_min=minutes(row["arrived_at"]),
        due_min=minutes(row["respond_by"]),
        weight=weight * ALERT_WEIGHS if row["level"] == ALERT else weight,
        strict=row["strict"],
        expires_min=minutes(row["expires_at"]) if row["expires_at"] else inf,
        units=row["units"],
        known_to=row["known_to"],
        refused=refused,
        # Only of those who are here: cases that name nobody of them are alike to matching, which
        # weighs alike ones together.
        excluded=_excluded(row["excluded"], ids),
        had_part=had_part,
        kept_apart=kept_apart,
        assignee=row["assignee"] if row["assignee"] in ids else "",
        wanted_by=row["wanted_by"],
        widened=widened,
        alerted=row["alert_step"] > 0,
    )


def _excluded(names: Collection[str], ids: Mapping[str, int]) -> list[str]:
    return [name for name in ids if eligibility.is_excluded(name, names)] if names else []


def _widened(row: Mapping[str, Any], document: PolicyDocument) -> int:
    """How many rings are open to it by the steps of its ladder, and because its time ended."""
    timed_out = int(row["timed_out_at"] is not None)
    if not row["alert_step"]:
        return timed_out
    steps = ladder.of(document, row["task_type"], row["level"])
    raised = steps.steps[: row["alert_step"]] if steps else ()
    return timed_out + sum(step.widen for step in raised)


def _to_be_taken_up(numbers: Collection[int], now: datetime) -> set[int]:
    """What its holder gave up just now and may still take up again; not what presses."""
    patient = Escalation.objects.filter(number__among=list(numbers), level__lt=ALERT)
    given_up = patient.filter(
        respond_by__gt=now,
        events__kind__in=[row.name for row in kinds.of_cases() if row.gives_up],
        events__at__gt=now - lifecycle.TAKEN_UP_WITHIN,
    )
    return set(given_up.values_list("number", flat=True)) if numbers else set()


def _refused(
    rows: Collection[Mapping[str, Any]], now: datetime, spared: Spared
) -> dict[int, dict[Id, float]]:
    """Who is not asked again before others, and until when."""
    refused: dict[int, dict[Id, float]] = {}
    of = {row["number"]: row for row in rows}
    for number, person, outcome, at in _REFUSALS.rows(of):
        spares = _spares(of[number], outcome, now, spared)
        until = minutes(at) + spares if at else minutes(now)
        theirs = refused.setdefault(number, {})
        # Of several refusals the longest counts, whatever the order of the rows.
        theirs[person] = max(theirs.get(person, until), until)
    return refused


def _spares(row: Mapping[str, Any], outcome: str, now: datetime, spared: Spared) -> int:
    """How many minutes whoever refused it so is spared, where nobody else can take it."""
    level: int = getattr(spared, f"level_{row['level']}")
    spares = GAVE_UP_MIN.get(outcome, level)
    presses = row["level"] == ALERT or row["respond_by"] <= now
    return min(spares, spared.level_4) if presses else spares
