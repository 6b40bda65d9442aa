"""How a person comes in: warm, callback, message or approval only. A pure table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from escalations.policy.part import Part
from escalations.text import formatting

TAKES_OVER, ALERT = 3, 4


class CustomerWait(Part):
    """How long a customer who is in the conversation stays there for a person, and what else."""

    stay_up_to_s: Annotated[int, Field(ge=0, le=3_600)] = 300
    urgent_stays: bool = True
    otherwise: Literal["callback", "message"] = "callback"


USUAL = CustomerWait()


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
    *,
    level: int,
    wish: str,
    live: bool,
    reachable: bool,
    outlook: Outlook | None,
    wait: CustomerWait = USUAL,
) -> Method:
    """The method by urgency, who is there and what the customer wants; the first row that fits.

    `live`: the customer is in the conversation now. `reachable`: a way to call back is known.
    Without an `outlook` people are taken to be there. `wait` is what the policy says of it.
    """
    soon = outlook is None or _is_soon(outlook, wait.stay_up_to_s)
    within = formatting.duration(wait.stay_up_to_s)
    called = reachable and wait.otherwise == "callback"
    long = "The wait would be too long to stay in the conversation"
    table = (
        (wish == "callback", "callback", "The customer wants to be called back."),
        (wish == "message", "message", "The customer wants an answer in writing."),
        (level < TAKES_OVER, "approval", "A person approves; the agent goes on."),
        (not live, "message", "The customer is not in the conversation now."),
        (level == ALERT and wait.urgent_stays, "warm", "It is urgent; people are alerted at once."),
        (soon, "warm", f"Somebody who can take it is free, or will be within {within}."),
        (called, "callback", f"{long}."),
        (reachable, "message", f"{long}, and the policy answers in writing then."),
        (True, "message", "The wait would be too long, and no way to call back is known."),
    )
    return next(Method(name, why) for holds, name, why in table if holds)


def _is_soon(outlook: Outlook, stay_up_to_s: int) -> bool:
    """A known wait counts, whoever is free: others may stand before the case."""
    if outlook.wait_s is None:
        return outlook.free > 0
    return outlook.on_shift > 0 and outlook.wait_s <= stay_up_to_s
