"""Whether there are people for what a policy asks for: pure, over who there is with which skills.

None of it makes a policy wrong: people may still come, and before anybody decides nothing is said.
So what is so already never keeps anybody from publishing; what a new version brings is refused
until somebody says that they mean it.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from escalations.policy.document import PolicyDocument, Rule, TaskType
from escalations.refusals import Fault, Invalid
from escalations.text import formatting

DEFAULTS, FALLBACK_TITLE = "/defaults", "Everything else"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person who decides, as far as a policy asks for it."""

    skills: Mapping[str, int] = field(default_factory=dict)
    username: str = ""
    team: str = ""
    role: str = "reviewer"
    units: int = 5


Staff = Sequence[StaffMember]


@dataclass(frozen=True, slots=True)
class ApprovalsAsked:
    """How many must approve, from what (`people`, `teams`, `roles`), and whether a third decides
    where two disagree."""

    people: int = 1
    apart: str = "people"
    third: bool = False


@dataclass(frozen=True, slots=True)
class Shortage:
    """What nobody, or too few, can do, by where the policy asks for it. `about` stays the same
    however the sentence goes, so that two versions can be compared."""

    pointer: str
    detail: str
    about: tuple[str, str]
    title: str = ""


def remarks(policy: PolicyDocument, staff: Staff) -> list[Shortage]:
    """Skills that nobody has, approvals that nobody can give and units that nobody can hold, each
    once, where it is stated."""
    parts = [("", policy.defaults, DEFAULTS)]
    parts += [(name, own, _pointer(name)) for name, own in policy.task_types.items()]
    found: dict[tuple[str, tuple[str, str]], Shortage] = {}
    asked = _Asked(staff)
    for name, own, pointer in parts if staff else []:
        inherited = policy.defaults if name else None
        whole = policy.for_task_type(name)
        title = (whole.title or name) if name else FALLBACK_TITLE
        for one in _of_part(_Part(pointer, title, own, whole, inherited), asked):
            found.setdefault((one.pointer, one.about), one)
    return list(found.values())


def remarks_of(task_type: TaskType, staff: Staff) -> list[Shortage]:
    """The same for one task type by itself; nothing while there is nobody."""
    part = _Part("", "", task_type, task_type, None)
    return list(_of_part(part, _Asked(staff))) if staff else []


def unknown(task_type: TaskType, names: Collection[str]) -> list[Shortage]:
    """Skills that this task type asks for and that there are not, each with what may be meant."""
    found = []
    for skill in task_type.skills:
        if names and skill not in names:
            alike = get_close_matches(skill.casefold(), [one.casefold() for one in names], 1, 0.75)
            meant = next((one for one in names if alike and one.casefold() == alike[0]), "")
            asked = f"Did you mean {meant}?" if meant else "It is added on the page Skills."
            detail = f"There is no skill “{formatting.cut(skill)}”. {asked}"
            found.append(Shortage("/skills", detail, ("/skills", f"skill {skill}")))
    return found


def missing(terms: TaskType, skills: Mapping[str, int], people: int, staff: Staff) -> str:
    """Who is missing for so many to approve a case with these skills, under these terms; empty
    where nobody is, and while there is nobody."""
    asked = ApprovalsAsked(people, terms.approvals_from, terms.disagreement == "third_decides")
    found = _short(skills, asked, staff) if people > 1 and staff else ()
    return next((detail for _, _, detail in found), "")


def nobody_left(skills: Mapping[str, int], staff: Staff, left: Staff) -> str:
    """Who is excluded where nobody of these people is `left` who could decide a case with these
    skills; empty where somebody is, and where nobody could before."""
    wanted = formatting.listed([f"{skill} {grade}" for skill, grade in skills.items()])
    if staff and not left:
        return "Nobody is left who may decide it: everybody who decides here is excluded."
    elif any(_fits(one, skills) for one in staff) and not any(_fits(one, skills) for one in left):
        return f"Nobody is left with {wanted}: everybody who has it is excluded."
    else:
        return ""


def introduced(before: PolicyDocument, after: PolicyDocument, staff: Staff) -> list[Shortage]:
    """What is short only by the newer of two policies."""
    if before is after:
        return []
    known = {one.about for one in remarks(before, staff)}
    return [one for one in remarks(after, staff) if one.about not in known]


def require(before: PolicyDocument, after: PolicyDocument, staff: Staff) -> None:
    """Raises Invalid naming everything that is short only by the newer of two policies."""
    if found := introduced(before, after, staff):
        faults = [Fault(one.pointer, one.detail) for one in found]
        asks = "something" if len(found) == 1 else f"{len(found)} things"
        detail = f"It asks for {asks} that the people there are now cannot do."
        raise Invalid(detail, errors=faults, code="nobody_can")


@dataclass(frozen=True, slots=True)
class _Part:
    """One task type: what it states itself, what holds for it, and the defaults if it is no default
    itself."""

    pointer: str
    title: str
    own: TaskType
    whole: TaskType
    inherited: TaskType | None

    def stated_at(self, *names: str) -> str:
        """Where one of these parts is stated: here, or among the defaults."""
        is_own = self.inherited is None or self.own.model_fields_set & set(names)
        return self.pointer if is_own else DEFAULTS

    def rules(self) -> Iterator[tuple[str, int, Rule]]:
        """Every rule that holds, with where it is stated."""
        own = self.own.rules
        for index, rule in enumerate(self.inherited.rules if self.inherited else []):
            yield DEFAULTS, index, rule
        for index, rule in enumerate(own):
            yield self.pointer, index, rule


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is short of these people, looked for once for all parts that ask for the same."""

    staff: Staff
    known: dict[Hashable, list[tuple[str, str, str]]] = field(default_factory=dict)
    held: dict[Hashable, int] = field(default_factory=dict)

    def short(
        self, skills: Mapping[str, int], approvals: ApprovalsAsked
    ) -> list[tuple[str, str, str]]:
        key = (tuple(skills.items()), approvals)
        if key not in self.known:
            self.known[key] = list(_short(skills, approvals, self.staff))
        return self.known[key]

    def units_held(self, skills: Mapping[str, int]) -> int:
        """The most that anybody with these skills holds."""
        key = tuple(skills.items())
        if key not in self.held:
            able = (one.units for one in self.staff if _fits(one, skills))
            self.held[key] = max(able, default=0)
        return self.held[key]


def _of_part(part: _Part, asked: _Asked) -> Iterator[Shortage]:
    skills, people = part.whole.skills, _approvals(part.whole)
    apart, third = part.whole.approvals_from, part.whole.disagreement == "third_decides"
    said = set()
    for name, about, detail in asked.short(skills, ApprovalsAsked(people, apart, third)):
        said.add(about)
        beside = ("approvals", "amounts") if name != "skills" else ()
        where = part.stated_at("skills", name, *beside)
        pointer = f"{where}/{name}"
        if name == "approvals" and part.whole.approvals < people:
            where = part.stated_at("amounts")
            pointer = f"{where}/amounts/{_two_people(part.whole)}/two_people_from"
        yield Shortage(pointer, detail, (where, about), part.title)
    most = asked.units_held(skills)
    if most and most < part.whole.units:
        where = part.stated_at("units")
        takes = f"It takes {part.whole.units} units"
        detail = f"{takes}, and nobody who could hold it has more than {most}."
        yield Shortage(f"{where}/units", detail, (where, "units"), part.title)
    for where, index, rule in part.rules():
        raised = {name: max(grade, skills.get(name, 0)) for name, grade in rule.skills.items()}
        wished = {**skills, **raised}
        approvals = ApprovalsAsked(max(people, rule.approvals or 1), apart, third)
        for name, about, detail in asked.short(wished, approvals):
            # What the task type itself is short of, so is each of its rules; it is said once.
            if about in said:
                continue
            # By its words, because the rules above it may come and go.
            known = (where, f"{rule.reason}: {about}")
            asks = name if name == "skills" else "approvals"
            pointer = f"{where}/rules/{index}/{asks if getattr(rule, asks) else 'skills'}"
            yield Shortage(pointer, f"{rule.reason}: {detail}", known, part.title)


def _short(
    skills: Mapping[str, int], asked: ApprovalsAsked, staff: Staff
) -> Iterator[tuple[str, str, str]]:
    """The part at fault, what it is about, and a sentence."""
    nobody = [
        (skill, grade)
        for skill, grade in skills.items()
        if not any(person.skills.get(skill, 0) >= grade for person in staff)
    ]
    for skill, grade in nobody:
        yield "skills", f"skill {skill}", _nobody_has(skill, grade, staff)
    able = [person for person in staff if _fits(person, skills)]
    wanted = formatting.listed([f"{skill} {grade}" for skill, grade in skills.items()])
    if not nobody and not able:
        yield "skills", "skills together", f"Nobody has {wanted} together."
    # Also where nobody has the skills: whoever learns them alone is still too few.
    if able or asked.people > 1:
        yield from _too_few(able, asked, f" with {wanted}" if wanted else "")


def _too_few(
    able: Sequence[StaffMember], asked: ApprovalsAsked, wanted: str
) -> Iterator[tuple[str, str, str]]:
    people, can = asked.people, len(able)
    groups = {person.team if asked.apart == "teams" else person.role for person in able}
    if can < people:
        lack = _more("person", "people", people - can, wanted)
        only = f"only {can}" if can else "nobody"
        said = f"{people} people have to approve, and {only} can: {lack}."
        yield "approvals", "approvals", said
    elif people > 1 and asked.apart != "people" and len(groups) < people:
        kind = asked.apart.removesuffix("s")
        names = formatting.listed(sorted(one or "no team" for one in groups))
        lack = _more(kind, asked.apart, people - len(groups), wanted)
        said = f"People of {people} {asked.apart} have to approve, and only {names} can: {lack}."
        yield "approvals_from", "approvals_from", said
    elif people > 1 and asked.third and can == people:
        lack = _more("person", "people", 1, wanted)
        said = f"Where two disagree a third decides, and only {can} can: {lack}."
        yield "disagreement", "disagreement", said


def _more(one: str, several: str, count: int, wanted: str) -> str:
    """Such as `1 more person with refunds 3 is missing`."""
    what, verb = (one, "is") if count == 1 else (several, "are")
    return f"{count} more {what}{wanted} {verb} missing"


def _nobody_has(skill: str, grade: int, staff: Staff) -> str:
    most = max((person.skills.get(skill, 0) for person in staff), default=0)
    if most:
        return f"Nobody has {skill} at {grade} or more; the most that anybody has is {most}."
    return f"Nobody has the skill {skill}."


def _fits(person: StaffMember, skills: Mapping[str, int]) -> bool:
    return all(person.skills.get(skill, 0) >= grade for skill, grade in skills.items())


def _approvals(task_type: TaskType) -> int:
    return max(task_type.approvals, 2 if _two_people(task_type) else 1)


def _two_people(task_type: TaskType) -> str:
    """The first currency in which an amount asks for two people; empty without one."""
    return next((name for name, one in task_type.amounts.items() if one.two_people_from), "")


def _pointer(name: str) -> str:
    return f"/task_types/{name.replace('~', '~0').replace('/', '~1')}"
