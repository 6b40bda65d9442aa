"""What becomes of the open cases of the floor as it is: told to the forecast, said in sentences."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf
from typing import Any

from escalations.models import State
from escalations.policy import versions
from escalations.policy.assignment import Routing
from escalations.text import formatting
from routing.floor import advice, forecast, history, queue_lines
from routing.floor.advice import Advice
from routing.floor.forecast import Fate, Forecast, Hand, Running, Waiting
from routing.floor.history import Before
from routing.floor.snapshot import PersonNow, Scene, Standing
from routing.floor.who_can import WhoCan
from routing.matching.paces import USUAL_MIN
from routing.models import Presence
from routing.offers import pace
from routing.offers.matching_input import ALERT, ALERT_WEIGHS
from routing.offers.terms import terms_of

SOON_MIN = 1.0
WORKS = frozenset({Presence.State.PRESENT, Presence.State.BUSY})
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
class QueueFate:
    """What becomes of the cases of one queue."""

    name: str
    need: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class HalfHour:
    """The forecast as the page says it. The open cases are those of `total`, the `snoozed`, and
    the `further` that stand so far back that they were not looked at. `over`: over time already."""

    sentence: str
    basis: str
    act: Advice | None
    queues: Sequence[QueueFate]
    total: Fate
    over: int
    snoozed: int
    further: int
    bars: Sequence[SlotBar]
    before: Before


def outlook(seen: Scene, who_can: WhoCan, now: datetime, *, reader: int = 0) -> HalfHour:
    """What comes if everybody goes on as they do, told to `reader`, in two statements more than
    `history.before` needs."""
    before = history.before(now)
    told = _told(seen, who_can, before, now)
    made = told.forecast()
    bars = [
        SlotBar(now + timedelta(minutes=slot.after), slot.breaches, slot.load)
        for slot in made.slots
    ]
    free = seen.free
    over = sum(case.respond_by < now for case in (*free, *seen.held))
    further = max(0, sum(queue.waiting for queue in seen.queues) - len(free))
    skills = {case.requirement: case.skills for case in (*free, *seen.held)}
    queues = [
        QueueFate(queue_lines.name_of(skills[queue]), queue_lines.need_of(skills[queue]), fate)
        for queue, fate in made.fates.items()
    ]
    return HalfHour(
        sentence=_sentence(made, over),
        basis=_basis(made, len(free), further, told.unmeasured),
        act=advice.best(seen, who_can, told.with_also, made, reader=reader),
        queues=sorted(queues, key=lambda one: (*one.fate.worst, one.name, one.need)),
        total=made.total,
        over=over,
        snoozed=sum(queue.snoozed for queue in seen.queues),
        further=further,
        bars=bars,
        before=before,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Everything that the forecast is told; `with_also` tells it of one person more."""

    seen: Scene
    who_can: WhoCan
    waiting: list[Waiting]
    running: list[Running]
    hands: list[Hand]
    before: Before
    routing: Routing
    paces: Paces
    now: datetime

    def forecast(self) -> Forecast:
        who_can = self.who_can
        return forecast.forecast(
            self.waiting,
            self.running,
            self.hands,
            self.before.expected,
            terms=terms_of(self.routing),
            able=who_can.at_work_ids,
        )

    def with_also(self, member: PersonNow) -> Forecast:
        """If this person took work as well."""
        here = replace(member, available=True, stands_by=False, on_shift_until_min=inf)
        others = [one for one in self.seen.members if one.id != member.id]
        hands = [hand for hand in self.hands if hand.id != member.id]
        in_hand = self.seen.of_each().get(member.id, ())
        more = replace(
            self,
            who_can=WhoCan([*others, here], self.now),
            hands=[*hands, self.hand(here, in_hand)],
        )
        return more.forecast()

    def hand(self, member: PersonNow, cases: Sequence[Standing]) -> Hand:
        """This person as the forecast takes them, with what is theirs now."""
        now = self.now
        ends = [end for case in cases for end in [_done(case, self.paces, now)] * case.units]
        pause = self.before.pauses.get(member.team, 0.0)
        return Hand(
            id=member.id,
            free=member.free,
            ends=tuple(ends),
            until=inf if member.duty.until is None else _minutes(member.duty.until - now),
            minutes=self.paces.get(member.id, self.paces[0]),
            pause=pause if member.by_list else None,
        )

    @property
    def unmeasured(self) -> Collection[str]:
        """The teams of those who help themselves at a pace that is not known."""
        there = [one for one in self.seen.members if one.available and not one.stands_by]
        return {one.team for one in there if one.by_list} - self.before.pauses.keys()


def _told(seen: Scene, who_can: WhoCan, before: Before, now: datetime) -> _Told:
    paces, routing = _paces(), versions.current().document.routing
    in_hand = seen.of_each()
    working = {one.id for one in seen.members if one.duty.on and one.seen.state in WORKS}
    # What somebody holds who is not there comes back to the queue.
    back = [case for case in seen.held if case.person not in working]
    told = _Told(
        seen=seen,
        who_can=who_can,
        waiting=[_waiting(case, now, routing.weights) for case in (*seen.free, *back)],
        running=[
            Running(_minutes(case.respond_by - now), _done(case, paces, now), case.requirement)
            for case in seen.held
            if case.person in working
        ],
        hands=[],
        before=before,
        routing=routing,
        paces=paces,
        now=now,
    )
    hands = [told.hand(one, in_hand.get(one.id, ())) for one in seen.members if one.available]
    return replace(told, hands=hands)


def _waiting(case: Standing, now: datetime, weights: Any) -> Waiting:
    return Waiting(
        case.skills,
        task_type=case.task_type,
        units=case.units,
        strict=case.strict,
        assignee=case.assignee,
        wanted_by=case.wanted_by,
        excluded=case.excluded,
        had_part=case.had_part,
        kept_apart=case.kept_apart,
        due=_minutes(case.respond_by - now),
        weight=getattr(weights, case.priority) * (ALERT_WEIGHS if case.level == ALERT else 1),
        queue=case.requirement,
    )


def _done(case: Standing, paces: Paces, now: datetime) -> float:
    """When it is expected to be answered; on an offer nobody works yet."""
    usual = paces.get(case.person or 0, paces[0]).get(case.task_type, USUAL_MIN)
    begun = case.until if case.state == State.OFFERED else case.since
    return max(SOON_MIN, usual - (_minutes(now - begun) if begun else 0.0))


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


def _paces() -> dict[int, Mapping[str, float]]:
    """Usual minutes by person and kind, theirs or else everybody's; 0 is everybody."""
    expected = pace.expected()
    return {0: expected.usual, **{int(one): theirs for one, theirs in expected.own.items()}}


def _sentence(made: Forecast, over: int) -> str:
    total = made.total
    if not total.whole:
        return "Nothing is open."
    said = [f"{_are(over)} over time already."] if over else []
    if total.in_time == total.whole:
        said.append(f"{_all(total.whole)} will be answered in time.")
    else:
        said.append(f"Of {_cases(total.whole)}, {_fate(total)}.")
    if made.coming:
        said.append(f"About {made.coming} of those still to come will not be in time.")
    return " ".join(said)


def _fate(total: Fate) -> str:
    """`14 will be answered in time and 13 late; nobody who takes work now can take 3`."""
    answered = [f"{total.in_time} will be answered in time"] * bool(total.in_time)
    if total.late:
        answered.append(f"{total.late} late" if answered else f"{total.late} will be answered late")
    nobody = [f"nobody who takes work now can take {total.nobody}"] * bool(total.nobody)
    return "; ".join([formatting.listed(answered)] * bool(answered) + nobody)


def _are(count: int) -> str:
    return "1 case is" if count == 1 else f"{count} cases are"


def _all(count: int) -> str:
    return "The 1 open case" if count == 1 else f"All {count} open cases"


def _cases(count: int) -> str:
    return "1 open case" if count == 1 else f"{count} open cases"


def _basis(made: Forecast, waiting: int, further: int, unmeasured: Collection[str]) -> str:
    """What it rests on, and what is not known."""
    if made.knows_arrivals:
        seen = "the last 7 days" if made.days == history.DAYS else f"{made.days} of the last 7 days"
        new = "case" if made.arrivals == 1 else "cases"
        why = f"by {seen}."
        if made.usual is not None:
            why = f"as they come now; by {seen} it would be {made.usual}."
        said = [f"About {made.arrivals} new {new} in 30 minutes, {why}"]
    else:
        few = "days" if made.days < forecast.ENOUGH_DAYS else "cases"
        yet = f"cannot be said yet: too few {few} were seen at this hour."
        said = [f"New cases are not in it; how many come {yet}"]
    if made.unmeasured:
        many = "all" if made.unmeasured >= waiting else str(made.unmeasured)
        said.append(
            f"Handle times are not measured yet for {many} of those that wait; 10 min assumed."
        )
    if unmeasured:
        whose = formatting.listed(sorted(name or "who is in no team" for name in unmeasured))
        said.append(f"How soon {whose} takes from the list is not measured yet; at once assumed.")
    if further:
        said.append(f"{further} further back are not looked at.")
    return " ".join(said)
