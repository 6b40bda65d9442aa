"""The one act of a supervisor that helps the open cases most, named and with its button."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from escalations.text import formatting
from routing.floor import candidates
from routing.floor.forecast import Fate, Forecast
from routing.floor.snapshot import CLOSE, PersonNow, Scene, Standing
from routing.floor.who_can import HERE, WhoCan

TRIED_MAX = 5
CASES_MAX = 300
GIVEN_MAX = 50


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, and its button: `cases` to give to `to` or to spread, or whose menu to open."""

    text: str
    button: str = ""
    cases: Sequence[str] = ()
    to: str = ""
    person: int = 0
    skills: bool = False

    @property
    def page(self) -> str:
        """The page of its dialog, where it is about cases."""
        return "routing:floor-reassign" if self.to else "routing:floor-spread"

    @property
    def query(self) -> str:
        """Which cases, and to whom, as an address holds them."""
        to = [("to", self.to)] if self.to else []
        return urlencode([*(("case", case) for case in self.cases), *to])


def best(
    seen: Scene,
    who_can: WhoCan,
    with_also: Callable[[PersonNow], Forecast],
    made: Forecast,
    *,
    reader: int = 0,
) -> Advice | None:
    """The act with the largest gain: what is late is given to who is free, somebody who is there
    takes work again, or somebody is found for a skill; None where nothing would help, or need.
    Told to `reader`, who is not asked to ask themselves."""
    if made.total.in_time == made.total.whole and not _pressing(seen):
        return None
    found = (_give(seen, who_can), _ask(seen, who_can, with_also, made, reader))
    gains = [one for one in found if one is not None]
    if gains:
        return max(gains, key=lambda one: one[0])[1]
    return _find(seen, who_can) if made.total.nobody else None


def _pressing(seen: Scene) -> list[Standing]:
    found = [case for case in seen.free if case.respond_by < seen.at + CLOSE]
    return sorted(found, key=lambda case: case.urgency)


def _give(seen: Scene, who_can: WhoCan) -> tuple[int, Advice] | None:
    """What waits and is over time or close, to those who can take it now."""
    pressing = _pressing(seen)
    given = candidates.spread(pressing, who_can)
    cases = [case for case in pressing if case.number in given][:GIVEN_MAX]
    if not cases:
        return None
    elif len(cases) == 1:
        to, case = given[cases[0].number], cases[0]
        text = f"{case.case_number} is late or close, and {to.first} can take it now."
        return 1, Advice(text, f"Give to {to.first}", [case.id], to.username)
    else:
        who = len({given[case.number].id for case in cases})
        people = "1 person" if who == 1 else f"{who} people"
        text = (
            f"{len(cases)} cases that are late or close can go to {people} who can take them now."
        )
        return len(cases), Advice(text, "Spread them over who fits", [case.id for case in cases])


def _ask(
    seen: Scene,
    who_can: WhoCan,
    with_also: Callable[[PersonNow], Forecast],
    made: Forecast,
    reader: int,
) -> tuple[int, Advice] | None:
    """Somebody who is signed in and takes no work: whose work would change most."""
    free = sorted(seen.free, key=lambda case: case.urgency)[:CASES_MAX]
    could = [
        (sum(_is_theirs(who_can, member, case) for case in free), member)
        for member in seen.members
        if member.is_there and not (member.available and not member.stands_by)
    ]
    could = sorted((one for one in could if one[0]), key=lambda one: -one[0])[:TRIED_MAX]
    found = [(_gained(made.total, with_also(member).total), member) for _, member in could]
    if not found:
        return None
    (answered, in_time), member = max(found, key=lambda one: sum(one[0]))
    if answered + in_time <= 0:
        return None
    more = [f"{answered} more would be answered"] * (answered > 0)
    more += [f"{in_time} more in time"] * (in_time > 0)
    theirs = [case for case in free if _is_theirs(who_can, member, case)]
    told = _asked(member, theirs, formatting.listed(more), reader=reader)
    return answered + in_time, told


def _asked(member: PersonNow, theirs: Sequence[Standing], more: str, *, reader: int) -> Advice:
    """Who is offered nothing is given cases, which no status of theirs would change; anybody else
    is asked to take work again."""
    own = member.id == reader
    does = "not offered work" if member.available else member.instead
    who = "You are" if own else f"{member.name} is"
    text = f"{who} {does}. With {'you' if own else member.first} {more}."
    if member.available:
        room = candidates.within(theirs, member)
        given = [case.id for case in room]
        return Advice(text, f"Give to {'me' if own else member.first}", given, member.username)
    button = "Change your status" if own else f"Ask {member.first}"
    return Advice(text, button, person=int(member.id))


def _is_theirs(who_can: WhoCan, member: PersonNow, case: Standing) -> bool:
    return who_can.why_not(member, case) in HERE | {"stands_by"}


def _gained(before: Fate, after: Fate) -> tuple[int, int]:
    """How many more are answered at all, and how many more in time."""
    return before.nobody - after.nobody, after.in_time - before.in_time


def _find(seen: Scene, who_can: WhoCan) -> Advice | None:
    """What keeps most of the stranded cases from everybody: a skill that nobody has, or what keeps
    them from those who have it."""
    counted: Counter[tuple[str, str]] = Counter()
    for case in seen.free:
        if not who_can.at_work(case):
            why = "" if who_can.lacks(case) else who_can.barred(case) or "nobody is here"
            counted[candidates.need(case.skills), why] += 1
    if not counted:
        return None
    (need, why), many = counted.most_common(1)[0]
    waits = "1 case waits" if many == 1 else f"{many} cases wait"
    text = f"Nobody at work can take what needs {need}; {waits} for it."
    if why:
        what = "1 case that waits and needs" if many == 1 else f"{many} cases that wait and need"
        text = f"Nobody at work can take {what} {need}: {why}."
    return Advice(text, "See skills", skills=True)
