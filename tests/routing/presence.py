"""People whose screens beat, what they were offered, and how they are, for tests."""

from datetime import time, timedelta

from django.utils import timezone

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.policy import check, versions
from escalations.record.lines import BATON
from routing.attendance import presence
from routing.models import Offer, Presence, Shift
from tests.factories import NOW, escalation

PRESENT, BUSY, AWAY, OFFLINE = "present", "busy", "away", "offline"


def now_of(user) -> tuple:
    row = Presence.objects.get(person=user)
    return row.state, row.set_by, row.reason, row.draining


def bears(misses):
    """A policy in force by which so many misses in a row set somebody away."""
    now = versions.current()
    document = check.check({**now.document.dump(), "routing": {"missed_offers_max": misses}})
    versions.publish(document, by=BATON, now=NOW, expected=now.number)


def misses_one(user):
    """Away by an offer that they missed half a minute ago, whatever their hands do now."""
    bears(1)
    now = timezone.now()
    ended = now - timedelta(seconds=30)
    presence.missed(user.pk, since=now + timedelta(hours=1), now=ended)


def there(user, at=NOW):
    presence.beat({user.pk: True}, at)
    return user


def works(user, span="09:00-15:00", kind="work", weekday=3):
    """On Thursdays, as NOW is one at 14:00."""
    starts, ends = (time.fromisoformat(one) for one in span.split("-"))
    return Shift.objects.create(person=user, weekday=weekday, starts=starts, ends=ends, kind=kind)


def offered(user, at=NOW, **keys):
    case = lifecycle.offer(
        escalation(now=at, **keys), to=viewer_of(user), until=at + timedelta(seconds=30), now=at
    )
    Offer.objects.create(
        escalation=case, person=user, offered_at=at, until=case.offer_until, why="Free."
    )
    return case


def accepted(user, at=NOW, **keys):
    case = lifecycle.accept(offered(user, at, **keys), by=viewer_of(user), now=at)
    Offer.objects.filter(escalation=case).update(outcome="accepted", answered_at=at)
    return case
