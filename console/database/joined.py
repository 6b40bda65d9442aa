"""Rows of several models by one statement of our own: its columns, and the instances it gave."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from django.db import connection, models

Row = tuple[Any, ...]
Kind = type[models.Model]


class Joined:
    """Whole rows of these models, by the name that each has in the statement; of some `only` these
    columns, the key among them. What it gives behind their columns is left to the caller."""

    def __init__(
        self, kinds: Mapping[str, Kind], *, only: Mapping[str, Collection[str]] | None = None
    ) -> None:
        self._kinds, self._only = kinds, only or {}

    @cached_property
    def columns(self) -> str:
        """What the statement selects first."""
        return ", ".join(f"{name}.{field.column}" for name, field in self._fields())

    def made(self, row: Row) -> tuple[list[Any], list[Any]]:
        """An instance of each model, None where a join found none, and the values behind them."""
        values = list(row)
        for place, convert in self._converters:
            values[place] = convert(values[place])
        left = iter(values)
        # One iterator for all: each kind takes its columns and leaves the rest to the next.
        found = [_made(self._kinds[name], names, left) for name, names in self._names.items()]
        return found, list(left)

    @cached_property
    def _converters(self) -> list[tuple[int, Callable[[Any], Any]]]:
        """What Django does to the values of this database, where it does anything."""
        columns = [
            field.get_col(self._kinds[name]._meta.db_table)  # noqa: SLF001
            for name, field in self._fields()
        ]
        return [
            (place, _applied(convert, column))
            for place, column in enumerate(columns)
            for convert in (
                *connection.ops.get_db_converters(column),
                *column.get_db_converters(connection),
            )
        ]

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {name: [] for name in self._kinds}
        for name, field in self._fields():
            names[name].append(field.attname)
        return names

    def _fields(self) -> "Iterator[tuple[str, models.Field[Any, Any]]]":
        for name, kind in self._kinds.items():
            for field in kind._meta.concrete_fields:  # noqa: SLF001
                if field.attname in self._only.get(name, (field.attname,)):
                    yield name, field


def _made(kind: Kind, names: list[str], values: Iterator[Any]) -> Any:
    own = [next(values) for _ in names]
    key = names.index(kind._meta.pk.attname)  # noqa: SLF001
    return None if own[key] is None else kind.from_db(connection.alias, names, own)


def _applied(convert: Callable[..., Any], column: Any) -> Callable[[Any], Any]:
    # A function of its own: a lambda made in the loop would know only the last converter.
    return lambda value: convert(value, column, connection)
