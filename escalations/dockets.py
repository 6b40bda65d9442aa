"""All that a decision must know, in one statement: the case, its package and what there is."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import orjson
from django.db import connection, models

from console.database import statements
from escalations.models import Escalation, Package, Requirement

Row = tuple[Any, ...]


class Docket(NamedTuple):
    """What one look at the database saw; nothing of it is locked."""

    escalation: Escalation
    package: Package
    decisions: int
    listens: bool
    answer: dict[str, Any] | None


def read(escalation_id: str, *, person: int = 0, command: str = "") -> Docket | None:
    """The docket of this escalation, with the answer that `person` got to that command before."""
    found = statements.rows(_statement(), [person, command, escalation_id])
    if not found:
        return None
    values = iter(_converted(found[0]))
    # One iterator for all: each kind takes its columns and leaves the rest to the next.
    escalation, package, requirement = (_made(kind, values) for kind in KINDS)
    escalation.requirement = requirement
    package.escalation = escalation
    decisions, listens, answer = values
    return Docket(
        escalation, package, decisions, bool(listens), orjson.loads(answer) if answer else None
    )


KINDS = (Escalation, Package, Requirement)
_STANDING = """
    (SELECT count(*) FROM escalations_decision AS decision
      WHERE decision.escalation_id = escalation.number),
    EXISTS (SELECT 1 FROM escalations_endpoint AS endpoint
      WHERE endpoint.agent_id = escalation.agent_id AND endpoint.disabled_at IS NULL),
    (SELECT kept.answer FROM escalations_commandanswer AS kept
      WHERE kept.person_id = %s AND kept.command_id = %s)
"""
_FROM = """
    FROM escalations_escalation AS escalation
    JOIN escalations_package AS package
      ON package.escalation_id = escalation.number AND package.version = escalation.package_version
    JOIN escalations_requirement AS requirement ON requirement.id = escalation.requirement_id
    WHERE escalation.id = %s
"""


@cache
def _statement() -> str:
    columns = [f"{kind._meta.model_name}.{field.column}" for kind, field in _fields()]  # noqa: SLF001
    return f"SELECT {', '.join(columns)}, {_STANDING} {_FROM}"


def _fields() -> "Iterator[tuple[type[models.Model], models.Field[Any, Any]]]":
    for kind in KINDS:
        for field in kind._meta.concrete_fields:  # noqa: SLF001
            yield kind, field


def _made(kind: type[models.Model], values: Iterator[Any]) -> Any:
    names = [field.attname for field in kind._meta.concrete_fields]  # noqa: SLF001
    return kind.from_db(connection.alias, names, [next(values) for _ in names])


def _converted(row: Row) -> list[Any]:
    values = list(row)
    for place, convert in _converters():
        values[place] = convert(values[place])
    return values


@cache
def _converters() -> list[tuple[int, Callable[[Any], Any]]]:
    """What Django does to the values of this database, where it does anything."""
    columns = [field.get_col(kind._meta.db_table) for kind, field in _fields()]  # noqa: SLF001
    return [
        (place, _applied(convert, column))
        for place, column in enumerate(columns)
        for convert in (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        )
    ]


def _applied(convert: Callable[..., Any], column: Any) -> Callable[[Any], Any]:
    # A function of its own: a lambda made in the loop would know only the last converter.
    return lambda value: convert(value, column, connection)
