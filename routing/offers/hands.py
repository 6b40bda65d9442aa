"""Whose hands are in a case just now: they are asked only for what is more urgent."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value

from console.database.composed import Composed
from escalations.models import Escalation, State, Vote
from routing.models import Offer

# Who touched or answered a case so lately is at work, while they hold one; whom an offer passed by
# is left in peace for as long.
AT_WORK = timedelta(minutes=1)
# Who holds nothing after an answer is idle once the desk has had time to open the next case; a
# team that gives its people longer says so (`wrap_up_s`).
NEXT = timedelta(seconds=2)
# An offer that ended within `AT_WORK` was made no longer ago: the most that the policy and an open
# dialog can give it come before.
MADE_WITHIN = timedelta(minutes=15)
HELD, LEFT, MISSED = "held", "left", Offer.Outcome.MISSED


class InHand(NamedTuple):
    """The highest level of what is in somebody's hands; `let_by`: they hold nothing of it, and only
    an offer that they did not answer says so."""

    level: int
    let_by: bool = False

    @property
    def works(self) -> bool:
        """Whether their hand moves in a case."""
        return self.level > 0 and not self.let_by


STILL = InHand(0)


class _Touch(NamedTuple):
    person: int
    level: int
    at: datetime | None
    how: str


def of(user_ids: Collection[int], now: datetime) -> dict[int, InHand]:
    """What is in the hands of each of these people; who is not named has still hands. One
    statement."""
    theirs: dict[int, list[_Touch]] = defaultdict(list)
    for touch in _touches(user_ids, now):
        theirs[touch.person].append(touch)
    found = {person: _in_hand(touches, now) for person, touches in theirs.items()}
    return {person: one for person, one in found.items() if one.level}


def _in_hand(touches: list[_Touch], now: datetime) -> InHand:
    holds = any(one.how == HELD for one in touches)
    lasts = {HELD: AT_WORK, LEFT: AT_WORK if holds else NEXT, MISSED: AT_WORK}
    recent = [one for one in touches if one.at and one.at > now - lasts[one.how]]
    level = max((one.level for one in recent if one.how != MISSED), default=0)
    missed = max((one.level for one in recent if one.how == MISSED), default=0)
    return InHand(max(level, missed), let_by=missed > level)


def _touches(user_ids: Collection[int], now: datetime) -> list[_Touch]:
    return [_Touch(*row) for row in _TOUCHES.rows(user_ids, now=now)]


def _touched(now: datetime, listed: Collection[int]) -> QuerySet[Any, Any]:
    lately = (now - AT_WORK, now)
    held = Escalation.objects.filter(state__in=State.held(), held_by__among=listed)
    answered = Escalation.objects.filter(decided_by__among=listed, decided_at__range=lately)
    voted = Vote.objects.filter(person__among=listed, voted_at__range=lately)
    ended = Offer.objects.filter(
        person__among=listed,
        offered_at__gt=now - MADE_WITHIN,
        answered_at__range=lately,
    )
    gave_up, missed = ended.filter(outcome__in=Offer.GAVE_UP), ended.filter(outcome=MISSED)
    parts = [
        held.values_list("held_by", "level", "active_at", _how(HELD)),
        answered.values_list("decided_by", "level", "decided_at", _how(LEFT)),
        voted.values_list("person", F("escalation__level"), "voted_at", _how(LEFT)),
        gave_up.values_list("person", F("escalation__level"), "answered_at", _how(LEFT)),
        missed.values_list("person", F("escalation__level"), "answered_at", _how(MISSED)),
    ]
    return parts[0].order_by().union(*(part.order_by() for part in parts[1:]), all=True)


def _how(word: str) -> Value:
    return Value(word, output_field=CharField())


_TOUCHES = Composed(_touched)
