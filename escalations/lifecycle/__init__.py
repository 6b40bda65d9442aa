"""The life of an escalation: the one package that changes state.

Every change is one transaction: new state, `version + 1`, one line of the record and what must
leave afterwards are written together, and only if the row is still at the version and the line
that were read. Whoever follows (capacity, offers) hears `moved` before: it refuses by raising
`Refused`, and answers with a rider (see `writes.py`) for what must change with it. Browsers and
waiting agents are told on commit.
"""

from escalations.lifecycle import (
    approvals,
    arriving,
    ending,
    holding,
    noting,
    offering,
    pausing,
    rejudging,
    transferring,
)
from escalations.lifecycle.arriving import arrive
from escalations.lifecycle.conversing import asking, calling, speaking, taking_over
from escalations.lifecycle.deciding import decide
from escalations.lifecycle.ending import current as locked
from escalations.lifecycle.ending import expire, require_cancellable
from escalations.lifecycle.holding import IDLE_LIMIT, LEASE, keep
from escalations.lifecycle.moves import moved
from escalations.lifecycle.noting import note
from escalations.lifecycle.pausing import SNOOZE_LIMIT
from escalations.lifecycle.taking_back.reversing import reverse
from escalations.lifecycle.taking_back.undoing import TAKEN_UP_WITHIN, undo
from escalations.lifecycle.taking_back.undoing_lot import undo_all
from escalations.lifecycle.waiting import extending, reminding

# Every other change finds a case whose time is over ended or raised first.
accept = ending.in_time(offering.accept)
add_context = ending.in_time(rejudging.add_context)
ask = ending.in_time(asking.ask)
beat = ending.in_time(holding.beat)
call = ending.in_time(calling.call)
cancel = ending.in_time(ending.cancel)
claim = ending.in_time(holding.claim)
decline = ending.in_time(offering.decline)
end_offer = ending.in_time(offering.end_offer)
extend = ending.in_time(extending.extend)
hand_back = ending.in_time(taking_over.hand_back)
hand_over = ending.in_time(transferring.hand_over)
hear = speaking.hear
lapse = ending.in_time(approvals.lapse)
lose_lease = ending.in_time(holding.lose_lease)
offer = ending.in_time(offering.offer)
pass_on = ending.in_time(transferring.pass_on)
prolong = ending.in_time(offering.prolong)
raise_alert = ending.in_time(noting.raise_alert)
raise_alerts = noting.raise_alerts
remind = ending.in_time(reminding.remind)
reassign = ending.in_time(transferring.reassign)
release = ending.in_time(holding.release)
remark = ending.in_time(noting.remark)
revise = ending.in_time(arriving.revise)
say = speaking.say
snooze = ending.in_time(pausing.snooze)
take_back = ending.in_time(offering.take_back)
take_over = ending.in_time(taking_over.take_over)
wake = ending.in_time(pausing.wake)
withdraw = ending.in_time(offering.withdraw)

__all__ = [
    "IDLE_LIMIT",
    "LEASE",
    "SNOOZE_LIMIT",
    "TAKEN_UP_WITHIN",
    "accept",
    "add_context",
    "arrive",
    "ask",
    "beat",
    "call",
    "cancel",
    "claim",
    "decide",
    "decline",
    "end_offer",
    "expire",
    "extend",
    "hand_back",
    "hand_over",
    "hear",
    "keep",
    "lapse",
    "locked",
    "lose_lease",
    "moved",
    "note",
    "offer",
    "pass_on",
    "prolong",
    "raise_alert",
    "raise_alerts",
    "reassign",
    "release",
    "remark",
    "remind",
    "require_cancellable",
    "reverse",
    "revise",
    "say",
    "snooze",
    "take_back",
    "take_over",
    "undo",
    "undo_all",
    "wake",
    "withdraw",
]
