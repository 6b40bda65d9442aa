"""What somebody saw of a plan before they press Save, so that a later look can name what is new."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

import orjson

from console.models import User
from escalations.models import Event
from escalations.record import lines
from escalations.text import pointers
from routing.people.announcing import CHAIN
from routing.roster_file.changes import PlannedChange

MARK = 8
NAMED_MAX = 3


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The changes that were shown, and how long the record of people was then."""

    marks: frozenset[str]
    position: int

    def __str__(self) -> str:
        return " ".join([str(self.position), *sorted(self.marks)])


def now(changes: Collection[PlannedChange]) -> LookedAt:
    return LookedAt(frozenset(map(_mark, changes)), lines.end_of(CHAIN).length)


def read(text: str) -> LookedAt | None:
    """What a form brings back; None where it brings nothing that could be it."""
    position, *marks = text.split() or [""]
    seen = pointers.number(position)
    return None if seen is None else LookedAt(frozenset(marks), seen)


def new_since(look: LookedAt, changes: Collection[PlannedChange]) -> list[PlannedChange]:
    """The changes that were not among those shown."""
    return [one for one in changes if _mark(one) not in look.marks]


def sentence(look: LookedAt, changes: Collection[PlannedChange]) -> str:
    """Who changed the roster since, and by how much the file now does something else."""
    new = len(new_since(look, changes))
    gone = len(look.marks - {_mark(one) for one in changes})
    told = [f"{new} {'change is' if new == 1 else 'changes are'} new"] if new else []
    told += [f"{gone} {'is' if gone == 1 else 'are'} needed no longer"] if gone else []
    but = f": {' and '.join(told)}" if told else ""
    who = _who_since(look.position) or "Somebody"
    return f"{who} changed the roster meanwhile{but}. Look at it once more."


def _mark(change: PlannedChange) -> str:
    return hashlib.sha256(change.told.encode()).hexdigest()[:MARK]


def _who_since(position: int) -> str:
    since = Event.objects.filter(chain=CHAIN, position__gt=position).order_by("-position")
    actors = [orjson.loads(body)["actor"] for body in since.values_list("body", flat=True)[:100]]
    usernames = dict.fromkeys(
        one.removeprefix("person:") for one in actors if one.startswith("person:")
    )
    people = {one.username: one.name for one in User.objects.filter(username__in=list(usernames))}
    names = [people[one] for one in usernames if one in people]
    if len(names) > NAMED_MAX:
        return f"{names[0]} and {len(names) - 1} others"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
