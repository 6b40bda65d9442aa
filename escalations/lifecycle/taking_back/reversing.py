"""A decision that the agent has is reversed by a further one, which names it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from console import clock
from escalations.access import Viewer
from escalations.lifecycle import decisions, effect, guards, leaving, moves
from escalations.live import hints
from escalations.models import Agent, Decision, Escalation, HandedCase, State
from escalations.proposal.verdicts import CLEARING
from escalations.record.lines import Actor
from escalations.refusals import Conflict, NotAllowed

JSON = dict[str, Any]
REVERSED = "reversed"
# Why a call of the reversal has no compensation although its action named one.
OF_THE_PROPOSAL = "edited"
# Of other outcomes there is nothing to take back: the agent was told not to act.
OUTCOMES = frozenset({"approved", "edited", "responded", "mixed"})


@transaction.atomic
def reverse(
    escalation: Escalation,
    *,
    by: Viewer,
    version: int,
    why: str,
    now: datetime | None = None,
) -> Escalation:
    """Tell the agent to take back what it was told to do: the next document of the case names the
    decision that no longer stands, and for each cleared call how it can be compensated.

    The case stays decided, by whom it was. `now` as for `undo`. Raises Conflict where nothing was
    cleared, it was reversed already, or the answer has not left yet; NotAllowed for whom `may`
    leaves out.
    """
    escalation = moves.locked_as_it_is(escalation)
    now = now or clock.exact()
    standing = escalation.decisions.filter(undone_at__isnull=True).order_by("-sequence").first()
    # Who was first, before that it has changed.
    if standing is not None and standing.outcome == REVERSED:
        raise _reversed_already(standing)
    guards.require_version(escalation, version)
    if escalation.state != State.DECIDED or standing is None or not standing.proceed:
        text = "There is nothing to reverse: the agent was not told to act."
        raise Conflict("nothing_to_reverse", text, by=guards.person_of(escalation))
    if not is_reversible(escalation, now=now) and not effect.is_final(standing):
        text = "This answer has not left yet: until then it is undone by whoever gave it."
        raise Conflict("not_left", text, at=standing.effective_at)
    if not may(by, escalation, standing):
        raise NotAllowed("not_allowed", _who_may(escalation))
    docket = moves.read(escalation)
    calls = compensation(docket.package.document, standing.document)
    decision = decisions.reversal(docket, standing, compensation=calls, by=by, why=why, now=now)
    escalation.version, escalation.outcome = decision.escalation_version, REVERSED
    escalation.effective_at = decision.effective_at
    facts, given_to = {"reverses": standing.id, "compensated": len(calls)}, _given_to(standing)
    rows = leaving.rows(
        decision, escalation, docket.package, actor=Actor("person", by.username), now=now,
        listens=docket.listens, kind="reversed", extra=facts, handed=given_to,
    )  # fmt: skip
    if not moves.write(escalation, rows, before=State.DECIDED, by=by, now=now):
        raise moves.busy()
    if given_to:
        hints.handed()
    return escalation


def may(viewer: Viewer, escalation: Escalation, standing: Decision | None = None) -> bool:
    """Whether this person may reverse it: whoever decided it and who leads; what the policy let
    pass, whoever may decide. Where several had to agree, only somebody who had no part in it."""
    if not viewer.decides:
        return False
    if escalation.approvals > 1 and escalation.decided_by_id is not None:
        return viewer.username not in _had_part(standing or _latest(escalation))
    theirs = escalation.decided_by_id in {None, viewer.user_id}
    return theirs or viewer.leads


def is_reversible(escalation: Escalation, *, now: datetime) -> bool:
    """Whether the agent has an answer by which it acts; from the row of the case alone."""
    in_effect = escalation.effective_at is not None and escalation.effective_at <= now
    return escalation.state == State.DECIDED and in_effect and escalation.outcome in OUTCOMES


def compensation(package: JSON, decision: JSON) -> list[JSON]:
    """For each call that the decision cleared, last first: the call, and how the agent said it can
    be taken back; `null` where it said nothing, or said it of what a person then changed."""
    proposed = {action["id"]: action for action in package.get("proposed_actions") or ()}
    cleared = [one for one in decision.get("actions") or () if one["type"] in CLEARING]
    return [_taken_back(one, proposed.get(one["action_id"], {})) for one in reversed(cleared)]


def _given_to(standing: Decision) -> Agent | None:
    """The other agent that has the case by it, and is told as well."""
    row = HandedCase.objects.select_related("agent").filter(decision=standing).first()
    return row.agent if row else None


def _taken_back(cleared: JSON, proposed: JSON) -> JSON:
    how, call = proposed.get("compensation"), cleared["call"]
    entry = {"action_id": cleared["action_id"], "call": call, "compensation": how}
    if how and not _fits(how, proposed, call):
        return entry | {"compensation": None, "withheld": OF_THE_PROPOSAL}
    return entry


def _fits(how: JSON, proposed: JSON, call: JSON) -> bool:
    """Whether none of what a person changed in the call stands in the way to take it back."""
    was, now = proposed.get("args") or {}, call.get("args") or {}
    changed = {key for key in {*was, *now} if was.get(key) != now.get(key)}
    values = {str(one) for one in _leaves(was)} - {str(one) for one in _leaves(now)}
    args = how.get("args") or {}
    named = changed.isdisjoint(args) and values.isdisjoint(map(str, _leaves(args)))
    return named and call.get("name") == proposed.get("name")


def _leaves(value: Any) -> Iterator[Any]:
    """The single values in it, whatever they stand under."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
        else:
            yield found


def _latest(escalation: Escalation) -> Decision | None:
    standing = escalation.decisions.filter(undone_at__isnull=True).exclude(outcome=REVERSED)
    return standing.order_by("-sequence").first()


def _had_part(decision: Decision | None) -> set[str]:
    """Everybody whose verdict led to it, and who gave it."""
    document = decision.document if decision else {}
    parts = {str(one["reviewer_id"]) for one in document.get("approvals") or ()}
    return parts | {str((document.get("reviewer") or {}).get("id") or "")}


def _who_may(escalation: Escalation) -> str:
    if escalation.approvals > 1:
        return "Several people decided this: somebody who had no part in it has to reverse it."
    return "Whoever decided it reverses it, or a supervisor."


def _reversed_already(standing: Decision) -> Conflict:
    who = guards.by_of(standing.decided_by) if standing.decided_by else None
    name = who.name if who else "Somebody"
    return Conflict(REVERSED, f"{name} has reversed it already.", by=who, at=standing.decided_at)
