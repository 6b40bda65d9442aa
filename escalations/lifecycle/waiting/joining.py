"""An identical call joins the one that waits for people, so that it is judged once.

Identical is what people would decide on and what would be sent: the work, whose it is, the calls,
the draft, what the customer said and the answers that are allowed. What is another with each run
of an agent (its reasoning, its trace, when it ran) makes no other call of it, unless it asks for
more people. Which of two at once comes first is decided by the unique key `one_pending_call`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from console.database import statements
from escalations.lifecycle import ending, noting
from escalations.models import Agent, Escalation, JoinedCall, State, requirements
from escalations.record import vouching
from escalations.record.lines import Actor
from escalations.refusals import Fault
from escalations.text import canonical

OF_THE_FIRST = (
    "This joined a case that waits: its decision repeats the first call's, not this one's. Go by "
    "the `id` of the case."
)
_JOINED = "SELECT id FROM escalations_joinedcall WHERE agent_id = %s AND idempotency_key = %s"
# Which run of the agent asks, and with which words for itself.
_WORDS = frozenset({"idempotency_key", "source", "metadata", "created_at"})
_WORDS_OF = {
    "context": frozenset({"reasoning", "environment"}),
    "trigger": frozenset({"reason"}),
}


def fingerprint(document: Mapping[str, Any], key: str | None) -> str | None:
    """What is the same in two identical calls; None where a package joins nothing: it calls
    nothing, does not say whose it is, follows another case, or wants a case of its own. An
    idempotency `key` of its own says so too, unless the package asks to be joined."""
    context = document.get("context") or {}
    customer = (context.get("customer") or {}).get("id") or document.get("customer_ref")
    whose = document.get("correlation_id") or customer
    follows = document.get("supersedes") or document.get("re_escalates")
    asked = (document.get("requested") or {}).get("join")
    alone = asked is False or (asked is None and key is not None)
    if not document.get("proposed_actions") or not whose or follows or alone:
        return None
    kept = {name: value for name, value in document.items() if name not in _WORDS}
    for name, words in _WORDS_OF.items():
        part = kept.pop(name, None) or {}
        kept[name] = {key: value for key, value in part.items() if key not in words}
    # Whether it may be joined is no part of what it wants.
    requested = {
        key: value for key, value in (kept.pop("requested", None) or {}).items() if key != "join"
    }
    return canonical.digest(kept | ({"requested": requested} if requested else {}))


def repeats_the_first(
    case: Escalation, document: Mapping[str, Any], key: str | None
) -> Iterator[Fault]:
    """What the decision repeats of the call that made the case, where the one that `key` and
    `document` are of and that joined it says something else."""
    package = case.packages.get(version=case.package_version).document
    if key is not None and key != case.idempotency_key:
        yield Fault("/idempotency_key", OF_THE_FIRST)
    own, first = ((one.get("source") or {}).get("run") or {} for one in (document, package))
    token = own.get("resume_token")
    if token is not None and token != first.get("resume_token"):
        yield Fault("/source/run/resume_token", OF_THE_FIRST)


def pending(agent: Agent, call: str | None) -> Escalation | None:
    """The open case of this agent that waits for the same call."""
    if call is None:
        return None
    return Escalation.objects.filter(agent=agent, pending_call=call, state__in=State.open()).first()


def earlier(agent: Agent, key: str | None) -> JoinedCall | None:
    """The call that was joined under this idempotency key."""
    # Nearly every call is one of its own, and a look that Django composes costs ten times as much.
    if key is None or not statements.rows(_JOINED, [agent.pk, key]):
        return None
    joined = JoinedCall.objects.filter(agent=agent, idempotency_key=key)
    return joined.select_related("escalation").first()


def runs(case: Escalation) -> int:
    """How many runs of its agent wait for the one answer, the first among them. Where the agent
    names its runs, the same body without a key is the same run that asks again."""
    first = case.packages.get(version=1)
    named = ((first.document.get("source") or {}).get("run") or {}).get("run_id")
    calls = list(case.joined_calls.values_list("idempotency_key", "digest"))
    bodies = [digest for key, digest in calls if key is None]
    others = len(set(bodies) - {first.digest}) if named else len(bodies)
    return 1 + sum(key is not None for key, _ in calls) + others


@transaction.atomic
def join(fresh: Escalation, *, digest: str, key: str | None, now: datetime) -> Escalation | None:
    """The case that waits for the same call, with a line that says so; None where there is none any
    more, or where this one asks for more people than that one."""
    found = pending(fresh.agent, fresh.pending_call)
    if found is None:
        return None
    case = ending.current(found, now=now)
    package = case.packages.get(version=case.package_version)
    # Compared again with what people read: a column alone must not send an answer elsewhere.
    same = fingerprint(package.document, case.idempotency_key) == fresh.pending_call
    if case.state not in State.open() or not same or _asks_for_more(fresh, case):
        return None
    # Asked again under the lock: the same call may have come twice at once.
    again = earlier(fresh.agent, key)
    if again is not None:
        return again.escalation
    joined = JoinedCall(
        escalation=case, agent=fresh.agent, idempotency_key=key, digest=digest, joined_at=now
    )
    joined.save(force_insert=True)
    facts = {"call": vouching.joined(joined, package.salt)}
    return noting.note(case, "joined", actor=Actor("agent", fresh.agent.name), facts=facts, now=now)


def _asks_for_more(fresh: Escalation, case: Escalation) -> bool:
    had = requirements.skills_of(case.requirement_id)
    wanted = requirements.skills_of(fresh.requirement_id)
    more = fresh.level > case.level or fresh.approvals > case.approvals
    return more or any(grade > had.get(skill, 0) for skill, grade in wanted.items())
