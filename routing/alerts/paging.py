"""Alerts on their way out, by mail and to the paging tool: tried for a day."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import orjson
import structlog
from django.conf import settings
from django.db.models import Q

from console.hints import nudge
from console.outside import outbound
from escalations import identifiers
from escalations.deliveries import outbox, signing
from escalations.deliveries.outbox import Outbox, Outcome
from escalations.models import Escalation, State
from escalations.policy import versions
from escalations.policy.ladder import ALERT_LEVEL, Due
from escalations.record import lines
from escalations.record.lines import Actor
from escalations.refusals import Conflict
from routing.alerts.audiences import Recipient
from routing.models import Alert, Sending

PAGING = "paging"
TYPE = "escalation.alert"

log = structlog.get_logger(__name__)


class Alerts(Outbox[Sending]):
    """Somebody must be reached soon, so pauses are short, none is shortened by chance, and one that
    did not leave at once is already worth a word."""

    name, one, prefix = "alerts", "alert", "snd"
    rows = Sending
    related = ("alert__escalation",)
    case = "alert__escalation"
    sought = ("target",)
    couriers = 4
    lease = timedelta(minutes=2)
    try_for = timedelta(days=1)
    pauses_s = (10, 30, 60, 2 * 60, 5 * 60, 10 * 60, 20 * 60, 30 * 60)
    jitter = 0.0
    counts_as_unsent = Q(state=Sending.State.DUE, attempts__gt=0)

    def send(self, row: Sending, *, now: datetime) -> Outcome:
        """Not any more once the case is answered."""
        # Asked at the last moment: it may have been answered while this waited for its turn.
        if row.case.state not in State.open():
            return Outcome(moot=True)
        elif row.channel == Sending.Channel.EMAIL:
            return _mail(row)
        else:
            return _page(row, now)

    def settled(self, row: Sending, outcome: Outcome, *, now: datetime) -> None:
        if row.state == Sending.State.DEAD:
            log.error("alert_not_sent", sending=row.pk, fault=outcome.error)

    def require_replayable(self, row: Sending, *, now: datetime) -> None:
        if row.case.state not in State.open():
            raise Conflict("answered", f"{row.case} is answered; nobody has to be alerted.")

    def replayed(self, row: Sending, *, by: Actor, now: datetime) -> None:
        log.info("alert_sent_again", sending=row.pk, by=str(by))

    def well(self) -> str:
        ways = [("mail", outbound.mails()), ("the paging tool", bool(settings.PAGING_URL))]
        leave = " and ".join(way for way, is_set in ways if is_set)
        if leave:
            return f"Every alert left by {leave}."
        else:
            return "Alerts stay on screen: neither BATON_SMTP_URL nor BATON_PAGING_URL is set."


ALERTS = Alerts()


def plan(told: Sequence[tuple[Alert, Escalation, Due, Collection[Recipient]]]) -> int:
    """Write what leaves for these alerts, in the caller's transaction; counts the rows."""
    rows = [row for alert, case, due, members in told for row in _rows(alert, case, due, members)]
    if rows:
        Sending.objects.bulk_create(rows, ignore_conflicts=True)
        nudge.nudge("deliver")
    return len(rows)


def _rows(
    alert: Alert, escalation: Escalation, due: Due, members: Collection[Recipient]
) -> list[Sending]:
    """Warnings stay on screen: only a missed deadline, what follows it, and level 4 leave."""
    if due.step.share is not None and escalation.level != ALERT_LEVEL:
        return []
    rows = []
    if settings.PAGING_URL:
        host = outbound.origin(settings.PAGING_URL)
        rows.append(_sending(alert, Sending.Channel.WEBHOOK, PAGING, host))
    if outbound.mails():
        host = outbound.mail_host()
        addresses = sorted({one.email for one in members if one.email})
        rows += [_sending(alert, Sending.Channel.EMAIL, one, host) for one in addresses]
    return rows


def letter(alert: Alert) -> tuple[str, str]:
    """Subject and text of the mail, with nothing of the package: the case is behind the link."""
    case = alert.escalation
    urgent = case.level == ALERT_LEVEL
    said = "needs a person at once" if urgent else "is late and not answered"
    subject = f"{'Alert: ' if urgent else ''}{case} {said}"
    text = (
        f"{case} {said}.\n\nLevel {case.level}, {versions.title(case.task_type)}. "
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


def _sending(alert: Alert, channel: Sending.Channel, target: str, host: str) -> Sending:
    return Sending(
        id=identifiers.new("snd"),
        alert=alert,
        channel=channel,
        target=target,
        host=host,
        created_at=alert.raised_at,
        next_at=alert.raised_at,
        give_up_at=alert.raised_at + Alerts.try_for,
    )


def _mail(sending: Sending) -> Outcome:
    """A mailbox that is not there speaks against the address, not against the mail server."""
    try:
        outbound.mail(sending.target, *letter(sending.alert), message_id=sending.id)
    except outbound.NotTaken as error:
        return Outcome(str(error), over=error.for_good, failing=False)
    except outbound.NoAnswer as error:
        return Outcome(str(error), failing=True)
    except outbound.AddressRefused as error:
        return Outcome(str(error))
    return Outcome(failing=False)


def _page(sending: Sending, now: datetime) -> Outcome:
    if not settings.PAGING_URL:
        return Outcome("There is no paging tool any more: BATON_PAGING_URL is not set.")
    body = event(sending)
    headers = signing.signed(settings.PAGING_SECRET, sending.id, body, now=now)
    return outbox.post(settings.PAGING_URL, body, headers)
