"""How complete a package is: what a person needs for judging it, and what the agent left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from escalations.text import pointers

_VAGUE_WORDS_MAX = 3
_NOWHERE = object()


@dataclass(frozen=True, slots=True)
class Grade:
    """0 to 100, and the names of what is missing, the weightiest first."""

    percent: int
    missing: list[str]


def grade(document: dict[str, Any]) -> Grade:
    """The grade of a package in full form. Pure; the weights add up to 100."""
    missing = [part for part in _PARTS if not part.is_there(document)]
    return Grade(100 - sum(part.weight for part in missing), [part.name for part in missing])


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    weight: int
    is_there: Callable[[dict[str, Any]], bool]


def _has_reason(document: dict[str, Any]) -> bool:
    """A reason that only repeats its type ("low confidence") tells the reviewer nothing."""
    trigger = _at(document, "trigger")
    words = str(trigger.get("reason", "")).split()
    return len(words) > _VAGUE_WORDS_MAX


def _has_evidence(document: dict[str, Any]) -> bool:
    """Every claim leads to something in this package; without claims, reasoning brings evidence."""
    claims = list(_claims(document))
    if claims:
        return all(_is_supported(document, claim) for claim in claims)
    else:
        return bool(_at(document, "context", "reasoning").get("evidence"))


def _has_next_steps(document: dict[str, Any]) -> bool:
    return bool(document.get("next_steps") or document.get("recommended_action"))


def _dimension(name: str, *keys: str) -> Callable[[dict[str, Any]], bool]:
    def is_there(document: dict[str, Any]) -> bool:
        dimension = _at(document, "context", name)
        return any(dimension.get(key) not in (None, "", [], {}) for key in keys)

    return is_there


def _claims(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for action in document.get("proposed_actions", []):
        yield from action.get("claims", [])


def _is_supported(document: dict[str, Any], claim: dict[str, Any]) -> bool:
    pointers = claim.get("evidence", [])
    return bool(pointers) and all(_leads_somewhere(document, pointer) for pointer in pointers)


def _leads_somewhere(document: dict[str, Any], pointer: str) -> bool:
    return pointer.startswith("/") and pointers.get(document, pointer, _NOWHERE) is not _NOWHERE


def _at(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        document = document.get(key) or {}
    return document


_PARTS = (
    _Part("reason", 16, _has_reason),
    _Part("conversation", 12, _dimension("conversation", "messages")),
    _Part("reasoning", 12, _dimension("reasoning", "confidence", "rationale", "steps")),
    _Part("customer", 12, _dimension("customer", "id", "name", "tier", "contact", "history")),
    _Part("process", 12, _dimension("process", "workflow", "position", "completed", "pending")),
    _Part("environment", 12, _dimension("environment", "logs", "errors", "metrics")),
    _Part("evidence", 12, _has_evidence),
    _Part("next_steps", 12, _has_next_steps),
)
