"""What the agent may tell the customer while a person looks: honest, and promising nothing."""

from escalations.models import State

_LINES = {
    "approval": "I am having a colleague check this and will come back to you with the answer.",
    "warm": "I am handing you to a colleague, who will see what we have discussed so far.",
    "callback": "A colleague will call you back and will know what we have discussed so far.",
    "message": "I have passed this on to a colleague, who will answer you in writing.",
}


def line(*, method: str, state: str) -> str | None:
    """The sentence for this method while the case is open; None where nobody need be told."""
    return _LINES.get(method) if state in State.open() else None
