"""From one pair of hands to another: passed on, given by a supervisor, handed over."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from escalations.access import Viewer
from escalations.lifecycle import approvals, guards, holding, moves, offering
from escalations.lifecycle.conversing import speaking
from escalations.models import Escalation, Remark, State, requirements
from escalations.record import lines, vouching
from escalations.refusals import Conflict, NotAllowed

SUPERVISOR = "supervisor"
DIRECTED = (*moves.COLUMNS, *holding.CLOCK, "assignee", "wanted_by", "requirement")


@transaction.atomic
def pass_on(
    escalation: Escalation,
    *,
    by: Viewer,
    version: int,
    skills: Mapping[str, int] | None = None,
    person: Viewer | None = None,
    text: str = "",
    now: datetime,
) -> Escalation:
    """Give a case on to whoever has these skills, to a person, or (neither) to a supervisor.
    Strict work asks for no less afterwards than before.

    It waits with its age; a person is asked before others. Raises Conflict for a stale version or
    if somebody else holds it, NotAllowed for whom the case excludes.
    """
    escalation = moves.locked(escalation, now=now)
    before = escalation.state
    if before in guards.FREE or guards.is_offered_to(escalation, by):
        approvals.require_may_hold(escalation, by)
    else:
        guards.require_holder(escalation, by.user_id, now=now)
    guards.require_version(escalation, version)
    if person is not None:
        approvals.require_able(escalation, person)
    holding.let_go(escalation)
    had = escalation.requirement_id
    target = _direct(escalation, skills=skills, person=person)
    left = None if had == escalation.requirement_id else requirements.skills_of(had)
    said = Remark(
        person_id=by.user_id, kind=Remark.Kind.PASSED, target=target[1], text=text, at=now
    )
    facts = {"from": by.username, target[0]: target[1], "assignee": escalation.assignee}
    facts |= vouching.words(escalation, said)
    return moves.move(
        escalation, "passed_on", before=before, by=by, now=now, facts=facts, rows=[said],
        columns=DIRECTED, left=left,
    )  # fmt: skip


@transaction.atomic
def reassign(
    escalation: Escalation,
    *,
    by: Viewer,
    version: int,
    to: Viewer | None,
    until: datetime,
    text: str = "",
    now: datetime,
) -> Escalation:
    """A supervisor gives a case to a person, who has until then to take it up, or to the queue.

    Whoever had it loses it now. Raises Conflict for a stale version or a case that is closed,
    NotAllowed for who does not lead, whom the case excludes or who holds too much.
    """
    if not by.leads:
        raise NotAllowed("not_allowed", "Only supervisors give cases to others.")
    escalation = moves.locked(escalation, now=now)
    guards.require_open(escalation)
    guards.require_version(escalation, version)
    before, had = escalation.state, guards.person_of(escalation)
    # Before `let_go`, which forgets since when the clock stands.
    until_or_due = holding.resume(escalation, now=now)
    holding.let_go(escalation)
    escalation.wanted_by = escalation.assignee = ""
    if to is not None:
        # Asked only now: whom the case was passed on to before bars nobody any more.
        approvals.require_eligible(escalation, to)
        offering.propose(escalation, to, until=until)
        until_or_due |= {"until": lines.timestamp(until)}
    target = to.username if to else ""
    said = Remark(
        person_id=by.user_id, kind=Remark.Kind.REASSIGNED, target=target, text=text, at=now
    )
    facts = {"from": had.id if had else "", "to": target, "assignee": "", **until_or_due}
    facts |= vouching.words(escalation, said, giver=by.name)
    return moves.move(
        escalation, "reassigned", before=before, by=by, now=now, facts=facts, rows=[said],
        columns=DIRECTED,
    )  # fmt: skip


@transaction.atomic
def hand_over(
    escalation: Escalation, *, holder: int, to: Viewer, text: str = "", now: datetime
) -> Escalation:
    """Move the lease of a held case to another person at once.

    Raises Conflict if it is not that holder's any more, NotAllowed if the other may not decide it
    or holds too much.
    """
    escalation = moves.locked(escalation, now=now)
    before = escalation.state
    if before not in State.held() or escalation.held_by_id != holder:
        raise Conflict("not_held", "It is not held by them any more.")
    approvals.require_eligible(escalation, to)
    had = guards.person_of(escalation)
    holding.give(escalation, to, now=now)
    holder_name = had.id if had else ""
    said = Remark(
        person_id=to.user_id, kind=Remark.Kind.HANDED, target=holder_name, text=text, at=now
    )
    facts = {"from": holder_name, "to": to.username, "fence": escalation.fence}
    facts |= vouching.words(escalation, said) if text else {}
    told, rows = speaking.introduced(escalation, to, now=now)
    return moves.move(
        escalation, "handed_over", before=before, by=to, now=now, facts=facts | told,
        rows=[said, *rows] if text else rows,
    )  # fmt: skip


def _direct(
    escalation: Escalation, *, skills: Mapping[str, int] | None, person: Viewer | None
) -> tuple[str, str]:
    """What kind of target it is and its name, as the record says it."""
    escalation.wanted_by = escalation.assignee = ""
    if person is not None:
        escalation.assignee = person.username
        return "to", person.username
    elif skills:
        wished = _never_less(escalation, skills)
        escalation.requirement_id = requirements.id_for(wished)
        return "to_skills", requirements.key(wished)
    else:
        escalation.wanted_by = SUPERVISOR
        return "to_role", SUPERVISOR


def _never_less(escalation: Escalation, skills: Mapping[str, int]) -> dict[str, int]:
    """These skills; with all that strict work asks for already, each at the higher proficiency."""
    kept = escalation.requirement.skills if escalation.strict else {}
    named = kept.keys() | skills.keys()
    return {skill: max(kept.get(skill, 0), skills.get(skill, 0)) for skill in sorted(named)}
