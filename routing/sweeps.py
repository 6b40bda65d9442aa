"""What is due in routing, found as in `escalations/sweeps.py`: by any number of sweepers, never
early, paused after a jump of the clock.
"""

from datetime import datetime

from escalations.sweeps import Sweep, SweepPart, Watch
from routing.alerts import following, ladder_steps, reminders
from routing.attendance import presence
from routing.offers import making
from routing.transfers import handovers

_watch = Watch()
_sweep = Sweep(
    {
        # First, because the others ask who is there.
        "presence": SweepPart(presence.there, presence.sweep),
        "recalled": SweepPart(presence.offered_in_vain, presence.recall_all),
        "offers_missed": SweepPart(making.over, making.sweep),
        "handovers": SweepPart(handovers.due, handovers.sweep),
        "alerts": SweepPart(ladder_steps.due, ladder_steps.sweep),
        "reminders": SweepPart(reminders.due, reminders.sweep),
        "followed": SweepPart(following.moved, following.sweep),
    }
)


def sweep(now: datetime) -> dict[str, int]:
    """Everything that is due; counts what was done."""
    return _sweep.at(now) if _watch.trusts(now) else {}
