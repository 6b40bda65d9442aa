"""The look-ups that a person sees in a case: what is offered, and what was read last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.access import Viewer
from escalations.lookups import asking, fetching, telling
from escalations.masking.seen import SeenPackage
from escalations.models import Escalation, LookUp, LookUpReading, State
from escalations.text.mask import MASK

READ_MAX = 200


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One value as this person may read it; `said` is what the agent said, where that differs."""

    title: str
    told: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class OfferedLookUp:
    """One look-up of a case. `result`: empty where nobody made it, `asking`, `read` or `failed`;
    `at` is when it was answered, or else asked, and `by` who did."""

    number: int
    name: str
    host: str
    may: bool
    result: str = ""
    by: str = ""
    at: datetime | None = None
    values: tuple[ShownValue, ...] = ()
    fault: str = ""

    @property
    def differs(self) -> bool:
        """Whether the agent said something else anywhere."""
        return any(one.said for one in self.values)


def read(
    viewer: Viewer, escalation: Escalation, shown: SeenPackage, *, now: datetime
) -> tuple[OfferedLookUp, ...]:
    """All that are registered for such a case, each with what it brought last."""
    may = viewer.decides and escalation.state in State.open()
    last = _last(escalation)
    return tuple(
        _offered(one, last.get(one.pk), shown, may=may, now=now)
        for one in LookUp.objects.fitting(escalation)
    )


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
