"""What the agent may tell the customer while a person looks: honest, and promising nothing."""

from datetime import datetime

from escalations.models import State
from escalations.policy.methods import Outlook

_LINES = {
    "approval": "I am having a colleague check this and will come back to you with the answer{}.",
    "warm": "I am handing you to a colleague{}, who will see what we have discussed so far.",
    "callback": "A colleague will call you back{} and will know what we have discussed so far.",
    "message": "I have passed this on to a colleague, who will answer you in writing{}.",
}
LONGEST_S = 4 * 3600
NOBODY = "I have alerted our team, but nobody can speak with you at this moment."
FREE = (State.WAITING, State.SECOND)


def line(
    *,
    method: str,
    state: str,
    outlook: Outlook | None = None,
    callback_at: datetime | None = None,
) -> str | None:
    """The sentence for this method while the case is open; None where nobody need be told.

    It names a time only where one is known: the customer's own, or the wait of the live queue; and
    a colleague to speak with only where there is one.
    """
    if method not in _LINES or state not in State.open():
        return None
    if method == "warm" and state in FREE and outlook is not None and not outlook.on_shift:
        return NOBODY
    when = " at the time you asked for" if method == "callback" and callback_at else _wait(outlook)
    return _LINES[method].format(when)


def _wait(outlook: Outlook | None) -> str:
    if outlook is None or outlook.wait_s is None or outlook.wait_s > LONGEST_S:
        return ""
    minutes = max(1, -(-outlook.wait_s // 60))
    return " now" if outlook.wait_s == 0 else f" in about {minutes} min"
