"""Whether this key may send this package: for its own agent, under its own idempotency key, about
its own cases, with a callback to where it may be called."""

from datetime import datetime, timedelta
from typing import Any

from console.outside import outbound
from escalations.lifecycle.taking_back.reversing import REVERSED
from escalations.models import Agent, ApiKey, Escalation, State
from escalations.refusals import Fault, Invalid
from escalations.text import names
from escalations.text.blanks import is_blank

JSON = dict[str, Any]
KEY_LENGTH = range(8, 256)
SAME_WORK = timedelta(days=7)
# Of one customer or one correlation, but for what was approved.
LOOKED_AT_MAX = 100
BLANK = "Nothing can be read in it: it would be the same for every call."
Calls = list[tuple[Any, Any]]


def idempotency_key(document: JSON, header: str | None) -> str | None:
    """The one of the header or of the body. Raises Invalid where they differ or are blank."""
    stated = document.get("idempotency_key")
    if header is not None:
        require_key(header)
    if stated and is_blank(stated):
        raise Invalid("The package is not valid.", errors=[Fault("/idempotency_key", BLANK)])
    if header and stated and header != stated:
        fault = Fault("/idempotency_key", "It differs from the Idempotency-Key header.")
        raise Invalid("Two different idempotency keys were sent.", errors=[fault])
    return header or stated


def require_key(header: str) -> None:
    """Raises Invalid for an idempotency key of another length, or with letters that a header does
    not carry: each of their bytes would be read as a letter, and the key be another."""
    if len(header) not in KEY_LENGTH:
        detail = "The Idempotency-Key header must have 8 to 255 characters."
    elif not header.isascii():
        detail = "The Idempotency-Key header must be ASCII; send others as `idempotency_key`."
    else:
        return
    fault = Fault("", detail)
    raise Invalid("The Idempotency-Key header cannot be used.", errors=[fault])


def first_use(agent: Agent, key: str | None) -> Escalation | None:
    """The case that this idempotency key made."""
    return Escalation.objects.filter(agent=agent, idempotency_key=key).first() if key else None


def require_same(first: Escalation, digest: str) -> None:
    """Raises Invalid where the idempotency key made this case of another package."""
    # The first version: what is revised since has another digest.
    require_digest(first.packages.get(version=1).digest, digest)


def require_digest(first: str, digest: str) -> None:
    """The same of the digest of the package that was sent first."""
    if first != digest:
        fault = Fault("/idempotency_key", "This key was used for another package.")
        raise Invalid("This idempotency key was used for another package.", errors=[fault])


def referred(agent: Agent, document: JSON, name: str) -> Escalation | None:
    """The agent's own escalation that `supersedes` or `re_escalates` names. Raises Invalid."""
    named = document.get(name)
    if not named:
        return None
    found = Escalation.objects.filter(agent=agent, id=named).first()
    if found is None:
        raise Invalid(
            "The package is not valid.", errors=[Fault(f"/{name}", f"There is no {named}.")]
        )
    return found


def stopped_before(
    agent: Agent, fresh: Escalation, calls: Calls, *, now: datetime
) -> Escalation | None:
    """The agent's newest case of the last week that is the same work, by its correlation or its
    customer, and that people did not let pass as it was: rejected, reversed, or answered otherwise
    than by approving these very `calls`; or that a person was to decide and has not: cancelled, or
    of a correlation also expired or still open."""
    numbers = Escalation.objects.stopped(agent.pk, fresh, at_most=LOOKED_AT_MAX)
    if not numbers:
        return None
    found = Escalation.objects.filter(
        number__in=numbers, task_type=fresh.task_type, arrived_at__gt=now - SAME_WORK
    )
    for case in found.order_by("-number"):
        correlated = bool(fresh.correlation_id) and case.correlation_id == fresh.correlation_id
        if _was_stopped(case, calls, correlated=correlated):
            return case
    return None


def calls_of(document: JSON) -> Calls:
    """What its actions call, with which arguments."""
    actions = document.get("proposed_actions") or ()
    return [(one.get("name"), one.get("args") or {}) for one in actions]


def _was_stopped(case: Escalation, calls: Calls, *, correlated: bool) -> bool:
    if case.outcome in {REVERSED, "rejected"}:
        return True
    elif case.decided_by_id is None:
        open_or_over = correlated and case.state in {*State.open(), State.EXPIRED}
        return open_or_over or case.state == State.CANCELLED
    package = case.packages.get(version=case.package_version)
    return calls_of(package.document) == calls


def require_own(key: ApiKey, document: JSON) -> None:
    """A key speaks for its own agent, and calls back only where it is allowed to. Raises Invalid
    naming every fault."""
    named = ((document.get("source") or {}).get("agent") or {}).get("id")
    faults = []
    if named is not None and not names.meant(named, [key.agent.name]):
        faults.append(Fault("/source/agent/id", f"This key belongs to the agent {key.agent}."))
    callback = document.get("callback") or {}
    endpoint, url = callback.get("endpoint"), callback.get("url")
    if endpoint and not key.agent.endpoints.filter(name=endpoint, disabled_at=None).exists():
        faults.append(Fault("/callback/endpoint", f"No endpoint “{endpoint}” is registered."))
    if url:
        faults += _callback_faults(url, key)
    if faults:
        raise Invalid("The package is not valid.", errors=faults)


def _callback_faults(url: str, key: ApiKey) -> list[Fault]:
    try:
        host = outbound.check(url).hostname
    except outbound.AddressRefused as refused:
        return [Fault("/callback/url", str(refused))]
    if host in key.callback_hosts:
        return []
    else:
        return [Fault("/callback/url", "The key's allow list does not cover this address.")]
