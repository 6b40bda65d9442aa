"""What stands on a screen in the place of a value that the agent asked to mask."""

from typing import Any

# No text that an agent is likely to send; as a word it is read aloud too.
MASK = "‹masked›"
# The same where an address must stand.
NOWHERE = "https://masked.invalid/"


def stands_in(value: Any) -> bool:
    """Whether the mask stands in this text, or anywhere inside this value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if MASK in one:
                return True
        elif isinstance(one, dict | list):
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return False
