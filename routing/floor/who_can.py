"""Who can take which case: the one answer that everything on the floor reads.

Rows, buttons, queues, headlines, the forecast and the dialog ask here; here asks
`eligibility.why_not_now`, as whoever hands work out does.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from escalations import eligibility
from escalations.eligibility import Case
from escalations.text import formatting
from routing.floor.snapshot import PersonNow

NOW = frozenset({""})
STANDS_BY = frozenset({"stands_by"})
AT_WORK = frozenset({"", "full"})
HERE = AT_WORK | {"absent"}
# What keeps somebody with the skill from one case: of one person, of several.
KEPT_FROM = {
    "same_person": ("has had their part", "have had their part"),
    "same_group": (
        "is of a team or role that has approved it",
        "are of teams or roles that have approved it",
    ),
    "excluded": (
        "is not to decide it, as the agent asked",
        "are not to decide it, as the agent asked",
    ),
    "for_supervisors": ("does not lead", "do not lead"),
}


class WhoCan:
    """Everybody before any case at one moment. Cases that ask the same are judged once."""

    def __init__(self, members: Sequence[PersonNow], at: datetime) -> None:
        self.members = members
        self._now = at.timestamp() / 60
        self._found: dict[object, dict[int, str]] = {}
        self._ids: dict[int, list[int]] = {}
        self._listed: dict[tuple[int, frozenset[str]], list[PersonNow]] = {}
        # By the object, each kept alive beside its answer: what a case asks is not put together
        # again for every question about it.
        self._asked: dict[int, tuple[Case, dict[int, str]]] = {}

    def why_not(self, member: PersonNow, case: Case) -> str:
        """`eligibility.why_not_now`; empty for who can take it now."""
        return self._of(case)[member.id]

    def free(self, case: Case) -> list[PersonNow]:
        """Who can take it now."""
        return self._who(case, NOW)

    def at_work(self, case: Case) -> list[PersonNow]:
        """Who takes work and can have it, now or once they have room."""
        return self._who(case, AT_WORK)

    def at_work_ids(self, case: Case) -> list[int]:
        """The same people, by their numbers."""
        found = self._of(case)
        if id(found) not in self._ids:
            self._ids[id(found)] = [one.id for one in self.at_work(case)]
        return self._ids[id(found)]

    def here(self, case: Case) -> list[PersonNow]:
        """Who is signed in and could have it, whatever they do now."""
        return [one for one in self._who(case, HERE) if one.is_there]

    def leads(self, case: Case) -> list[PersonNow]:
        """Who is there and could be given it, though work is offered to them by nobody."""
        return [one for one in self._who(case, STANDS_BY) if one.is_there]

    def says(self, case: Case) -> str:
        """Who could take it and cannot, or can, as part of a sentence."""
        if free := self.free(case):
            return f"{_named(free)} can take it now"
        elif full := self.at_work(case):
            return f"{_named(full)} could take it and {_without_room(full)}"
        elif here := self.here(case):
            does = formatting.listed(sorted({one.instead for one in here}))
            return f"{_named(here)} could take it and {_are(here)} {does}"
        elif leads := self.leads(case):
            named = formatting.listed([one.first for one in leads])
            return f"only who leads can take it: {named}"
        else:
            return self._nobody(case)

    def lacks(self, case: Case) -> bool:
        """Whether nobody who is signed in has its skills."""
        return bool(case.skills) and not any(one.meets(case.skills) for one in self._there)

    def barred(self, case: Case) -> str:
        """What keeps it from those who are signed in and have its skills: `Kofi has had their part
        and 2 are not to decide it, as the agent asked`."""
        found = self._of(case)
        skilled = [one for one in self._there if one.meets(case.skills)]
        codes = sorted({found[one.id] for one in skilled})
        by_code = {code: [one for one in skilled if found[one.id] == code] for code in codes}
        return formatting.listed([_barred(code, who, case) for code, who in by_code.items()])

    def _nobody(self, case: Case) -> str:
        if self.lacks(case):
            return f"needs {_need(case)}; nobody here has it"
        elif case.wanted_by:
            return "waits for a supervisor, and none at work may take it"
        why = self.barred(case)
        return f"nobody here may take it{': ' * bool(why)}{why}"

    @property
    def _there(self) -> Iterable[PersonNow]:
        return (one for one in self.members if one.is_there)

    def _who(self, case: Case, words: frozenset[str]) -> list[PersonNow]:
        found = self._of(case)
        key = (id(found), words)
        if key not in self._listed:
            self._listed[key] = [one for one in self.members if found[one.id] in words]
        return self._listed[key]

    def _of(self, case: Case) -> dict[int, str]:
        known = self._asked.get(id(case))
        if known is None:
            known = self._asked[id(case)] = (case, self._judged(case))
        return known[1]

    def _judged(self, case: Case) -> dict[int, str]:
        asks = (
            case.task_type, case.units, case.strict, case.assignee, case.wanted_by,
            tuple(sorted(case.skills.items())), tuple(sorted(case.excluded)),
            tuple(sorted(map(str, case.had_part))), tuple(sorted(map(str, case.kept_apart))),
        )  # fmt: skip
        if asks not in self._found:
            self._found[asks] = {
                one.id: eligibility.why_not_now(one, case, self._now) for one in self.members
            }
        return self._found[asks]


def _need(case: Case) -> str:
    return formatting.listed([f"{skill} {least}" for skill, least in sorted(case.skills.items())])


def _barred(code: str, people: Sequence[PersonNow], case: Case) -> str:
    if code in KEPT_FROM:
        return f"{_named(people)} {KEPT_FROM[code][len(people) > 1]}"
    elif code == "too_large":
        return f"{_named(people)} cannot hold {case.units} units at once"
    elif code == "stands_by":
        return f"only who leads can: {formatting.listed([one.first for one in people])}"
    else:
        does = formatting.listed(sorted({one.instead for one in people}))
        return f"{_named(people)} {_are(people)} {does}"


def _named(people: Sequence[PersonNow]) -> str:
    return people[0].first if len(people) == 1 else str(len(people))


def _without_room(people: Sequence[PersonNow]) -> str:
    """Somebody with a unit free is not full: it takes more, or is one too many of its kind."""
    if any(one.free for one in people):
        return "has no room for it" if len(people) == 1 else "have no room for it"
    return f"{_are(people)} full"


def _are(people: Sequence[PersonNow]) -> str:
    return "is" if len(people) == 1 else "are"
