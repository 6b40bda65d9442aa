"""A look-up that a person makes in a case, and what came of it.

Both are a row and a line beside the case, not in its own chain: neither waits for whoever decides,
nor do they for it, and nothing of the case is changed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from escalations import identifiers
from escalations.access import Viewer
from escalations.live import hints
from escalations.lookups import fetching, filling
from escalations.models import Escalation, LookUp, LookUpReading, State
from escalations.record import readings, vouching
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict, NotFound

WITHIN = timedelta(seconds=fetching.WITHIN_S)
# Whoever presses again so soon gets the reading that is there.
SERVES = timedelta(seconds=2)
SILENT = "It did not answer within 2 s."
FAULT_MAX = 500


def ask(escalation: Escalation, look_up_id: int, *, by: Viewer, now: datetime) -> LookUpReading:
    """Have it read now; while that is under way, and just after, anybody's press gets that reading.

    Raises NotFound for a look-up that is not offered for such a case, Conflict where it is over or
    the package has nothing to fill its address in with.
    """
    look_up = LookUp.objects.fitting(escalation).filter(pk=look_up_id).first()
    if look_up is None:
        raise NotFound("not_found", "This look-up is not offered any more.")
    if escalation.state not in State.open():
        raise Conflict("over", "Nobody decides this any more.", at=escalation.closed_at)
    package = escalation.packages.get(version=escalation.package_version).document
    if why := filling.why_not(look_up.url, package, escalation):
        raise Conflict("not_filled", why)
    last = _last(escalation, look_up)
    if last is not None and last.answered_at is None and not is_open(last, now=now):
        keep(last, [], SILENT, now=now)
    elif last is not None and (is_open(last, now=now) or _serves(last, now)):
        return last
    try:
        return _asked(escalation, look_up, by=by, now=now)
    except IntegrityError:
        # Somebody else pressed at the same moment.
        there = _last(escalation, look_up)
        if there is None:
            raise
        return there


def keep(
    reading: LookUpReading, values: Sequence[Sequence[Any]], fault: str = "", *, now: datetime
) -> bool:
    """Keep what came, or why nothing did; whether this answer was the first."""
    package = reading.escalation.packages.get(version=reading.package_version)
    fault = fault[:FAULT_MAX]
    said = [list(one) for one in values]
    facts = _facts(reading) | {
        "count": len(said),
        "answer": vouching.hidden([said, fault], package.salt),
    }
    with transaction.atomic():
        # The condition, not a lock: of two that answer at once the first counts.
        free = LookUpReading.objects.filter(pk=reading.pk, answered_at__isnull=True)
        if not free.update(answered_at=now, answer=said, fault=fault):
            return False
        readings.write(reading.escalation, "look_up_answered", facts, by=BATON, now=now)
    return True


def is_open(reading: LookUpReading, *, now: datetime) -> bool:
    """Whether its answer may still come."""
    return reading.answered_at is None and now < reading.asked_at + WITHIN


def _asked(escalation: Escalation, look_up: LookUp, *, by: Viewer, now: datetime) -> LookUpReading:
    reading = LookUpReading(
        id=identifiers.new("lkp"), escalation=escalation, look_up=look_up, name=look_up.name,
        package_version=escalation.package_version, person_id=by.user_id, asked_at=now,
        read_from=fetching.host_of(look_up.url),
    )  # fmt: skip
    with transaction.atomic():
        reading.save(force_insert=True)
        actor = Actor("person", by.username)
        readings.write(escalation, "looked_up", _facts(reading), by=actor, now=now)
        hints.wake_deliveries()
    return reading


def _facts(reading: LookUpReading) -> dict[str, Any]:
    return {
        "reading": reading.id,
        "look_up": reading.look_up_id,
        "name": reading.name,
        "package_version": reading.package_version,
        "read_from": reading.read_from,
    }


def _last(escalation: Escalation, look_up: LookUp) -> LookUpReading | None:
    made = LookUpReading.objects.filter(escalation=escalation, look_up=look_up)
    of_version = made.filter(package_version=escalation.package_version)
    return of_version.order_by("-asked_at", "-pk").first()


def _serves(reading: LookUpReading, now: datetime) -> bool:
    return not reading.fault and now < reading.asked_at + SERVES
