"""What the screens about people show: everybody with their skills and load, in few statements."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import QuerySet

from console.models import DECIDERS, User
from routing.people import roster


@dataclass(slots=True)
class PersonRow:
    """One person as a row."""

    person: User
    skills: dict[str, int] = field(default_factory=dict)
    taken: int = 0
    units: int = 0

    @property
    def may_hold(self) -> bool:
        """Whether their role ever has cases in hand, or they still have some."""
        return may_hold(self.person, self.taken)


def may_hold(person: User, taken: int) -> bool:
    return person.role in DECIDERS or taken > 0


def found(words: str) -> QuerySet[User]:
    """Everybody whose name has these words, those with an open account first."""
    everybody = User.objects.order_by("-is_active", "first_name", "last_name", "username")
    return roster.named(everybody, words)


def entries(persons: Collection[User]) -> list[PersonRow]:
    """These people with what they can do and hold: two statements."""
    numbers = [person.pk for person in persons]
    skills, loads = roster.skills_of_all(numbers), roster.loads_of(numbers)
    rows = []
    for person in persons:
        units, taken = loads.get(person.pk, (0, 0))
        had = dict(sorted(skills.get(person.pk, {}).items(), key=lambda one: one[0].casefold()))
        rows.append(PersonRow(person, had, taken, units))
    return rows
