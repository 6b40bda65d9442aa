"""Lines for one person each: a row until they have seen it, and a push that is only sooner."""

# ruff: noqa: S608 - only words of our own are spliced into statements; every value is bound.

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from console.hints import hub
from escalations import access
from escalations.access import Viewer
from escalations.models import Escalation, State
from routing.models import Alert, Notice

LENGTH = 300
UNSEEN_MAX = 200
KEEP_FOR = timedelta(days=30)
EARLIER_MAX = 50
ALERTS = (Notice.Kind.WARN, Notice.Kind.BREACH, Notice.Kind.ALERT)
# These stay until their case was opened.
STAYING = frozenset({Notice.Kind.ALERT})


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice as it is shown; `stays` until its case was opened, which `opens` says they may."""

    notice: Notice
    stays: bool
    opens: bool


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
    tell_all([PlannedNotice(user_ids, kind, text, escalation, alert)], now=now)


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    """One line and who gets it."""

    user_ids: Collection[int]
    kind: str
    text: str
    escalation: Escalation | None = None
    alert: Alert | None = None


def tell_all(told: Sequence[PlannedNotice], *, now: datetime) -> None:
    """The same of many lines by one statement, however many people there are: through models the
    rows of a case with fifty people cost more than all else that is done for it."""
    lines, frames = [], []
    for one in told:
        # SQLite would keep a longer one, PostgreSQL refuse it and all that is written with it.
        text, case = one.text[:LENGTH], one.escalation
        people = sorted(set(one.user_ids))
        alert = one.alert.pk if one.alert else None
        number = case.number if case else None
        lines.append({"e": number, "a": alert, "k": str(one.kind), "t": text, "p": people})
        frame = {"type": "notice", "kind": str(one.kind), "text": text}
        frame["escalation"] = case.id if case else ""
        frames += [{**frame, "person": person} for person in people]
    if frames:
        at = Notice._meta.get_field("at").get_db_prep_save(now, connection)  # noqa: SLF001
        with connection.cursor() as cursor:
            cursor.execute(WRITTEN[connection.vendor], [at, json.dumps(lines)])
        transaction.on_commit(partial(_push, frames), robust=True)


def _push(frames: "Sequence[dict[str, Any]]") -> None:
    for frame in frames:
        hub.publish(frame)


# A line about an alert is written once for each person; another has no key that one could meet.
_INTO = "INSERT INTO routing_notice (at, escalation_id, alert_id, kind, text, person_id)"
WRITTEN = {
    "sqlite": f"{_INTO} SELECT %s, json_extract(line.value, '$.e'),"
    " json_extract(line.value, '$.a'), json_extract(line.value, '$.k'),"
    " json_extract(line.value, '$.t'), person.value"
    " FROM json_each(%s) AS line CROSS JOIN json_each(line.value, '$.p') AS person"
    " WHERE true ON CONFLICT DO NOTHING",
    "postgresql": f"{_INTO} SELECT %s, line.e, line.a, line.k, line.t, person.value::integer"
    " FROM jsonb_to_recordset(%s::jsonb) AS line(e bigint, a bigint, k text, t text, p jsonb)"
    " CROSS JOIN LATERAL jsonb_array_elements_text(line.p) AS person(value)"
    " ON CONFLICT DO NOTHING",
}


def take_back(escalation: Escalation, kind: str, *, since: datetime) -> None:
    """What was told of this case since then and nobody has seen is told no more: what it told of
    was taken back. In the caller's transaction; whoever has it on screen loses it on commit."""
    found = Notice.objects.filter(
        escalation=escalation, kind=kind, at__gte=since, seen_at__isnull=True
    )
    for person in found.values_list("person_id", flat=True):
        frame = {"type": "notice", "kind": "taken_back", "text": "", "escalation": escalation.id}
        transaction.on_commit(partial(hub.publish, {**frame, "person": person}), robust=True)
    found.delete()


def unseen(viewer: Viewer) -> list[ShownNotice]:
    """What this person has not seen, what stays first, then newest first.

    Of the alerts of one case only the newest; none where the case is answered, or in somebody's
    hands since.
    """
    found: dict[tuple[str, int | None], ShownNotice] = {}
    for notice in _with_case(_unseen(viewer.user_id))[:UNSEEN_MAX]:
        is_alert = notice.kind in ALERTS and notice.escalation_id is not None
        key = ("case", notice.escalation_id) if is_alert else ("line", notice.pk)
        found.setdefault(key, _line(viewer, notice))
    # Sorting keeps the order of equals, so that each half stays newest first.
    return sorted(found.values(), key=lambda line: not line.stays)


def earlier(viewer: Viewer, *, now: datetime) -> list[ShownNotice]:
    """What they have seen in the last 30 days, newest first, 50 at most."""
    seen = Notice.objects.filter(person=viewer.user_id, seen_at__isnull=False)
    recent = _with_case(seen.filter(at__gt=now - KEEP_FOR).order_by("-at", "-pk"))
    return [_line(viewer, notice) for notice in recent[:EARLIER_MAX]]


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
    open_alerts = Q(kind__in=STAYING, escalation__state__in=State.open())
    return _of(user_id).exclude(open_alerts).update(seen_at=now)


def _line(viewer: Viewer, notice: Notice) -> ShownNotice:
    case = notice.escalation
    opens = case is not None and access.may_see(viewer, case)
    return ShownNotice(notice, stays=notice.kind in STAYING and opens, opens=opens)


def _with_case(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.select_related("escalation__requirement")


def _of(user_id: int) -> QuerySet[Notice]:
    return Notice.objects.filter(person=user_id, seen_at__isnull=True)


def _unseen(user_id: int) -> QuerySet[Notice]:
    answered = Q(escalation__isnull=False) & ~Q(escalation__state__in=State.open())
    moot = Q(kind__in=ALERTS) & answered
    # Should they let go of it, it needs a person again.
    has = Q(escalation__state__in=State.held(), escalation__taken_up_at__gte=F("at"))
    in_hand = Q(kind__in=STAYING) & has
    return _of(user_id).exclude(moot | in_hand).order_by("-at", "-pk")
