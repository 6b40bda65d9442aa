"""What was raised to a supervisor: cases passed on to one, notices not seen, alerts not sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from escalations.masking import seen
from escalations.models import Escalation, Remark, State
from escalations.policy.ladder import ALERT_LEVEL
from escalations.text import untrusted
from routing.models import Notice, Sending

MOST = 8
LATELY = timedelta(hours=24)
FREE = (State.WAITING, State.SECOND)
KINDS = (
    *(Notice.Kind.BREACH, Notice.Kind.ALERT, Notice.Kind.PASSED, Notice.Kind.ASKED),
    *(Notice.Kind.RETURNED,),
)


@dataclass(frozen=True, slots=True)
class Raised:
    """One line: who or what, in words, and the case to open."""

    key: str
    text: str
    at: datetime
    icon: str = "alert"
    who: str = ""
    initials: str = ""
    escalation: str = ""
    case_number: str = ""
    act: str = "Open"
    is_alert: bool = False


def to(person: int, now: datetime) -> list[Raised]:
    """What stands raised to this person, alerts first, then the newest, in six statements at most:
    all of it, but of alerts that could not be sent the first `MOST`."""
    found = [*_passed(now), *_unseen(person, now), *_unsent(now)]
    return sorted(found, key=lambda one: (one.is_alert, one.at), reverse=True)


def _passed(now: datetime) -> list[Raised]:
    """Cases that wait for a supervisor, with what was said on the way."""
    waiting = Escalation.objects.filter(state__in=FREE, wanted_by="supervisor")
    said = Remark.objects.filter(
        kind=Remark.Kind.PASSED, target="supervisor", escalation__in=waiting.values("pk")
    ).select_related("person", "escalation")
    newest = {remark.escalation_id: remark for remark in said.order_by("at")}
    cover = seen.covers([case for case, remark in newest.items() if remark.text])
    return [
        Raised(
            key=f"passed-{remark.escalation_id}",
            text=untrusted.line(cover(remark.escalation_id, remark.text), 200)
            or "Passed on to a supervisor.",
            at=remark.at,
            who=remark.person.get_full_name() or remark.person.username,
            initials=_initials(remark.person.get_full_name() or remark.person.username),
            escalation=remark.escalation.id,
            case_number=remark.escalation.case_number,
            is_alert=remark.escalation.level == ALERT_LEVEL,
        )
        for remark in newest.values()
    ]


def _unseen(person: int, now: datetime) -> list[Raised]:
    # What is settled disappears by itself; an undone decision brings it back.
    open_ones = Q(escalation=None) | Q(escalation__state__in=State.open())
    theirs = Notice.objects.filter(
        open_ones, person=person, seen_at__isnull=True, kind__in=KINDS, at__gt=now - LATELY
    ).select_related("escalation")
    newest: dict[int, Notice] = {}
    for notice in theirs.order_by("at"):
        newest[notice.escalation_id or -notice.pk] = notice
    return [_notice(one) for one in newest.values()]


def _notice(notice: Notice) -> Raised:
    case = notice.escalation
    return Raised(
        key=f"notice-{notice.pk}",
        text=notice.text,
        at=notice.at,
        escalation=case.id if case else "",
        case_number=case.case_number if case else "",
        is_alert=case is not None and case.level == ALERT_LEVEL,
    )


def _unsent(now: datetime) -> list[Raised]:
    """Alerts that could not leave by e-mail or to a paging tool."""
    failed = Sending.objects.filter(
        state=Sending.State.DEAD, alert__raised_at__gt=now - LATELY
    ).select_related("alert__escalation")
    return [
        Raised(
            key=f"sending-{sending.pk}",
            text=f"An alert by {sending.get_channel_display().lower()} could not be sent"
            f"{': ' + untrusted.line(sending.last_error, 120) if sending.last_error else ''}.",
            at=sending.alert.raised_at,
            icon="unlink",
            escalation=sending.alert.escalation.id,
            case_number=sending.alert.escalation.case_number,
            is_alert=sending.alert.escalation.level == ALERT_LEVEL,
        )
        for sending in failed.order_by("-alert__escalation__level", "-alert__raised_at")[:MOST]
    ]


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()
