"""May this person take this case: one answer for all who ask, pure, with its reason.

Three questions that are kept apart:

- see: the case is theirs to find and to read (`may_see`).
- hold: they may have it and decide it, however it came to them (`bar`, `why_not`). With its skills,
  or asked for by name, it is also meant for them (`may_take`).
- be offered it now: they are on duty, take work and have room (`is_on_duty`, `takes`, `room`), and
  have not refused it. Rings, and who is asked before whom, are weighed among many people:
  `routing/matching/eligible.py`, over the same shapes.

Whoever knows more of people or of cases adds to the shapes and asks here.
"""

from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import NamedTuple

from escalations.text import formatting

Id = int | str

READS = frozenset({"supervisor", "admin", "auditor"})
DECIDES = frozenset({"reviewer", "supervisor", "admin"})
LEADS = frozenset({"supervisor", "admin"})
ALERT = 4  # The level that interrupts whatever is done.
NUMBERS = ("", "one", "two", "three", "four", "five")


class WhyNot(NamedTuple):
    """Why not: a word for programs, a sentence to the person, and its beginning about them."""

    code: str
    to_them: str
    of_them: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, or is asked about, with their rights and skills of this moment."""

    id: Id
    skills: Mapping[str, int] = field(default_factory=dict)
    _: KW_ONLY
    username: str = ""
    name: str = ""
    role: str = "reviewer"

    @property
    def sees_all(self) -> bool:
        """Supervisors, admins and auditors see every case."""
        return self.role in READS

    @property
    def decides(self) -> bool:
        """Auditors only read."""
        return self.role in DECIDES

    @property
    def leads(self) -> bool:
        """Supervisors and admins move the work of others."""
        return self.role in LEADS

    def meets(self, wished: Mapping[str, int]) -> bool:
        """Whether every required skill is there at its proficiency; no requirement suits anyone."""
        # A loop: matching asks this for all people, and a generator costs three times as much.
        for skill, least in wished.items():  # noqa: SIM110
            if self.skills.get(skill, 0) < least:
                return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker(Person):
    """A person as work is offered to them; times are minutes on one clock.

    `running` holds (units, expected end) of all they have now, `limits` the units still free for a
    type of work that they take only so much of. `instead` is what somebody not available does;
    `is_asked`: something is offered to them, and until they answer nothing of theirs is free;
    `at_work`: the level of what is in their hands just now, 0 while their hands are still;
    `let_by`: it is only that they let an offer of that level go by a moment ago;
    `stands_by`: they lead, and no team says that work is offered to them.
    """

    free: int
    units: int
    available: bool
    on_shift_until_min: float
    running: tuple[tuple[int, float], ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    instead: str = "away"
    is_asked: bool = False
    at_work: int = 0
    let_by: bool = False
    stands_by: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What of a case says whose it may be.

    `excluded` and `assignee` are usernames, `wanted_by` a role where it was passed on to one.
    `whose`: who holds it, is offered it or decided it; `had_part`: whose vote on it stands under
    the two-person rule, `kept_apart`: who is of a team or role that has approved, where they must
    differ; `refused`: who gave it up, and until when others are asked first.
    """

    skills: Mapping[str, int] = field(default_factory=dict)
    _: KW_ONLY
    task_type: str = ""
    level: int = 1
    units: int = 1
    strict: bool = False
    assignee: str = ""
    wanted_by: str = ""
    excluded: Collection[str] = ()
    had_part: Collection[Id] = ()
    kept_apart: Collection[Id] = ()
    refused: Mapping[Id, float] = field(default_factory=dict)
    whose: Collection[Id] = ()
    is_open: bool = True


def may_see(person: Person, case: Case) -> bool:
    """Own skills and own history for reviewers, with what is offered to them and what is open and
    asks for them by name; everything for the other roles.

    The lists say the same as a condition of the database: `Escalation.objects.visible_to`.
    """
    return sees_skills(person, case.skills) or is_lent(person, case)


def sees_skills(person: Person, wished: Mapping[str, int]) -> bool:
    """Whether cases that ask for these skills are theirs to see; the same for all such cases."""
    return person.sees_all or person.meets(wished)


def is_lent(person: Person, case: Case) -> bool:
    """Whether it is theirs to see without its skills."""
    return person.id in case.whose or (case.is_open and is_asked_for(person, case))


def is_asked_for(person: Person, case: Case) -> bool:
    """Whether it asks for this person by name."""
    return case.assignee != "" and case.assignee == person.username


def is_named(person: Person, case: Case) -> bool:
    """Whether it asks for this person, which for all but strict work is as good as the skill."""
    return not case.strict and is_asked_for(person, case)


def bar(person: Person, case: Case) -> str:
    """Why they may not have it or decide it, as a word; empty for who may, whether or not it is
    theirs to see: a supervisor gives cases to people below the skill."""
    if not person.decides:
        return "not_allowed"
    elif case.excluded and is_excluded(person.username, case.excluded):
        return "excluded"
    elif case.strict and not person.meets(case.skills):
        return "below"
    elif person.id in case.had_part or person.id in case.kept_apart:
        return "same_person" if person.id in case.had_part else "same_group"
    elif case.wanted_by and not person.leads:
        return "for_supervisors"
    else:
        return ""


def is_excluded(username: str, names: Collection[str]) -> bool:
    """Whether one of these names is this username, without its case and the space around it."""
    return username.casefold() in {name.strip().casefold() for name in names}


def why_not(person: Person, case: Case) -> WhyNot | None:
    """Why they may not have it or decide it; None for who may."""
    code = bar(person, case)
    if not code:
        return None
    elif code == "below":
        wished = [f"{skill} {least}" for skill, least in case.skills.items()]
        to_them = f"This work asks for {formatting.listed(wished)}, and is never given below it."
        of_them = f"{lack(person, case.skills)}, and this work is never given below it"
        return WhyNot(code, to_them, of_them)
    else:
        return WhyNot(code, *SENTENCES[code])


def redirected(case: Case) -> Case:
    """The case once somebody gives it or passes it on to a person: whom it was passed on to before
    counts no more."""
    return replace(case, assignee="", wanted_by="")


def but_agree(case: Case) -> Case:
    """The case for everything but agreeing to it, from which a team or role keeps people."""
    return replace(case, kept_apart=())


def may_take(person: Person, case: Case) -> bool:
    """Whether it is meant for them: they may hold it, and have its skills or are asked for."""
    return (is_named(person, case) or person.meets(case.skills)) and not bar(person, case)


def why_not_now(person: Taker, case: Case, now: float) -> str:
    """What keeps this case from this person at this moment, as a word; empty for who can take it.

    `full` is who takes work and can have it once there is room, `absent` who could if they took
    work; every other word stands whatever they do.
    """
    if code := bar(person, case):
        return code
    elif not (is_named(person, case) or person.meets(case.skills)):
        return "lacks"
    elif case.units > person.units:
        return "too_large"
    elif person.stands_by and not case.wanted_by and not is_asked_for(person, case):
        return "stands_by"
    elif not person.available or now >= person.on_shift_until_min:
        return "absent"
    else:
        return "" if room(person, case.task_type) >= case.units else "full"


def lack(person: Person, wished: Mapping[str, int]) -> str:
    """What they are below, in words: the first of these skills by name; empty where nothing."""
    for skill, least in missing(person, wished):
        grade = person.skills.get(skill, 0)
        named = skill[:1].upper() + skill[1:]
        if grade:
            return f"{named} {grade}, {NUMBERS[least - grade]} below what is needed"
        else:
            return f"No {skill}, {least} is needed"
    return ""


def missing(person: Person, wished: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The wishes that this person is below, by name."""
    return tuple(
        (skill, least)
        for skill, least in sorted(wished.items())
        if person.skills.get(skill, 0) < least
    )


def is_on_duty(person: Taker, now: float) -> bool:
    """On shift, and either there or coming back to what they hold."""
    return (person.available or bool(person.running)) and now < person.on_shift_until_min


def takes(person: Taker, now: float) -> bool:
    """There, on shift, and something free."""
    return person.available and person.free > 0 and now < person.on_shift_until_min


def why_takes_nothing(person: Taker, now: float) -> str:
    """What keeps every case from this person now, as a sentence to them; empty for who takes."""
    if takes(person, now):
        return ""
    elif now >= person.on_shift_until_min:
        return "You are not on shift."
    elif not person.available:
        return f"You are {person.instead}."
    elif person.is_asked:
        return "Something is offered to you; nothing else comes before you answer."
    else:
        return "Everything you can hold at once is in use."


def interrupts(person: Taker, case: Case) -> bool:
    """Whether it may be offered while they work: only what is more urgent than that."""
    return is_above(case.level, person.at_work)


def is_above(level: int, in_hand: int) -> bool:
    """Whether a case of this level comes between somebody and what is in their hands: level 4
    always does."""
    return level > in_hand or level == ALERT


def room(person: Taker, task_type: str) -> int:
    """How many units of this type of work they can take now."""
    return min(person.free, person.limits.get(task_type, person.free))


SENTENCES = {
    "not_allowed": (
        "Your role may read cases but not decide them.",
        "May read cases but not decide them",
    ),
    "excluded": (
        "The agent asked that you do not decide this case.",
        "The agent asked that they do not decide this",
    ),
    "same_person": (
        "You have had your part in this; another person must agree.",
        "Has had their part; another person must agree",
    ),
    "same_group": (
        "People of different teams or roles must approve it, and one of yours has; you may reject.",
        "Is of a team or role that has approved it; one of another must",
    ),
    "for_supervisors": (
        "This case was passed on to a supervisor; supervisors take it, or pass it on.",
        "Does not lead, and this was passed on to a supervisor",
    ),
}
