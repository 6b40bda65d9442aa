"""What a reversal tells the agent to take back, in words: before it is made, and afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalations.lifecycle.taking_back import reversing
from escalations.masking import seen
from escalations.masking.seen import SeenPackage
from escalations.models import Decision, Package
from escalations.proposal import calls
from escalations.proposal.labels import Names


@dataclass(frozen=True, slots=True)
class ReversedCall:
    """One call that was cleared, with all its arguments, and how the agent said it can undo it;
    empty where it did not."""

    lead: str
    how: str


def foreseen(
    shows: SeenPackage, package: Package, decision: Decision | None
) -> tuple[ReversedCall, ...]:
    """What reversing this decision would name, as somebody sees it; nothing where there is none."""
    if decision is None:
        return ()
    listed = reversing.compensation(package.document, decision.document)
    told = seen.decision(shows, package, {**decision.document, "compensation": listed})
    return read(told["compensation"])


def read(listed: Sequence[Mapping[str, Any]]) -> tuple[ReversedCall, ...]:
    """The entries of `compensation` of a decision."""
    return tuple(_read(one) for one in listed)


def _read(one: Mapping[str, Any]) -> ReversedCall:
    given = one.get("compensation") or {}
    named = _in_words(given) if given.get("name") else ""
    words = [part for part in (named, str(given.get("note") or "")) if part]
    if one.get("withheld"):
        words = ["the way back that the agent named is for what it proposed, not for what was sent"]
    return ReversedCall(_in_words(one["call"]), ". ".join(words))


def _in_words(call: Mapping[str, Any]) -> str:
    return calls.step({"id": "", **call}, Names()).sentence
