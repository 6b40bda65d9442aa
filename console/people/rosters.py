"""What the screens about people show: everybody with their skills and load, in few statements."""

from dataclasses import dataclass, field

from django.db.models import Count

from console.models import User
from routing.models import Unit
from routing.people import roster


@dataclass(slots=True)
class PersonRow:
    """One person as a row."""

    person: User
    skills: dict[str, int] = field(default_factory=dict)
    taken: int = 0
    units: int = 0


def entries() -> list[PersonRow]:
    """Everybody, those with an open account first."""
    persons = list(User.objects.order_by("-is_active", "first_name", "last_name", "username"))
    skills = roster.skills_of_all([person.pk for person in persons])
    loads = {
        person: (taken, many)
        for person, taken, many in Unit.objects.values_list("person")
        .annotate(taken=Count("escalation"), many=Count("pk"))
        .order_by()
    }
    return [
        PersonRow(one, dict(sorted(skills.get(one.pk, {}).items())), *loads.get(one.pk, (0, 0)))
        for one in persons
    ]
