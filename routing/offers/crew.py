"""Who could be offered work, as matching wants to be told: skills, room, pace and what they do."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import NamedTuple

from console.database.composed import Composed
from console.models import DECIDERS, User
from escalations import eligibility
from escalations.eligibility import Case
from routing.attendance import calendar, wrapping
from routing.attendance.calendar import OnShift
from routing.matching import Worker, paces
from routing.matching.paces import USUAL_MIN
from routing.models import Duty, Offer, Presence, Unit
from routing.offers import hands, pace, profiles
from routing.people import roster, teams, units

OFFLINE, FINISHING = "offline", "finishing what was begun"
INSTEAD: dict[str, str] = {
    Presence.State.BUSY: "busy",
    Presence.State.AWAY: "away",
    Presence.State.OFFLINE: OFFLINE,
}


_PRESENCES = Composed(
    lambda _, listed: Presence.objects.filter(person__among=listed).values_list(
        "person", "state", "draining", "idle_since", "person__duty__team__wrap_up_s"
    )
)
_UNITS = Composed(
    lambda _, listed: Unit.objects.filter(person__among=listed).values_list(
        "person",
        "escalation",
        "escalation__task_type",
        "escalation__held_at",
        "escalation__offer_until",
    )
)


class _Taken(NamedTuple):
    """A case that takes units: what kind of work, how many, and since when."""

    task_type: str
    units: int
    since: datetime


def offered_work(now: datetime) -> list[Worker]:
    """Everybody who is signed in and whose team offers them work.

    Who has an offer to answer has nothing free until then: people are asked one thing at a time.
    """
    return _asked(of(offered_ids(), now))


def offered_ids() -> list[int]:
    """The numbers of all who are signed in and whose team offers them work."""
    there = Presence.objects.exclude(state=Presence.State.OFFLINE).values("person")
    duties = Duty.objects.filter(teams.offering(), person__in=there)
    return list(duties.values_list("person", flat=True))


def there(now: datetime) -> list[Worker]:
    """Everybody who is signed in, however their team works."""
    signed_in = Presence.objects.exclude(state=Presence.State.OFFLINE)
    return of(signed_in.values_list("person", flat=True), now)


def counted_on(now: datetime) -> list[Worker]:
    """Everybody who is signed in and takes what comes, offered or from the list; who leads, only
    where a team says so."""
    offered = set(offered_ids())
    return [one for one in _asked(there(now)) if one.id in offered or not one.leads]


def called(usernames: Collection[str], now: datetime) -> list[Worker]:
    """Those of these people who are signed in, however their team works."""
    if not usernames:
        return []
    signed_in = Presence.objects.exclude(state=Presence.State.OFFLINE)
    named = signed_in.filter(person__username__in=usernames)
    return of(named.values_list("person", flat=True), now)


def who_may_take(case: Case) -> list[int]:
    """The numbers of all for whom such a case is meant, there or not."""
    users = User.objects.filter(is_active=True, role__in=DECIDERS)
    people = list(users.values_list("pk", "username", "role"))
    found = roster.skills_of_all([pk for pk, _, _ in people])
    return [
        pk
        for pk, username, role in people
        if eligibility.may_take(
            eligibility.Person(pk, found.get(pk, {}), username=username, role=role), case
        )
    ]


def of(user_ids: Iterable[int], now: datetime) -> list[Worker]:
    """These people, in a fixed number of statements; who may not decide is left out."""
    people = profiles.of(list(user_ids), now)
    if not people:
        return []
    does_now, expected = _presence(people), pace.expected()
    wraps = wrapping.until({pk: wrap_up_s for pk, (_, _, wrap_up_s) in does_now.items()}, now)
    many, held = _units(people, now)
    in_hand = hands.of(people, now)
    found = []
    for pk, one in people.items():
        theirs = expected.of(pk, one.skills)
        taken = held.get(pk, [])
        duty = calendar.at(one.week, now)
        said, idle_since, wrap_up_s = does_now.get(pk, (OFFLINE, None, 0))
        instead = instead_of_work(said, duty) or (wrapping.WRAPPING_UP if pk in wraps else "")
        at_work, let_by = in_hand.get(pk, hands.STILL)
        found.append(
            Worker(
                id=pk,
                skills=one.skills,
                free=max(0, many[pk] - sum(case.units for case in taken)),
                units=many[pk],
                available=not instead,
                on_shift_until_min=until_min(duty, now),
                minutes=theirs,
                running=tuple(
                    (case.units, _ends(case.task_type, case.since, theirs, now)) for case in taken
                ),
                role=one.role,
                limits=limits_left(one.limits, [(case.task_type, case.units) for case in taken]),
                name=one.name,
                username=one.username,
                instead=instead,
                at_work=at_work,
                let_by=let_by,
                since_min=_since(taken, idle_since, now),
                breath_min=max(hands.NEXT.total_seconds(), wrap_up_s) / 60,
            )
        )
    return found


def does(state: str, *, draining: bool) -> str:
    """What somebody does instead of taking work, by what their presence says; "" for who takes
    it."""
    return FINISHING if draining and state == Presence.State.BUSY else INSTEAD.get(state, "")


def instead_of_work(said: str, duty: OnShift) -> str:
    """What they do instead of taking work; what they say of themselves goes before what their
    shift says."""
    if said or duty.on:
        return said
    return "on a break" if duty.on_break else "not on shift"


def until_min(duty: OnShift, now: datetime) -> float:
    """The end of their shift; who is on a break comes back to what they hold."""
    if not (duty.on or duty.on_break):
        return now.timestamp() / 60
    return inf if duty.until is None else duty.until.timestamp() / 60


def limits_left(limits: Mapping[str, int], taken: Iterable[tuple[str, int]]) -> dict[str, int]:
    """What of these limits is left once so many units of these types of work are taken."""
    left = dict(limits)
    for kind, count in taken:
        if kind in left:
            left[kind] = max(0, left[kind] - count)
    return left


def by_themselves(user_id: int, now: datetime) -> Worker | None:
    """This person as somebody who takes from the list: there, whatever their presence says."""
    found = of([user_id], now)
    if not found:
        return None
    return replace(found[0], available=True, on_shift_until_min=inf, at_work=0)


def _asked(people: list[Worker]) -> list[Worker]:
    """These people; nothing is free of whoever has an offer to answer."""
    asked = set(Offer.objects.filter(outcome=Offer.Outcome.OPEN).values_list("person", flat=True))
    return [replace(one, free=0, is_asked=True) if one.id in asked else one for one in people]


def _presence(user_ids: Collection[int]) -> dict[int, tuple[str, datetime | None, int]]:
    """What each does instead of taking work, by what their presence says, "" for who takes it;
    since when they hold nothing; the seconds that their team gives them after an answer."""
    return {
        person: (does(state, draining=draining), idle_since, wrap_up_s or 0)
        for person, state, draining, idle_since, wrap_up_s in _PRESENCES.rows(user_ids)
    }


def _units(users: Collection[int], now: datetime) -> tuple[dict[int, int], dict[int, list[_Taken]]]:
    """How many units each has, and the cases that take them; who has none yet is given the usual
    number with their first case."""
    many: dict[int, int] = defaultdict(int)
    cases: dict[tuple[int, int], list[_Taken]] = defaultdict(list)
    for person, number, kind, held_at, offer_until in _UNITS.rows(users):
        many[person] += 1
        if number is not None:
            # Nobody works on an offer yet; at its end somebody does, or it is gone.
            since = held_at or offer_until or now
            cases[person, number].append(_Taken(kind, 1, since))
    held: dict[int, list[_Taken]] = defaultdict(list)
    for (person, _), taken in cases.items():
        held[person].append(taken[0]._replace(units=len(taken)))
    return {person: many[person] or units.UNITS for person in users}, held


def _ends(kind: str, since: datetime, minutes: Mapping[str, float], now: datetime) -> float:
    at, usual = now.timestamp() / 60, minutes.get(kind, USUAL_MIN)
    return paces.ends(since.timestamp() / 60, usual, at)


def _since(taken: Iterable[_Taken], idle_since: datetime | None, now: datetime) -> float:
    """Since when nothing new came to them."""
    last = max((one.since for one in taken), default=idle_since or now)
    return last.timestamp() / 60
