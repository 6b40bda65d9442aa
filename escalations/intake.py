"""From the bytes an agent posts to a stored escalation (promise 1: answered 2xx, never lost)."""

import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from django.db import transaction

from escalations import admission, identifiers, keeping, lifecycle, no_effect, people_named, ports
from escalations.lifecycle import decisions
from escalations.lifecycle.waiting import joining, reminding
from escalations.masking import masks
from escalations.masking.masks import Masked
from escalations.models import Agent, ApiKey, Escalation, JoinedCall, Package, State, requirements
from escalations.package import completeness
from escalations.policy import priority, versions
from escalations.policy.document import PolicyDocument
from escalations.policy.ladder import ALERT_LEVEL
from escalations.proposal import calls
from escalations.record.lines import Actor
from escalations.refusals import Fault
from escalations.schemas import additions
from escalations.schemas import package as packages
from escalations.schemas.package import Received
from escalations.triage import judging, quoting
from escalations.triage.verdict import Reason, Verdict

JSON = dict[str, Any]
TAKEN_FROM_THE_AGENT = 3
ENDS = frozenset({"reject", "return_to_agent"})
ACTS_ALONE = frozenset({"proceed", "proceed_and_flag"})


@dataclass(frozen=True, slots=True)
class Accepted:
    """The escalation, and whether this very call made it (False: the key was used before, or an
    identical call waits, which it `joined`).

    `warnings` name what of the package has no effect.
    """

    escalation: Escalation
    created: bool = True
    joined: bool = False
    warnings: Sequence[Fault] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of a package."""

    received: Received
    verdict: Verdict
    policy_version: int
    warnings: Sequence[Fault]


def accept(
    key: ApiKey, body: bytes, *, idempotency_key: str | None = None, now: datetime
) -> Accepted:
    """Store what the agent asks, judged; the same key and body again give the first escalation, and
    an identical call that waits is joined.

    Raises Invalid naming every fault, Conflict where the key was used for another body, NotFound
    where the package names an escalation that is not this agent's.
    """
    received, idempotency_key = _let_in(key, body, idempotency_key)
    joined = joining.earlier(key.agent, idempotency_key)
    if joined is not None:
        return _joined_again(joined, received)
    replaced = admission.referred(key.agent, received.document, "supersedes")
    # A transaction only where two cases change: an arrival alone is one statement (see `writes`).
    with nullcontext() if replaced is None else transaction.atomic():
        # Locked before it is judged: what the new case takes over must not change until it ends.
        replaced = lifecycle.locked(replaced, now=now) if replaced else None
        escalation = _followed(key.agent, received, replaced, now=now)
        escalation.agent, escalation.idempotency_key = key.agent, idempotency_key
        escalation.pending_call = joining.fingerprint(received.document, idempotency_key)
        # Not looked up first: the unique keys decide, also between two equal calls at once.
        if _store(escalation, _package(received, body, now=now), now=now):
            return Accepted(escalation, warnings=_warnings(received, escalation, key, now=now))
    if admission.first_use(key.agent, idempotency_key) is not None:
        return _replayed(key, idempotency_key, received)
    return _joined(key, received, body, escalation, now=now)


def _joined(
    key: ApiKey, received: Received, body: bytes, fresh: Escalation, *, now: datetime
) -> Accepted:
    """The case that an identical call waits in; a case of its own where that has ended since, or
    asks for fewer people than this one."""
    case = joining.join(fresh, digest=received.digest, key=fresh.idempotency_key, now=now)
    if case is not None:
        firsts = joining.repeats_the_first(case, received.document, fresh.idempotency_key)
        told = [*firsts, *_warnings(received, case, key, now=now)]
        return Accepted(case, created=False, joined=True, warnings=told)
    escalation = _followed(key.agent, received, None, now=now)
    escalation.agent, escalation.idempotency_key = key.agent, fresh.idempotency_key
    escalation.pending_call = None
    if _store(escalation, _package(received, body, now=now), now=now):
        return Accepted(escalation, warnings=_warnings(received, escalation, key, now=now))
    return _replayed(key, fresh.idempotency_key, received)


def _joined_again(joined: JoinedCall, received: Received) -> Accepted:
    """This key joined a case before: the same package is answered again, another is refused."""
    admission.require_digest(joined.digest, received.digest)
    case = joined.escalation
    firsts = joining.repeats_the_first(case, received.document, joined.idempotency_key)
    told = [*firsts, *_warnings(received, case, case, now=joined.joined_at)]
    return Accepted(case, created=False, joined=True, warnings=told)


def check(
    key: ApiKey, body: bytes, *, idempotency_key: str | None = None, now: datetime
) -> Checked:
    """What `accept` would make of it; nothing is stored. Raises what `accept` raises."""
    received, idempotency_key = _let_in(key, body, idempotency_key)
    replaced = admission.referred(key.agent, received.document, "supersedes")
    again = admission.referred(key.agent, received.document, "re_escalates")
    first = admission.first_use(key.agent, idempotency_key)
    if first is not None:
        admission.require_same(first, received.digest)
    elif (joined := joining.earlier(key.agent, idempotency_key)) is not None:
        admission.require_digest(joined.digest, received.digest)
    elif replaced is not None:
        lifecycle.require_cancellable(replaced, now=now)
    in_force, before = versions.current(), _taken_over(replaced, again)
    shown = masks.of(received.document)
    verdict = _verdict(received, shown, in_force.document, now=now, before=before)
    if verdict.disposition in ACTS_ALONE:
        fresh = _unsaved(received, shown, verdict, in_force.number, now=now)
        calls = admission.calls_of(received.document)
        earlier = admission.stopped_before(key.agent, fresh, calls, now=now)
        if earlier is not None and earlier != first:
            before = _taken_over(None, earlier)
            verdict = _verdict(received, shown, in_force.document, now=now, before=before)
    return Checked(received, verdict, in_force.number, _warnings(received, verdict, key, now=now))


def revise(key: ApiKey, escalation: Escalation, body: bytes, *, now: datetime) -> Accepted:
    """Put a new package version in the place of the current one, judged anew beside what stays.

    Raises Invalid, or Conflict once the case is decided or closed.
    """
    received = packages.read(body)
    admission.require_own(key, received.document)
    package = _package(received, body, now=now)
    with transaction.atomic():
        # Locked before it is judged: what stays must not change until the new version stands.
        stands = lifecycle.locked(escalation, now=now)
        added = stands.additions.order_by("pk").values_list("context", flat=True)
        before = keeping.for_version(stands)
        fresh = judged(received, now=now, before=before, added=list(added))
        revised = lifecycle.revise(
            escalation,
            package,
            {column: getattr(fresh, column) for column in REVISED},
            call_at=_put_off_until(fresh, now),
            agent=key.agent.name,
            now=now,
        )
    return Accepted(revised, warnings=_warnings(received, revised, key, now=now))


def warnings_of_revision(
    key: ApiKey, revised: Escalation, body: bytes, *, now: datetime
) -> Sequence[Fault]:
    """What a revision that came then is told beside its case, for whoever sends it again."""
    return _warnings(packages.read(body), revised, key, now=now)


REVISED = (
    *(
        "task_type",
        "summary",
        "why",
        "customer",
        "customer_key",
        "correlation_id",
        "policy_version",
        "level",
    ),
    *("disposition", "priority", "method", "reasons", "requirement", "approvals", "blind"),
    *("undo_s", "excluded", "completeness", "missing", "expires_at", "on_timeout"),
    *("units", "strict", "callback_at", "remind_at"),
)


def judged(
    received: Received,
    *,
    now: datetime,
    before: Sequence[Reason] = (),
    added: Sequence[JSON] = (),
) -> Escalation:
    """The unsaved escalation with its verdict; `before` is what holds already, and `added` what
    lies beside the package.

    Judged and routed is what the agent sent. The words that lists show are made of what people are
    shown, so that nothing masked stands in them.
    """
    shown, in_force = masks.of(received.document), versions.current()
    verdict = _verdict(received, shown, in_force.document, now=now, before=before, added=added)
    return _unsaved(received, shown, verdict, in_force.number, now=now)


def _let_in(key: ApiKey, body: bytes, header: str | None) -> tuple[Received, str | None]:
    """The package, and the idempotency key that it came with. Raises Invalid."""
    received = packages.read(body)
    idempotency_key = admission.idempotency_key(received.document, header)
    admission.require_own(key, received.document)
    return received, idempotency_key


def _warnings(
    received: Received, judged: Escalation | Verdict, by: ApiKey | Escalation, *, now: datetime
) -> Sequence[Fault]:
    policy, ends_it = versions.current().document, judged.on_timeout in ENDS
    terms = no_effect.JudgedTimes(policy, judged.respond_by, judged.expires_at, now, ends_it)
    if isinstance(judged, Verdict):
        skills = judged.skills
    else:
        skills = requirements.skills_of(judged.requirement_id)
    lack = no_effect.people_missing(received.document, policy, skills, judged.approvals)
    return [*lack, *no_effect.warnings(received, terms, agent=by.agent)]


def _unsaved(
    received: Received, shown: Masked, verdict: Verdict, policy_version: int, *, now: datetime
) -> Escalation:
    document = received.document
    graded = completeness.grade(document)
    return Escalation(
        id=identifiers.new("esc"),
        tenant=shown.document.get("tenant") or "",
        correlation_id=(document.get("correlation_id") or "").strip(),
        customer=_customer(shown.document),
        customer_key=_customer_key(document).strip(),
        task_type=document["task_type"],
        summary=shown.document["summary"],
        why=_why(shown.document, verdict),
        policy_version=policy_version,
        level=verdict.level,
        disposition=verdict.disposition,
        priority=verdict.priority,
        method=verdict.method,
        reasons=[reason.as_json() for reason in verdict.reasons],
        requirement=requirements.row_for(verdict.skills),
        rank=priority.rank(
            level=verdict.level, priority=verdict.priority, respond_by=verdict.respond_by
        ),
        approvals=verdict.approvals,
        blind=verdict.blind,
        undo_s=verdict.undo_s,
        units=verdict.units,
        strict=verdict.strict,
        flagged=verdict.flagged,
        assignee=people_named.assignee(document),
        excluded=people_named.excluded(document),
        state=State.WAITING,
        digest=received.digest,
        arrived_at=now,
        respond_by=verdict.respond_by,
        alert_at=verdict.alert_at,
        callback_at=verdict.callback_at,
        remind_at=reminding.following(document, now=now),
        expires_at=verdict.expires_at,
        on_timeout=verdict.on_timeout,
        completeness=graded.percent,
        missing=graded.missing,
    )


def _verdict(
    received: Received,
    shown: Masked,
    policy: PolicyDocument,
    *,
    now: datetime,
    before: Sequence[Reason] = (),
    added: Sequence[JSON] = (),
) -> Verdict:
    """The verdict on what was sent, with reasons that quote no more than is shown."""
    judge = partial(judging.judge, policy=policy, now=now, draw=received.digest, before=before)
    verdict = judge(additions.merged(received.document, list(added)), outlook=ports.outlook)
    if not shown.places:
        return verdict
    seen = judge(additions.merged(shown.document, masks.added(received.document, added)))
    return replace(verdict, reasons=quoting.unquoted(verdict.reasons, seen.reasons))


def _customer(document: JSON) -> str:
    return ((document.get("context") or {}).get("customer") or {}).get("name") or ""


def _customer_key(document: JSON) -> str:
    """By what the customer is known: their id, the agent's own reference, else the name."""
    customer = (document.get("context") or {}).get("customer") or {}
    return customer.get("id") or document.get("customer_ref") or customer.get("name") or ""


def _why(document: JSON, verdict: Verdict) -> str:
    """A stated wish or a rule that takes the case from the agent; else the agent's own reason."""
    ruled = verdict.reasons[0].sentence if verdict.reasons else ""
    stated = calls.in_words((document.get("trigger") or {}).get("reason") or "", document)
    return ruled if verdict.level >= TAKEN_FROM_THE_AGENT else stated or ruled


def _followed(
    agent: Agent, received: Received, replaced: Escalation | None, *, now: datetime
) -> Escalation:
    """The unsaved escalation, judged beside what it takes over from those that it names."""
    again = admission.referred(agent, received.document, "re_escalates")
    escalation = judged(received, now=now, before=_taken_over(replaced, again))
    if escalation.disposition in ACTS_ALONE:
        # Who takes a case back from people, or was told otherwise by them, does not clear the same
        # alone by sending it anew.
        calls = admission.calls_of(received.document)
        earlier = admission.stopped_before(agent, escalation, calls, now=now)
        if earlier is not None:
            escalation = judged(received, now=now, before=_taken_over(None, earlier))
    escalation.supersedes, escalation.re_escalates = replaced, again
    return escalation


def _taken_over(replaced: Escalation | None, again: Escalation | None) -> tuple[Reason, ...]:
    return (
        *(keeping.for_follower(again, replaces=False) if again else ()),
        *(keeping.for_follower(replaced, replaces=True) if replaced else ()),
    )


def _store(escalation: Escalation, package: Package, *, now: datetime) -> bool:
    """False, and nothing is stored, where the idempotency key was used before, or an identical call
    waits."""
    earlier = escalation.supersedes
    decision = None
    if escalation.disposition in ACTS_ALONE:
        # What people are to decide is not cleared by asking for it again.
        if joining.pending(escalation.agent, escalation.pending_call) is not None:
            return False
        rule = escalation.reasons[0]["rule"] if escalation.reasons else "level"
        decision = decisions.automatic(escalation, package, rule=rule, now=now)
        escalation.state, escalation.outcome = State.DECIDED, decision.outcome
        escalation.decided_at = escalation.effective_at = escalation.closed_at = now
    elif (until := _put_off_until(escalation, now)) is not None:
        escalation.state = State.SNOOZED
        escalation.snoozed_at, escalation.snoozed_until = now, until
    agent = escalation.agent.name
    arrived = lifecycle.arrive(
        escalation, package, decision=decision, actor=Actor("agent", agent), now=now
    )
    if arrived and earlier is not None:
        lifecycle.cancel(earlier, agent=agent, superseded_by=escalation.id, now=now)
    return arrived


def _put_off_until(escalation: Escalation, now: datetime) -> datetime | None:
    """The time of the call, at most as far off as a person may snooze. An alert waits for none, nor
    does a case that ends before."""
    call_at, ends_at = escalation.callback_at, escalation.expires_at
    if call_at is None or call_at <= now or escalation.level == ALERT_LEVEL:
        return None
    until = min(call_at, now + lifecycle.SNOOZE_LIMIT)
    return until if ends_at is None or until < ends_at else None


def _package(received: Received, body: bytes, *, now: datetime) -> Package:
    expanded = orjson.dumps(received.document).decode() if received.expanded else ""
    return Package(
        # For a revision the life cycle counts on, under the lock.
        version=1,
        received=body.decode(),
        expanded=expanded,
        digest=received.digest,
        salt=secrets.token_hex(16),
        received_at=now,
    )


def _replayed(key: ApiKey, idempotency_key: str | None, received: Received) -> Accepted:
    """Somebody used this key before: the same package is answered again, another is refused."""
    first = Escalation.objects.get(agent=key.agent, idempotency_key=idempotency_key)
    admission.require_same(first, received.digest)
    told = _warnings(received, first, key, now=first.arrived_at)
    return Accepted(first, created=False, warnings=told)
