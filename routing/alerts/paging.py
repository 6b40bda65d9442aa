"""Sends alerts out, by mail and to the paging tool: lease a row, send outside any transaction, mark
it if the lease still holds.

A process that dies in between leaves a lease that runs out; the same message with the same id is
then sent again. So every alert leaves at least once, and a receiver drops the second by its id.
"""

import threading
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
import structlog
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.models import Q, QuerySet

from console import clock, mail, outbound
from escalations import identifiers
from escalations.deliveries import signing
from escalations.models import Escalation, State
from escalations.policy.ladder import ALERT_LEVEL, Due
from escalations.record import lines
from routing.alerts.audiences import Member
from routing.models import Alert, Sending

LEASE = timedelta(minutes=2)
TRY_FOR = timedelta(days=1)
PAUSES_S = (10, 30, 60, 2 * 60, 5 * 60, 10 * 60, 20 * 60, 30 * 60)
SENDERS = 4
SHOWN_FOR, SHOWN_MAX = timedelta(days=7), 20
FAULT_LENGTH = 300
PAGING = "paging"
TYPE = "escalation.alert"

log = structlog.get_logger(__name__)

_pool: ThreadPoolExecutor | None = None
_out: set[Future[int]] = set()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: nothing is wrong, or a sentence; `over` where no other helps."""

    fault: str = ""
    over: bool = False
    moot: bool = False


def plan(alert: Alert, escalation: Escalation, due: Due, members: Collection[Member]) -> int:
    """Write what leaves for this alert, in the caller's transaction; counts the rows.

    Warnings stay on screen: only a missed deadline, what follows it, and level 4 leave.
    """
    if due.step.share is not None and escalation.level != ALERT_LEVEL:
        return 0
    targets = {(Sending.Channel.WEBHOOK, PAGING)} if settings.PAGING_URL else set()
    if mail.is_set():
        targets |= {(Sending.Channel.EMAIL, one.email) for one in members if one.email}
    rows = [
        Sending(
            id=identifiers.new("snd"),
            alert=alert,
            channel=channel,
            target=target,
            due_at=alert.raised_at,
        )
        for channel, target in sorted(targets)
    ]
    Sending.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        transaction.on_commit(wake, robust=True)
    return len(rows)


def wake() -> int:
    """Have due rows sent by threads of this process, and return at once with how many went out."""
    global _pool
    due = _free(clock.now()).count()
    with _lock:
        _pool = _pool or ThreadPoolExecutor(SENDERS, thread_name_prefix="paging")
        sent = range(min(due, SENDERS - len(_out)))
        for _ in sent:
            sender = _pool.submit(carry)
            _out.add(sender)
            sender.add_done_callback(_back)
    return len(sent)


def rest() -> None:
    """Wait until every sender is back."""
    for sender in list(_out):
        sender.result()


def carry() -> int:
    """Send one row after the other until none is due; counts the attempts."""
    attempts = 0
    try:
        while sending := lease(now=clock.now()):
            settle(sending, send(sending, now=clock.now()), now=clock.now())
            attempts += 1
    except DatabaseError as error:
        # The lease runs out and the next round sends it again.
        log.warning("paging_stopped", error=str(error))
    finally:
        connections.close_all()
    return attempts


@transaction.atomic
def lease(*, now: datetime) -> Sending | None:
    """The row that is due longest, held by nobody else for `LEASE`; None if there is none."""
    free = _free(now).select_for_update(skip_locked=True, of=("self",)).order_by("due_at")
    sending = free.select_related("alert__escalation").first()
    if sending is not None:
        sending.leased_until = now + LEASE
        sending.save(update_fields=["leased_until"])
    return sending


def send(sending: Sending, *, now: datetime) -> Outcome:
    """One attempt, outside any transaction. Raises nothing that a receiver could cause."""
    escalation = sending.alert.escalation
    if escalation.state not in State.open():
        return Outcome(moot=True)
    try:
        if sending.channel == Sending.Channel.EMAIL:
            mail.send(sending.target, *letter(sending.alert), message_id=sending.id)
        else:
            _post(sending, now)
    except mail.NotSent as error:
        return Outcome(str(error), over=error.for_good)
    except (outbound.Refused, outbound.NoAnswer) as error:
        return Outcome(str(error))
    return Outcome()


def settle(sending: Sending, outcome: Outcome, *, now: datetime) -> bool:
    """Mark what came of an attempt. False, and nothing changed, if the lease was lost meanwhile."""
    attempts = sending.attempts + (not outcome.moot)
    due_at = now + timedelta(seconds=PAUSES_S[min(attempts, len(PAUSES_S)) - 1])
    sent = not outcome.fault and not outcome.moot
    state = Sending.State.DUE
    if sent or outcome.moot:
        state = Sending.State.SENT if sent else Sending.State.DROPPED
    elif outcome.over or due_at >= sending.alert.raised_at + TRY_FOR:
        state = Sending.State.FAILED
    held = Sending.objects.filter(
        pk=sending.pk, state=Sending.State.DUE, leased_until=sending.leased_until
    )
    marked = held.update(
        state=state,
        attempts=attempts,
        due_at=due_at if state == Sending.State.DUE else sending.due_at,
        leased_until=None,
        sent_at=now if sent else None,
        fault=outcome.fault[:FAULT_LENGTH],
    )
    if marked and state == Sending.State.FAILED:
        log.error("alert_not_sent", sending=sending.pk, fault=outcome.fault)
    return bool(marked)


def unsent(*, now: datetime) -> list[Sending]:
    """What was given up in the last 7 days or is being tried again, newest first, 20 at most."""
    failed = Q(state=Sending.State.FAILED, due_at__gt=now - SHOWN_FOR)
    tried = Q(state=Sending.State.DUE, attempts__gt=0)
    found = Sending.objects.select_related("alert__escalation").filter(failed | tried)
    return list(found.order_by("-due_at")[:SHOWN_MAX])


def letter(alert: Alert) -> tuple[str, str]:
    """Subject and text of the mail, with nothing of the package: the case is behind the link."""
    case = alert.escalation
    urgent = case.level == ALERT_LEVEL
    said = "needs a person at once" if urgent else "is late and not answered"
    subject = f"{'Alert: ' if urgent else ''}{case} {said}"
    text = (
        f"{case} {said}.\n\nLevel {case.level}, {case.task_type}. "
        f"It was due at {case.respond_by:%H:%M} UTC on {case.respond_by:%-d %B}. "
        f"This is alert {alert.step}.\n\n{address(case)}\n"
    )
    return subject, text


def event(sending: Sending) -> bytes:
    """The CloudEvents 1.0 envelope for the paging tool; no personal data."""
    alert, case = sending.alert, sending.alert.escalation
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": sending.id,
            "source": settings.BATON_URL,
            "type": TYPE,
            "subject": case.id,
            "time": lines.timestamp(alert.raised_at),
            "datacontenttype": "application/json",
            "data": {
                "id": case.id,
                "number": case.case_number,
                "level": case.level,
                "priority": case.priority,
                "step": alert.step,
                "alert": alert.kind,
                "audience": alert.audience,
                "respond_by": lines.timestamp(case.respond_by),
                "url": address(case),
            },
        }
    )


def address(escalation: Escalation) -> str:
    """Where a person reads the case."""
    return f"{settings.BATON_URL}/escalations/{escalation.id}/"


def _post(sending: Sending, now: datetime) -> None:
    if not settings.PAGING_URL:
        raise outbound.Refused("There is no paging tool any more: BATON_PAGING_URL is not set.")
    body = event(sending)
    headers = signing.signed(settings.PAGING_SECRET, sending.id, body, now=now)
    headers |= {"content-type": "application/cloudevents+json", "user-agent": "Baton"}
    status = outbound.post(settings.PAGING_URL, body, headers).status
    if not 200 <= status < 300:
        raise outbound.NoAnswer(f"The paging tool answered {status}.")


def _free(now: datetime) -> QuerySet[Sending]:
    return Sending.objects.filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=now),
        state=Sending.State.DUE,
        due_at__lte=now,
    )


def _back(sender: Future[int]) -> None:
    _out.discard(sender)
    if error := sender.exception():
        log.error("paging_failed", exc_info=error)
