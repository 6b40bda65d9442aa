"""What escalations ask of other apps, through functions that settings name.

`escalations` knows neither people's shifts nor who hands work out: `OUTLOOK` answers who could take
a kind of case and how soon, `SKILLS_HAD` which skills anybody has, `SKILLS_KNOWN` which there are,
`STAFF` who has which,
`WHY_NOBODY`, `WHY_NOT_NEXT` and `WHY_THIS_PERSON` why a case is where it is, `WHY_OFFERED` why it
was offered to whom, `MAY_TAKE_NEXT` who takes cases from the list, `IS_FOLLOWED` who is told when a
case moves, `TELL_LEADERS` tells those who lead and `TELL_PERSON` one person.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from escalations import eligibility
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.policy import staffing
from escalations.policy.document import PolicyDocument, TaskType
from escalations.policy.methods import Outlook
from escalations.policy.staffing import Staff

WITH_A_PERSON = frozenset({State.OFFERED, *State.held(), State.DECIDED})


def outlook(
    *,
    task_type: str,
    skills: Mapping[str, int],
    units: int,
    level: int,
    ahead: int | None,
    now: datetime,
) -> Outlook:
    """Who could take such a case now, and how soon with so many before it (None: all that wait)."""
    found: Outlook = import_string(settings.OUTLOOK)(
        task_type=task_type, skills=skills, units=units, level=level, ahead=ahead, now=now
    )
    return found


def skills_had() -> frozenset[str]:
    """The skills that anybody who decides has now."""
    found: frozenset[str] = import_string(settings.SKILLS_HAD)()
    return found


def skills_known() -> list[str]:
    """Every skill that there is, also those that nobody has."""
    found: list[str] = import_string(settings.SKILLS_KNOWN)()
    return found


def staff() -> Staff:
    """Each person who decides, with skills, team and role, also of those without any."""
    found: Staff = import_string(settings.STAFF)()
    return found


def people_missing(
    terms: TaskType, *, skills: Mapping[str, int], people: int, without: Collection[str] = ()
) -> str:
    """Who is missing for so many to approve such a case, as a sentence; empty where nobody is.
    `without` are usernames of who may not."""
    if people < 2:
        return ""
    able = [one for one in staff() if not eligibility.is_excluded(one.username, without)]
    return staffing.missing(terms, skills, people, able)


def nobody_left(skills: Mapping[str, int], *, without: Collection[str]) -> str:
    """That those who may not decide such a case are all who could, as a sentence; empty where
    somebody is left."""
    if not without:
        return ""
    everybody = staff()
    left = [one for one in everybody if not eligibility.is_excluded(one.username, without)]
    return staffing.nobody_left(skills, everybody, left)


def require_staffed(before: PolicyDocument, after: PolicyDocument) -> None:
    """Raises Invalid where the newer of two policies asks for what only it asks for, and nobody who
    is there can do."""
    staffing.require(before, after, staff())


def why_nobody(escalation: Escalation, viewer: Viewer, *, now: datetime) -> str:
    """Why this case has not found anybody yet, as it is said to this person; empty where it does
    not wait."""
    if escalation.state not in {State.WAITING, State.SECOND}:
        return ""
    sentence: str = import_string(settings.WHY_NOBODY)(escalation.number, now, viewer.user_id)
    return sentence


def why_not_next(escalation: Escalation, viewer: Viewer, *, now: datetime) -> str:
    """What *Take next* does with this case for this person; empty where it means nothing there."""
    sentence: str = import_string(settings.WHY_NOT_NEXT)(escalation, viewer, now)
    return sentence


def why_this_person(escalation: Escalation) -> Any:
    """The offer by which it came to who has it, with its sentence `why`; None without one."""
    if escalation.state not in WITH_A_PERSON:
        return None
    return import_string(settings.WHY_THIS_PERSON)(escalation)


def is_followed(escalation: Escalation, viewer: Viewer) -> bool:
    """Whether this person is told when the case moves."""
    follows: bool = import_string(settings.IS_FOLLOWED)(escalation, viewer)
    return follows


def why_offered(
    escalation: Escalation, viewer: Viewer
) -> Mapping[tuple[datetime, str], tuple[datetime, str]]:
    """Until when and why it was offered, as it is said to this person, by the time of each offer
    and the username it went to."""
    found: Mapping[tuple[datetime, str], tuple[datetime, str]]
    found = import_string(settings.WHY_OFFERED)(escalation, viewer.user_id)
    return found


def tell_leaders(escalation: Escalation, text: str, *, now: datetime) -> None:
    """Tell whoever leads this of the case, in the caller's transaction."""
    import_string(settings.TELL_LEADERS)(escalation, text, now=now)


def tell_person(
    user_id: int, text: str, escalation: Escalation | None = None, *, now: datetime
) -> None:
    """Tell one person something, of this case or of none, in the caller's transaction."""
    import_string(settings.TELL_PERSON)(user_id, text, escalation, now=now)


def may_take_next(viewer: Viewer) -> bool:
    """Whether this person may ask for the next case, besides opening one."""
    return bool(import_string(settings.MAY_TAKE_NEXT)(viewer))
