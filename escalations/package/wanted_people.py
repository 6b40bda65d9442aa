"""A person asked for in words that are no fields: `needs_human`, `requiresApproval`, a flag
`human_review_required`. Whoever sends them means to stop, so they count, unlike other unknown keys.
"""

import re
from collections.abc import Iterator
from typing import Any

from escalations.package import observations

WHO = frozenset(
    {"human", "humans", "person", "people", "operator", "supervisor", "reviewer", "staff", "manual"}
    | {
        "approval",
        "review",
        "confirmation",
        "escalation",
        "handoff",
        "intervention",
        "signoff",
        "escalate",
    }
)
ASKS = frozenset(
    {"need", "needs", "needed", "require", "requires", "required", "requested", "wanted"}
    | {"wants", "ask", "asks", "pending", "necessary", "mandatory", "must"}
)
# Said without a verb.
WHOLE = frozenset(
    {
        "hitl",
        "human_in_the_loop",
        "human_in_loop",
        "human_review",
        "human_approval",
        "manual_review",
    }
    | {"manual_approval", "human_handoff", "human_takeover", "human_intervention", "escalate"}
    | {"escalate_to_human", "escalate_to_person", "handoff_to_human", "hand_off_to_human"}
    | {
        "transfer_to_human",
        "talk_to_human",
        "speak_to_human",
        "ask_human",
        "human_escalation",
        "human_request",
    }
)
NOT = frozenset(
    {"no", "not", "non", "without", "never", "un", "skip", "skips", "dont", "if", "auto"}
)
FALSE = frozenset({"", "0", "false", "no", "none", "null", "off", "never", "not_required", "n"})
WORDS_MAX = 5
# Where such a key may stand: in the package, in what it asks for, and at each action.
PLACES = ("requested", "risk", "trigger")


def named(package: dict[str, Any]) -> Iterator[str]:
    """The words by which the package asks for a person and which no field has."""
    actions = observations.parts(package, "proposed_actions")
    for part in (package, *(observations.part(package, one) for one in PLACES), *actions):
        for key, value in part.items():
            if asks(key) and _is_meant(value):
                yield key
    for flag in observations.parts(package, "flags"):
        for key in ("code", "label"):
            if isinstance(text := flag.get(key), str) and asks(text):
                yield text


def asks(text: str) -> bool:
    """Whether these few words say that a person is to decide."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", text[:64]).lower().strip("_")
    parts = set(words.split("_"))
    if not NOT.isdisjoint(parts):
        return False
    few = len(parts) <= WORDS_MAX and not (WHO.isdisjoint(parts) or ASKS.isdisjoint(parts))
    return few or words in WHOLE


def _is_meant(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower().replace(" ", "_") not in FALSE
    return bool(value)
