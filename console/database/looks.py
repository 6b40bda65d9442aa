"""Is there anything to do? Many questions that are asked each second, as one statement.

Django composes each query set anew, which takes longer than a database needs to answer it with no.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Questions = Callable[[datetime], Mapping[str, QuerySet[Any]]]
# Two moments between which whatever is reckoned from `now` differs, and nothing else.
_ONE, _OTHER = (datetime(2001, 2, day, 3, 4, 5, 678901, tzinfo=UTC) for day in (3, 4))


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
        values = [_reckoned(value, now) for value in self._values]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, values)
            found = cursor.fetchone()
        return frozenset(name for name, any_ in zip(self._names, found, strict=True) if any_)

    def _compose(self) -> None:
        of_one, of_other = self._questions(_ONE), self._questions(_OTHER)
        texts, values = [], []
        for name, one in of_one.items():
            text, given = _one_row_of(one)
            _, others = _one_row_of(of_other[name])
            texts.append(f"EXISTS ({text})")
            values += [_since(*pair) for pair in zip(given, others, strict=True)]
        self._names, self._values = tuple(of_one), values
        self._statement = f"SELECT {', '.join(texts)}"


def _one_row_of(found: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    text, values = found.order_by().values("pk")[:1].query.sql_with_params()
    return text, values


def _since(one: Any, other: Any) -> Any | timedelta:
    """How long after `now` a value is that moves with it; any other as it is."""
    return one if one == other else _moment(one) - _ONE


def _moment(value: Any) -> datetime:
    """As this database's values of time stand in statements."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(f"{value}+00:00")


def _reckoned(value: Any, now: datetime) -> Any:
    if not isinstance(value, timedelta):
        return value
    return connection.ops.adapt_datetimefield_value(now + value)
