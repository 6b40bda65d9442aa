"""The two-person rule, in one place; the constraint on votes holds it as well.

On one package version a person is author or approver, and only once. Whoever edits becomes an
author: earlier approvals are void and others must approve the edit. One rejection ends it.
"""

from dataclasses import asdict
from datetime import datetime

from django.db.models import QuerySet

from escalations import access
from escalations.access import Viewer
from escalations.lifecycle.answers import Answer
from escalations.models import Escalation, Vote
from escalations.refusals import NotAllowed
from escalations.text import formatting

APPROVE, AUTHOR = Vote.Verdict.APPROVE, Vote.Verdict.AUTHOR


def require_eligible(escalation: Escalation, by: Viewer) -> None:
    """Raises NotAllowed for whom `require_able` refuses, and for who does not lead where the case
    was passed on to a supervisor."""
    require_able(escalation, by)
    if not access.is_wanted(by, escalation):
        text = "This case was passed on to a supervisor; supervisors take it, or pass it on."
        raise NotAllowed("for_supervisors", text)


def require_able(escalation: Escalation, by: Viewer) -> None:
    """Raises NotAllowed for whom the package excludes, for who is below the skill that strict work
    asks for, and for whom has had their part already, whoever the case is for now."""
    if not by.decides:
        raise NotAllowed("not_allowed", "Your role may read cases but not decide them.")
    if by.username in escalation.excluded:
        raise NotAllowed("excluded", "The agent asked that you do not decide this case.")
    if not access.is_within_skills(by, escalation):
        wished = [f"{skill} {least}" for skill, least in escalation.requirement.skills.items()]
        text = f"This work asks for {formatting.listed(wished)}, and is never given below it."
        raise NotAllowed("below", text)
    if escalation.approvals > 1 and standing(escalation).filter(person=by.user_id).exists():
        raise NotAllowed(
            "same_person", "You have had your part in this; another person must agree."
        )


def who_may_decide(escalation: Escalation, user_id: int) -> Viewer | None:
    """This person with the rights of this moment; None where they may not decide the case now."""
    try:
        person = access.viewer_by_id(user_id)
        require_eligible(escalation, person)
    except NotAllowed:
        return None
    return person


def weigh(escalation: Escalation, answer: Answer, *, by: Viewer, now: datetime) -> Answer | None:
    """The answer that now stands, or None while others must still agree.

    Runs under the lock of the escalation; writes this person's vote where several are needed.
    """
    if escalation.approvals <= 1 or answer.outcome == "rejected":
        return answer
    if answer.outcome != "approved":
        void(escalation, now=now)
        _vote(escalation, AUTHOR, answer, by=by, now=now)
        return None
    authored = standing(escalation).filter(verdict=AUTHOR).order_by("-voted_at").first()
    _vote(escalation, APPROVE, answer, by=by, now=now)
    if standing(escalation).filter(verdict=APPROVE).count() < escalation.approvals:
        return None
    return Answer(**authored.answer) if authored else answer


def standing(escalation: Escalation) -> QuerySet[Vote]:
    """The votes that count on the current package version."""
    return Vote.objects.filter(
        escalation=escalation, package_version=escalation.package_version, void_at__isnull=True
    )


def pending(escalation: Escalation) -> bool:
    """Whether somebody has voted and others must still agree."""
    return escalation.approvals > 1 and standing(escalation).exists()


def void(escalation: Escalation, *, now: datetime) -> None:
    """Approvals given so far count no longer: the content they approved has changed."""
    earlier = Vote.objects.filter(escalation=escalation, void_at__isnull=True)
    earlier.exclude(verdict=AUTHOR, package_version=escalation.package_version).update(void_at=now)


def take_back(escalation: Escalation, *, by: Viewer, now: datetime) -> None:
    """The vote that completed the decision goes with it when it is undone."""
    if escalation.approvals > 1:
        standing(escalation).filter(person=by.user_id).update(void_at=now)


def _vote(
    escalation: Escalation, verdict: Vote.Verdict, answer: Answer, *, by: Viewer, now: datetime
) -> None:
    Vote.objects.create(
        escalation=escalation,
        package_version=escalation.package_version,
        person_id=by.user_id,
        verdict=verdict,
        answer=asdict(answer),
        voted_at=now,
    )
