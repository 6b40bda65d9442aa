"""What stands around a proposal: the reason, the signs beside it, who has a part in it, what came
before it and what came since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.access import Viewer
from escalations.briefing import claims
from escalations.models import Addition, Escalation, State, Vote
from escalations.text import untrusted

JSON = Mapping[str, Any]
MISSING = {
    "reason": "a specific reason",
    "conversation": "the conversation",
    "reasoning": "its reasoning",
    "customer": "the customer",
    "process": "where it stands in the process",
    "environment": "logs or errors",
    "evidence": "evidence for what it claims",
    "next_steps": "next steps",
}
_TONES = {"info": "", "warning": "warn", "critical": "danger"}
_FLAGS_MAX = 4


@dataclass(frozen=True, slots=True)
class Chip:
    """A short sign beside the reason."""

    text: str
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalPart:
    """One part in a decision that needs several people."""

    kind: str
    name: str
    words: str
    at: datetime | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case of the same customer or the same matter."""

    id: str
    case_number: str
    summary: str
    outcome: str
    at: datetime


def reason(package: JSON, escalation: Escalation) -> tuple[str, bool]:
    """Why the agent stopped, and whether it said so itself; else the policy's strongest reason."""
    stated = (package.get("trigger") or {}).get("reason")
    if stated:
        return stated, True
    sentences = [str(r.get("sentence", "")) for r in escalation.reasons if r.get("sentence")]
    return " ".join(sentences[:2]) or "The agent gives no reason.", False


def chips(
    package: JSON, escalation: Escalation, case: claims.Evidence
) -> tuple[tuple[Chip, ...], tuple[Chip, ...]]:
    """Flags, the rule that fired and what is odd about the texts; then the flags left over."""
    flags = package.get("flags") or ()
    worst_first = sorted(flags, key=lambda f: -list(_TONES).index(f.get("severity") or "info"))
    found = [
        Chip(
            untrusted.line(flag.get("label") or flag["code"].replace("_", " "), 60),
            _TONES[flag.get("severity") or "info"],
            "alert" if (flag.get("severity") or "info") != "info" else "",
        )
        for flag in worst_first
    ]
    odd = [_odd(package), *_rule(package)]
    if escalation.approvals > 1:
        odd.append(Chip(f"{escalation.approvals} people", "", "two"))
    if any(claim.standing == "broken" for claim in case.claims):
        odd.append(Chip("Evidence missing", "warn", "alert"))
    signs = [chip for chip in odd if chip]
    return (*found[:_FLAGS_MAX], *signs), tuple(found[_FLAGS_MAX:])


def _odd(package: JSON) -> Chip | None:
    """A warning where a text tries to steer its reader or hides something."""
    messages = ((package.get("context") or {}).get("conversation") or {}).get("messages") or ()
    outside = [m["text"] for m in messages[-200:] if m["role"] in {"customer", "tool"}]
    ours = [(package.get("draft_response") or {}).get("text") or "", package["summary"]]
    if any(untrusted.instructs(text) for text in outside):
        return Chip("A message tells the reader what to do", "danger", "alert")
    elif any(untrusted.is_odd(text) for text in (*outside, *ours)):
        return Chip("Hidden or look-alike characters", "warn", "alert")
    else:
        return None


def _rule(package: JSON) -> tuple[Chip, ...]:
    trigger = package.get("trigger") or {}
    rule = untrusted.line((trigger.get("rule") or "").replace("_", " "), 60)
    seen = (("", "observed"), ("threshold ", "threshold"))
    values = [f"{label}{_value(trigger[key])}" for label, key in seen if _is_one(trigger.get(key))]
    shown = ", ".join(values)
    if rule:
        return (Chip(f"Rule: {rule} ({shown})" if shown else f"Rule: {rule}"),)
    return (Chip(f"Observed: {shown}"),) if shown else ()


def _is_one(value: Any) -> bool:
    return value not in (None, "") and not isinstance(value, dict | list)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return untrusted.line(str(value), 30)


def told(addition: Addition) -> tuple[datetime, str]:
    """When something was added to the case, and what."""
    said = []
    for key, one, many in (
        ("messages", "message", "messages"),
        ("logs", "log line", "log lines"),
        ("steps", "step", "steps"),
    ):
        count = len(addition.context.get(key) or ())
        if count:
            said.append(f"{count} {one if count == 1 else many}")
    return addition.received_at, " and ".join(said)


def earlier(case: Escalation) -> Earlier:
    """An earlier case in one line."""
    return Earlier(
        id=case.id,
        case_number=case.case_number,
        summary=untrusted.line(case.title, 90),
        outcome=case.outcome.replace("_", " ") or str(case.state),
        at=case.closed_at or case.arrived_at,
    )


def slots(
    escalation: Escalation, votes: Sequence[Vote], viewer: Viewer
) -> tuple[ApprovalPart, ...]:
    """Who has had a part and how many are still wanted; nothing where one person decides."""
    if escalation.approvals <= 1:
        return ()
    hidden = escalation.blind and escalation.state == State.SECOND
    parts = []
    standing = 0
    for vote in votes:
        name = vote.person.get_full_name() or vote.person.get_username()
        own = vote.person_id == viewer.user_id
        if vote.void_at:
            parts.append(ApprovalPart("void", name, "Counts no longer", vote.voted_at))
        elif vote.verdict == Vote.Verdict.AUTHOR:
            parts.append(
                ApprovalPart(
                    "author", name, "Wrote this edit, cannot approve it", vote.voted_at, own=own
                )
            )
        elif vote.verdict == Vote.Verdict.REJECT:
            words = "Has decided" if hidden and not own else "Rejected it"
            parts.append(ApprovalPart("rejected", name, words, vote.voted_at, own=own))
        else:
            standing += 1
            words = "Has decided" if hidden and not own else vote.get_verdict_display() + "d"
            parts.append(ApprovalPart("approved", name, words, vote.voted_at, own=own))
    wanted = range(standing + 1, escalation.approvals + 1)
    places = ("First", "Second", "Third", "Fourth", "Fifth")
    still = [ApprovalPart("open", f"{_ordinal(n, places)} approver", "Not decided") for n in wanted]
    if still and any(part.kind == "rejected" for part in parts):
        # Named even where the policy hides who said what: that they disagree is why it is asked.
        still[0] = ApprovalPart("open", "A third person decides", "The others disagree")
    return (*parts, *still)


def _ordinal(number: int, places: Sequence[str]) -> str:
    return places[number - 1] if number <= len(places) else f"{number}th"
