"""Sets of required skills as rows; a queue is read as one index range for each."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from functools import partial

import orjson
from django.db import transaction

from console.database import statements
from escalations.models import Requirement

KEY_LENGTH_MAX = 1000

_known: dict[str, int] = {}
_skills: dict[int, dict[str, int]] = {}


def key(skills: Mapping[str, int]) -> str:
    """The one spelling of a set of skills: `payments:2+refunds:3`; empty for none.

    A set too long for the column goes by the SHA-256 of its spelling.
    """
    spelling = "+".join(f"{name}:{grade}" for name, grade in sorted(skills.items()))
    if len(spelling) <= KEY_LENGTH_MAX:
        return spelling
    else:
        return hashlib.sha256(spelling.encode()).hexdigest()


def id_for(skills: Mapping[str, int]) -> int:
    """The number of the row for this set."""
    return row_for(skills).pk


def row_for(skills: Mapping[str, int]) -> Requirement:
    """The row for this set, made if it is new. Rows are never changed, so ids are remembered, as
    soon as they are committed."""
    wanted = key(skills)
    if wanted in _known:
        return Requirement(pk=_known[wanted], key=wanted, skills=dict(skills))
    row, _ = Requirement.objects.get_or_create(key=wanted, defaults={"skills": dict(skills)})
    # Only then: the number of a row that is rolled back may go to other skills.
    transaction.on_commit(partial(_remember, [row]))
    return row


def skills_of(number: int) -> dict[str, int]:
    """The skills of this row, remembered likewise."""
    return skills_of_all([number])[number]


def skills_of_all(numbers: Collection[int]) -> dict[int, dict[str, int]]:
    """The skills of these rows in one statement at most. Raises KeyError for one that is none."""
    missing = [number for number in numbers if number not in _skills]
    # Django composes a statement also to find nothing.
    rows = list(Requirement.objects.filter(pk__among=missing)) if missing else []
    if rows:
        transaction.on_commit(partial(_remember, rows))
    read = {row.pk: row.skills for row in rows}
    return {number: read[number] if number in read else _skills[number] for number in numbers}


def every() -> list[tuple[int, dict[str, int]]]:
    """All rows, by number: each with its skills."""
    rows = statements.rows("SELECT id, skills FROM escalations_requirement ORDER BY id")
    return [(number, orjson.loads(skills)) for number, skills in rows]


def forget() -> None:
    """Empty the memory, where the database changed."""
    _known.clear()
    _skills.clear()


def _remember(rows: Iterable[Requirement]) -> None:
    for row in rows:
        _known[row.key], _skills[row.pk] = row.pk, row.skills
