"""The look-ups that a person sees in a case: what is offered, and what was read last."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from escalations.access import Viewer
from escalations.lookups import asking, fetching, filling, telling
from escalations.masking.seen import SeenPackage
from escalations.models import Escalation, LookUp, LookUpReading, State
from escalations.policy import versions
from escalations.text import formatting
from escalations.text.mask import MASK

JSON = Mapping[str, Any]
READ_MAX = 200
EVERY = "every kind of work"


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One value as this person may read it; `said` is what the agent said, where that differs."""

    title: str
    told: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class OfferedLookUp:
    """One look-up of a case. `result`: empty where nobody made it, `asking`, `read`, `failed`, or
    `unfit` where the case cannot fill in its address; `at` is when it was answered, or else asked,
    and `by` who did. `scope` tells it from another one of that name."""

    number: int
    name: str
    host: str
    may: bool
    result: str = ""
    by: str = ""
    at: datetime | None = None
    values: tuple[ShownValue, ...] = ()
    fault: str = ""
    scope: str = ""
    is_of_work: bool = True

    @property
    def differs(self) -> bool:
        """Whether the agent said something else anywhere."""
        return any(one.said for one in self.values)


def read(
    viewer: Viewer, escalation: Escalation, package: JSON, shown: SeenPackage, *, now: datetime
) -> tuple[OfferedLookUp, ...]:
    """All that are registered for such a case, each with what it brought last; `package` as the
    agent sent it fills in their addresses."""
    may = viewer.decides and escalation.state in State.open()
    last = _last(escalation)
    there = list(LookUp.objects.fitting(escalation).select_related("agent"))
    found = [
        _offered(one, last.get(one.pk), shown, may=may, now=now)
        if one.pk in last or not (why := filling.why_not(one.url, package, escalation))
        else _unfit(one, why)
        for one in there
    ]
    return _apart(there, found)


def of_case(found: tuple[OfferedLookUp, ...], escalation: Escalation) -> tuple[OfferedLookUp, ...]:
    """Those that a case shows: one for every kind of work that does not fit it says nothing, nor
    does one that nobody made before the case was over."""
    says = {"asking", "read", "failed"}
    if escalation.state not in State.open():
        return tuple(one for one in found if one.result in says)
    return tuple(one for one in found if one.result != "unfit" or one.is_of_work)


def values_of(reading: LookUpReading, shown: SeenPackage) -> tuple[ShownValue, ...]:
    """What it brought, as whoever sees the package like this may see it."""
    return tuple(
        ShownValue(
            title, _told(shown, title, value), telling.said_otherwise(shown.package, title, value)
        )
        for title, value in reading.answer
    )


def _told(shown: SeenPackage, title: str, value: Any) -> str:
    if value is not None and telling.is_masked(shown.package, title):
        return MASK
    return shown.covered(telling.told(value))


def _last(escalation: Escalation) -> dict[int, LookUpReading]:
    """By the look-up, what was read last of the package that stands."""
    made = LookUpReading.objects.filter(
        escalation=escalation, package_version=escalation.package_version
    )
    newest = made.select_related("person").order_by("-asked_at", "-pk")[:READ_MAX]
    # The oldest first, so that the newest stays.
    return {one.look_up_id: one for one in reversed(newest)}


def _unfit(look_up: LookUp, why: str) -> OfferedLookUp:
    return OfferedLookUp(
        look_up.pk, look_up.name, fetching.host_of(look_up.url), may=False, result="unfit",
        fault=why, is_of_work=bool(look_up.task_type),
    )  # fmt: skip


def _apart(there: Sequence[LookUp], found: Sequence[OfferedLookUp]) -> tuple[OfferedLookUp, ...]:
    """Of several with one name each says what it is for."""
    many = Counter(one.name.casefold() for one in there)
    return tuple(
        replace(one, scope=_scope(look_up)) if many[look_up.name.casefold()] > 1 else one
        for look_up, one in zip(there, found, strict=True)
    )


def _scope(look_up: LookUp) -> str:
    known = versions.current().document
    title = known.for_task_type(look_up.task_type).title or formatting.title(look_up.task_type)
    work = title if look_up.task_type else EVERY
    return f"{work}, {look_up.agent.name}" if look_up.agent else work


def _offered(
    look_up: LookUp, last: LookUpReading | None, shown: SeenPackage, *, may: bool, now: datetime
) -> OfferedLookUp:
    host = fetching.host_of(look_up.url)
    if last is None:
        return OfferedLookUp(look_up.pk, look_up.name, host, may)
    by = last.person.get_full_name() or last.person.get_username()
    at, silent = last.answered_at or last.asked_at, last.answered_at is None
    if asking.is_open(last, now=now):
        return OfferedLookUp(look_up.pk, look_up.name, last.read_from, may, "asking", by, at)
    fault = asking.SILENT if silent else shown.covered(last.fault)
    return OfferedLookUp(
        look_up.pk, look_up.name, last.read_from, may, "failed" if fault else "read", by, at,
        values_of(last, shown), fault,
    )  # fmt: skip
