"""Capacity: one row for each unit of a person, taken by a conditional update."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from console.database.composed import Composed
from console.database.gathering import Together
from console.models import User
from escalations.models import Escalation, State
from escalations.refusals import NotAllowed
from routing.models import Unit, WorkLimit

UNITS = 5
OF_SOMEBODY = (State.OFFERED, *State.held())
_CONCERNED = Composed(
    lambda _, people, cases: (
        Unit.objects.filter(Q(person__among=people) | Q(escalation__among=cases))
        .select_for_update()
        .order_by("person", "number")
        .values_list("pk", "person", "escalation")
    ),
    lists=2,
)
_LIMITS = Composed(
    lambda _, people: WorkLimit.objects.filter(person__among=people).values_list(
        "task_type", "units"
    )
)
FREEING = "UPDATE routing_unit SET escalation_id = NULL WHERE escalation_id IN (%s)"


class _Wanted(NamedTuple):
    """Whose units a case takes; nobody's where it frees what it has."""

    user_id: int | None
    escalation: Escalation
    in_full: bool = True


def follow(
    *, escalation: Escalation, before: str, kind: str, together: Together, **_: Any
) -> str | None:
    """Hears `moves.moved`: a case that is offered to or held by somebody takes its units of them;
    for one that is nobody's any more the answer is the rider that frees them.

    Whatever gives a case to somebody runs inside a transaction. Raises NotAllowed where too few
    units are left, but not to the agent whose revision made it larger: then it takes those.
    """
    if escalation.state in OF_SOMEBODY:
        user_id = escalation.offered_to_id or escalation.held_by_id or 0
        together(_settle_all, _Wanted(user_id, escalation, in_full=kind != "revised"))
    elif before in OF_SOMEBODY:
        together(_settle_all, _Wanted(None, escalation))
        return FREEING
    return None


def _settle_all(wanted: list[_Wanted], now: datetime) -> None:
    """Take what these cases lack. Of several at once all units are locked in one order first, that
    of `take`: those who take and those who free never wait for each other."""
    has: dict[int, list[int]] = {}
    if len(wanted) > 1:
        people = [one.user_id for one in wanted if one.user_id is not None]
        for _, person, case in _CONCERNED.rows(people, [one.escalation.pk for one in wanted]):
            has.setdefault(case, []).append(person)
    for user_id, escalation, in_full in wanted:
        stands = has.get(escalation.pk) == [user_id] * escalation.units
        if user_id is not None and not stands:
            take(user_id, escalation, in_full=in_full)


def take(user_id: int, escalation: Escalation, *, in_full: bool = True) -> None:
    """Give this person's units to the case, and take them from whoever had it before.

    Raises NotAllowed if too few are free, or if their limit for this kind of work would be passed:
    nobody holds more than they can. Not `in_full`, it takes as many as are free.
    """
    theirs, elsewhere = _locked(user_id, escalation)
    own = [unit.pk for unit in theirs if unit.escalation_id == escalation.pk]
    # An offer that is accepted has its units already, and a limit made smaller since then does not
    # end it.
    if len(own) == escalation.units:
        return
    free = [*own, *(unit.pk for unit in theirs if unit.escalation_id is None)]
    if in_full:
        _require_within_limit(user_id, escalation)
    if in_full and len(free) < escalation.units:
        raise NotAllowed("full", _full(free))
    if own or elsewhere:
        Unit.objects.filter(escalation=escalation).update(escalation=None)
    Unit.objects.filter(pk__in=free[: escalation.units]).update(escalation=escalation)


def _full(free: list[int]) -> str:
    if free:
        return f"This case takes more units than the {len(free)} that are free; release one first."
    else:
        return "You hold as many cases as you can; decide or release one first."


def _require_within_limit(user_id: int, escalation: Escalation) -> None:
    limits: dict[str, int] = dict(_LIMITS.rows([user_id]))
    if escalation.task_type not in limits:
        return
    others = Unit.objects.filter(person=user_id, escalation__task_type=escalation.task_type)
    if (
        others.exclude(escalation=escalation).count() + escalation.units
        > limits[escalation.task_type]
    ):
        raise NotAllowed("full", "That is as much of this kind of work as may be held at once.")


def provide(user: User, count: int = UNITS) -> None:
    """Give a new person their units; those they have stay."""
    have = set(Unit.objects.filter(person=user).values_list("number", flat=True))
    missing = [Unit(person=user, number=n) for n in range(1, count + 1) if n not in have]
    Unit.objects.bulk_create(missing)


def provide_all(people: Iterable[User]) -> None:
    """The same of people who are new in this transaction, by one statement."""
    Unit.objects.bulk_create(
        Unit(person=one, number=number) for one in people for number in range(1, UNITS + 1)
    )


def resize(user: User, count: int) -> bool:
    """Give this person exactly `count` units; False, and nothing changed, where they hold more."""
    return not resize_all({user.pk: count})


def resize_all(counts: Mapping[int, int]) -> set[int]:
    """The same of many people, by their number; those who hold more, and then nothing changed."""
    with transaction.atomic():
        have: dict[int, list[Unit]] = {one: [] for one in counts}
        theirs = Unit.objects.select_for_update().filter(person__among=list(counts))
        for unit in theirs.order_by("person", "number"):
            have[unit.person_id].append(unit)
        surplus, holding = list[int](), set[int]()
        for person, units in have.items():
            free = [unit.pk for unit in reversed(units) if unit.escalation_id is None]
            over = max(0, len(units) - counts[person])
            surplus += free[:over]
            if over > len(free):
                holding.add(person)
        if holding:
            return holding
        # Asked again in the statement: a unit that was taken since it was read must not vanish with
        # its case.
        if surplus:
            Unit.objects.filter(pk__in=surplus, escalation=None).delete()
        taken: dict[int, set[int]] = {one: set() for one in counts}
        for person, number in theirs.order_by("person").values_list("person", "number"):
            taken[person].add(number)
        Unit.objects.bulk_create(
            Unit(person_id=person, number=number)
            for person, count in counts.items()
            for number in _missing(taken[person], count)
        )
    return set()


def _missing(taken: Collection[int], count: int) -> Iterable[int]:
    numbers = (n for n in range(1, 2 * count + len(taken)) if n not in taken)
    return islice(numbers, max(0, count - len(taken)))


def load(user_id: int) -> tuple[int, int]:
    """How many units are taken, and how many there are."""
    units = list(Unit.objects.filter(person=user_id).values_list("escalation", flat=True))
    return sum(one is not None for one in units), len(units) or UNITS


def require_one_free(user_id: int) -> None:
    """Raises NotAllowed for who holds as much as they can."""
    taken, whole = load(user_id)
    if taken >= whole:
        raise NotAllowed("full", _full([]))


def taken_of(user_ids: Collection[int]) -> dict[int, int]:
    """How many units of each of these people are taken; who has none taken is left out."""
    taken = Unit.objects.filter(person__in=user_ids, escalation__isnull=False)
    return dict(taken.values_list("person").annotate(Count("pk")))


def _locked(user_id: int, escalation: Escalation) -> tuple[list[Unit], list[Unit]]:
    """Their units in order, and those that the case takes of somebody else, all locked.

    Of two claims at once the second sees what the first took, and two that swap cases do not wait
    for each other.
    """
    found = _concerned(user_id, escalation)
    if not any(unit.person_id == user_id for unit in found):
        try:
            with transaction.atomic():
                provide(User.objects.get(pk=user_id))
        # Two first claims of one person at once: the other has made the rows meanwhile.
        except IntegrityError:
            pass
        found = _concerned(user_id, escalation)
    theirs = [unit for unit in found if unit.person_id == user_id]
    return theirs, [unit for unit in found if unit.person_id != user_id]


def _concerned(user_id: int, escalation: Escalation) -> list[Unit]:
    found = _CONCERNED.rows([user_id], [escalation.pk])
    return [Unit(pk=pk, person_id=person, escalation_id=case) for pk, person, case in found]
