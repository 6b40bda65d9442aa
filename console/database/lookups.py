"""Lookups that Django lacks; loaded by `ConsoleConfig`."""

import json
import re
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, ForeignObject, Lookup


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`person__among=numbers`: equals one of them, as `in` does, but given as one parameter.

    The statement stays the same text whatever their number, and neither Django nor the driver goes
    over one placeholder for each: with a thousand of them that cost more than the reading. Not for
    a queryset, which `in` makes a part of the statement.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """PostgreSQL's array, or SQLite's table of a JSON array; any order, no null. Asks for
        nothing where there is none."""
        if not self.rhs:
            raise EmptyResultSet
        column, before = self.process_lhs(compiler, connection)
        prepare = self.lhs.output_field.get_prep_value
        values: Any = [value if type(value) is int else prepare(value) for value in self.rhs]
        if connection.vendor == "postgresql":
            condition = "= ANY(%s)"
        else:
            condition, values = "IN (SELECT value FROM json_each(%s))", json.dumps(values)
        return f"{column} {condition}", (*before, values)


@Field.register_lookup
class WrittenOut(Lookup):
    """`state__written=("held", "live")`: equals one of them, as `in` does, but written out.

    Only for words of our own. SQLite takes a partial index only where the statement says what the
    condition of the index says, in the same order, and cannot know it of values that are bound.
    """

    lookup_name = "written"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """One word stands as `=`, as Django writes the condition of an index. Raises ValueError for
        anything but a word."""
        column, before = self.process_lhs(compiler, connection)
        words = [str(word) for word in self.rhs]
        if not all(re.fullmatch("[a-z_]+", word) for word in words):
            raise ValueError(f"{words} are not all words")
        listed = ", ".join(f"'{word}'" for word in words)
        condition = f"= {listed}" if len(words) == 1 else f"IN ({listed})"
        return f"{column} {condition}", tuple(before)
