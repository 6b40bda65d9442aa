"""What a person chose, as it was said, and where it contradicts itself.

Pure: knows verdicts, but neither the package nor the document that becomes of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalations.proposal import verdicts
from escalations.refusals import Fault

OUTCOMES = {
    "approve": "approved",
    "edit": "edited",
    "reject": "rejected",
    "respond": "responded",
}
# What a verdict reads of an item of `actions`; whatever else stands there contradicts it.
READ = {"approve": (), "edit": ("edited",), "reject": ("message",), "respond": ("message", "value")}
# The verdicts that an item may give under each command; one that is not here reads no items.
GIVEN = {
    "approve": frozenset(OUTCOMES),
    "edit": frozenset(OUTCOMES),
    "respond": frozenset(verdicts.TURNING_DOWN),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose, as it came over the socket or from a form.

    `message` is for the agent, `reply` for the customer; `hand_to` is another agent than the one it
    asks to hand the case to, empty where it keeps the case itself.
    """

    command: str
    actions: Sequence[Mapping[str, Any]] | None = None
    reply: str | None = None
    message: str | None = None
    option_id: str | None = None
    reason_code: str | None = None
    instructions: str | None = None
    hand_to: str | None = None


def contradictions(choice: Choice, actions: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """What was said and could not be heeded; left out in silence, something else would leave."""
    given = GIVEN.get(choice.command, frozenset())
    if choice.actions and not given:
        yield Fault(
            "/actions", f"A command to {choice.command} has no verdicts for single actions."
        )
        return
    for place, item in enumerate(choice.actions or []):
        verdict = str(item.get("type") or choice.command)
        name = actions.get(str(item.get("action_id")), {}).get("name", item.get("action_id"))
        if verdict in OUTCOMES and verdict not in given:
            yield Fault(
                f"/actions/{place}/type",
                f"A command to {choice.command} cannot {verdict} “{name}”: send approve or edit.",
            )
        for key in ("edited", "value", "message"):
            if key not in READ.get(verdict, (key,)) and item.get(key) is not None:
                yield Fault(
                    f"/actions/{place}/{key}",
                    f"“{name}” is answered with {verdict}, which has no {key}.",
                )
    if not _is_message_heard(choice, actions):
        yield Fault("/message", "This would reach nobody: no action is left for it to answer.")
    if choice.message and choice.instructions and not actions:
        yield Fault("/message", "Say it once: here the answer and the instructions are the same.")


def _is_message_heard(choice: Choice, actions: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether what is said to the agent stands anywhere in the document."""
    if not choice.message or not actions:
        return True
    given = {item.get("action_id"): item for item in choice.actions or []}
    items = [given.get(action_id, {}) for action_id in actions]
    return any(
        (item.get("type") or choice.command) == "respond" and not item.get("message")
        for item in items
    )
