"""Times as agents write them, read in one place: what intake takes is what everything goes by."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

DAY = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
HOUR_MINUTE = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
DATE_TIME = rf"{DAY}[Tt]{HOUR_MINUTE}:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+-]{HOUR_MINUTE})"
LEAP_SECOND = re.compile(
    rf"({DAY}[Tt]{HOUR_MINUTE}):60(?:\.[0-9]+)?([Zz]|[+-]{HOUR_MINUTE})", re.ASCII
)
# A day off the ends of the calendar, so that every zone on earth has a time for each moment.
FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


def read(text: str) -> datetime:
    """The moment, in UTC, that a date or a date-time names; without a zone it is taken as UTC.
    Raises ValueError if it names none.

    A leap second is read as the second before it, and what lies before `FIRST` or after `LAST` as
    that one, so that a time at the edge of the calendar can be shown and counted with.
    """
    leap = LEAP_SECOND.fullmatch(text)
    if leap:
        text = f"{leap[1]}:59{leap[2]}"
    try:
        known = datetime.fromisoformat(text.upper())
        at = known.astimezone(UTC) if known.tzinfo else known.replace(tzinfo=UTC)
    except OverflowError:
        return LAST if text.startswith("9") else FIRST
    except ValueError:
        # RFC 3339 has a year that Python does not count.
        if re.match(r"0000-\d\d-\d\d", text):
            return FIRST
        raise
    return min(max(at, FIRST), LAST)


def found(value: Any) -> datetime | None:
    """The moment that some value names; None where it names none."""
    try:
        return read(value) if isinstance(value, str) and len(value) >= 10 else None
    except ValueError:
        return None
