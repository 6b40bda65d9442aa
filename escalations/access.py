"""The one door to an escalation: who may see it and what they may do with it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from console.database import statements
from escalations import casefile, eligibility
from escalations.eligibility import Case, Person
from escalations.models import Escalation, State, Vote, requirements
from escalations.refusals import By, NotAllowed, NotFound

# What every role may do with a case that it may see; all other commands are for those who decide.
READING = frozenset({"see", "watch", "unwatch", "reveal"})
# More changes of one person's rights during one press are no accident.
CHANGES_MAX = 3

Done = TypeVar("Done")


class SignIn(NamedTuple):
    """By which session somebody acts, and the stored password that it was made with."""

    session_key: str
    password: str


@dataclass(frozen=True, slots=True)
class Viewer(Person):
    """A person who acts; `console.people.viewers` makes it from the user and the roster."""

    id: int
    # Of whom was asked whether they are signed in; it is shown and written nowhere.
    signed_in: SignIn | None = field(default=None, repr=False, compare=False)

    @property
    def user_id(self) -> int:
        """Their number among the users."""
        return self.id

    @property
    def by(self) -> By:
        """This person as the `by` of a refusal."""
        return By(self.username, self.name)


class SignedOut(NotAllowed):
    """Their session has ended, their account is closed, or their password is another one."""

    def __init__(self, detail: str = "You are signed out. Nothing was changed.") -> None:
        super().__init__("signed_out", detail)


class RightsChanged(NotAllowed):
    """Something that they were let in with is theirs no longer, since it was read."""

    def __init__(self) -> None:
        text = "Your rights changed just now. Nothing was done; look at it again."
        super().__init__("rights_changed", text)


class RightsKept(NamedTuple):
    """A SELECT that finds one row as long as a viewer has all that they were let in with."""

    statement: str
    values: list[Any]


def viewer_of(user: Any) -> Viewer:
    """The signed-in user as the rules see them, by the setting `VIEWER_OF`."""
    viewer: Viewer = import_string(settings.VIEWER_OF)(user)
    return viewer


def viewer_by_id(user_id: int) -> Viewer:
    """This person with the rights of this moment. Raises SignedOut if they are not welcome now."""
    viewer: Viewer | None = import_string(settings.VIEWER_BY_ID)(user_id)
    if viewer is None:
        raise SignedOut("Your account is closed.")
    return viewer


def viewer_signed_in(user: Any, session_key: str) -> Viewer:
    """Whoever signed in as `user`, with the rights of this moment. Raises SignedOut."""
    viewer: Viewer | None = import_string(settings.VIEWER_SIGNED_IN)(user, session_key)
    if viewer is None:
        raise SignedOut
    return viewer


def rights_kept(viewer: Viewer) -> RightsKept:
    """Whether their account, role, password, session and every skill are as they were read, by the
    setting `RIGHTS_KEPT`. PostgreSQL locks what says so until the transaction ends, so that nothing
    comes between asking and writing; what somebody is just changing is not found."""
    kept: RightsKept = import_string(settings.RIGHTS_KEPT)(viewer)
    return kept


def require_rights(viewer: Viewer) -> None:
    """They have until this transaction ends what they were let in with. Raises RightsChanged, also
    for a change that is just being made: whoever makes it may be waiting for the very case that is
    locked here. To be asked behind that lock."""
    if not statements.rows(*rights_kept(viewer)):
        raise RightsChanged


def as_they_may(viewer: Viewer, act: Callable[[Viewer], Done]) -> Done:
    """What they do, with the rights of the moment at which it counts: where `act` raises
    RightsChanged it is done anew, by those that they have then. Raises SignedOut."""
    for _ in range(CHANGES_MAX):
        try:
            return act(viewer)
        except RightsChanged:
            viewer = _with_rights_now(viewer)
    return act(viewer)


def _with_rights_now(viewer: Viewer) -> Viewer:
    found: Viewer | None = import_string(settings.VIEWER_AGAIN)(viewer)
    if found is None:
        raise SignedOut
    return found


def still(request: HttpRequest) -> Callable[[], Viewer]:
    """`viewer_signed_in` for whoever sent this request, to be asked again at each act of many."""
    return partial(viewer_signed_in, request.user, request.session.session_key or "")


def acting(request: HttpRequest) -> Viewer:
    """Whoever does something by this request, with the rights of this moment. Raises SignedOut."""
    return still(request)()


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
    return [
        number for number, skills in requirements.every() if eligibility.sees_skills(viewer, skills)
    ]


def may_see(viewer: Viewer, escalation: Escalation) -> bool:
    """Whether it is theirs to find and to read."""
    return eligibility.may_see(viewer, case_of(escalation))


def case_of(escalation: Escalation) -> Case:
    """The case as eligibility asks for it, but for whose vote stands; reads its requirement."""
    return _case(escalation, escalation.requirement.skills)


def case_to_hold(escalation: Escalation) -> Case:
    """The case for the question who may have it: with whose vote stands, where several must agree.

    Only strict work keeps anybody from it by its skills, so that the requirement is read for it
    alone: claims and decisions ask this under the lock.
    """
    case = _case(escalation, escalation.requirement.skills if escalation.strict else {})
    if escalation.approvals <= 1 or not case.is_open:
        return case
    votes = frozenset(Vote.objects.standing_on(escalation).values_list("person", flat=True))
    if not votes:
        return case
    terms = {escalation.number: (escalation.task_type, escalation.policy_version)}
    apart = kept_apart(terms).get(escalation.number, frozenset())
    return replace(case, had_part=votes, kept_apart=apart - votes)


def kept_apart(cases: Mapping[int, tuple[str, int]]) -> dict[int, frozenset[int]]:
    """By the number of a case (with its task type and policy version) who may not approve it beside
    those who have, by the setting `KEPT_APART`."""
    found: dict[int, frozenset[int]] = import_string(settings.KEPT_APART)(cases)
    return found


def alike(people: Sequence[int], how: str) -> set[int]:
    """Those who come after another of their team or role (`how`), by the setting `ALIKE`."""
    found: set[int] = import_string(settings.ALIKE)(people, how)
    return found


def case_to_take(escalation: Escalation) -> Case:
    """The case for the question whom it is meant for: all that `case_to_hold` and `case_of` say."""
    return replace(case_to_hold(escalation), skills=escalation.requirement.skills)


def escalation_for(viewer: Viewer, escalation_id: str, *, to: str = "see") -> Escalation:
    """The escalation with that id, if `viewer` may do `to` with it.

    Raises NotFound for what is not theirs to see, NotAllowed for what their role may not do.
    """
    return allowed(viewer, casefile.case(escalation_id), to=to)


def allowed(viewer: Viewer, escalation: Escalation | None, *, to: str) -> Escalation:
    """What was found, if `viewer` may do `to` with it. Raises as `escalation_for`."""
    # One sentence for both, and before the role is asked: nobody learns which cases there are.
    if escalation is None or not may_see(viewer, escalation):
        raise NotFound("not_found", "There is no such case, or it is not one of yours.")
    if to not in READING and not viewer.decides:
        raise NotAllowed("not_allowed", "Your role may read cases but not decide them.")
    return escalation


def _case(escalation: Escalation, skills: Mapping[str, int]) -> Case:
    theirs = (escalation.held_by_id, escalation.offered_to_id, escalation.decided_by_id)
    return Case(
        skills,
        task_type=escalation.task_type,
        units=escalation.units,
        strict=escalation.strict,
        assignee=escalation.assignee,
        wanted_by=escalation.wanted_by,
        excluded=escalation.excluded,
        whose=tuple(one for one in theirs if one is not None),
        is_open=escalation.state in State.open(),
    )
