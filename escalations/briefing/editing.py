"""The edit of a case: a form for each action that may be changed, and the reply that goes with it.

Drawn with the page, and again while somebody types, with what each change means. Reads nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from escalations.briefing.agent_reply import ReplyDraft
from escalations.proposal import edit_form, labels, verdicts
from escalations.proposal.edit_fields import EditForm
from escalations.proposal.labels import Names
from escalations.refusals import Fault, Invalid

JSON = Mapping[str, Any]
# What the edit forms of one page may hold: rows, and characters of arguments.
_ROWS_MAX = 150
_ARGUMENTS_MAX = 60_000


@dataclass(frozen=True, slots=True)
class Editing:
    """What can be changed before it is sent, and what somebody has changed already."""

    forms: tuple[EditForm, ...]
    left_out: int
    draft: ReplyDraft | None

    @classmethod
    def read(
        cls,
        package: JSON,
        *,
        names: Names | None = None,
        entered: Mapping[str, str] | None = None,
        faults: Mapping[str, Sequence[Fault]] | None = None,
        now: datetime | None = None,
    ) -> Self:
        """The forms as far as one page can carry them, with what was `entered` and its faults."""
        found = labels.read(package.get("context")) if names is None else names
        forms: list[EditForm] = []
        left_out = 0
        rows, room = _ROWS_MAX, _ARGUMENTS_MAX
        for action in _editable(package, now):
            size = len(json.dumps(action.get("args") or {}))
            if size > room or rows <= 0:
                left_out += 1
                continue
            told = (faults or {}).get(action["id"], ())
            form = edit_form.draw(action, names=found, entered=entered, faults=told)
            rows, room = rows - len(form.rows), room - size
            forms.append(form)
        return cls(tuple(forms), left_out, ReplyDraft.read(package, entered=entered))

    @property
    def changed(self) -> int:
        """How many fields differ from what was proposed."""
        reply = self.draft is not None and bool(self.draft.changes)
        return sum(form.changed for form in self.forms) + reply


def faults(package: JSON, entered: Mapping[str, str], *, drawn: JSON) -> dict[str, Sequence[Fault]]:
    """Why each action's edit would be refused if it were sent as it stands now; `drawn` is the
    package as the form shows it."""
    found: dict[str, Sequence[Fault]] = {}
    shown = drawn.get("proposed_actions") or ()
    for action, seen in zip(package.get("proposed_actions") or (), shown, strict=True):
        try:
            edit_form.read(entered, action, drawn=seen)
            edit_form.tool(entered, action)
        except Invalid as refused:
            found[action["id"]] = refused.errors
    return found


def _editable(package: JSON, now: datetime | None) -> list[JSON]:
    """Those that an edit can send: none whose time is over, or that waits for another's yes."""
    actions = package.get("proposed_actions") or ()
    clearable = verdicts.clearable(actions, now=now)
    return [
        one
        for one in actions
        if one["id"] in clearable and "edit" in verdicts.allowed(one, now=now)
    ]
