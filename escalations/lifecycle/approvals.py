"""The two-person rule, in one place; the constraint on votes holds it as well.

On one package version a person is author or approver, and only once. Votes are about one answer
(`standing.py`): who gives another becomes its author, earlier approvals are void, and others must
approve it. One rejection ends it, unless the policy lets a third person decide: then it is a vote
like the others, which stands on this version whatever becomes of the approvals, and the next
rejection ends it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from escalations import access, eligibility
from escalations.access import Viewer
from escalations.eligibility import Case
from escalations.lifecycle import moves
from escalations.lifecycle import standing as standing_answer
from escalations.lifecycle.answers import Answer
from escalations.models import Escalation, State, Vote
from escalations.policy import versions
from escalations.policy.document import TaskType
from escalations.record import vouching
from escalations.refusals import NotAllowed

APPROVE, AUTHOR, REJECT = Vote.Verdict.APPROVE, Vote.Verdict.AUTHOR, Vote.Verdict.REJECT


def require_eligible(escalation: Escalation, by: Viewer) -> None:
    """Raises NotAllowed for who may not have or decide the case."""
    _require(by, access.case_to_hold(escalation))


def require_may_hold(escalation: Escalation, by: Viewer) -> None:
    """Raises NotAllowed for who may not have the case. Whom only the team or role of an approver
    keeps from agreeing may have it, and reject, ask, take it over or pass it on."""
    _require(by, eligibility.but_agree(access.case_to_hold(escalation)))


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


def weigh(
    escalation: Escalation,
    answer: Answer,
    stands: Answer | None,
    *,
    by: Viewer,
    now: datetime,
) -> tuple[Answer | None, Vote.Verdict | None]:
    """The answer that now leaves, or None while others must still agree, and how this one counts;
    `stands` waits for more.

    Runs under the lock of the escalation; writes this person's vote where several are needed.
    """
    verdict = verdict_of(escalation, answer, stands)
    if verdict is None:
        return answer, None
    if verdict == AUTHOR:
        void(escalation, now=now)
    _vote(escalation, verdict, answer, by=by, now=now)
    return _settled(escalation, answer, stands, verdict), verdict


def _settled(
    escalation: Escalation, answer: Answer, stands: Answer | None, verdict: Vote.Verdict
) -> Answer | None:
    if verdict != APPROVE:
        return None
    if standing(escalation).filter(verdict=APPROVE).count() < escalation.approvals:
        return None
    # Whoever approves agrees to what others have read, so that very answer leaves.
    return stands or answer


def verdict_of(
    escalation: Escalation, answer: Answer, stands: Answer | None
) -> Vote.Verdict | None:
    """Whether it agrees to what stands, or to the proposal while nothing does, or is another
    answer with an author, or a rejection that a third person has to judge; None where it needs no
    votes."""
    if escalation.approvals <= 1:
        return None
    elif standing_answer.ends_it(answer):
        disputes = third_decides(escalation) and agreed(escalation) and not disputed(escalation)
        return REJECT if disputes else None
    agrees = (
        standing_answer.is_as_proposed(answer)
        if stands is None
        else standing_answer.same(answer, stands)
    )
    return APPROVE if agrees else AUTHOR


def third_decides(escalation: Escalation) -> bool:
    """Whether the policy that judged it lets a third person decide where two disagree."""
    return terms(escalation).disagreement == "third_decides"


def terms(escalation: Escalation) -> TaskType:
    """What the policy that judged the case says of it."""
    return versions.judged_by(escalation.policy_version).for_task_type(escalation.task_type)


def agreed(escalation: Escalation) -> bool:
    """Whether somebody has approved what stands; that its author wrote it is no approval."""
    return standing(escalation).filter(verdict=APPROVE).exists()


def disputed(escalation: Escalation) -> bool:
    """Whether somebody has rejected what another agreed to."""
    return standing(escalation).filter(verdict=REJECT).exists()


def vote_of(verdict: Vote.Verdict | None, answer: Answer, salt: str) -> dict[str, Any]:
    """What the line says of the vote that `weigh` wrote for this answer; nothing where none was."""
    return {"vote": vouching.vote(verdict, asdict(answer), salt)} if verdict else {}


def stands(escalation: Escalation) -> Answer | None:
    """The answer that waits for more people; None where nobody has had a part."""
    if escalation.approvals <= 1:
        return None
    return answer_of(standing(escalation).order_by("voted_at", "pk"))


def answer_of(votes: Iterable[Vote]) -> Answer | None:
    """What the votes that count, the first given first, are about: what the last author wrote, else
    the proposal, to which the first agreed."""
    agreeing = [vote for vote in votes if vote.verdict != REJECT]
    vote = author_of(agreeing) or next(iter(agreeing), None)
    return Answer(**vote.answer) if vote else None


def author_of(votes: Iterable[Vote]) -> Vote | None:
    """Whose answer it is; None where it is the agent's proposal."""
    return next((vote for vote in reversed(list(votes)) if vote.verdict == AUTHOR), None)


def standing(escalation: Escalation) -> QuerySet[Vote]:
    """The votes that count on the current package version."""
    return Vote.objects.standing_on(escalation)


def pending(escalation: Escalation) -> bool:
    """Whether somebody has voted and others must still agree."""
    return escalation.approvals > 1 and standing(escalation).exists()


def void(escalation: Escalation, *, now: datetime) -> int:
    """Approvals given so far count no longer: the content they approved has changed. Counts."""
    # Authors of this version stay: their words may still be in it, and they may not approve it.
    return _void(escalation, stays=(AUTHOR, REJECT), now=now)


def void_agreed(escalation: Escalation, *, now: datetime) -> int:
    """No part that agreed counts any longer, an author's neither: nobody had read what has come
    since. Counts."""
    return _void(escalation, stays=(REJECT,), now=now)


def void_all(escalation: Escalation, *, now: datetime) -> int:
    """No part counts any longer, a rejection neither: nobody is asked to decide now. Counts."""
    return _void(escalation, stays=(), now=now)


def _void(escalation: Escalation, *, stays: Sequence[Vote.Verdict], now: datetime) -> int:
    # A rejection stands on its version: what one person says against it, nobody else takes back.
    counted = Vote.objects.filter(escalation=escalation, void_at__isnull=True)
    kept = Q(verdict__in=stays, package_version=escalation.package_version)
    return counted.exclude(kept).update(void_at=now)


@transaction.atomic
def lapse(escalation: Escalation, *, now: datetime) -> list[str]:
    """End the parts of people who may not decide the case any more (their account is closed, their
    role or skill is another); the names of those. Who is only away keeps theirs.

    With the author of what stands it falls, and every approval of it.
    """
    escalation = moves.locked(escalation, now=now)
    votes = list(standing(escalation).select_related("person").order_by("voted_at", "pk"))
    gone = [vote for vote in votes if not _may_still_decide(vote, escalation)]
    gone += _alike(escalation, [vote for vote in votes if vote not in gone])
    if not gone or escalation.state not in State.open():
        return []
    _end(escalation, votes, gone, "part_lapsed", by=None, now=now)
    return [vote.person.get_full_name() or vote.person.username for vote in gone]


def has_part(escalation: Escalation, user_id: int) -> bool:
    """Whether they approved or wrote what waits for others."""
    waits = escalation.state == State.SECOND and escalation.approvals > 1
    return waits and standing(escalation).filter(person=user_id).exists()


def withdraw(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """Take back their part of what waits for others, as if it had not been given; with an author
    the edit falls, and every approval of it. Runs under the lock of the escalation."""
    votes = list(standing(escalation).select_related("person").order_by("voted_at", "pk"))
    own = [vote for vote in votes if vote.person_id == by.user_id]
    return _end(escalation, votes, own, "part_withdrawn", by=by, now=now)


def _end(
    escalation: Escalation,
    votes: list[Vote],
    gone: list[Vote],
    kind: str,
    *,
    by: Viewer | None,
    now: datetime,
) -> Escalation:
    # With an author's words fall the approvals of them; nobody takes back another's rejection.
    author_is_gone = author_of(votes) in gone
    ended = [vote for vote in votes if vote in gone or (author_is_gone and vote.verdict != REJECT)]
    Vote.objects.filter(pk__in=[vote.pk for vote in ended]).update(void_at=now)
    before = escalation.state
    if before == State.SECOND and not pending(escalation):
        escalation.state = State.WAITING
    facts = {"lapsed": [vote.person.username for vote in ended]}
    return moves.move(escalation, kind, before=before, by=by, now=now, facts=facts)


def take_back(escalation: Escalation, *, by: Viewer, now: datetime) -> None:
    """The vote that completed the decision goes with it when it is undone."""
    if escalation.approvals > 1:
        standing(escalation).filter(person=by.user_id).update(void_at=now)


def _may_still_decide(vote: Vote, escalation: Escalation) -> bool:
    """Whom it was passed on to since does not matter, nor that they had this very part."""
    case = eligibility.redirected(access.case_to_hold(escalation))
    try:
        person = access.viewer_by_id(vote.person_id)
    except NotAllowed:
        return False
    return not eligibility.bar(person, replace(case, had_part=(), kept_apart=()))


def _alike(escalation: Escalation, votes: Sequence[Vote]) -> list[Vote]:
    """The approvals of people who have come into the team or role of one who approved before."""
    agreed = {vote.person_id: vote for vote in votes if vote.verdict == APPROVE}
    how = terms(escalation).approvals_from
    return [agreed[person] for person in access.alike(list(agreed), how)]


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
