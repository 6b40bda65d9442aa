"""What is due in routing, found as in `escalations/sweeps.py`: by any number of sweepers, never
early, paused after a jump of the clock.
"""

from datetime import datetime
from functools import partial

from escalations.sweeps import Watch, all_of
from routing.alerts import following, ladder_steps, reminders
from routing.attendance import presence
from routing.offers import making
from routing.transfers import handovers

_watch = Watch()


def sweep(now: datetime) -> dict[str, int]:
    """Everything that is due; counts what was done."""
    if not _watch.trusts(now):
        return {}
    parts = {
        # First, because the others ask who is there.
        "presence": presence.sweep,
        "offers_missed": making.sweep,
        "handovers": handovers.sweep,
        "alerts": ladder_steps.sweep,
        "reminders": reminders.sweep,
        "followed": following.sweep,
    }
    return all_of({name: partial(part, now) for name, part in parts.items()})
