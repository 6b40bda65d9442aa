"""Lines for one person each: a row until they have seen it, and a push that is only sooner."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from console import hub
from escalations.models import Escalation, State
from routing.models import Alert, Notice

LENGTH = 300
UNSEEN_MAX = 200
KEEP_FOR = timedelta(days=30)
EARLIER_MAX = 50
ALERTS = (Notice.Kind.WARN, Notice.Kind.BREACH, Notice.Kind.ALERT)
# These stay in the corner until their case was opened.
STAYING = frozenset({Notice.Kind.ALERT})


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is shown: the newest of its case, for all alerts of that case."""

    notice: Notice
    stays: bool

    @property
    def escalation(self) -> Escalation | None:
        """The case that it is about, if there is one."""
        return self.notice.escalation


def tell(
    user_ids: Collection[int],
    kind: str,
    text: str,
    escalation: Escalation | None = None,
    *,
    now: datetime,
    alert: Alert | None = None,
) -> None:
    """Write a line for each of these people in the caller's transaction, and push it on commit.

    A line about an alert is written once for each person, however often this is called.
    """
    people = sorted(set(user_ids))
    text = text[:LENGTH]
    about: dict[str, Any] = {"escalation": escalation, "alert": alert, "kind": kind, "at": now}
    Notice.objects.bulk_create(
        [Notice(person_id=one, text=text, **about) for one in people],
        ignore_conflicts=alert is not None,
    )
    case = escalation.id if escalation else ""
    frame = {"type": "notice", "kind": str(kind), "text": text, "escalation": case}
    for one in people:
        transaction.on_commit(partial(hub.publish, {**frame, "person": one}), robust=True)


def unseen(user_id: int) -> list[Line]:
    """What this person has not seen, newest first; an alert whose case is answered is moot."""
    found: dict[tuple[str, int], Line] = {}
    for notice in _unseen(user_id).select_related("escalation")[:UNSEEN_MAX]:
        is_alert = notice.kind in ALERTS and notice.escalation_id is not None
        key = ("case", notice.escalation_id or 0) if is_alert else ("line", notice.pk)
        found.setdefault(key, Line(notice, stays=notice.kind in STAYING))
    return sorted(found.values(), key=lambda line: not line.stays)


def earlier(user_id: int, *, now: datetime) -> list[Notice]:
    """What they have seen in the last 30 days, newest first, 50 at most."""
    seen = Notice.objects.filter(person=user_id, seen_at__isnull=False, at__gt=now - KEEP_FOR)
    return list(seen.select_related("escalation").order_by("-at", "-pk")[:EARLIER_MAX])


def see(user_id: int, number: int, *, now: datetime) -> Notice | None:
    """This line, and with an alert the earlier ones of its case, are seen; once more changes
    nothing. None where there is no such line of theirs."""
    notice = Notice.objects.select_related("escalation").filter(person=user_id, pk=number).first()
    if notice is not None:
        concerned = Q(pk=notice.pk)
        if notice.kind in ALERTS:
            concerned |= Q(escalation=notice.escalation_id, kind__in=ALERTS, pk__lt=notice.pk)
        _of(user_id).filter(concerned).update(seen_at=now)
    return notice


def see_all(user_id: int, *, now: datetime) -> int:
    """Everything is seen but what stays until its case was opened; counts the lines."""
    return _of(user_id).exclude(kind__in=STAYING).update(seen_at=now)


def _of(user_id: int) -> QuerySet[Notice]:
    return Notice.objects.filter(person=user_id, seen_at__isnull=True)


def _unseen(user_id: int) -> QuerySet[Notice]:
    moot = Q(kind__in=ALERTS) & ~Q(escalation__state__in=State.open())
    return _of(user_id).exclude(moot).order_by("-at", "-pk")
