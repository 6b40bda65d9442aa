"""Who may not approve beside whom, where the policy asks for people of different teams or roles."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from console.models import User
from escalations.models import Vote
from escalations.policy import versions

PEOPLE, TEAMS = "people", "teams"


def kept_apart(cases: Mapping[int, tuple[str, int]]) -> dict[int, frozenset[int]]:
    """For each of these cases (its number: task type and policy version) everybody of a team or
    role that has approved it, under the policy that judged it; nothing of the others.

    Whoever is in no team is of one team with all who are in none.
    """
    asked = {
        number: how
        for number, (task_type, version) in cases.items()
        if (how := versions.judged_by(version).for_task_type(task_type).approvals_from) != PEOPLE
    }
    agreed = Vote.people_of(asked, verdict=Vote.Verdict.APPROVE)
    if not agreed:
        return {}
    groups = {how: groups_by(how) for how in set(asked.values())}
    return {number: _alike(people, groups[asked[number]]) for number, people in agreed.items()}


def alike(people: Collection[int], how: str) -> set[int]:
    """Those of these people who come after another of their team or role, in this order."""
    groups, known, found = groups_by(how) if how != PEOPLE else {}, set(), set()
    for person in people if groups else ():
        group = groups.get(person)
        if group in known:
            found.add(person)
        known.add(group)
    return found


def groups_by(how: str) -> dict[int, str]:
    """The team or the role of everybody who is welcome."""
    column = "duty__team__name" if how == TEAMS else "role"
    rows = User.objects.filter(is_active=True).values_list("pk", column)
    return {person: group or "" for person, group in rows}


def _alike(people: Collection[int], groups: Mapping[int, str]) -> frozenset[int]:
    members: dict[str, set[int]] = defaultdict(set)
    for person, group in groups.items():
        members[group].add(person)
    return frozenset().union(*(members[groups[one]] for one in people if one in groups))
