"""The threads that ask: once, signed like any webhook, and for two seconds at most.

No message of an outbox: what is not answered at once is of no use later, so nothing is repeated,
and no answer to an agent waits behind a question.
"""

import threading
from datetime import datetime
from functools import partial
from typing import Any

import orjson
import structlog
from django.conf import settings
from pydantic import ValidationError

from console import clock
from console.outside import failures, outbound
from escalations.deliveries import signing
from escalations.facts import answering, checks, read_again
from escalations.lifecycle import outgoing
from escalations.lifecycle.outgoing import Address
from escalations.lookups import fetching
from escalations.lookups.threads import AskingThreads
from escalations.models import FactCheck, Receiver
from escalations.record.lines import BATON
from escalations.refusals import Fault, Refused
from escalations.schemas import faults as faults_of
from escalations.schemas.reports import FactNow

THREADS = 16
AT_ONCE = 32
FACTS_MAX = 2_000

log = structlog.get_logger(__name__)
_threads = AskingThreads("facts", THREADS)


def wake() -> int:
    """Send what nobody has taken yet, and return at once with how many."""
    now = clock.now()
    due = FactCheck.objects.filter(sent_at__isnull=True, asked_at__gt=now - checks.WITHIN)
    # The condition decides between workers: each question leaves once.
    taken = [
        pk
        for pk in due.order_by("asked_at").values_list("pk", flat=True)[:AT_ONCE]
        if FactCheck.objects.filter(pk=pk, sent_at__isnull=True).update(sent_at=now)
    ]
    for pk in taken:
        _threads.start(partial(ask, pk))
    return len(taken)


def ask(pk: str, *, resolve: outbound.Resolver = outbound.system_resolver) -> None:
    """Ask at every address at once, or read the one that is registered; where none takes it,
    whoever waits is told."""
    check = FactCheck.objects.select_related("escalation__agent").get(pk=pk)
    package = check.escalation.packages.get(version=check.package_version)
    if check.read_from:
        read_again.begin(check, package, start=_threads.start, resolve=resolve)
        return
    to = outgoing.addresses(check.escalation, outgoing.FACTS_WANTED, package=package)
    body = orjson.dumps(_envelope(checks.wanted(check, package)))
    left, lock = [len(to)], threading.Lock()

    def one(address: Address) -> None:
        failed = _asked(check, address, body, resolve)
        if not failed:
            return
        with lock:
            left[0] -= 1
        # What is over is silence, and what the agent says later still counts.
        if not left[0] and checks.is_open(check, now=clock.now()):
            answering.unreachable(check, failed, by=BATON, now=clock.now())

    if not to:
        answering.unreachable(check, failures.UNREACHED, by=BATON, now=clock.now())
    for address in to[1:]:
        _threads.start(partial(one, address))
    for address in to[:1]:
        one(address)


def rest() -> None:
    """Wait until every thread is back."""
    _threads.rest()


def _asked(check: FactCheck, address: Address, body: bytes, resolve: outbound.Resolver) -> str:
    """Why it was not taken; an answer in the reply is kept."""
    now = clock.now()
    if _is_paused(address, now):
        return fetching.PAUSED
    endpoint = address.endpoint
    stored = endpoint.secret if endpoint else check.escalation.agent.signing_secret
    try:
        headers = signing.headers(stored, check.id, body, now=now)
        headers |= {"content-type": "application/cloudevents+json", "user-agent": "Baton"}
        within_s = (check.asked_at + checks.WITHIN - now).total_seconds()
        reply = outbound.post(
            address.url, body, headers, resolve=resolve, within_s=max(within_s, 0.0)
        )
    except (signing.SecretUnreadable, outbound.AddressRefused, outbound.NoAnswer) as error:
        log.info("facts_not_asked", check=check.id, error=str(error))
        return error.told if isinstance(error, outbound.NoAnswer) else failures.UNREACHED
    if 200 <= reply.status < 300:
        _take(check, reply.body)
        return ""
    return failures.of_status(reply.status)[1]


def _is_paused(address: Address, now: datetime) -> bool:
    """A host that is left alone for its failures is not called for this either."""
    host = outbound.origin(address.url)
    return Receiver.objects.filter(host=host, paused_until__gt=now).exists()


def _take(check: FactCheck, body: bytes) -> None:
    """What the reply says, if it says anything; it may come by the API as well. What can be read
    of it counts, the rest is kept for whoever looks after the agent."""
    said, faults = _said(body)
    package = check.escalation.packages.get(version=check.package_version)
    unknown = answering.unknown(package, said or {})
    faults += unknown.values()
    if faults:
        answering.not_read(check, faults)
    told = [one for at, one in (said or {}).items() if at not in unknown]
    if said is None or (faults and not told):
        return
    try:
        agent = check.escalation.agent.name
        answering.answer(check.escalation, check.id, told, agent=agent, now=clock.now())
    except Refused as error:
        log.info("facts_not_read", check=check.id, error=str(error)[:300])


def _said(body: bytes) -> tuple[dict[int, dict[str, Any]] | None, list[Fault]]:
    """The facts in a reply by their place, and what of it is none. A reply about something else, as
    that it was taken, says nothing."""
    try:
        sent = orjson.loads(body)
    except ValueError:
        return None, []
    if isinstance(sent, list) and sent:
        return None, [Fault("", "is a list: send an object with `facts`")]
    if not isinstance(sent, dict) or "facts" not in sent:
        return None, []
    if not isinstance(sent["facts"], list):
        return None, [Fault("/facts", "must be a list")]
    if len(sent["facts"]) > FACTS_MAX:
        return None, [Fault("/facts", f"has more than {FACTS_MAX:,}: none was read")]
    said: dict[int, dict[str, Any]] = {}
    faults: dict[int, list[Fault]] = {}
    for at, one in enumerate(sent["facts"]):
        try:
            said[at] = FactNow.model_validate(one).model_dump()
        except ValidationError as error:
            named = faults_of.named(error)
            faults[at] = [Fault(f"/facts/{at}{fault.pointer}", fault.detail) for fault in named]
    unread = {_place(sent["facts"][at]) for at in faults}
    # Whoever says a fact twice, once as nothing that can be read, has not said how it is.
    sure = {at: one for at, one in said.items() if _place(one) not in unread}
    return sure, [fault for some in faults.values() for fault in some]


def _place(one: Any) -> str:
    return str((one.get("action_id"), one.get("label"))) if isinstance(one, dict) else ""


def _envelope(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": told["check"],
        "source": settings.BATON_URL,
        "type": outgoing.FACTS_WANTED,
        "subject": told["escalation_id"],
        "time": told["asked_at"],
        "datacontenttype": "application/json",
        "data": told,
    }
