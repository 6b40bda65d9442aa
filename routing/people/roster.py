"""Who has which skill, and how well: for the rules, and as the grid of the Skills page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from console.database import statements
from console.models import DECIDERS, User
from escalations.policy.staffing import StaffMember
from routing.models import Duty, Proficiency, Skill, Team, Unit
from routing.people import skills as skill_rules
from routing.people.units import UNITS

_SKILLS_OF = """
    SELECT skill.name, proficiency.grade FROM routing_proficiency AS proficiency
      JOIN routing_skill AS skill ON skill.id = proficiency.skill_id
     WHERE proficiency.person_id = %s AND proficiency.grade > 0
"""
_GRADED = """
    INSERT INTO routing_proficiency (person_id, skill_id, grade) VALUES (%s, %s, %s)
        ON CONFLICT (person_id, skill_id) DO UPDATE SET grade = excluded.grade
"""
WORKING = 3  # The proficiency from which somebody counts as able.
WORDS = ("none", "learning", "basic", "working", "strong", "expert")
# What a person is called is made of these.
_NAMED = ("username", "first_name", "last_name")


@dataclass(frozen=True, slots=True)
class GradeCell:
    """How well one person has one skill."""

    person: User
    skill: str
    grade: int

    @property
    def label(self) -> str:
        """What the cell is called: who, what, how well."""
        return f"{self.name}: {self.grade}, {WORDS[self.grade]}"

    @property
    def name(self) -> str:
        return f"{self.person.name}, {self.skill[:1].upper()}{self.skill[1:]}"

    @property
    def next(self) -> int:
        """What a click makes of it."""
        return (self.grade + 1) % len(WORDS)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of the grid; `units` how many they have, `taken` how many of them are in use."""

    person: User
    cells: list[GradeCell]
    duty: Duty | None
    units: int
    taken: int


@dataclass(frozen=True, slots=True)
class Column:
    """One skill, and how many people have it well enough to be counted on."""

    skill: str
    kind: str
    able: int

    @property
    def is_language(self) -> bool:
        return self.kind == Skill.Kind.LANGUAGE


@dataclass(frozen=True, slots=True)
class Grid:
    """Everybody who decides, and every skill: trades first, then languages."""

    columns: list[Column] = field(default_factory=list)
    rows: list[RosterRow] = field(default_factory=list)

    @property
    def trades(self) -> int:
        return sum(not column.is_language for column in self.columns)

    @property
    def languages(self) -> int:
        return len(self.columns) - self.trades


def deciders() -> QuerySet[User]:
    """Who can be given work, by name."""
    users = User.objects.filter(is_active=True, role__in=DECIDERS)
    return users.order_by("first_name", "last_name", "username")


def named(people: QuerySet[User], words: str) -> QuerySet[User]:
    """Those whose name or username has all these words, in any order."""
    for word in words.split():
        name = Q(first_name__icontains=word) | Q(last_name__icontains=word)
        people = people.filter(name | Q(username__icontains=word))
    return people


def found(words: str = "", team: str = "", skill: str = "") -> QuerySet[User]:
    """Those of them whose name has all these words, who are in this team and have this skill."""
    people = named(deciders(), words)
    if team:
        people = people.filter(duty__team__name=team)
    if skill:
        # Asked by itself: joined to a table that grew since PostgreSQL last counted it, it is read
        # once for each person.
        had = Proficiency.objects.filter(skill__name=skill, grade__gt=0)
        people = people.filter(pk__among=list(had.values_list("person", flat=True)))
    return people


def grid(people: Collection[User]) -> Grid:
    """The rows of these people, with everybody's counts. Six statements for any size."""
    numbers = [person.pk for person in people]
    grades = skills_of_all(numbers)
    kinds, able = skill_rules.known(), _able()
    columns = [Column(name, kind, able.get(name, 0)) for name, kind in kinds.items()]
    their = Duty.objects.filter(person__among=numbers).select_related("team")
    duties = {duty.person_id: duty for duty in their}
    loads = loads_of(numbers)
    return Grid(
        columns,
        [
            RosterRow(
                person,
                [GradeCell(person, name, grades.get(person.pk, {}).get(name, 0)) for name in kinds],
                duties.get(person.pk),
                *loads.get(person.pk, (UNITS, 0)),
            )
            for person in people
        ],
    )


def _able() -> dict[str, int]:
    """Of each skill how many of all who decide have it well enough."""
    had = Proficiency.objects.filter(grade__gte=WORKING, person__in=deciders().order_by())
    return dict(had.values_list("skill__name").annotate(Count("pk")).order_by())


def teams() -> list[tuple[Team, list[User]]]:
    """Every team with who is in it and has an open account."""
    members: dict[int | None, list[User]] = {}
    duties = Duty.objects.filter(person__in=deciders().order_by()).select_related("person")
    duties = duties.only("team", *(f"person__{name}" for name in _NAMED))
    for duty in duties.order_by("person__first_name", "person__last_name"):
        members.setdefault(duty.team_id, []).append(duty.person)
    return [(team, members.get(team.pk, [])) for team in Team.objects.order_by("name")]


def loads_of(people: Collection[int]) -> dict[int, tuple[int, int]]:
    """Of each who can be given work, how many units they have and how many are taken."""
    counted = Unit.objects.filter(person__among=people).values_list("person").order_by()
    return {
        person: (many, taken)
        for person, many, taken in counted.annotate(many=Count("pk"), taken=Count("escalation"))
    }


def skills_of(user_id: int) -> dict[str, int]:
    """Skill name to proficiency; a grade of 0 is no skill."""
    return dict(statements.rows(_SKILLS_OF, [user_id]))


def grade(user: User, skills: Mapping[str, int]) -> None:
    """Set these proficiencies, each 0 to 5; skills not named stay as they are. One statement more
    for each skill that there was not."""
    grade_all([(user, skills)])


def grade_all(people: Sequence[tuple[User, Mapping[str, int]]]) -> None:
    """The same of many people, by as many statements."""
    named = {name for _, skills in people for name in skills}
    there = {skill.name: skill for skill in Skill.objects.filter(name__in=sorted(named))}
    for name in sorted(named - there.keys()):
        there[name], _ = Skill.objects.get_or_create(name=name)
    # In one order, so that two who grade the same people at once wait for one another.
    wanted = sorted(
        (user.pk, there[name].pk, value)
        for user, skills in people
        for name, value in skills.items()
    )
    # Of a whole roster these are 20,000 rows, which through models take seconds under the lock.
    statements.many(_GRADED, wanted)


def unknown(skills: Collection[str]) -> set[str]:
    """Which of these there are not yet."""
    there = Skill.objects.filter(name__in=list(skills)).values_list("name", flat=True)
    return set(skills) - set(there)


def skills_had() -> frozenset[str]:
    """Every skill that somebody who decides has."""
    rows = Proficiency.objects.filter(
        grade__gt=0, person__is_active=True, person__role__in=DECIDERS
    )
    return frozenset(rows.values_list("skill__name", flat=True).distinct())


def staff() -> list[StaffMember]:
    """Each person who decides, with skills, also without any: two statements."""
    people = list(
        deciders()
        .annotate(holds=Count("units"))
        .values_list("pk", "username", "duty__team__name", "role", "holds")
    )
    skills = skills_of_all([person for person, *_ in people])
    return [
        StaffMember(skills.get(person, {}), username, team or "", role, holds or UNITS)
        for person, username, team, role, holds in people
    ]


def skills_of_all(
    user_ids: Collection[int], *, only: Collection[str] | None = None
) -> dict[int, dict[str, int]]:
    """The same for many people in one statement, of all skills or of these."""
    skills: dict[int, dict[str, int]] = {}
    rows = Proficiency.objects.filter(person__among=user_ids, grade__gt=0)
    if only is not None:
        rows = rows.filter(skill__name__in=only)
    for person, name, value in rows.values_list("person", "skill__name", "grade"):
        skills.setdefault(person, {})[name] = value
    return skills
