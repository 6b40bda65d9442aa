"""Look-ups that admins offer to whoever decides: for a task type or for all of them, and for one
agent or all. Every change is a line of the chain `lookups`, and seals hold the rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from console.outside import outbound
from escalations.deliveries import signing
from escalations.lookups import templates
from escalations.lookups.fields import Field
from escalations.models import Agent, LookUp
from escalations.record import sheets
from escalations.record.lines import Actor
from escalations.record.sheets import SheetSource
from escalations.refusals import Conflict, Invalid

JSON = dict[str, Any]
CHAIN, PREFIX, ROW = "lookups", "look-up/", "look-up"
AT_MOST = 200
_COLUMNS = ("name", "task_type", "agent", "url", "token", "fields", "created_at", "removed_at")


def put(
    there: LookUp | None,
    *,
    name: str,
    task_type: str,
    agent: Agent | None,
    url: str,
    token: str,
    values: Sequence[Field],
    by: Actor,
    now: datetime,
) -> LookUp:
    """Offer it like this from now on; without a token, the one it has stays, if it is for the same
    host.

    Raises Invalid for an address that may not be called or that no case could fill in, for no
    field, and for a second one of that name that the same case would be offered.
    """
    if said := templates.fault(url):
        raise Invalid.of("/url", said)
    if not values:
        said = "Say which values are shown: a line like “Order total = total”."
        raise Invalid.of("/values", said)
    if same := _namesake(there, name, task_type, agent):
        raise Invalid.of("/name", same)
    said_of = {"name": name, "task_type": task_type, "agent": agent, "url": url}
    columns = {**said_of, "fields": [list(one) for one in values]}
    try:
        with transaction.atomic():
            return _put(there, columns, token, by=by, now=now)
    except IntegrityError as error:
        said = f"“{name}” is registered for that already."
        raise Invalid.of("/name", said) from error


@transaction.atomic
def remove(look_up: LookUp, *, by: Actor, now: datetime) -> None:
    """Offer it no more, and forget its token. Once more changes nothing."""
    # The condition makes it once: of two at the same moment one writes the line.
    if LookUp.objects.offered().filter(pk=look_up.pk).update(removed_at=now, token=""):
        look_up.refresh_from_db()
        _record(look_up, "removed", by=by, now=now)


def _namesake(there: LookUp | None, name: str, task_type: str, agent: Agent | None) -> str:
    """Whether a case would be offered two of this name, as a sentence."""
    same = LookUp.objects.offered().filter(name__iexact=name).exclude(pk=there.pk if there else 0)
    if task_type:
        same = same.filter(task_type__in=["", task_type])
    if agent:
        same = same.filter(Q(agent=agent) | Q(agent__isnull=True))
    if (other := same.order_by("pk").first()) is None:
        return ""
    elif (other.task_type, other.agent) == (task_type, agent):
        return f"“{other}” is registered for that already."
    else:
        return f"The same case would be offered the other “{other}” too: give it a name of its own."


def _put(there: LookUp | None, columns: JSON, token: str, *, by: Actor, now: datetime) -> LookUp:
    if there is None:
        if LookUp.objects.offered().count() >= AT_MOST:
            raise Conflict("too_many", f"There are at most {AT_MOST} look-ups.")
        sealed = signing.sealed(token) if token else ""
        made = LookUp.objects.create(**columns, token=sealed, created_at=now)
        _record(made, "registered", by=by, now=now)
        return made
    row = LookUp.objects.select_for_update().get(pk=there.pk)
    if row.removed_at is not None:
        raise Conflict("removed", "Somebody else has just removed it.", at=row.removed_at)
    kept = row.token if outbound.origin(row.url) == outbound.origin(columns["url"]) else ""
    sealed = signing.sealed(token) if token else kept
    LookUp.objects.filter(pk=row.pk).update(**columns, token=sealed)
    row.refresh_from_db()
    _record(row, "changed", by=by, now=now)
    return row


def _record(look_up: LookUp, kind: str, *, by: Actor, now: datetime) -> None:
    facts = {"look_up": look_up.pk, "name": look_up.name, "task_type": look_up.task_type}
    if look_up.agent:
        facts["agent"] = look_up.agent.name
    sheets.append(CHAIN, kind, actor=by, at=now, facts=facts)


def _read(names: Collection[str] | None) -> dict[str, JSON]:
    rows = LookUp.objects.all()
    if names is not None:
        rows = rows.filter(pk__in=[int(name.removeprefix(PREFIX)) for name in names])
    found = {row.pop("pk"): list(row.values()) for row in rows.values("pk", *_COLUMNS)}
    return {f"{PREFIX}{number}": {ROW: columns} for number, columns in found.items()}


def _about(kind: str, said: JSON) -> Mapping[str, Collection[str]]:
    return {f"{PREFIX}{said['look_up']}": [sheets.ALL if kind == "registered" else ROW]}


SOURCE = SheetSource(PREFIX, (CHAIN,), _read, _about)
