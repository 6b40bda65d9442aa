"""Cases that are due at once, done as a sweep does them and as bare rows, batch by batch in turn.

Runs inside Django on a database of its own.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from bench.ground import cpu_s
from console import clock
from console.database import statements
from console.people.viewers import viewer_of
from escalations import lifecycle, sweeps
from escalations.access import Viewer
from escalations.lifecycle.waiting import at_once
from escalations.lifecycle.writes import OWNER
from escalations.models import ApiKey, Endpoint, Escalation
from escalations.models.querysets import EscalationQuerySet
from routing.models import Presence, Unit
from routing.people import units
from tests import factories

AGO, TIME = timedelta(hours=2), timedelta(minutes=30)
TOLD = 50
HOLDS = 20  # Of each person: as many as a desk has people for.
Due = Callable[[datetime], EscalationQuerySet]
Rows = list[tuple[Any, ...]]
Inserted = dict[type[models.Model], Rows]


def rates(cases: int) -> None:
    """Prints for each kind cases a second, what one costs in microseconds, ours and bare, and its
    rows."""
    key = factories.key()
    Endpoint.objects.create(
        agent=key.agent, name="hook", url="https://hook.example/", secret="", created_at=clock.now()
    )
    then, objects = clock.now() - AGO, Escalation.objects
    held, put_off = partial(_held, key, then), partial(_put_off, key, then)
    expired = partial(_open, key, then, on_timeout="reject")
    raised = partial(_open, key, then, on_timeout="escalate")
    found = {
        "expired": _rate(cases, expired, objects.expiring, "expires_at", at_once.expire),
        "lost": _rate(cases, held, _leases_over, "lease_until", at_once.lose_leases),
        "woken": _rate(cases, put_off, objects.waking, "snoozed_until", at_once.wake),
    }
    _leaders()
    found["raised"] = _rate(cases, raised, objects.expiring, "expires_at", at_once.expire)
    print(json.dumps(found))


def _rate(
    cases: int,
    opened: Callable[[int], object],
    due: Due,
    by: str,
    act: Callable[..., at_once.SweptBatch],
) -> dict[str, float]:
    """So many cases each way."""
    opened(2 * cases)
    done, spent_s, rows = {"ours": 0, "bare": 0}, {"ours": 0.0, "bare": 0.0}, 0
    took_s = 0.0
    now = clock.now()
    first = due(now).order_by(by, "number")[: sweeps.BATCH]
    while True:
        began, before_s = time.perf_counter(), _cpu_s()
        done["ours"] += act(first.all(), now=now).done
        took_s += time.perf_counter() - began
        spent_s["ours"] += _cpu_s() - before_s
        moved, inserted = _would_write(first, partial(act, now=now))
        if not moved:
            break
        before_s = _cpu_s()
        _write(moved, inserted)
        spent_s["bare"] += _cpu_s() - before_s
        done["bare"] += len(moved)
        rows += len(moved) + sum(map(len, inserted.values()))
    # Either side had its half, so that nothing is counted which was not done.
    assert min(done.values()) >= cases - sweeps.BATCH, done
    cost = {side: spent_s[side] / done[side] * 1e6 for side in done}
    return {**cost, "per_s": done["ours"] / took_s, "rows": rows / done["bare"]}


def _cpu_s() -> float:
    """Processor time of this worker and its database connection."""
    backend = getattr(connection.connection, "info", None)
    database_s = cpu_s(backend.backend_pid) if backend else 0.0
    return time.process_time() + database_s


def _would_write(
    first: EscalationQuerySet, act: Callable[[EscalationQuerySet], object]
) -> tuple[Rows, Inserted]:
    """The cases as they would be after it, and the rows beside them; nothing of it stays."""
    numbers = list(first.values_list("pk", flat=True))
    with transaction.atomic():
        before = {kind: set(_read(kind, OWNER, numbers)) for kind in _owned()}
        act(first.all())
        inserted = {
            kind: [row for row in _read(kind, OWNER, numbers) if row not in known]
            for kind, known in before.items()
        }
        moved = _read(Escalation, "number", numbers)
        transaction.set_rollback(True)
    return moved, {kind: rows for kind, rows in inserted.items() if rows}


@transaction.atomic
def _write(moved: Rows, inserted: Inserted) -> None:
    sets = ", ".join(f"{column} = %s" for column in _columns(Escalation))
    at = _columns(Escalation).index("number")
    table = Escalation._meta.db_table
    changing = f"UPDATE {table} SET {sets} WHERE number = %s"
    statements.many(changing, [[*row, row[at]] for row in moved])
    for kind, rows in inserted.items():
        marks = ", ".join(["%s"] * len(rows[0]))
        into = f"{kind._meta.db_table} ({', '.join(_columns(kind))})"
        statements.many(f"INSERT INTO {into} VALUES ({marks})", rows)


def _read(kind: type[models.Model], column: str, numbers: Sequence[int]) -> Rows:
    """As this database gives them, so that they can be given back."""
    listed = ", ".join(map(str, numbers)) or "NULL"
    table = kind._meta.db_table
    with connection.cursor() as cursor:
        columns = ", ".join(_columns(kind))
        cursor.execute(f"SELECT {columns} FROM {table} WHERE {column} IN ({listed})")
        found: Rows = cursor.fetchall()
    return found


@cache
def _columns(kind: type[models.Model]) -> list[str]:
    return [str(field.column) for field in kind._meta.concrete_fields]


@cache
def _owned() -> list[type[models.Model]]:
    """What is written beside a case; its units are changed, and left out."""
    return [kind for kind in apps.get_models() if OWNER in _columns(kind) and kind is not Unit]


def _open(key: ApiKey, then: datetime, count: int, **deadlines: str) -> list[Escalation]:
    given = {"expires_at": (then + TIME).isoformat(), **deadlines} if deadlines else {}
    return [factories.escalation(by=key, now=then, deadlines=given) for _ in range(count)]


def _leases_over(now: datetime) -> EscalationQuerySet:
    return Escalation.objects.leases_over(now, now - lifecycle.IDLE_LIMIT)


def _held(key: ApiKey, then: datetime, count: int) -> None:
    for case, by in _with_people(_open(key, then, count), "holder"):
        lifecycle.claim(case, by=by, now=then)


def _put_off(key: ApiKey, then: datetime, count: int) -> None:
    for case, by in _with_people(_open(key, then, count), "later"):
        lifecycle.snooze(case, by=by, version=1, until=then + TIME, now=then)


def _with_people(cases: Sequence[Escalation], name: str) -> Iterator[tuple[Escalation, Viewer]]:
    """Each with somebody who has room for it."""
    for number, start in enumerate(range(0, len(cases), HOLDS)):
        user = factories.person(f"{name}{number}")
        units.provide(user, HOLDS)
        by = viewer_of(user)
        yield from ((case, by) for case in cases[start : start + HOLDS])


def _leaders() -> None:
    """Those who are told, all there."""
    now = clock.now()
    for number in range(TOLD):
        lead = factories.person(f"lead{number}", "supervisor")
        Presence.objects.create(person=lead, state="present", since=now, seen_at=now)
