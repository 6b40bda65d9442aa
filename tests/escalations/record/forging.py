"""Tampering at random with whatever people and agents rely on, past every trigger.

Which columns that are stands in a table of docs/record.md, which is read here: a column that is
said to be held is tried, and one that is not is left alone.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import orjson
from django.apps import apps
from django.db import models

from console.models import User
from console.people import managing
from escalations.agents import keys, registry
from escalations.models import Agent, ChainHead, Escalation, Event, Requirement, SealedSheet
from escalations.record.lines import Actor
from routing.people import skills
from tests.factories import NOW, after

RECORD = Path(__file__).resolve().parents[3] / "docs/record.md"
OURS = ("console", "escalations", "metrics", "routing")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
# The chain whose tail, with the row that keeps its end, only a hash kept outside shows.
SEAL = "seal"


@cache
def table() -> dict[tuple[str, str], str]:
    """What the docs say of each column: by what it is held."""
    text = RECORD.read_text().partition("## What stands behind each column")[2]
    found = {}
    for name, columns, held in ROW.findall(text.partition("Keys that only number")[0]):
        every = re.findall(r"`(\w+)`", columns)
        if columns == "all":
            every = [field.name for field in model(name)._meta.concrete_fields]
        for column in every:
            assert (name, column) not in found, f"{name}.{column} stands there twice."
            found[name, column] = held
    return found


def held() -> list[tuple[type[models.Model], models.Field]]:
    """Every column that a line or a seal holds."""
    return [
        (model(name), model(name)._meta.get_field(column))
        for (name, column), by in table().items()
        if not by.startswith("nothing")
    ]


def ours() -> list[type[models.Model]]:
    return [one for one in apps.get_models() if one._meta.app_label in OURS]


def model(name: str) -> type[models.Model]:
    return next(one for one in ours() if one.__name__ == name)


def tamper(rng: Random) -> str:
    """Change something that people rely on, and say what; empty where chance found nothing."""
    acts: list[tuple[Callable[[Random], str], int]] = [
        (_change, 30), (_extreme, 20), (_take, 15), (_delete, 12), (_insert, 8), (_swap, 10),
        (_cut_case, 4), (_delete_case, 3), (_roll_back, 4), (_cut_chain, 2), (_delete_chain, 2),
    ]  # fmt: skip
    (act,) = rng.choices([act for act, _ in acts], [weight for _, weight in acts])
    return act(rng)


def everything() -> dict[str, list[tuple]]:
    """Every row there is, to see that something has changed."""
    return {
        one.__name__: [
            tuple(bytes(v) if isinstance(v, memoryview) else str(v) for v in row)
            for row in one.objects.order_by("pk").values_list()
        ]
        for one in ours()
    }


def _change(rng: Random) -> str:
    kind, field = rng.choice(held())
    row = _one(rng, _rows(kind, field))
    if row is None:
        return ""
    before = getattr(row, field.attname)
    other = _other(rng, field, before)
    kind.objects.filter(pk=row.pk).update(**{field.name: other})
    return f"{kind.__name__}.{field.name} of {row.pk}: {before!r} → {other!r}"[:300]


def innocent(rng: Random) -> str:
    """A line about an account that changes next to nothing, or about nobody."""
    by, now = Actor("person", "rhea"), after(rng.randrange(901, 999))
    person = rng.choice(list(User.objects.order_by("pk")))
    agent = Agent.objects.get(name="atlas")
    match rng.randrange(4):
        case 0:
            managing.end_sessions(person, by=by, now=now)
        case 1:
            registry.renew_secret(agent, by=by, now=now)
        case 2:
            keys.create(agent, by=by, now=now)
        case _:
            skills.add(f"skill{rng.randrange(10**6)}", "trade", by=by, now=now)
    return "beside an innocent line: "


def _extreme(rng: Random) -> str:
    """The least, the most or nothing that the column holds."""
    kind, field = rng.choice(held())
    row = _one(rng, _rows(kind, field))
    if row is None or field.is_relation:
        return ""
    extreme = rng.choice(_extremes(field))
    kind.objects.filter(pk=row.pk).update(**{field.name: extreme})
    return f"{kind.__name__}.{field.name} of {row.pk} → {extreme!r}"[:300]


def _take(rng: Random) -> str:
    """The value of another row, as of another owner."""
    kind, field = rng.choice(held())
    rows = list(_rows(kind, field))
    if field.primary_key or len(rows) < 2:
        return ""
    one, other = rng.sample(rows, 2)
    theirs = getattr(other, field.attname)
    kind.objects.filter(pk=one.pk).update(**{field.name: theirs})
    return f"{kind.__name__}.{field.name} of {one.pk} → that of {other.pk}: {theirs!r}"[:300]


def _extremes(field: models.Field) -> list[Any]:
    if isinstance(field, models.JSONField):
        return [{}, [], "", 0]
    elif isinstance(field, models.BooleanField):
        return [True, False]
    elif isinstance(field, models.DateTimeField):
        return [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]
    elif isinstance(field, models.TimeField):
        return [time.min, time.max]
    elif isinstance(field, models.DurationField):
        return [timedelta(), timedelta(microseconds=-1), timedelta(days=106_751_991)]
    elif isinstance(field, models.FloatField):
        return [0.0, -1e300, 1e300]
    elif isinstance(field, models.IntegerField):
        return [0, -1, 2**31 - 1, 2**53 + 1, 2**63 - 1]
    elif isinstance(field, models.BinaryField):
        return [b"", b"\xff\xfe", b"{}", b"[]", b"null", b"[" * 5000]
    else:
        most = field.max_length or 5000
        return ["", " ", "\u202e", "x" * most, "[" * most, "\U0001f600"]


def _delete(rng: Random) -> str:
    kind = rng.choice(_kinds())
    row = _one(rng, _rows(kind))
    if row is None:
        return ""
    kind.objects.filter(pk=row.pk)._raw_delete("default")
    return f"{kind.__name__} {row.pk} deleted"


def _insert(rng: Random) -> str:
    """A copy of a row under keys of its own."""
    # What nobody refers to is relied on by nobody.
    kind = rng.choice([one for one in _kinds() if one is not Requirement])
    row = _one(rng, _rows(kind))
    if row is None:
        return ""
    values = {f.attname: getattr(row, f.attname) for f in kind._meta.concrete_fields}
    if isinstance(kind._meta.pk, models.AutoField):
        del values[kind._meta.pk.attname]
    keys = [f for f in kind._meta.concrete_fields if f.unique and f.attname in values]
    grouped = {name for one in kind._meta.constraints for name in getattr(one, "fields", ())}
    free = [kind._meta.get_field(name) for name in grouped if "person" not in name]
    for field in {*keys, *(f for f in free if not f.is_relation)}:
        values[field.attname] = _other(rng, field, values[field.attname])
    kind.objects.bulk_create([kind(**values)])
    return f"{kind.__name__} {row.pk} copied"


def _swap(rng: Random) -> str:
    """The same column of two rows, as of two cases."""
    kind, field = rng.choice(held())
    rows = list(_rows(kind, field))
    if field.primary_key or len(rows) < 2:
        return ""
    one, other = rng.sample(rows, 2)
    mine, theirs = getattr(one, field.attname), getattr(other, field.attname)
    if mine == theirs:
        return ""
    kind.objects.filter(pk=one.pk).update(**{field.name: theirs})
    kind.objects.filter(pk=other.pk).update(**{field.name: mine})
    return f"{kind.__name__}.{field.name} of {one.pk} and {other.pk} swapped"


def _cut_case(rng: Random) -> str:
    """The tail of a case, with the ends in its row put back."""
    case = rng.choice(list(Escalation.objects.filter(chain_length__gt=1).order_by("pk")))
    last = case.events.get(position=rng.randrange(1, case.chain_length))
    case.events.filter(position__gt=last.position)._raw_delete("default")
    Escalation.objects.filter(pk=case.pk).update(chain_length=last.position, chain_hash=last.hash)
    return f"{case} cut after {last.position}"


def _delete_case(rng: Random) -> str:
    """A case with every row of its own."""
    case = rng.choice(list(Escalation.objects.order_by("pk")))
    _forget(case)
    Escalation.objects.filter(pk=case.pk)._raw_delete("default")
    return f"{case} deleted with everything"


def _roll_back(rng: Random) -> str:
    """A case as it was after an earlier line: rows, decisions and ends."""
    case = rng.choice(list(Escalation.objects.filter(chain_length__gt=1).order_by("pk")))
    last = case.events.get(position=rng.randrange(1, case.chain_length))
    said = orjson.loads(bytes(last.body))["facts"]
    if "state" not in said:
        return ""
    row = dict.fromkeys(("held_by_id", "held_at", "offered_to_id", "offer_until"))
    row |= dict.fromkeys(("decided_by_id", "decided_at", "effective_at", "closed_at"))
    row |= {"outcome": "", **said["row"], "state": said["state"], "version": said["version"]}
    if row["state"] in ("held", "snoozed"):
        return ""
    case.decisions.filter(decided_at__gt=last.at)._raw_delete("default")
    case.decisions.filter(undone_at__gt=last.at).update(undone_at=None)
    case.events.filter(position__gt=last.position)._raw_delete("default")
    row["rank"] = int(row["rank"])
    ends = {"chain_length": last.position, "chain_hash": last.hash}
    Escalation.objects.filter(pk=case.pk).update(**row, **ends)
    return f"{case} put back to {last.position}"


def _cut_chain(rng: Random) -> str:
    """The tail of people, agents or keys, with the row that keeps where it ends."""
    heads = ChainHead.objects.filter(length__gt=1).exclude(chain=SEAL).order_by("pk")
    head = rng.choice(list(heads))
    last = Event.objects.get(chain=head.chain, position=rng.randrange(1, head.length))
    Event.objects.filter(chain=head.chain, position__gt=last.position)._raw_delete("default")
    ChainHead.objects.filter(pk=head.pk).update(length=last.position, hash=last.hash)
    return f"{head.chain} cut after {last.position}"


def _delete_chain(rng: Random) -> str:
    head = rng.choice(list(ChainHead.objects.exclude(chain=SEAL).order_by("pk")))
    Event.objects.filter(chain=head.chain)._raw_delete("default")
    if rng.random() < 0.5:
        ChainHead.objects.filter(pk=head.pk).delete()
    return f"{head.chain} deleted"


def _forget(case: Escalation) -> None:
    for kind in ours():
        for field in kind._meta.concrete_fields:
            if field.is_relation and field.related_model is Escalation:
                if field.name in ("supersedes", "re_escalates"):
                    kind.objects.filter(**{field.name: case}).update(**{field.name: None})
                else:
                    kind.objects.filter(**{field.name: case})._raw_delete("default")


def _kinds() -> list[type[models.Model]]:
    found = dict.fromkeys(kind for kind, _ in held())
    return [kind for kind in found if kind is not SealedSheet]


def _rows(kind: type[models.Model], field: models.Field | None = None) -> models.QuerySet:
    """Rows whose column is held: the docs say of some that only some rows are."""
    rows = kind.objects.order_by("pk")
    match (kind.__name__, field.name if field else ""):
        case ("Delivery", "url"):
            return rows.filter(endpoint=None)
        case ("Delivery", "attempts"):
            return rows.filter(state__in=("delivered", "dead"))
        case ("Delivery", "host" | "next_at"):
            return rows.filter(state="due", attempts=0)
        case ("Requirement", _):
            return rows.filter(pk__in=Escalation.objects.values("requirement"))
        case _:
            return rows


def _one(rng: Random, rows: models.QuerySet) -> Any:
    keys = list(rows.values_list("pk", flat=True))
    return rows.get(pk=rng.choice(keys)) if keys else None


def _other(rng: Random, field: models.Field, value: Any) -> Any:
    """Another value that the column can hold."""
    if field.is_relation:
        return _other_key(rng, field, value)
    if field.null and value is not None and rng.random() < 0.2:
        return None
    return next(_others(rng, field, value))


def _other_key(rng: Random, field: models.Field, value: Any) -> Any:
    keys = set(field.related_model.objects.values_list("pk", flat=True)) - {value}
    if field.null and value is not None and (not keys or rng.random() < 0.3):
        return None
    return rng.choice(sorted(keys)) if keys else value


def _others(rng: Random, field: models.Field, value: Any) -> Iterator[Any]:
    if field.choices:
        yield rng.choice([word for word, _ in field.choices if word != value])
    elif isinstance(field, models.JSONField):
        yield _other_json(rng, value)
    elif isinstance(field, models.BooleanField):
        yield not value
    elif isinstance(field, models.DateTimeField):
        yield (value or NOW) + timedelta(microseconds=rng.choice([1, 10**6, 3600 * 10**6]))
    elif isinstance(field, models.TimeField):
        yield value.replace(minute=(value.minute + 7) % 60)
    elif isinstance(field, models.DurationField):
        yield (value or timedelta()) + timedelta(microseconds=rng.choice([1, 3600 * 10**6]))
    elif isinstance(field, models.FloatField):
        yield (value or 0.0) + 0.5
    elif isinstance(field, models.IntegerField):
        yield (value or 0) + rng.choice([1, -1] if (value or 0) > 1 else [1])
    elif isinstance(field, models.BinaryField):
        yield _other_text(rng, bytes(value).decode()).encode()
    else:
        yield _other_text(rng, value or "")


def _other_json(rng: Random, value: Any) -> Any:
    if isinstance(value, dict) and value:
        key = rng.choice(sorted(value))
        changed = {**value, key: _other_json(rng, value[key])}
        return changed if rng.random() < 0.7 else {k: v for k, v in value.items() if k != key}
    elif isinstance(value, list) and value and rng.random() < 0.7:
        return [*value[:-1], _other_json(rng, value[-1])] if rng.random() < 0.5 else value[:-1]
    elif isinstance(value, list):
        return [*value, "rhea"]
    elif isinstance(value, bool):
        return not value
    elif isinstance(value, int | float):
        return value + 1
    else:
        return f"{value or ''}x" if not isinstance(value, dict) else {"forged": True}


def _other_text(rng: Random, text: str) -> str:
    """One letter or digit of it is another."""
    places = [place for place, letter in enumerate(text) if letter.isascii() and letter.isalnum()]
    if not places:
        return "x"
    place = rng.choice(places)
    letter = rng.choice([one for one in "0123456789abcdef" if one != text[place]])
    return text[:place] + letter + text[place + 1 :]
