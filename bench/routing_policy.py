"""The adapter of routing-bench: its items and people in the words of the product's own dispatch.

    PYTHONPATH=. python COPY/run.py policies --external "bench.routing_policy:policy"

What is judged is the path that runs: the front of the queue, labels instead of costs, one offer to
each person at a time, and paces that are learnt from nothing, from what was seen to end. Of what
the simulator knows only that is read which Baton would know as well.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bench.world import front
from escalations.policy import priority
from escalations.policy.assignment import Routing
from routing.matching import Match, Picture, WaitingCase, Worker, hand_out, paces, rounds
from routing.matching.paces import Handled
from routing.offers.terms import terms_of

TYPES = ("billing", "refund", "legal", "technical", "identity")
ASKS = {name: (name,) for name in TYPES}
LABELS = {1: "urgent", 2: "high", 3: "normal", 4: "low"}
LEVEL = 2  # The bench knows no alerts.
ROUTING = Routing()
TERMS = terms_of(ROUTING)
OFFER_MIN = ROUTING.offer_s / 60
ANSWERS_MIN = 0.25  # So long its people take to answer an offer, in the mean.


class _Offered(NamedTuple):
    item: Any
    person: int
    at: float


class Day:
    """What is remembered of one simulated day: who was offered what, and what ended when."""

    def __init__(self, ops: Sequence[Any]) -> None:
        self.ops = ops
        self._offered: dict[int, _Offered] = {}
        self._spans: dict[int, dict[str, list[float]]] = {one.id: {} for one in ops}
        self._shown: dict[int, dict[str, Handled]] = {one.id: {} for one in ops}
        self._skills = {one.id: _skills(one) for one in ops}
        self._expected = paces.Paces()
        self._queued: dict[int, front.Queued] = {}
        self._asked_at = 0.0

    def dispatch(self, waiting: Sequence[Any], now: float) -> list[tuple[int, int]]:
        """Pairs of an item and a person, found as the running dispatch finds them."""
        self._learn({item.id for item in waiting}, now)
        left = {item.id: item for item in waiting}
        people = {one.id: self._worker(one, now) for one in self.ops}
        pairs: list[tuple[int, int]] = []

        def look(first: int, among: Collection[int] | None) -> Picture:
            return self._picture(list(left.values()), list(people.values()), first, among, now)

        def offer(match: Match, _: Picture) -> bool:
            case, person = int(match.case), int(match.person)
            self._offered[case] = _Offered(left.pop(case), person, now)
            people[person] = replace(people[person], free=0, is_asked=True)
            pairs.append((case, person))
            return True

        hand_out(look, offer)
        return pairs

    def _picture(
        self,
        items: Sequence[Any],
        people: list[Worker],
        first: int,
        among: Collection[int] | None,
        now: float,
    ) -> Picture:
        queue = [self._place(item) for item in items]
        wanted = {one.requirement for one in queue}
        limit = {
            one: first if among is None or one in among else rounds.FIRST_OF_EACH for one in wanted
        }
        found = front.first_of_each(queue, limit=limit, due_now=priority.due_now(_moment(now)))
        cases = [_case(item) for item in items if item.id in found]
        looked_at = dict.fromkeys(wanted, 0)
        for one in queue:
            looked_at[one.requirement] += one.number in found
        return Picture(cases, people, TERMS, ROUTING.offer_s, now, looked_at)

    def _place(self, item: Any) -> front.Queued:
        if item.id not in self._queued:
            label = LABELS[item.prio]
            rank = priority.rank(level=LEVEL, priority=label, respond_by=_moment(item.due))
            self._queued[item.id] = front.Queued(rank, item.id, 10 * item.type + item.level, label)
        return self._queued[item.id]

    def _learn(self, waiting: set[int], now: float) -> None:
        """From what is no longer in anybody's hands and did not come back."""
        for number, one in list(self._offered.items()):
            person = self.ops[one.person]
            if number in person.running:
                continue
            del self._offered[number]
            ended = self._ended(one, number in waiting, now)
            if ended is not None:
                kind = TYPES[one.item.type]
                spans = self._spans[one.person].setdefault(kind, [])
                spans.insert(0, max(ended - one.at - ANSWERS_MIN, paces.LEAST_MIN))
                shown = paces.shown(spans)
                assert shown is not None
                self._shown[one.person][kind] = shown
                self._expected = paces.expected(self._shown, self._skills, ASKS)
        self._asked_at = now

    def _ended(self, one: _Offered, came_back: bool, now: float) -> float | None:
        """When it was decided; None where it was not, or nobody saw when."""
        if came_back or self._asked_at < one.item.expiry <= now:
            return None
        person = self.ops[one.person]
        if not person.running:
            return float(person.idle_since)
        # Nothing is asked while nothing waits or nobody has room, so that it may be long ago.
        return now if now - self._asked_at <= 1 else None

    def _worker(self, one: Any, now: float) -> Worker:
        minutes = self._expected.of(one.id, self._skills[one.id])
        offered = [self._offered[number] for number in one.running]
        is_asked = any(now - each.at < OFFER_MIN for each in offered)
        return Worker(
            id=one.id,
            skills=self._skills[one.id],
            free=0 if is_asked else one.capacity - one.load,
            units=one.capacity,
            available=one.available,
            is_asked=is_asked,
            on_shift_until_min=one.shift_end,
            minutes=minutes,
            running=tuple((each.item.load, self._done_at(each, minutes, now)) for each in offered),
            since_min=max((each.at for each in offered), default=one.idle_since),
        )

    def _done_at(self, one: _Offered, minutes: Mapping[str, float], now: float) -> float:
        usual = minutes.get(TYPES[one.item.type], paces.USUAL_MIN)
        return paces.ends(one.at + ANSWERS_MIN, usual, now)


_today: Day | None = None


def policy(waiting: Iterable[Any], ops: Sequence[Any], now: float) -> list[tuple[int, int]]:
    """What Baton would offer to whom at this moment of the day."""
    global _today
    # Each simulated day has people of its own, in a list that stays the same until its end.
    if _today is None or _today.ops is not ops:
        _today = Day(ops)
    return _today.dispatch(list(waiting), now)


def _skills(one: Any) -> dict[str, int]:
    return {TYPES[number]: level for number, level in enumerate(one.skills) if level}


def _case(item: Any) -> WaitingCase:
    return WaitingCase(
        id=item.id,
        task_type=TYPES[item.type],
        level=LEVEL,
        skills={TYPES[item.type]: item.level},
        arrived_min=item.created,
        due_min=item.due,
        weight=getattr(ROUTING.weights, LABELS[item.prio]),
        strict=item.strict,
        expires_min=item.expiry,
        units=item.load,
        known_to=item.affinity if item.affinity >= 0 else None,
        refused=item.refused,
    )


def _moment(minutes: float) -> datetime:
    return datetime.fromtimestamp(60 * minutes, UTC)
