"""What a table of SQLite is made of, in the words that SQLite keeps, next to those in which Baton
makes it: each column with what it refuses, each constraint, each unique index. One word more, such
as a condition, a collation or a conflict that is resolved, may refuse nothing of what it should.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Model

# What can refuse or replace a row beside ours; a column that was added has none of them.
_RULES = re.compile(
    r"\b(UNIQUE|PRIMARY|CHECK|REFERENCES|FOREIGN|CONFLICT|CONSTRAINT)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]")
_UNIQUE_INDEX = re.compile(r"\s*CREATE\s+UNIQUE\s", re.IGNORECASE)
_NAME = re.compile(r'(?:CREATE UNIQUE INDEX |CONSTRAINT )?"(\w+)"')


def changed(model: type[Model]) -> Iterator[str]:
    """What of this table is written otherwise, each by what it is. Raises DatabaseError."""
    there = _there(model)
    made, *indexes = _made_by(model)
    statement = there.get(_table(model), "")
    if _has_remark(statement):
        # Baton writes none: the right words could stand there and count for nothing.
        yield "form"
        return
    found = _parts(statement)
    for part in _parts(made):
        if part not in found:
            yield _what(model, part, found)
    for index in indexes:
        if index not in there.values():
            yield _of_index(model, index)


def added(model: type[Model]) -> Iterator[str]:
    """What refuses or replaces rows of this table beside what Baton made. Raises DatabaseError."""
    there = _there(model)
    made, *indexes = _made_by(model)
    ours = _parts(made)
    names = {_name(part) for part in [*ours, *indexes] if _name(part)}
    for part in _parts(there.get(_table(model), "")):
        is_ours = part in ours or _name(part) in names
        if not is_ours and _RULES.search(_QUOTED.sub("", part)):
            yield part
    for name, index in there.items():
        if _UNIQUE_INDEX.match(index) and name not in names:
            yield index


def _there(model: type[Model]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = %s", [_table(model)])
        return {name: sql or "" for name, sql in cursor.fetchall()}


def _made_by(model: type[Model]) -> list[str]:
    """The statement that makes the table, and those of its unique indexes."""
    editor: Any = connection.schema_editor()
    # Outside a `with` there is no list for what comes after the tables.
    editor.deferred_sql = []
    made, _ = editor.table_sql(model)
    indexes = map(str, [*editor.deferred_sql, *editor._model_indexes_sql(model)])  # noqa: SLF001
    return [made, *(one for one in indexes if one.startswith("CREATE UNIQUE INDEX"))]


def _parts(statement: str) -> list[str]:
    """What stands before the outer brackets, in them, and after them."""
    # A bracket or comma in a quoted text divides nothing.
    blank = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), statement)
    parts, depth, begins = [], 0, 0
    for place, sign in enumerate(blank):
        depth += (sign == "(") - (sign == ")")
        opens, closes = sign == "(" and depth == 1, sign == ")" and depth == 0
        if opens or closes or (sign == "," and depth == 1):
            parts.append(statement[begins:place].strip())
            begins = place + 1
        if closes:
            break
    return [*parts, statement[begins:].strip()]


def _has_remark(statement: str) -> bool:
    return "/*" in statement or "--" in statement


def _name(part: str) -> str:
    named = _NAME.match(part)
    return named[1] if named else ""


def _what(model: type[Model], part: str, found: list[str]) -> str:
    name = _name(part)
    field = next((one for one in _meta(model).local_concrete_fields if one.column == name), None)
    if part.startswith("CONSTRAINT"):
        return f"constraint {name}"
    elif field is None:
        return "form"
    check = field.db_check(connection)
    if check and not any(_name(one) == name and f"CHECK ({check})" in one for one in found):
        return f"check of {name}"
    else:
        return f"column {name}"


def _of_index(model: type[Model], statement: str) -> str:
    name = _name(statement)
    if any(one.name == name for one in _meta(model).constraints):
        return f"constraint {name}"
    columns = statement.partition("(")[2].replace('"', "").rpartition(")")[0]
    return f"unique value ({columns})"


def _table(model: type[Model]) -> str:
    return str(_meta(model).db_table)


def _meta(model: type[Model]) -> Any:
    return model._meta  # noqa: SLF001
