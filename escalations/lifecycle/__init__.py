"""The life of an escalation: the one package that changes state.

Every change is one transaction: new state, `version + 1`, one line of the record and what must
leave afterwards are written together, and only if the row is still at the version and the line
that were read. Whoever follows (capacity, offers) hears `moved` before: it refuses by raising
`Refused`, and answers with a rider (see `writes.py`) for what must change with it. Browsers and
waiting agents are told on commit.
"""

from escalations.lifecycle.arriving import arrive, revise
from escalations.lifecycle.deciding import decide, undo
from escalations.lifecycle.ending import cancel, expire, require_cancellable
from escalations.lifecycle.holding import (
    IDLE_LIMIT,
    LEASE,
    beat,
    claim,
    keep,
    lose_lease,
    release,
)
from escalations.lifecycle.moves import locked, moved
from escalations.lifecycle.noting import note, raise_alert
from escalations.lifecycle.offering import (
    accept,
    decline,
    end_offer,
    offer,
    prolong,
    take_back,
    withdraw,
)
from escalations.lifecycle.pausing import SNOOZE_LIMIT, snooze, wake
from escalations.lifecycle.rejudging import add_context
from escalations.lifecycle.transferring import hand_over, pass_on, reassign

__all__ = [
    "IDLE_LIMIT",
    "LEASE",
    "SNOOZE_LIMIT",
    "accept",
    "add_context",
    "arrive",
    "beat",
    "cancel",
    "claim",
    "decide",
    "decline",
    "end_offer",
    "expire",
    "hand_over",
    "keep",
    "locked",
    "lose_lease",
    "moved",
    "note",
    "offer",
    "pass_on",
    "prolong",
    "raise_alert",
    "reassign",
    "release",
    "require_cancellable",
    "revise",
    "snooze",
    "take_back",
    "undo",
    "wake",
    "withdraw",
]
