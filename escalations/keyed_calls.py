"""A call on a case with an idempotency key of its own is done once, however often it comes."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from escalations import admission
from escalations.models import Escalation, KeyedCall
from escalations.package import limits
from escalations.refusals import Fault, Invalid
from escalations.text import canonical

USED = "This key was used for another body."


def once(
    escalation: Escalation,
    name: str,
    key: str | None,
    body: bytes,
    act: Callable[[], int],
    *,
    now: datetime,
) -> tuple[int, bool]:
    """What `act` made (a number, of a row or 0), and whether it did so just now: the same key and
    body of this call (`name`) give what came of the first, and nothing is done; `escalation` is
    then as the first left it. Without a key it is done each time. Raises Invalid where the key came
    with another body."""
    if key is None:
        return act(), True
    admission.require_key(key)
    call = KeyedCall(escalation=escalation, name=name, key=key, digest=_digest(body))
    call.at = now
    with transaction.atomic():
        # Not looked up first: the unique key decides, also between two at once.
        try:
            with transaction.atomic():
                call.save(force_insert=True)
        except IntegrityError:
            made = _first(call)
            # The caller may have read it while the first was still at work.
            escalation.refresh_from_db()
            return made, False
        call.made = act()
        call.save(update_fields=["made"])
    return call.made, True


def came_at(escalation: Escalation, name: str, key: str | None) -> datetime | None:
    """When the first call of this key came."""
    found = KeyedCall.objects.filter(escalation=escalation, name=name, key=key)
    return found.values_list("at", flat=True).first()


def _digest(body: bytes) -> str:
    return canonical.sha256(limits.read(body, bytes_max=settings.PACKAGE_BYTES_MAX).canonical)


def _first(call: KeyedCall) -> int:
    first = KeyedCall.objects.get(escalation=call.escalation, name=call.name, key=call.key)
    if first.digest != call.digest:
        raise Invalid("This idempotency key was used for another body.", errors=[Fault("", USED)])
    return first.made
