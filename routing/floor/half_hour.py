"""The half hour ahead of the floor as it is: told to the forecast, and said in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from escalations.models import Escalation, State, Vote
from escalations.policy import versions
from routing.floor import forecast, history
from routing.floor.forecast import Forecast, Hand, Running, Waiting
from routing.floor.history import Before
from routing.floor.snapshot import FREE, PersonNow, Scene
from routing.models import Presence
from routing.offers import matching_input, pace
from routing.offers.matching_input import ALERT, ALERT_WEIGHS

FIRST = 500
USUAL_MIN = 10.0
SOON_MIN = 1.0
Paces = Mapping[int, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class SlotBar:
    """Five minutes of it."""

    starts_at: datetime
    breaches: int
    load: int

    @property
    def mood(self) -> str:
        """Red where something goes over time, amber where hardly anybody is free."""
        if self.breaches:
            return "danger"
        return "warn" if self.load >= 90 else ""

    @property
    def words(self) -> str:
        """What stands at the bar."""
        return f"{self.load} %, {self.breaches} over" if self.breaches else f"{self.load} % busy"


@dataclass(frozen=True, slots=True)
class HalfHour:
    """The sentences and bars of "Next 30 minutes"; `warning` says what to do, if anything."""

    sentence: str
    basis: str
    warning: str
    bars: list[SlotBar]
    before: Before


def outlook(seen: Scene, now: datetime) -> HalfHour:
    """What half an hour will bring if everybody goes on as they do, in four statements more than
    `history.before` needs, and one for the votes of cases that need several people."""
    before = history.before(now)
    paces = _paces()
    routing = versions.current().document.routing
    waiting = _waiting(now, routing.weights)
    hands = [_hand(member, seen, paces, now) for member in seen.members if _works(member)]
    running = [
        Running(
            _minutes(case.respond_by - now),
            _ends(case.task_type, case.since, paces.get(case.person or 0, {}), now),
        )
        for case in seen.held
        # Nobody works on an offer yet.
        if case.state != State.OFFERED
    ]
    made = forecast.forecast(
        waiting, running, hands, before.expected, matching_input.terms_of(routing)
    )
    bars = [
        SlotBar(now + timedelta(minutes=slot.after), slot.breaches, slot.load)
        for slot in made.slots
    ]
    return HalfHour(_sentence(made), _basis(made, len(waiting)), _warning(made), bars, before)


def _works(member: PersonNow) -> bool:
    there = member.seen.state in {Presence.State.PRESENT, Presence.State.BUSY}
    return there and member.duty.on


def _hand(member: PersonNow, seen: Scene, paces: Paces, now: datetime) -> Hand:
    theirs = paces.get(member.id, paces.get(0, {}))
    ends = [
        end
        for case in seen.held
        if case.person == member.id
        for end in [_ends(case.task_type, case.since, theirs, now)] * case.units
    ]
    until = inf if member.duty.until is None else _minutes(member.duty.until - now)
    return Hand(
        id=member.id,
        skills=member.skills,
        username=member.username,
        role=member.role,
        # Whoever takes nothing more is no help to what waits; what they hold is in `running`.
        free=member.free if member.takes_work else 0,
        ends=tuple(ends) if member.takes_work else (),
        until=until,
        minutes=theirs,
    )


def _ends(kind: str, since: datetime | None, paces: Mapping[str, float], now: datetime) -> float:
    gone = _minutes(now - since) if since else 0.0
    return max(SOON_MIN, paces.get(kind, USUAL_MIN) - gone)


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


def _paces() -> dict[int, dict[str, float]]:
    """Usual minutes by person and kind, theirs or else everybody's; 0 is everybody."""
    common = pace.usual()
    return {0: common, **{person: {**common, **own} for person, own in pace.known().items()}}


_SAME = ("task_type", "units", "strict", "assignee", "wanted_by", "excluded")
_ASKS = ("requirement__skills", *_SAME)


def _waiting(now: datetime, weights: object) -> list[Waiting]:
    free = Escalation.objects.filter(state__in=FREE).order_by("rank", "number")
    rows = list(
        free.values("number", "respond_by", "priority", "level", "approvals", *_ASKS)[:FIRST]
    )
    several = [row["number"] for row in rows if row["approvals"] > 1]
    voted = Vote.objects.people_of(several) if several else {}
    return [
        Waiting(
            row["requirement__skills"],
            due=_minutes(row["respond_by"] - now),
            weight=getattr(weights, row["priority"])
            * (ALERT_WEIGHS if row["level"] == ALERT else 1),
            had_part=voted.get(row["number"], ()),
            **{name: row[name] for name in _SAME},
        )
        for row in rows
    ]


def _sentence(made: Forecast) -> str:
    if not made.people:
        return _nobody(made)
    cases = made.breaches + made.coming
    if not cases:
        return "Nothing is expected to go over time."
    first = f"{_count(cases)} will go over time if nothing changes"
    return f"{first}, {made.coming} of them not here yet." if made.coming else f"{first}."


def _nobody(made: Forecast) -> str:
    if made.breaches:
        return f"Nobody is there to take work; {_count(made.breaches).lower()} will go over time."
    else:
        return "Nobody is there to take work."


def _count(cases: int) -> str:
    return "About 1 case" if cases == 1 else f"About {cases} cases"


def _basis(made: Forecast, waiting: int) -> str:
    """What it rests on, and what is not known."""
    if made.knows_arrivals:
        seen = "the last 7 days" if made.days == history.DAYS else f"{made.days} of the last 7 days"
        new = "case" if made.arrivals == 1 else "cases"
        said = [f"About {made.arrivals} new {new}, by {seen}."]
    else:
        said = ["New cases are not in it: too few days were seen at this hour."]
    if made.unmeasured:
        many = "all" if made.unmeasured == waiting else str(made.unmeasured)
        said.append(
            f"Handle times are not measured yet for {many} of those that wait; 10 min assumed."
        )
    if waiting >= FIRST:
        said.append(f"Only the first {FIRST} are looked at.")
    return " ".join(said)


def _warning(made: Forecast) -> str:
    if not made.people:
        return "Nobody on shift is there. Ask somebody to come, or take cases yourself."
    elif made.breaches + made.coming and max(slot.load for slot in made.slots) >= 90:
        who = "1 person" if made.people == 1 else f"{made.people} people"
        return f"The load passes what {who} can do. Ask one more to take work."
    elif made.breaches:
        return (
            "There is room, but not with the right skills or soon enough. Reassign what is close."
        )
    else:
        return ""
