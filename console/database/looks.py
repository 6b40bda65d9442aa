"""Is there anything to do? Many questions that are asked each second, as one statement.

Django composes each query set anew, which takes longer than a database needs to answer it with no.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from console.database.composed import ONE, OTHER, reckoned, since

Questions = Callable[[datetime], Mapping[str, QuerySet[Any]]]


class Look:
    """Which of several query sets have a row.

    They are composed once for this process, so they may be reckoned from `now` by adding to it, and
    from nothing else that changes.
    """

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._names: tuple[str, ...] = ()
        self._statement = ""
        self._values: list[Any | timedelta] = []

    def at(self, now: datetime) -> frozenset[str]:
        """The names of those that have a row at this moment. Raises the database's error."""
        if not self._statement:
            self._compose()
        values = [reckoned(value, now) for value in self._values]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, values)
            found = cursor.fetchone()
        return frozenset(name for name, any_ in zip(self._names, found, strict=True) if any_)

    def _compose(self) -> None:
        of_one, of_other = self._questions(ONE), self._questions(OTHER)
        texts, values = [], []
        for name, one in of_one.items():
            text, given = _one_row_of(one)
            _, others = _one_row_of(of_other[name])
            texts.append(f"EXISTS ({text})")
            values += [since(*pair) for pair in zip(given, others, strict=True)]
        self._names, self._values = tuple(of_one), values
        self._statement = f"SELECT {', '.join(texts)}"


def _one_row_of(found: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    text, values = found.order_by().values("pk")[:1].query.sql_with_params()
    return text, values
