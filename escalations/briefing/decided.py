"""What was decided, as the case shows it afterwards: by whom, when, and what was changed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.briefing import taken_back
from escalations.briefing.taken_back import ReversedCall
from escalations.models import Decision, HandedCase, Report
from escalations.proposal import call_parts, options
from escalations.record import sentences_live
from escalations.text import differences, formatting, pointers
from escalations.text.differences import Chunk

_WORDS = {
    "approved": "Approved",
    "edited": "Approved with changes",
    "rejected": "Rejected",
    "responded": "Answered instead",
    "mixed": "Decided one by one",
    "taken_over": "Taken over",
    "returned": "Handed back",
    "reversed": "Reversed",
    "cancelled": "Cancelled by the agent",
    "expired": "Expired without an answer",
}
_CHANGES_MAX = 30
_REPORTED = {
    "executed": ("ok", "The agent has done it."),
    "failed": ("danger", "The agent tried and failed."),
    "refused": ("danger", "The agent refused to do it."),
    "too_late": ("warn", "The answer came too late for the agent."),
}


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """One argument that a person changed; `is_entry` says that it is within a list."""

    label: str
    was: str
    now: str
    is_entry: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What happened to one proposed action."""

    words: str
    lead: str
    changes: tuple[FieldChanged, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that stands. `was` is the one that it reverses, in words."""

    id: str
    words: str
    by: str
    automatic: bool
    decided_at: datetime
    effective_at: datetime
    in_effect: bool
    actions: tuple[Answered, ...]
    reply: tuple[Chunk, ...]
    reply_edited: bool
    reason: str
    instructions: str
    option: str
    handed_to: str
    handed_at: datetime | None
    was: str
    taken_back: tuple[ReversedCall, ...]
    resume_at: str
    first_line: str
    promises: tuple[str, ...]
    report: tuple[str, str, str] | None

    @property
    def is_model(self) -> bool:
        """Whether somebody changed a call that may be changed in other cases as well."""
        return not (self.automatic or self.was) and any(one.changes for one in self.actions)


def read(
    decision: Decision,
    document: Mapping[str, Any],
    package: Mapping[str, Any],
    *,
    before: Decision | None,
    reasons: Mapping[str, str],
    report: Report | None,
    cover: Callable[[str], str],
    now: datetime,
) -> Decided:
    """The decision in words; `before` is the one that it reverses, `reasons` names the codes of
    rejections. `cover` takes out of what the agent reported what is masked to whoever reads it."""
    reviewer = document.get("reviewer") or {}
    proposed = {a["id"]: a for a in package.get("proposed_actions") or ()}
    response = document.get("response") or {}
    stretch = document.get("take_over") or {}
    draft = (package.get("draft_response") or {}).get("text") or ""
    code = document.get("reason_code") or ""
    several = len(proposed) > 1
    return Decided(
        id=decision.id,
        words=_WORDS.get(decision.outcome, decision.outcome),
        by=str(reviewer.get("name") or reviewer.get("id") or _by_itself(decision)),
        automatic=decision.automatic,
        decided_at=decision.decided_at,
        effective_at=decision.effective_at,
        in_effect=decision.effective_at <= now or decision.handed_out_at is not None,
        actions=tuple(
            _answered(action, proposed.get(action["action_id"], {}), several=several)
            for action in document.get("actions") or ()
        ),
        reply=tuple(differences.words(draft, response["text"])) if response else (),
        reply_edited=bool(response.get("edited")),
        reason=reasons.get(code, code.replace("_", " ")),
        instructions=document.get("instructions") or "",
        option=option(package, document.get("option_id")),
        handed_to=str(document.get("handed_to") or ""),
        handed_at=_taken_at(decision) if document.get("handed_to") else None,
        was=_was(before) if before else "",
        taken_back=taken_back.read(document.get("compensation") or ()),
        resume_at=stretch.get("resume_at") or "",
        first_line=stretch.get("first_line") or "",
        promises=tuple(stretch.get("promises") or ()),
        report=_reported(report, document, cover),
    )


def _by_itself(decision: Decision) -> str:
    # What ended by its agent or its time was no policy's.
    return "the policy" if decision.automatic and decision.outcome == "approved" else ""


def _answered(action: Mapping[str, Any], proposed: Mapping[str, Any], *, several: bool) -> Answered:
    name = proposed.get("name") or ""
    changed = changes(proposed, action.get("call") or {}) if action["type"] == "edit" else ()
    return Answered(
        words={"approve": "approved", "edit": "changed", "reject": "rejected"}.get(
            action["type"], "answered"
        ),
        lead=call_parts.verb_phrase(name) if several or changed else "",
        changes=changed,
        message=str(action.get("message") or "") if several else "",
    )


def _taken_at(decision: Decision) -> datetime | None:
    """When the other agent said that it has the case."""
    row = HandedCase.objects.filter(decision=decision).first()
    return row.taken_at if row else None


def _was(before: Decision) -> str:
    words = _WORDS.get(before.outcome, before.outcome)
    person = before.decided_by
    name = (person.get_full_name() or person.get_username()) if person else "the policy"
    return f"{words} by {name}"


def changes(proposed: Mapping[str, Any], call: Mapping[str, Any]) -> tuple[FieldChanged, ...]:
    """What of the proposed call is another in this one; nothing where none is made."""
    was = {"name": proposed.get("name") or "", "args": proposed.get("args") or {}}
    found = differences.fields(was, {key: call[key] for key in was}) if call else []
    return tuple(_field(change) for change in found[:_CHANGES_MAX])


def _field(change: differences.FieldChange) -> FieldChanged:
    keys = pointers.steps(change.pointer)
    label = call_parts.place(keys[1:]) or "tool"
    is_entry = any(pointers.number(key) is not None for key in keys[2:])
    if change.moved is not None:
        was, now = (f"in place {place + 1}" for place in change.moved)
        return FieldChanged(label, was, now, is_entry)
    was, now = _shown(change.was), _shown(change.now)
    if was == now:
        was, now = change.was or was, change.now or now
    return FieldChanged(label, was, now, is_entry)


def _shown(text: str | None) -> str:
    """JSON text as a person reads it: no quotes, plain lists and codes as words."""
    if text is None:
        return "nothing"
    value = json.loads(text)
    if isinstance(value, str):
        return formatting.value_in_words(value) or "empty"
    elif isinstance(value, list) and not any(isinstance(entry, dict | list) for entry in value):
        return ", ".join(map(_entry, value)) or "empty"
    elif isinstance(value, bool) or (isinstance(value, dict) and value):
        return call_parts.summary(value)
    else:
        return text


def _entry(value: Any) -> str:
    is_text = isinstance(value, str)
    return formatting.value_in_words(value) if is_text else call_parts.summary(value)


def option(package: Mapping[str, Any], option_id: str | None) -> str:
    """What the option that was chosen is called."""
    return str(_chosen(package, option_id).get("label") or option_id or "")


def effect(package: Mapping[str, Any], option_id: str | None) -> str:
    """What the agent says that this option does."""
    return str(_chosen(package, option_id).get("effect") or "")


def _chosen(package: Mapping[str, Any], option_id: str | None) -> Mapping[str, Any]:
    return next((one for one in options.stated(package) if one["id"] == option_id), {})


def _reported(
    report: Report | None, document: Mapping[str, Any], cover: Callable[[str], str]
) -> tuple[str, str, str] | None:
    if report is None:
        return None
    if sentences_live.is_against(report.result, document):
        return "danger", f"{sentences_live.ALTHOUGH}.", cover(report.detail)
    tone, words = _REPORTED.get(report.result, ("info", report.result))
    return tone, words, cover(report.detail)
