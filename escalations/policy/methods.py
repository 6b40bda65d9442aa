"""How a person comes in: warm, callback, message or approval only. A pure table."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

SHORT_WAIT_S = 300
TAKES_OVER, ALERT = 3, 4


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the desk can say about one kind of case now: who could take it and how soon.

    `wait_s` is None where it is not known, never invented; `back_at` is when somebody who can take
    it is on shift again, if nobody is now.
    """

    on_shift: int = 0
    free: int = 0
    wait_s: int | None = None
    back_at: datetime | None = None


class Method(NamedTuple):
    """The word of the contract, and why it was chosen."""

    name: str
    why: str


def choose(
    *, level: int, wish: str, live: bool, reachable: bool, outlook: Outlook | None
) -> Method:
    """The method by urgency, who is there and what the customer wants; the first row that fits.

    `live`: the customer is in the conversation now. `reachable`: a way to call back is known.
    Without an `outlook` people are taken to be there.
    """
    soon = outlook is None or _is_soon(outlook)
    table = (
        (wish == "callback", "callback", "The customer wants to be called back."),
        (wish == "message", "message", "The customer wants an answer in writing."),
        (level < TAKES_OVER, "approval", "A person approves; the agent goes on."),
        (not live, "message", "The customer is not in the conversation now."),
        (level == ALERT, "warm", "It is urgent; people are alerted at once."),
        (soon, "warm", "Somebody who can take it is free, or will be within 5 min."),
        (reachable, "callback", "The wait would be too long to stay in the conversation."),
        (True, "message", "The wait would be too long, and no way to call back is known."),
    )
    return next(Method(name, why) for holds, name, why in table if holds)


def _is_soon(outlook: Outlook) -> bool:
    """A known wait counts, whoever is free: others may stand before the case."""
    if outlook.wait_s is None:
        return outlook.free > 0
    return outlook.on_shift > 0 and outlook.wait_s <= SHORT_WAIT_S
