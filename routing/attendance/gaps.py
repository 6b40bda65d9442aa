"""Where too few people are on shift for what the policy asks, in the week to come.

Looked at while anybody is on shift at all, at lunch or not; spans shorter than 45 minutes, such as
one person's short break, are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from escalations.policy import versions, wording
from escalations.policy.assignment import Ring
from escalations.policy.document import PolicyDocument, TaskType
from escalations.text import formatting
from routing.attendance import calendar
from routing.attendance.calendar import Moments, Week
from routing.people import roster

DAYS_AHEAD = 7
SHORTEST = timedelta(minutes=45)
NUMBERS = ("Nobody", "One person", "Two people", "Three people", "Four people")
NOBODY, SHORT, SINGLE = "nobody", "short", "single"
ORDER = (NOBODY, SHORT, SINGLE)


@dataclass(frozen=True, slots=True)
class Need:
    """What the policy asks of the people on shift: so many with this skill, so well."""

    skill: str
    grade: int
    people: int = 1


@dataclass(frozen=True, slots=True)
class Gap:
    """One line: what, when, and why that is too few."""

    kind: str
    skill: str
    when: str
    sentence: str

    @property
    def headline(self) -> str:
        skill = f"{self.skill[:1].upper()}{self.skill[1:]}"
        return f"{skill}, {self.when}." if self.when else f"{skill}."


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who has a skill well enough, and when they work."""

    name: str
    week: Week


@dataclass(frozen=True, slots=True)
class WideningStep:
    """Who may take a case that nobody fits, and after how long."""

    who: str
    after: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Part of a day in which the same too few people are there."""

    kind: str
    names: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


class Worked:
    """When these weeks are worked, each span worked out once: every skill asks for the same."""

    def __init__(self, weeks: Iterable[Week]) -> None:
        # Who has no shifts works always, and would keep every day open round the clock.
        self._planned = [week for week in weeks if week.rows]
        self._open: dict[Moments, list[Moments]] = {}
        # By the week itself and not by what it says, which takes longer to compare than to read.
        self._known: dict[tuple[int, Moments], tuple[Week, list[Moments]]] = {}

    @property
    def is_planned(self) -> bool:
        """Whether anybody has shifts."""
        return bool(self._planned)

    def by_anybody(self, span: Moments) -> list[Moments]:
        """When anybody is on shift, breaks included, of those who have shifts; the whole span where
        nobody has."""
        if span not in self._open:
            self._open[span] = self._joined(span) if self._planned else [span]
        return self._open[span]

    def by(self, week: Week, span: Moments) -> list[Moments]:
        """When this one is worked."""
        key = id(week), span
        if key not in self._known:
            self._known[key] = week, calendar.working(week, *span)
        return self._known[key][1]

    def _joined(self, span: Moments) -> list[Moments]:
        joined: list[Moments] = []
        # Whose break leaves the floor empty is missed then: it does not close for that hour.
        shifts = (one for week in self._planned for one in calendar.on_shift(week, *span))
        for first, last in sorted(shifts):
            if joined and first <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last))
            else:
                joined.append((first, last))
        return joined


def this_week(now: datetime, zone: ZoneInfo) -> list[Gap]:
    """Every gap of the seven days from now on, the worst first, on the reader's clock."""
    document = versions.current().document
    needed = needs(document)
    names = {
        person: first or username
        for person, first, username in roster.deciders().values_list("pk", "first_name", "username")
    }
    grades = roster.skills_of_all(names, only=[need.skill for need in needed])
    weeks = calendar.weeks_of(names, now)
    worked, found = Worked(weeks.values()), list[Gap]()
    for need in needed:
        able = [
            Able(name, weeks[person])
            for person, name in names.items()
            if grades.get(person, {}).get(need.skill, 0) >= need.grade
        ]
        found += of_need(need, able, worked, rings=document.routing.rings, now=now, zone=zone)
    return sorted(found, key=lambda gap: ORDER.index(gap.kind))


def needs(document: PolicyDocument) -> list[Need]:
    """Every skill that a task type asks for: its highest proficiency, and the most people."""
    grades: dict[str, int] = {}
    people: dict[str, int] = {}
    kinds = [document.for_task_type(name) for name in document.task_types]
    for terms in [*kinds, document.defaults]:
        for skill, grade in terms.skills.items():
            grades[skill] = max(grade, grades.get(skill, 1))
            people[skill] = max(_people(terms), people.get(skill, 1))
    return [Need(skill, grades[skill], people[skill]) for skill in sorted(grades, key=str.lower)]


def of_need(
    need: Need,
    able: Sequence[Able],
    worked: Worked,
    *,
    rings: Sequence[Ring],
    now: datetime,
    zone: ZoneInfo,
) -> list[Gap]:
    """The gaps of one skill. Pure: `able` have it, `worked` are everybody's weeks."""
    # Told once: with so few there is a gap in every hour of the week.
    if len(able) < max(2, need.people):
        return [_too_few(need, able, rings)]
    # Who has no shift may work always, and is counted on only where nobody has any.
    on_duty = [one for one in able if one.week.rows or not worked.is_planned]
    by_words: dict[tuple[str, tuple[str, ...], str], list[date]] = defaultdict(list)
    for day in _days(now, zone):
        open_spans = worked.by_anybody(_bounds(day, now, zone))
        stretches = [one for span in open_spans for one in _stretches(need, on_duty, worked, span)]
        for kind, names in dict.fromkeys((one.kind, one.names) for one in stretches):
            same = [one for one in stretches if (one.kind, one.names) == (kind, names)]
            by_words[kind, names, _times(same, open_spans, zone)].append(day)
    today = now.astimezone(zone).date()
    return [
        Gap(kind, need.skill, _when(days, times, today), _why(kind, names, need))
        for (kind, names, times), days in by_words.items()
    ]


def when_nobody_fits(rings: Iterable[Ring]) -> list[WideningStep]:
    """The rings of the policy as a person reads them."""
    return [
        WideningStep("Exact skill and level", "from the start"),
        *(WideningStep(wording.ring_title(ring), wording.after(ring)) for ring in rings),
    ]


def _people(terms: TaskType) -> int:
    rules = max((rule.approvals or 1 for rule in terms.rules), default=1)
    two = any(limits.two_people_from is not None for limits in terms.amounts.values())
    return max(terms.approvals, rules, 2 if two else 1)


def _too_few(need: Need, able: Sequence[Able], rings: Sequence[Ring]) -> Gap:
    if not able:
        return Gap(
            NOBODY, need.skill, "all week", f"Nobody has {need.grade} or more.{_then(rings)}"
        )
    names = _listed([one.name for one in able])
    if len(able) < need.people:
        needed = NUMBERS[min(need.people, 4)]
        text = f"{needed} are needed, only {names} {_has(able)} {need.grade} or more."
        return Gap(SHORT, need.skill, "all week", text)
    text = f"One person only, {names}, has {need.grade} or more.{_then(rings)}"
    return Gap(SINGLE, need.skill, "all week", text)


def _then(rings: Sequence[Ring]) -> str:
    if not rings:
        return " Nobody else is ever offered it."
    title = formatting.inside(wording.ring_title(rings[-1]))
    return f" {wording.after(rings[-1]).capitalize()} it is offered more widely: {title}."


def _days(now: datetime, zone: ZoneInfo) -> list[date]:
    today = now.astimezone(zone).date()
    return [today + number * timedelta(days=1) for number in range(DAYS_AHEAD)]


def _bounds(day: date, now: datetime, zone: ZoneInfo) -> Moments:
    # The next midnight, not 24 hours later: days on which the clocks change are longer or shorter.
    end = calendar.moment(day + timedelta(days=1), time(), zone)
    return max(now, calendar.moment(day, time(), zone)), end


def _stretches(need: Need, able: Sequence[Able], worked: Worked, span: Moments) -> list[_Stretch]:
    """The parts of a span with too few people, neighbours alike joined, short ones left out."""
    there = [(one.name, worked.by(one.week, span)) for one in able]
    edges = sorted({*span, *(at for _, spans in there for pair in spans for at in pair)})
    found: list[_Stretch] = []
    for first, last in pairwise(edges):
        here = (name for name, spans in there if any(a <= first < b for a, b in spans))
        # With so many there are enough, and nobody is named.
        names = tuple(islice(here, max(2, need.people)))
        kind = _kind(len(names), need.people)
        if found and (found[-1].kind, found[-1].names, found[-1].ends_at) == (kind, names, first):
            found[-1] = _Stretch(kind, names, found[-1].starts_at, last)
        elif kind:
            found.append(_Stretch(kind, names, first, last))
    return [one for one in found if one.ends_at - one.starts_at >= SHORTEST]


def _kind(count: int, needed: int) -> str:
    if count == 0:
        return NOBODY
    elif count < needed:
        return SHORT
    else:
        return SINGLE if count == 1 else ""


def _times(stretches: Sequence[_Stretch], open_spans: Sequence[Moments], zone: ZoneInfo) -> str:
    """`from 17:00` where it lasts to the end of the day's work, `` where it is all of it."""
    first, last = open_spans[0][0], open_spans[-1][1]
    told = []
    for one in stretches:
        begins, ends = (f"{at.astimezone(zone):%H:%M}" for at in (one.starts_at, one.ends_at))
        if (one.starts_at, one.ends_at) == (first, last):
            return ""
        elif one.ends_at == last:
            told.append(f"from {begins}")
        elif one.starts_at == first:
            told.append(f"until {ends}")
        else:
            told.append(f"{begins} to {ends}")
    return _listed(told)


def _when(days: Sequence[date], times: str, today: date) -> str:
    names = ["today" if day == today else f"{day:%A}" for day in days]
    if len(days) == DAYS_AHEAD:
        named = "all week"
    elif len(days) > 2 and (days[-1] - days[0]).days == len(days) - 1:
        named = f"{names[0]} to {names[-1]}"
    else:
        named = _listed(names)
    return f"{named} {times}".strip()


def _why(kind: str, names: Sequence[str], need: Need) -> str:
    if kind == NOBODY:
        return f"Nobody on shift has {need.grade} or more."
    elif kind == SHORT:
        there = _listed(list(names))
        return f"{NUMBERS[min(need.people, 4)]} are needed, only {there} {_is(names)} on shift."
    else:
        return f"Only {names[0]} has {need.grade} or more."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _has(able: Sequence[Able]) -> str:
    return "has" if len(able) == 1 else "have"
