import errno

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)

from console.database.away import is_away


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OperationalError("database is locked"), True), (InterfaceError("closed"), True),
        (DatabaseError("database disk image is malformed"), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (IntegrityError("UNIQUE constraint failed"), False), (ProgrammingError("syntax"), False),
        (OSError(errno.EACCES, "Permission denied"), False), (ValueError("broken"), False),
        (None, False),
    ],
    ids=str,
)  # fmt: skip
def test_a_damaged_database_is_away_and_a_wrong_question_is_not(error, away):
    assert is_away(error) is away
