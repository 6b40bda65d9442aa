"""Capacity: one row for each unit of a person, taken by a conditional update."""

from typing import Any

from django.db import IntegrityError, transaction

from console.models import User
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.refusals import NotAllowed
from routing.models import Unit

UNITS = 5


FREEING = "UPDATE routing_unit SET escalation_id = NULL WHERE escalation_id = %s"


def follow(*, escalation: Escalation, before: str, by: Viewer | None, **_: Any) -> str | None:
    """Hears `moves.moved`: a case that becomes held takes a unit, for one that is held no
    longer the answer is the rider that frees it.

    Claims run inside a transaction. Raises NotAllowed where no unit is left.
    """
    if escalation.state == State.HELD and before != State.HELD and by is not None:
        take(by.user_id, escalation)
    elif before == State.HELD and escalation.state != State.HELD:
        return FREEING
    return None


def take(user_id: int, escalation: Escalation) -> None:
    """Take one free unit. Raises NotAllowed if there is none: nobody holds more than they can."""
    for _ in range(UNITS):
        free = _free(user_id)
        if free is None:
            break
        if Unit.objects.filter(pk=free, escalation=None).update(escalation=escalation):
            return
    raise NotAllowed("full", "You hold as many cases as you can; decide or release one first.")


def provide(user: User, count: int = UNITS) -> None:
    """Give a new person their units; those they have stay."""
    have = set(Unit.objects.filter(person=user).values_list("number", flat=True))
    missing = [Unit(person=user, number=n) for n in range(1, count + 1) if n not in have]
    Unit.objects.bulk_create(missing)


def resize(user: User, count: int) -> bool:
    """Give this person exactly `count` units; False, and nothing changed, where they hold more."""
    with transaction.atomic():
        have = Unit.objects.select_for_update().filter(person=user).order_by("-number")
        free = [unit.pk for unit in have if unit.escalation_id is None]
        surplus = max(0, len(have) - count)
        if surplus > len(free):
            return False
        Unit.objects.filter(pk__in=free[:surplus], escalation=None).delete()
        taken = set(Unit.objects.filter(person=user).values_list("number", flat=True))
        numbers = (n for n in range(1, 2 * count + len(taken)) if n not in taken)
        missing = [Unit(person=user, number=next(numbers)) for _ in range(count - len(taken))]
        Unit.objects.bulk_create(missing)
    return True


def load(user_id: int) -> tuple[int, int]:
    """How many units are taken, and how many there are."""
    units = list(Unit.objects.filter(person=user_id).values_list("escalation", flat=True))
    return sum(one is not None for one in units), len(units) or UNITS


def _free(user_id: int) -> int | None:
    units = Unit.objects.filter(person=user_id)
    free = units.filter(escalation=None).select_for_update(skip_locked=True)
    found = free.order_by("number").values_list("pk", flat=True).first()
    if found is None and not units.exists():
        try:
            with transaction.atomic():
                provide(User.objects.get(pk=user_id))
        except IntegrityError:
            pass
        found = free.order_by("number").values_list("pk", flat=True).first()
    return found
