"""Who has which skill, and how well."""

from collections.abc import Collection, Mapping

from console.models import User
from routing.models import Proficiency, Skill


def skills_of(user_id: int) -> dict[str, int]:
    """Skill name to proficiency; a grade of 0 is no skill."""
    rows = Proficiency.objects.filter(person=user_id, grade__gt=0)
    return dict(rows.values_list("skill__name", "grade"))


def grade(user: User, skills: Mapping[str, int]) -> None:
    """Set these proficiencies, each 0 to 5; skills not named stay as they are."""
    for name, value in skills.items():
        skill, _ = Skill.objects.get_or_create(name=name)
        Proficiency.objects.update_or_create(person=user, skill=skill, defaults={"grade": value})


def skills_of_all(user_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """The same for many people in one statement."""
    skills: dict[int, dict[str, int]] = {}
    rows = Proficiency.objects.filter(person__in=user_ids, grade__gt=0)
    for person, name, value in rows.values_list("person", "skill__name", "grade"):
        skills.setdefault(person, {})[name] = value
    return skills
