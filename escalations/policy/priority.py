"""The order of work: alerts first, then whoever must be answered soonest.

One sortable number says it all, so that a queue page is an index range. Age is never lost: the
number does not change when a case is released, declined or loses its lease.
"""

from datetime import datetime, timedelta

HEAD_START = {
    "urgent": timedelta(minutes=30),
    "high": timedelta(minutes=10),
    "normal": timedelta(0),
    "low": timedelta(minutes=-30),
}
ALERT_FIRST_US = 10**17  # More than three thousand years: no deadline outweighs an alert.


def rank(*, level: int, priority: str, respond_by: datetime) -> int:
    """Microseconds of the answer-by time less the head start of the priority; lower is sooner."""
    due = respond_by - HEAD_START[priority]
    return int(due.timestamp() * 1_000_000) - (ALERT_FIRST_US if level == 4 else 0)


def due_now(now: datetime) -> dict[str, int]:
    """The rank, by priority, of what is due at this moment: what is below is late."""
    return {one: rank(level=1, priority=one, respond_by=now) for one in HEAD_START}


def sentence(*, level: int, priority: str, respond_by: datetime, ahead: int | None = None) -> str:
    """Why a case stands where it does, for the person who asks."""
    due = f"answer due {respond_by:%H:%M} UTC"
    if level == 4:
        reason = f"alerts come first; {due}"
    elif priority == "normal":
        reason = f"{due}; the soonest comes first"
    else:
        minutes = abs(int(HEAD_START[priority].total_seconds() // 60))
        sooner = "earlier" if priority in {"urgent", "high"} else "later"
        reason = f"{due}; {priority} priority counts as {minutes} min {sooner}"
    return reason if ahead is None else f"{ahead} before it; {reason}"
