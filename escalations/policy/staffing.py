"""Whether there are people for what a policy asks: pure, over who there is with which skills."""

from collections.abc import Mapping, Sequence

from escalations.policy.document import PolicyDocument, TaskType
from escalations.refusals import Fault
from escalations.text import formatting

# The skills of each person who decides.
Staff = Sequence[Mapping[str, int]]


def remarks(policy: PolicyDocument, staff: Staff) -> list[Fault]:
    """Skills that nobody has and approvals that nobody can give, by where the policy asks for
    them. None of it makes a policy wrong: people may still come, and before anybody has nothing is
    said."""
    if not staff:
        return []
    found = remarks_of("/defaults", policy.for_task_type(""), staff)
    for name in policy.task_types:
        pointer = f"/task_types/{name.replace('~', '~0').replace('/', '~1')}"
        found += remarks_of(pointer, policy.for_task_type(name), staff)
    return found


def remarks_of(pointer: str, task_type: TaskType, staff: Staff) -> list[Fault]:
    """The same for one task type."""
    missing = [
        Fault(f"{pointer}/skills", _nobody_has(skill, grade, staff))
        for skill, grade in task_type.skills.items()
        if not any(person.get(skill, 0) >= grade for person in staff)
    ]
    found = [*missing]
    able = sum(_fits(person, task_type.skills) for person in staff)
    if not missing and able == 0 and len(task_type.skills) > 1:
        wanted = formatting.listed([f"{skill} {n}" for skill, n in task_type.skills.items()])
        found.append(Fault(f"{pointer}/skills", f"Nobody has {wanted} together."))
    people = _approvals(task_type)
    if 0 < able < people or (able == 0 and not task_type.skills):
        can = "nobody" if able == 0 else f"only {able}"
        asked = "1 person has" if people == 1 else f"{people} people have"
        found.append(Fault(f"{pointer}/approvals", f"{asked} to approve, and {can} can."))
    return found


def _nobody_has(skill: str, grade: int, staff: Staff) -> str:
    most = max((person.get(skill, 0) for person in staff), default=0)
    if most:
        return f"Nobody has {skill} at {grade} or more; the most that anybody has is {most}."
    return f"Nobody has the skill {skill}."


def _fits(person: Mapping[str, int], skills: Mapping[str, int]) -> bool:
    return all(person.get(skill, 0) >= grade for skill, grade in skills.items())


def _approvals(task_type: TaskType) -> int:
    two = any(limits.two_people_from for limits in task_type.amounts.values())
    return max(task_type.approvals, 2 if two else 1)
