"""What is due in routing, found as in `escalations/sweeps.py`: by any number of sweepers, never
early, paused after a jump of the clock.
"""

from datetime import datetime

from escalations.sweeps import Watch
from routing import alerts, handovers, offers, presence, watching

_watch = Watch()


def sweep(now: datetime) -> dict[str, int]:
    """Everything that is due; counts what was done."""
    if not _watch.trusts(now):
        return {}
    return {
        "presence": presence.sweep(now),
        "offers_missed": offers.sweep(now),
        "handovers": handovers.sweep(now),
        "alerts": alerts.sweep(now),
        "followed": watching.sweep(now),
    }
