"""When it is where the customer is, as the package says: pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CALL_AT, LAST_AT = time(10), time(20)


@dataclass(frozen=True, slots=True)
class CustomerTime:
    """The zone by name, whether the package names it, and what o'clock it is there."""

    zone: str
    is_known: bool
    now: datetime

    @property
    def clock(self) -> str:
        """What the clock on the wall shows there."""
        return f"{self.now:%H:%M}"

    @property
    def next_day(self) -> datetime:
        """The next day at a time at which one calls."""
        return datetime.combine(self.now.date() + timedelta(days=1), CALL_AT, self.now.tzinfo)

    @property
    def is_early_or_late(self) -> bool:
        """One does not call there at this hour; never where the zone is only a guess."""
        return self.is_known and not time(8) <= self.now.time() < LAST_AT


def of(package: dict[str, Any], *, now: datetime) -> CustomerTime:
    """By `context.customer.time_zone`; UTC where it names none that there is."""
    customer = (package.get("context") or {}).get("customer") or {}
    name = str(customer.get("time_zone") or "")
    zone = found(name)
    known = zone or ZoneInfo("UTC")
    return CustomerTime(name if zone else "UTC", zone is not None, now.astimezone(known))


def found(name: str) -> tzinfo | None:
    """The zone of this name; None where there is none."""
    try:
        return ZoneInfo(name) if name else None
    # A name from outside is looked up as a file: OSError and ValueError are one that cannot be.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
