"""What the screens about people show: everybody with their skills and load, in few statements."""

from dataclasses import dataclass, field

from django.db.models import Count

from console.models import User
from escalations import policy
from routing import roster
from routing.models import Skill, Unit


@dataclass(slots=True)
class Entry:
    """One person as a row."""

    person: User
    skills: dict[str, int] = field(default_factory=dict)
    taken: int = 0
    units: int = 0


def entries() -> list[Entry]:
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
        Entry(one, dict(sorted(skills.get(one.pk, {}).items())), *loads.get(one.pk, (0, 0)))
        for one in persons
    ]


def known_skills() -> list[str]:
    """Every skill that somebody has, or that the policy asks for."""
    names = set(Skill.objects.values_list("name", flat=True))
    document = policy.current().document
    for task_type in [document.defaults, *document.task_types.values()]:
        names |= set(task_type.skills)
        for rule in task_type.rules:
            names |= set(rule.skills)
    return sorted(names)
