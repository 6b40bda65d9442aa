"""What an admin is changing on the Levels screen: kept in the database until it is published."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from escalations import ports
from escalations.access import Viewer
from escalations.models import PolicyDraft, PolicyVersion
from escalations.policy import check, difference, rule_fields, versions
from escalations.policy.document import PolicyDocument
from escalations.policy.versions import InForce
from escalations.refusals import Conflict, Fault, Invalid, NotFound
from escalations.text import formatting

JSON = dict[str, Any]
KEPT = {"schema", "defaults", "task_types"}
# Not None: that is stated, and takes out what the defaults have.
LEFT_OUT = object()
NO_HOURS = "These opening hours are no longer there: not in the policy, nor in your draft."
NO_DRAFT = "There is no draft of yours any more: it was dropped, or changed back."


@dataclass(frozen=True, slots=True)
class DraftedPolicy:
    """An admin's changes and the version they were begun on."""

    based_on: int
    document: PolicyDocument
    sentences: list[str]
    changed: set[str]
    behind: bool
    # The version it was begun on, with which everything that it changes is compared.
    base: PolicyDocument


def of(viewer: Viewer, in_force: InForce) -> DraftedPolicy | None:
    """The admin's own draft, compared with the version it was begun on."""
    row = PolicyDraft.objects.filter(owner_id=viewer.user_id).first()
    if row is None:
        return None
    return drafted(row, in_force)


@transaction.atomic
def change(viewer: Viewer, task_type: str, values: JSON, *, now: datetime) -> None:
    """Set these parts of one task type (`defaults` for the fallback); None takes a part out.

    A new name makes a new task type. Raises Invalid if the policy would not be usable.
    """
    row = _row(viewer, versions.current())
    document = orjson.loads(row.body)
    part = _part(document, task_type)
    for name, value in values.items():
        if name == "respond_s":
            part[name] = _seconds(part.get(name)) | value
        elif value is None and part is not document["defaults"]:
            # Only saying so keeps out what the defaults have.
            part[name] = None
        elif value is None:
            part.pop(name, None)
        else:
            part[name] = value
    _save(row, document, now=now)


@transaction.atomic
def inherit(viewer: Viewer, task_type: str, names: Collection[str], *, now: datetime) -> None:
    """State these parts of a task type no longer: what the defaults say holds for it."""
    row = _row(viewer, versions.current())
    document = orjson.loads(row.body)
    part = _part(document, task_type)
    for name in names:
        part.pop(name, None)
    _save(row, document, now=now)


@transaction.atomic
def add(viewer: Viewer, task_type: str, values: JSON, *, now: datetime) -> None:
    """Add a task type. Raises Invalid where there is one of that name."""
    row = _row(viewer, versions.current())
    if task_type in orjson.loads(row.body).get("task_types", {}):
        fault = Fault("/name", "There is a task type of this name already.")
        raise Invalid("The task type cannot be added.", errors=[fault])
    change(viewer, task_type, values, now=now)


@transaction.atomic
def add_rule(viewer: Viewer, task_type: str, rule: JSON, *, now: datetime) -> None:
    """Add a rule to a task type. Raises Invalid for a rule that cannot work."""
    rule_fields.require(rule)
    row = _row(viewer, versions.current())
    document = orjson.loads(row.body)
    _part(document, task_type).setdefault("rules", []).append(rule)
    _save(row, document, now=now)


@transaction.atomic
def remove_rule(viewer: Viewer, task_type: str, index: int, reason: str, *, now: datetime) -> None:
    """Take a rule out. Raises NotFound if another or none stands there now."""
    row = _row(viewer, versions.current())
    document = orjson.loads(row.body)
    rules = _part(document, task_type).get("rules", [])
    if not 0 <= index < len(rules) or rules[index]["reason"] != reason:
        raise NotFound("not_found", "This rule is no longer there.")
    del rules[index]
    _save(row, document, now=now)


@transaction.atomic
def remove(viewer: Viewer, task_type: str, *, now: datetime) -> None:
    """Take a task type out; its cases then fall to the fallback. Raises NotFound."""
    row = _row(viewer, versions.current())
    document = orjson.loads(row.body)
    if task_type not in document.get("task_types", {}):
        raise NotFound("not_found", "This task type is no longer in the policy.")
    del document["task_types"][task_type]
    _save(row, document, now=now)


@transaction.atomic
def set_hours(viewer: Viewer, was: str, name: str, hours: JSON, *, now: datetime) -> None:
    """Set opening hours; `was` is their name until now, empty for new ones.

    Who kept them keeps them under the new name. Raises Invalid where the name is another's, or for
    hours that cannot be, NotFound where there are none of the old name.
    """
    row = _row(viewer, versions.current())
    document = orjson.loads(row.body)
    kept = document.setdefault("hours", {})
    if was and was not in kept:
        raise NotFound("not_found", NO_HOURS)
    if name != was and name in kept:
        fault = Fault("/name", "There are opening hours of this name already.")
        raise Invalid("The opening hours cannot be kept.", errors=[fault])
    document["hours"] = {
        **{(name if one == was else one): stated for one, stated in kept.items()},
        name: hours,
    }
    for part in (document.get("defaults", {}), *document.get("task_types", {}).values()):
        if was and part.get("hours") == was:
            part["hours"] = name
    _save(row, document, now=now)


@transaction.atomic
def remove_hours(viewer: Viewer, name: str, *, now: datetime) -> None:
    """Take opening hours out. Raises NotFound, or Invalid while a task type keeps them."""
    row = _row(viewer, versions.current())
    document = orjson.loads(row.body)
    if name not in document.get("hours", {}):
        raise NotFound("not_found", NO_HOURS)
    users = check.check(document, kept=True).keeping(name)
    if users:
        keepers = formatting.listed([formatting.inside(user) for user in users])
        raise Invalid(f"“{name}” is still kept by {keepers}. Give them other hours first.")
    del document["hours"][name]
    _save(row, document, now=now)


@transaction.atomic
def set_routing(viewer: Viewer, values: JSON, *, now: datetime) -> None:
    """Set these settings of how work is handed out. Raises Invalid for what cannot be."""
    row = _row(viewer, versions.current())
    document = orjson.loads(row.body)
    document["routing"] = document.get("routing", {}) | values
    _save(row, document, now=now)


@transaction.atomic
def drop(viewer: Viewer, *, now: datetime) -> None:
    """Forget the admin's draft; who proposed it is told."""
    row = PolicyDraft.objects.select_for_update().filter(owner_id=viewer.user_id).first()
    if row is not None:
        _tell_proposer(row, f"{viewer.name} dropped what you proposed for the policy", now=now)
        row.delete()


@transaction.atomic
def publish(
    viewer: Viewer,
    *,
    note: str,
    expected: int,
    now: datetime,
    guard: versions.Guard | None = None,
) -> PolicyVersion:
    """Put the draft in force. Raises Conflict where it was begun on an older version, or is gone.

    `expected` is the version that stood on the admin's screen; the draft stays if it is refused.
    """
    row = PolicyDraft.objects.filter(owner_id=viewer.user_id).first()
    if row is None:
        versions.require(expected)
        raise Conflict("no_draft", NO_DRAFT)
    made = versions.publish(
        check.parse(row.body),
        by=viewer,
        note=note,
        now=now,
        # The older of the two: neither an old screen nor a draft begun earlier may pass for the
        # version in force.
        expected=min(expected, row.based_on),
        guard=guard,
    )
    told = f"{viewer.name} published version {made.number} with what you proposed for the policy"
    _tell_proposer(row, told, now=now)
    row.delete()
    return made


@transaction.atomic
def bring_forward(viewer: Viewer, *, now: datetime) -> list[str]:
    """Put the draft's changes onto the version in force. Returns the parts both had changed.

    Of those the draft's own stand; everything else that others published is kept.
    """
    in_force = versions.current()
    row = PolicyDraft.objects.filter(owner_id=viewer.user_id).first()
    if row is None or row.based_on == in_force.number:
        return []
    base = versions.version(row.based_on).document
    merged, both = _merged(base, orjson.loads(row.body), in_force.document.dump())
    row.based_on = in_force.number
    _save(row, merged, now=now)
    return both


def drafted(row: PolicyDraft, in_force: InForce) -> DraftedPolicy:
    """What this row holds, compared with the version it was begun on."""
    begun_on = _document(row.based_on)
    document = check.parse(row.body, kept=True)
    return DraftedPolicy(
        based_on=row.based_on,
        document=document,
        sentences=difference.sentences(begun_on, document),
        changed=difference.changed(begun_on, document),
        behind=row.based_on != in_force.number,
        base=begun_on,
    )


def _row(viewer: Viewer, in_force: InForce) -> PolicyDraft:
    # Locked until the change is kept: two tabs of one admin change the same document.
    row = PolicyDraft.objects.select_for_update().filter(owner_id=viewer.user_id).first()
    body = orjson.dumps(in_force.document.dump()).decode()
    return row or PolicyDraft(owner_id=viewer.user_id, based_on=in_force.number, body=body)


def _part(document: JSON, task_type: str) -> JSON:
    document.setdefault("defaults", {})
    document.setdefault("task_types", {})
    if task_type == "defaults":
        part: JSON = document["defaults"]
    else:
        part = document["task_types"].setdefault(task_type, {})
    return part


def _seconds(own: Any) -> JSON:
    return dict.fromkeys("1234", own) if isinstance(own, int) else dict(own or {})


def _save(row: PolicyDraft, document: JSON, *, now: datetime) -> None:
    checked = check.check(document, kept=True)
    if difference.changed(_document(row.based_on), checked):
        row.body = orjson.dumps(checked.dump()).decode()
        row.changed_at = now
        row.save()
    elif row.pk:
        told = f"{row.owner.name} changed back all that you proposed for the policy"
        _tell_proposer(row, told, now=now)
        row.delete()


def _tell_proposer(row: PolicyDraft, told: str, *, now: datetime) -> None:
    """What became of it, where it was somebody else's proposal."""
    if row.proposed_by_id:
        sentences = drafted(row, versions.current()).sentences
        ports.tell_person(row.proposed_by_id, ": ".join([told, *sentences[:1]]), now=now)


def _document(number: int) -> PolicyDocument:
    return versions.document(versions.version(number))


def _merged(base: JSON, mine: JSON, theirs: JSON) -> tuple[JSON, list[str]]:
    """Three policies part by part: what I changed from the base, over what they have now."""
    both: list[str] = []
    three = (base, mine, theirs)
    merged: JSON = {"schema": theirs["schema"]}
    for whole in ("defaults", "routing"):
        was, my, their = (document.get(whole, {}) for document in three)
        merged[whole] = _merged_part(whole, was, my, their, both) or {}
    for named in ("task_types", "hours"):
        was, my, their = (document.get(named, {}) for document in three)
        merged[named] = {
            name: part
            for name in {**their, **my}
            if (part := _merged_part(name, was.get(name), my.get(name), their.get(name), both))
            is not None
        }
    return _without_empty(merged), both


def _without_empty(document: JSON) -> JSON:
    """What is empty is not stated."""
    return {name: part for name, part in document.items() if part or name in KEPT}


def _merged_part(
    name: str, was: JSON | None, my: JSON | None, their: JSON | None, both: list[str]
) -> JSON | None:
    if my in (was, their):
        return their
    if their == was:
        return my
    if my is None or their is None:
        both.append(name)
        return my
    merged: JSON = {}
    for key in {**their, **my}:
        old, mine, theirs = ((part or {}).get(key, LEFT_OUT) for part in (was, my, their))
        chosen = theirs if mine == old else mine
        if mine not in (old, theirs) and theirs != old:
            both.append(f"{name}: {key}")
        if chosen is not LEFT_OUT:
            merged[key] = chosen
    return merged
