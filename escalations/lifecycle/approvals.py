"""The two-person rule, in one place; the constraint on votes holds it as well.

On one package version a person is author or approver, and only once. Whoever edits becomes an
author: earlier approvals are void and others must approve the edit. One rejection ends it.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from escalations import access, eligibility
from escalations.access import Viewer
from escalations.eligibility import Case
from escalations.lifecycle.answers import Answer
from escalations.models import Escalation, Vote
from escalations.record import vouching
from escalations.refusals import NotAllowed

APPROVE, AUTHOR = Vote.Verdict.APPROVE, Vote.Verdict.AUTHOR


def require_eligible(escalation: Escalation, by: Viewer) -> None:
    """Raises NotAllowed for who may not have or decide the case."""
    _require(by, access.case_to_hold(escalation))


def require_able(escalation: Escalation, by: Viewer) -> None:
    """Raises NotAllowed for who may not have the case even if it is directed to them by name."""
    _require(by, eligibility.redirected(access.case_to_hold(escalation)))


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
    # Whoever approves agrees to what the author wrote, so it is the author's answer that leaves.
    authored = standing(escalation).filter(verdict=AUTHOR).order_by("-voted_at").first()
    _vote(escalation, APPROVE, answer, by=by, now=now)
    if standing(escalation).filter(verdict=APPROVE).count() < escalation.approvals:
        return None
    return Answer(**authored.answer) if authored else answer


def vote_of(escalation: Escalation, answer: Answer, salt: str) -> dict[str, Any]:
    """What the line says of the vote that `weigh` wrote for this answer; nothing where none was."""
    if escalation.approvals <= 1 or answer.outcome == "rejected":
        return {}
    verdict = APPROVE if answer.outcome == "approved" else AUTHOR
    return {"vote": vouching.vote(verdict, asdict(answer), salt)}


def standing(escalation: Escalation) -> QuerySet[Vote]:
    """The votes that count on the current package version."""
    return Vote.objects.standing_on(escalation)


def pending(escalation: Escalation) -> bool:
    """Whether somebody has voted and others must still agree."""
    return escalation.approvals > 1 and standing(escalation).exists()


def void(escalation: Escalation, *, now: datetime) -> None:
    """Approvals given so far count no longer: the content they approved has changed."""
    earlier = Vote.objects.filter(escalation=escalation, void_at__isnull=True)
    # Authors of this version stay: their words may still be in it, and they may not approve it.
    earlier.exclude(verdict=AUTHOR, package_version=escalation.package_version).update(void_at=now)


def take_back(escalation: Escalation, *, by: Viewer, now: datetime) -> None:
    """The vote that completed the decision goes with it when it is undone."""
    if escalation.approvals > 1:
        standing(escalation).filter(person=by.user_id).update(void_at=now)


def _require(by: Viewer, case: Case) -> None:
    reason = eligibility.why_not(by, case)
    if reason is not None:
        raise NotAllowed(reason.code, reason.to_them)


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
