"""The one door to an escalation: who may see it and what they may do with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.conf import settings
from django.utils.module_loading import import_string

from console import statements
from escalations.models import Escalation, State
from escalations.policy.ladder import ALERT_LEVEL
from escalations.refusals import By, NotAllowed, NotFound

# What every role may do with a case that it may see; all other commands are for those who decide.
READING = frozenset({"see", "watch", "unwatch"})

ANSWERING = frozenset({"approve", "edit", "reject", "respond", "choose"})
HANDING = frozenset({"pass_on", "snooze"})
# What whoever has a case may do with it although they may not decide it.
GIVING_BACK = frozenset({"release", "decline"})
# What stands open in which state: to everybody who decides, to whose it is, to others, to leads.
TO_ALL = {
    State.WAITING: ANSWERING | HANDING | {"claim"},
    State.SECOND: ANSWERING | HANDING | {"claim"},
    State.SNOOZED: frozenset({"claim"}),
}
TO_WHOSE_IT_IS = {
    State.OFFERED: ANSWERING | HANDING | {"accept", "decline"},
    State.HELD: ANSWERING | HANDING | {"release"},
    State.DECIDED: frozenset({"undo"}),
}
TO_OTHERS = {State.HELD: frozenset({"ask_handover"})}
TO_LEADS = {State.OFFERED: frozenset({"claim"})}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person as the rules see them; `console.viewers` makes it from the user and the roster."""

    user_id: int
    username: str
    name: str
    role: str
    skills: Mapping[str, int] = field(default_factory=dict)

    @property
    def sees_all(self) -> bool:
        """Supervisors, admins and auditors see every case."""
        return self.role in {"supervisor", "admin", "auditor"}

    @property
    def decides(self) -> bool:
        """Auditors only read."""
        return self.role in {"reviewer", "supervisor", "admin"}

    @property
    def leads(self) -> bool:
        """Supervisors and admins move the work of others."""
        return self.role in {"supervisor", "admin"}

    @property
    def by(self) -> By:
        """This person as the `by` of a refusal."""
        return By(self.username, self.name)

    def meets(self, requirement: Mapping[str, int]) -> bool:
        """Whether every required skill is there at its proficiency; no requirement suits anyone."""
        return all(self.skills.get(skill, 0) >= grade for skill, grade in requirement.items())


def viewer_of(user: Any) -> Viewer:
    """The signed-in user as the rules see them, by the setting `VIEWER_OF`."""
    viewer: Viewer = import_string(settings.VIEWER_OF)(user)
    return viewer


def viewer_by_id(user_id: int) -> Viewer:
    """This person with the rights of this moment. Raises NotAllowed if they are not welcome now."""
    viewer: Viewer | None = import_string(settings.VIEWER_BY_ID)(user_id)
    if viewer is None:
        raise NotAllowed("signed_out", "Your account is closed.")
    return viewer


def viewers_now(session_keys: Collection[str]) -> dict[str, Viewer]:
    """The viewers of those sessions that are still alive, by the setting `VIEWERS_NOW`."""
    viewers: dict[str, Viewer] = import_string(settings.VIEWERS_NOW)(session_keys)
    return viewers


def requirements_for(viewer: Viewer) -> list[int] | None:
    """The ids of the requirements that `viewer` meets; None means every case is theirs to see.

    The same answer decides the queue query and who is sent a row over the socket.
    """
    if viewer.sees_all:
        return None
    rows = statements.rows("SELECT id, skills FROM escalations_requirement ORDER BY id")
    return [number for number, skills in rows if viewer.meets(orjson.loads(skills))]


def may_see(viewer: Viewer, escalation: Escalation) -> bool:
    """Own skills and own history for reviewers, with what is offered to them and what is open and
    asks for them by name; everything for the other roles."""
    theirs = {escalation.held_by_id, escalation.offered_to_id, escalation.decided_by_id}
    return viewer.user_id in theirs or finds(viewer, escalation)


def finds(viewer: Viewer, escalation: Escalation) -> bool:
    """Whether it is theirs to see, given to them or not: by their role, their name or skills."""
    by_name = escalation.state in State.open() and escalation.assignee == viewer.username
    return viewer.sees_all or by_name or viewer.meets(escalation.requirement.skills)


def is_within_skills(viewer: Viewer, escalation: Escalation) -> bool:
    """Strict work is for nobody below the skills that it asks for."""
    return not escalation.strict or viewer.meets(escalation.requirement.skills)


def is_wanted(viewer: Viewer, escalation: Escalation) -> bool:
    """What was passed on to a supervisor is for who leads."""
    return viewer.leads or not escalation.wanted_by


def escalation_for(viewer: Viewer, escalation_id: str, *, to: str = "see") -> Escalation:
    """The escalation with that id, if `viewer` may do `to` with it.

    Raises NotFound for what is not theirs to see, NotAllowed for what their role may not do.
    """
    cases = Escalation.objects.select_related(
        "requirement", "agent", "held_by", "offered_to", "decided_by"
    )
    return allowed(viewer, cases.filter(id=escalation_id).first(), to=to)


def allowed(viewer: Viewer, escalation: Escalation | None, *, to: str) -> Escalation:
    """What was found, if `viewer` may do `to` with it. Raises as `escalation_for`."""
    if escalation is None or not may_see(viewer, escalation):
        raise NotFound("not_found", "There is no such case, or it is not one of yours.")
    if to not in READING and not viewer.decides:
        raise NotAllowed("not_allowed", "Your role may read cases but not decide them.")
    return escalation


def commands_for(viewer: Viewer, escalation: Escalation) -> frozenset[str]:
    """The commands that stand open to `viewer` now; screens draw exactly these."""
    if not viewer.decides:
        return frozenset()
    state = State(escalation.state)
    may: frozenset[str] = TO_ALL.get(state, frozenset())
    if viewer.user_id == _whose(escalation):
        may |= TO_WHOSE_IT_IS[state]
    else:
        may |= TO_OTHERS.get(state, frozenset())
        may |= TO_LEADS.get(state, frozenset()) if viewer.leads else frozenset()
    able = viewer.username not in escalation.excluded and is_within_skills(viewer, escalation)
    if not able or not is_wanted(viewer, escalation):
        may &= GIVING_BACK
    return may - {"snooze"} if escalation.level == ALERT_LEVEL else may


def _whose(escalation: Escalation) -> int | None:
    """The person who holds it, is offered it or decided it."""
    of = {
        State.HELD: escalation.held_by_id,
        State.OFFERED: escalation.offered_to_id,
        State.DECIDED: escalation.decided_by_id,
    }
    return of.get(State(escalation.state))
