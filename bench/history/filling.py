"""Many decided cases at once: the closed ones of the demo world, copied by statements that both
databases take. What is copied keeps its words and lines, but the chains of the copies do not hold:
`audit verify` is not for such a database.
"""

from random import Random
from typing import Any

from django.db import connection, models, transaction

DAYS = 76  # The demo world has lasted for a fortnight.
AT_ONCE = 20_000
WORDS = 5_000
KNOWN = ("Zoë Fernweh", "zoe-fernweh")
KNOWN_EVERY, OFTEN_EVERY = 50, 15
OFTEN, RARE = "bergamot", "quokkastreusel"
SYLLABLES = ("ba", "den", "fi", "gor", "hal", "ju", "kem", "lo", "mir", "nes", "pu", "ras", "tov")


def fill(cases: int) -> None:
    """The demo world, so many decided cases more, and an open one of a customer who has many."""
    from console import clock
    from console.demo import world
    from escalations.models import Decision, Escalation, Event, Package, Vote
    from metrics import fold
    from metrics.models import Fact

    world.build(now=clock.now())
    last = Escalation.objects.order_by("-number")[0].number
    patterns = _patterns()
    for first in range(0, cases, AT_ONCE):
        upto = min(cases, first + AT_ONCE)
        with transaction.atomic():
            for model in (Escalation, Package, Event, Decision, Vote, Fact):
                _copy(model, patterns, range(first + 1, upto + 1), last, cases)
    _index(last)
    _arrange(last + cases)
    fold.rebuild_sums()
    _open_case()
    fold.catch_up()
    for _ in range(2):
        fold.advance(clock.now() + 2 * fold.LAG * _)


def _patterns() -> int:
    """Which cases are copied and the words that are put in, in tables; counts the cases."""
    chance = Random(0)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_pattern AS SELECT number, row_number() OVER (ORDER BY number) - 1"
            " AS place FROM escalations_escalation WHERE closed_at IS NOT NULL OR state = 'decided'"
        )
        cursor.execute("CREATE TABLE bench_word (place integer PRIMARY KEY, word text)")
        words = [(n, "".join(chance.choices(SYLLABLES, k=4)).title()) for n in range(WORDS)]
        cursor.executemany("INSERT INTO bench_word VALUES (%s, %s)", words)
        cursor.execute("SELECT count(*) FROM bench_pattern")
        return int(cursor.fetchone()[0])


def _copy(model: type[models.Model], patterns: int, numbers: range, last: int, cases: int) -> None:
    table, said = model._meta.db_table, _said(model, last, cases)
    fields = [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField) or field.name == "number"
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(said.get(str(field.column)) or _shifted(field) for field in fields)
    owner = "number" if "number" in said else "escalation_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns})"
            " WITH RECURSIVE every(n) AS (SELECT %s UNION ALL"
            " SELECT n + 1 FROM every WHERE n < %s)"
            f" SELECT {values} FROM every JOIN bench_pattern AS pattern"
            f" ON pattern.place = n %% {patterns}"
            f" JOIN {table} AS old ON old.{owner} = pattern.number",
            [numbers[0], numbers[-1]],
        )


def _said(model: type[models.Model], last: int, cases: int) -> dict[str, str]:
    """What a copy says otherwise than its pattern, by column."""
    number, name = f"{last} + n", model._meta.model_name
    chain = f"'esc_copy' || ({number})"
    if name == "escalation":
        rare = f"n IN (7, {cases // 2}, {cases - 3})"
        added = (
            f"' ' || {_word('n')} || ' ' || {_word('n * 31')} ||"
            f" CASE WHEN n %% {OFTEN_EVERY} = 0 THEN ' {OFTEN}' ELSE '' END ||"
            f" CASE WHEN {rare} THEN ' {RARE}' ELSE '' END"
        )
        one = f"(n %% {max(cases // 5, 1)})"
        full = f"{_word(one)} || ' ' || {_word(f'({one} * 7 + {one} / 5000)')}"
        return {
            "number": number,
            "id": chain,
            "summary": f"old.summary || {added}",
            "customer": _known(KNOWN[0], full),
            "customer_key": _known(KNOWN[1], f"'customer-' || {one}"),
            "correlation_id": f"'matter-' || ({number})",
            **dict.fromkeys(
                ("idempotency_key", "supersedes_id", "re_escalates_id", "pending_call"), "NULL"
            ),
        }
    own = {
        "event": {"chain": chain},
        "decision": {"id": f"'dec_copy' || ({number}) || '_' || old.escalation_version"},
        "fact": {
            "chain": chain,
            "correlation_id": f"'matter-' || ({number})",
            "re_escalates": "''",
        },
    }
    return {"escalation_id": number, **own.get(str(name), {})}


def _known(theirs: str, others: str) -> str:
    return f"CASE WHEN n %% {KNOWN_EVERY} = 0 THEN '{theirs}' ELSE {others} END"


def _word(place: str) -> str:
    return f"(SELECT word FROM bench_word WHERE place = ({place}) %% {WORDS})"


def _shifted(field: "models.Field[Any, Any]") -> str:
    """The same some days earlier where it is a time, else just the same."""
    old, days = f'old."{field.column}"', f"(n %% {DAYS} * 7919 %% {DAYS})"
    on_postgres = connection.vendor == "postgresql"
    if isinstance(field, models.DateTimeField):
        ago = f"({days} * interval '1 day')"
        written = f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {old}, '-' || {days} || ' days')"
        return f"{old} - {ago}" if on_postgres else written
    elif isinstance(field, models.DateField):
        return (
            f"{old} - {days}::integer" if on_postgres else f"date({old}, '-' || {days} || ' days')"
        )
    else:
        return old


def _index(last: int) -> None:
    """The words of the copies, as the life cycle stores them of each case."""
    from escalations.models import Escalation, search_words

    rows = Escalation.objects.order_by("number").values_list("number", "summary", "customer")
    while batch := list(rows.filter(number__gt=last)[:AT_ONCE]):
        with transaction.atomic():
            search_words.add(batch)
        last = batch[-1][0]


def _arrange(last: int) -> None:
    """What a database that has lived as long would have done meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_pattern")
        cursor.execute("DROP TABLE bench_word")
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('escalations_escalation', 'number'), %s)",
                [last],
            )


def _open_case() -> None:
    """The case whose briefing is read."""
    import json

    from bench.world import package
    from console import clock
    from escalations import intake
    from tests import factories

    document = package.document()
    document["context"]["customer"] = {"name": KNOWN[0], "id": KNOWN[1]}
    intake.accept(factories.key(), json.dumps(document).encode(), now=clock.now())
