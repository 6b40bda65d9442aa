"""The decision as a row and as the document the agent gets, signed into the record."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from escalations import identifiers
from escalations.access import Viewer
from escalations.calls import made
from escalations.dockets import Docket
from escalations.lifecycle import answers, approvals
from escalations.lifecycle.answers import Answer
from escalations.models import Decision, Escalation, Event, Package
from escalations.proposal import verdicts
from escalations.record import kinds, lines
from escalations.record.lines import Actor
from escalations.text import canonical

JSON = dict[str, Any]
SCHEMA = "handoff.decision/1"
# What clears an action is in effect so long before that expires, to reach the agent in time.
TO_THE_AGENT = timedelta(seconds=2)


def draw_up(
    docket: Docket,
    answer: Answer,
    *,
    by: Viewer,
    now: datetime,
    attention: Mapping[str, Any] | None = None,
) -> Decision:
    """A person's decision, unsaved, effective after the undo window of the task type, which ends
    before anything that it clears expires."""
    escalation = docket.escalation
    effective_at = _effective_at(docket, answer, now)
    decision = _decision(
        escalation, docket.package, answer, earlier=docket.decisions, now=now,
        effective_at=effective_at,
    )  # fmt: skip
    decision.decided_by_id = by.user_id
    document = decision.document | {
        "reviewer": {"id": by.username, "name": by.name, "role": by.role},
        "approvals": _approvals(escalation, answer, by=by, now=now),
        **made.told(escalation),
    }
    if attention and "active_s" in attention:
        document["review_seconds"] = attention["active_s"]
    decision.body = orjson.dumps(document).decode()
    return decision


def of_conversation(
    docket: Docket,
    answer: Answer,
    *,
    by: Viewer,
    now: datetime,
    final: bool,
    take_over: Mapping[str, Any],
) -> Decision:
    """What the agent gets when a person takes its conversation over, and when they give it back or
    close it: in effect at once, and never to proceed."""
    decision = _decision(
        docket.escalation, docket.package, answer, earlier=docket.decisions, now=now,
        effective_at=now,
    )  # fmt: skip
    decision.decided_by_id, decision.final = by.user_id, final
    document = decision.document | {
        "final": final,
        "take_over": dict(take_over),
        "reviewer": {"id": by.username, "name": by.name, "role": by.role},
        **(made.told(docket.escalation) if final else {}),
    }
    decision.body = orjson.dumps(document).decode()
    return decision


def automatic(escalation: Escalation, package: Package, *, rule: str, now: datetime) -> Decision:
    """The policy's own answer at L1: everything cleared as proposed, effective at once."""
    proposed = package.document.get("proposed_actions") or []
    draft = package.document.get("draft_response")
    answer = Answer(
        outcome="approved",
        proceed=True,
        actions=[
            {
                "action_id": action["id"],
                "type": "approve",
                "call": {"name": action["name"], "args": action.get("args") or {}},
            }
            for action in proposed
        ],
        response={"text": draft["text"], "edited": False, "sent_by": "agent"} if draft else None,
    )
    return _by_policy(escalation, package, answer, rule=rule, earlier=0, now=now)


def closing(docket: Docket, *, outcome: str, facts: Mapping[str, Any], now: datetime) -> Decision:
    """What the agent gets when nobody answered: cancelled or expired, never to proceed."""
    answer = Answer(outcome=outcome, proceed=False)
    rule, earlier = facts.get("rule", outcome), docket.decisions
    return _by_policy(
        docket.escalation, docket.package, answer, rule=rule, earlier=earlier, now=now
    )


def reversal(
    docket: Docket,
    standing: Decision,
    *,
    compensation: Sequence[JSON],
    by: Viewer,
    why: str,
    now: datetime,
) -> Decision:
    """A person's decision that takes `standing` back, unsaved and in effect at once."""
    answer = Answer(outcome="reversed", proceed=False, instructions=why or None)
    decision = _decision(
        docket.escalation, docket.package, answer, earlier=docket.decisions, now=now,
        effective_at=now,
    )  # fmt: skip
    decision.decided_by_id = by.user_id
    document = decision.document | {
        "reviewer": {"id": by.username, "name": by.name, "role": by.role},
        "reverses": standing.id,
        "compensation": list(compensation),
    }
    decision.body = orjson.dumps(document).decode()
    return decision


def sign(
    decision: Decision,
    escalation: Escalation,
    package: Package,
    *,
    actor: Actor,
    now: datetime,
    answer: Answer | None = None,
    kind: str = "decided",
    messages: Sequence[str] = (),
    endpoints: Sequence[int | None] = (),
    extra: Mapping[str, Any] | None = None,
) -> Event:
    """The line of the record for this decision, of which these messages tell these endpoints, None
    for the address that the package names; the document gets its place and hash."""
    document = decision.document
    facts: JSON = {
        "version": decision.escalation_version,
        "state": str(escalation.state),
        "decision": decision.id,
        "sequence": decision.sequence,
        "outcome": decision.outcome,
        "proceed": decision.proceed,
        "automatic": decision.automatic,
        "proposal": not answers.nothing_to_approve(package.document),
        "verbs": [action["type"] for action in document["actions"]],
        "effective_at": lines.timestamp(decision.effective_at),
        "package_version": package.version,
        "package": lines.commitment(package.salt, package.digest),
        "document": lines.commitment(package.salt, canonical.digest(document)),
        "messages": list(messages),
        "endpoints": list(endpoints),
        **(extra or {}),
    }
    if answer is not None:
        facts |= {"change": answer.change, "overrides": answer.overrides}
        facts["reason_code"] = answer.reason_code
    event = lines.line(escalation, kind, actor=actor, at=now, facts=facts)
    # The line's hash covers the document without this part, which there can only be once the line
    # is made; who verifies takes it out again.
    document["audit"] = {"entry": f"{event.chain}/{event.position}", "hash": event.hash}
    decision.body = orjson.dumps(document).decode()
    return event


def announced_as(decision: Decision) -> str:
    """The CloudEvents type under which an agent hears of it."""
    ended = kinds.of(decision.outcome).answers
    return f"escalation.{decision.outcome if ended else 'decided'}"


def _effective_at(docket: Docket, answer: Answer, now: datetime) -> datetime:
    at = now + timedelta(seconds=docket.escalation.undo_s)
    cleared = {one["action_id"] for one in answer.actions if one["type"] in verdicts.CLEARING}
    actions = docket.package.document.get("proposed_actions") or ()
    ends = verdicts.first_end(action for action in actions if action["id"] in cleared)
    # What leaves after its end would clear what has expired meanwhile.
    return at if ends is None else max(now, min(at, ends - TO_THE_AGENT))


def _by_policy(
    escalation: Escalation,
    package: Package,
    answer: Answer,
    *,
    rule: str,
    earlier: int,
    now: datetime,
) -> Decision:
    decision = _decision(escalation, package, answer, earlier=earlier, now=now, effective_at=now)
    decision.automatic = True
    policy = {"automatic": True, "rule": rule[:255]}
    decision.body = orjson.dumps(decision.document | {"policy": policy}).decode()
    return decision


def _decision(
    escalation: Escalation,
    package: Package,
    answer: Answer,
    *,
    earlier: int,
    now: datetime,
    effective_at: datetime,
) -> Decision:
    """`earlier` documents were made already. One that was undone keeps its number, so that no two
    that an agent may ever see have the same."""
    arriving = escalation.pk is None
    decision = Decision(
        id=identifiers.new("dec"),
        # What the policy decides at once is received and decided in the same version.
        escalation_version=escalation.version if arriving else escalation.version + 1,
        sequence=earlier + 1,
        outcome=answer.outcome,
        proceed=answer.proceed,
        decided_at=now,
        effective_at=effective_at,
        package_version=package.version,
    )
    run = (package.document.get("source") or {}).get("run") or {}
    document = {
        "schema": SCHEMA,
        "id": decision.id,
        "escalation_id": escalation.id,
        "sequence": decision.sequence,
        "final": True,
        **answer.document(),
        "resume_token": run.get("resume_token"),
        "decided_at": lines.timestamp(now),
        "effective_at": lines.timestamp(effective_at),
        "digest": package.digest,
        "package_version": package.version,
        "idempotency_key": escalation.idempotency_key,
    }
    decision.body = orjson.dumps(document).decode()
    return decision


def _approvals(escalation: Escalation, answer: Answer, *, by: Viewer, now: datetime) -> list[JSON]:
    """Every verdict that led to it: of those before, and of who decided."""
    standing = approvals.standing(escalation).exclude(verdict=approvals.AUTHOR)
    agreed = standing.exclude(person=by.user_id).select_related("person").order_by("voted_at", "pk")
    votes = [
        _approval(vote.person.username, vote.voted_at, str(vote.verdict))
        for vote in (agreed if escalation.approvals > 1 else ())
    ]
    kind = "approve" if answer.proceed else "reject"
    return [*votes, _approval(by.username, now, kind)]


def _approval(username: str, at: datetime, kind: str) -> JSON:
    return {"reviewer_id": username, "at": lines.timestamp(at), "type": kind}
