"""What a holder has typed and not sent, kept on the server so that it travels with the case.

It is no decision and raises no version; whoever holds the case next may use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from escalations.access import Viewer
from escalations.lifecycle import approvals, guards
from escalations.masking import edits
from escalations.masking.seen import SeenPackage
from escalations.models import Escalation, State, WorkingDraft
from escalations.refusals import Invalid

BYTES_MAX = 64 * 1024
FIELDS_MAX = 500
BATCH = 200
FORMS = {
    "edit": "Edit",
    "respond": "Answer instead",
    "reject": "Reject",
    "approve": "One by one",
}
LABELS = {"reply": "Reply", "instructions": "To the agent", "reason_code": "Reason"}
Fields = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Left:
    """What somebody else had typed: whose, when, its parts in words, and the fields themselves."""

    name: str
    at: datetime
    parts: tuple[tuple[str, str], ...]
    fields: Mapping[str, Fields]

    @property
    def document(self) -> str:
        """The fields as JSON, for the page to put into its forms."""
        return orjson.dumps(self.fields).decode()


@transaction.atomic
def keep(escalation: Escalation, form: str, written: str, *, by: Viewer, now: datetime) -> None:
    """Keep what the holder has typed into one form; an empty list forgets it.

    Raises Conflict for who does not hold the case, Invalid for what is no draft or above 64 KiB.
    """
    guards.require_holder(escalation, by.user_id, now=now)
    fields = _read(form, written)
    # Locked: two forms of one page may be kept at the same moment, in this one row.
    row, _ = WorkingDraft.objects.select_for_update().get_or_create(
        escalation=escalation, person_id=by.user_id, defaults={"saved_at": now}
    )
    row.fields = {**row.fields, form: fields}
    if not fields:
        del row.fields[form]
    if len(orjson.dumps(row.fields)) > BYTES_MAX:
        raise Invalid("This is too long to be kept: at most 64 KiB.")
    row.saved_at = now
    row.save()


def left_for(escalation: Escalation, viewer: Viewer, seen: SeenPackage) -> Left | None:
    """What somebody else had typed, newest first, for whoever holds the case now.

    Never what a person had typed whose part another must agree to without seeing it, nor what they
    typed into a field that is masked to this one.
    """
    if escalation.state not in State.held() or escalation.held_by_id != viewer.user_id:
        return None
    rows = WorkingDraft.objects.filter(escalation=escalation).exclude(person=viewer.user_id)
    if escalation.approvals > 1:
        rows = rows.exclude(person__in=approvals.standing(escalation).values("person"))
    found = rows.exclude(fields={}).select_related("person").order_by("-saved_at").first()
    if found is None:
        return None
    fields = _shown(found.fields, seen)
    name = found.person.get_full_name() or found.person.get_username()
    return Left(name, found.saved_at, _parts(fields), fields)


def _shown(fields: Mapping[str, Fields], seen: SeenPackage) -> Mapping[str, Fields]:
    if not seen.hides:
        return fields
    return {
        form: [field for field in typed if not edits.is_masked(seen.package, form, field[0])]
        for form, typed in fields.items()
    }


def entered(left: Left | None) -> dict[str, str]:
    """The fields of its edit by name, as a form drawn without a script takes them."""
    fields = left.fields.get("edit", []) if left else []
    return {name: value for name, value, _ in fields if isinstance(value, str)}


def drop(escalation: Escalation, *, by: Viewer, now: datetime) -> None:
    """The holder needs none of what others had typed. Raises Conflict for who is not the holder."""
    guards.require_holder(escalation, by.user_id, now=now)
    WorkingDraft.objects.filter(escalation=escalation).exclude(person=by.user_id).delete()


def erase(now: datetime) -> int:
    """Erase what was typed into cases that are closed by now; counts. Safe to run twice."""
    closed = WorkingDraft.objects.exclude(escalation__state__in=State.open())
    # Django deletes no slice, so the batch is named by its keys.
    return closed.filter(pk__in=list(closed.values_list("pk", flat=True)[:BATCH])).delete()[0]


def _read(form: str, written: str) -> Fields:
    """Each field as name, value (a tick is true or false) and the option that it stands for."""
    if len(written.encode()) > BYTES_MAX:
        raise Invalid("This is too long to be kept: at most 64 KiB.")
    try:
        fields = orjson.loads(written)
    except orjson.JSONDecodeError:
        fields = None
    if form not in FORMS or not isinstance(fields, list) or len(fields) > FIELDS_MAX:
        raise _malformed()
    if not all(_is_field(field) for field in fields):
        raise _malformed()
    return [[_plain(part) for part in field] for field in fields]


def _is_field(field: Any) -> bool:
    if not isinstance(field, list) or len(field) != 3:
        return False
    name, value, option = field
    return (
        isinstance(name, str)
        and 0 < len(name) <= 1_000
        and isinstance(value, str | bool)
        and isinstance(option, str | None)
    )


def _plain(part: Any) -> Any:
    # PostgreSQL takes no NUL.
    return part.replace("\0", "") if isinstance(part, str) else part


def _parts(fields: Mapping[str, Fields]) -> tuple[tuple[str, str], ...]:
    """Every text that was typed, under a word for its field."""
    return tuple(
        (_label(name), value)
        for form in FORMS
        for name, value, _ in fields.get(form, [])
        if isinstance(value, str) and value.strip()
    )


def _label(name: str) -> str:
    return LABELS.get(name) or name.rpartition("/")[2].replace("_", " ").capitalize()


def _malformed() -> Invalid:
    return Invalid("This is no draft of a form.", code="malformed")
