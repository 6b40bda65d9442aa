"""What somebody changed in one proposal, and the same change made in another. Pure."""

import copy
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from escalations import often_changed
from escalations.proposal.edit_values import same
from escalations.proposal.verdicts import CLEARING
from escalations.text import differences, mask, pointers

JSON = dict[str, Any]
ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One argument of the call at that place: what stood there, and what was sent; `ABSENT` where
    there was none."""

    call: int
    pointer: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True)
class SameChange:
    """`tools` of every call, proposed and sent; the arguments that differ; and the reply as it was
    drafted and sent, where somebody wrote another."""

    tools: tuple[tuple[str, str], ...]
    fields: tuple[FieldEdit, ...]
    reply: tuple[str, str] | None


def read(package: JSON, decision: JSON) -> SameChange | None:
    """The change that this decision made to this package, both as one person sees them; None where
    it changed no call, turned one down, or touched what is masked to them."""
    proposed = package.get("proposed_actions") or []
    given = {one["action_id"]: one for one in decision.get("actions") or []}
    sent = [given.get(one["id"]) or {} for one in proposed]
    if not sent or any(one.get("type") not in CLEARING for one in sent):
        return None
    calls = [one["call"] for one in sent]
    tools = tuple((one["name"], call["name"]) for one, call in zip(proposed, calls, strict=True))
    fields = tuple(
        FieldEdit(
            place,
            pointer,
            pointers.get(one.get("args") or {}, pointer, ABSENT),
            pointers.get(call["args"], pointer, ABSENT),
        )
        for place, (one, call) in enumerate(zip(proposed, calls, strict=True))
        for pointer in sorted(often_changed.differing(one.get("args") or {}, call["args"]))
    )
    if not fields and all(was == now for was, now in tools):
        return None
    if any(mask.stands_in(one.was) or mask.stands_in(one.now) for one in fields):
        return None
    return SameChange(tools, fields, _rewritten(package, decision))


def actions(change: SameChange, package: JSON) -> list[JSON] | None:
    """The same change as verdicts on the calls of this package; None where it has other tools or
    calls, or something else in the place of what was changed."""
    proposed = package.get("proposed_actions") or []
    if [one["name"] for one in proposed] != [was for was, _ in change.tools]:
        return None
    edited = [copy.deepcopy(one.get("args") or {}) for one in proposed]
    for field in change.fields:
        args = edited[field.call]
        if not _stands(pointers.get(args, field.pointer, ABSENT), field.was):
            return None
        _set(args, field)
    touched = {field.call for field in change.fields}
    return [
        {"action_id": one["id"], "type": "edit", "edited": {"name": tool, "args": args}}
        for place, (one, (was, tool), args) in enumerate(
            zip(proposed, change.tools, edited, strict=True)
        )
        if place in touched or was != tool
    ]


def reply(change: SameChange, package: JSON) -> str | None:
    """The drafted reply with the same words replaced; the draft where the change left it alone.
    None where it is worded so otherwise that the same words cannot be found."""
    draft = _draft(package)
    if change.reply is None:
        return draft
    was, now = change.reply
    if not now or draft == was:
        return now
    replaced = _replaced(was, now)
    if not replaced or not all(_word(out).search(draft) for out in replaced):
        return None
    # In one go: what comes in for one must not be taken for another.
    either = re.compile("|".join(_word(out).pattern for out in sorted(replaced, key=_longest)))
    return either.sub(lambda found: replaced[found[0]], draft)


def _replaced(was: str, now: str) -> dict[str, str]:
    """What stands in the place of which words; empty where anything else was changed, or it is
    not known which of several are meant."""
    chunks = [one for one in differences.words(was, now) if one.kind != "same"]
    pairs = list(zip(chunks[::2], chunks[1::2], strict=False))
    whole = len(chunks) % 2 == 0
    if not whole or any((out.kind, new.kind) != ("out", "in") for out, new in pairs):
        return {}
    replaced = {out.text: new.text for out, new in pairs}
    often = Counter(out.text for out, _ in pairs)
    is_one = all(replaced[out.text] == new.text for out, new in pairs)
    # Where the words stand elsewhere in the reply as well, it is not known which of them are meant.
    known = all(len(_word(out).findall(was)) == often[out] for out in replaced)
    return replaced if is_one and known else {}


def _longest(text: str) -> tuple[int, str]:
    return -len(text), text


def _word(text: str) -> re.Pattern[str]:
    """This text where it is no part of a longer word or number."""
    return re.compile(rf"(?<!\w)(?<!\d[.,]){re.escape(text)}(?!\w)(?![.,]\d)")


def _rewritten(package: JSON, decision: JSON) -> tuple[str, str] | None:
    draft, response = _draft(package), decision.get("response") or {}
    now = str(response.get("text") or "")
    return (draft, now) if now != draft else None


def _draft(package: JSON) -> str:
    return str((package.get("draft_response") or {}).get("text") or "")


def _stands(value: Any, expected: Any) -> bool:
    if value is ABSENT or expected is ABSENT:
        return value is expected
    return same(value, expected)


def _set(args: JSON, field: FieldEdit) -> None:
    if field.now is ABSENT:
        pointers.remove(args, field.pointer)
    else:
        pointers.put(args, field.pointer, copy.deepcopy(field.now))
