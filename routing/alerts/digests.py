"""The mail of the morning, for who asked for it: how much waits for them, what is due first.

It is counted by their own rights of that moment, and has nothing of any package: numbers, levels,
kinds of work and times, as in alerts. A morning on which nothing waits has no mail.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db.models import Q

from console.models import DECIDERS, User
from console.outside import outbound
from console.people.viewers import viewer_of
from escalations import access
from escalations.access import Viewer
from escalations.models import Escalation
from escalations.policy import versions
from routing.alerts import notices
from routing.alerts.paging import address
from routing.models import Digest, Duty

FROM, UNTIL = time(7), time(12)
COUNT_MAX = 999
NAMED_MAX = 5

log = structlog.get_logger(__name__)


def want(user: User, *, on: bool, now: datetime) -> None:
    """Somebody wants the mail of the morning, or none any more. The first comes with the next
    morning that begins, also for who wanted none meanwhile."""
    if on:
        zone = Duty.objects.filter(person=user).values_list("time_zone", flat=True).first()
        here = now.astimezone(ZoneInfo(zone or "UTC"))
        begun = here.date() if here.time() >= FROM else None
        Digest.objects.get_or_create(person=user, defaults={"sent_on": begun})
    else:
        Digest.objects.filter(person=user).delete()


def sweep(now: datetime) -> int:
    """Send what is due; counts the mails. Any number of sweepers send each once: whoever marks the
    row sends it. A mail server that does not answer ends the round, and the next one goes on."""
    if not outbound.mails():
        return 0
    deciding = Q(person__is_active=True, person__role__in=DECIDERS) & ~Q(person__email="")
    rows = Digest.objects.filter(deciding).select_related("person").order_by("pk")
    zones = dict(Duty.objects.values_list("person", "time_zone"))
    sent = 0
    for row in rows:
        zone = ZoneInfo(zones.get(row.person_id, "UTC"))
        here = now.astimezone(zone)
        if not FROM <= here.time() < UNTIL or row.sent_on == here.date():
            continue
        try:
            sent += _send(row, here, now)
        except outbound.NoAnswer as error:
            log.warning("digest_waits", error=str(error))
            return sent
    return sent


def letter(viewer: Viewer, here: datetime, now: datetime) -> tuple[str, str] | None:
    """Subject and text, the times on this person's clock; None where nothing waits for them."""
    requirements = access.requirements_for(viewer)
    asked = viewer.username
    free = Escalation.objects.waiting().within(requirements, asked=asked)
    theirs = free | Escalation.objects.with_person(viewer.user_id)
    count = theirs[: COUNT_MAX + 1].count()
    unseen = len(notices.unseen(viewer))
    if not count and not unseen:
        return None
    late = theirs.filter(respond_by__lt=now)[: COUNT_MAX + 1].count()
    soon = now + timedelta(hours=4)
    due = theirs.filter(respond_by__range=(now, soon))[: COUNT_MAX + 1].count()
    lines = [
        f"{_number(count)} waiting for you: {late} late, {due} due in the next four hours.",
        f"Notices that you have not seen: {unseen}.",
        "",
        *(_line(case, here) for case in theirs.order_by("rank", "number")[:NAMED_MAX]),
        "",
        f"{settings.BATON_URL}/inbox/",
        "",
        f"You asked for this mail. To end it: {settings.BATON_URL}/profile/",
    ]
    return f"{_number(count)} waiting for you in Baton", "\n".join(lines) + "\n"


def _send(row: Digest, here: datetime, now: datetime) -> bool:
    before, today = row.sent_on, here.date()
    if not _mark(row, before, today):
        return False
    written = letter(viewer_of(row.person), here, now)
    if written is None:
        return False
    try:
        outbound.mail(row.person.email, *written, message_id=f"digest-{row.person_id}-{today}")
    except outbound.NoAnswer:
        _mark(row, today, before)
        raise
    except (outbound.NotTaken, outbound.AddressRefused) as error:
        log.warning("digest_not_taken", person=row.person_id, error=str(error))
        return False
    return True


def _mark(row: Digest, was: date | None, becomes: date | None) -> bool:
    """One statement with its condition: of two sweepers one does it."""
    found = Digest.objects.filter(pk=row.pk, sent_on=was)
    if was is None:
        found = Digest.objects.filter(pk=row.pk, sent_on__isnull=True)
    return found.update(sent_on=becomes) == 1


def _number(count: int) -> str:
    words = f"{COUNT_MAX}+" if count > COUNT_MAX else str(count)
    return f"{words} {'case is' if count == 1 else 'cases are'}"


def _line(case: Escalation, here: datetime) -> str:
    due = case.respond_by.astimezone(here.tzinfo)
    title = versions.title(case.task_type)
    return f"{case.case_number}, level {case.level}, {title}, due {due:%a %H:%M}: {address(case)}"
