"""Which errors say that the database is away, and not that something was asked wrongly."""

import errno

from django.db import DatabaseError, InterfaceError, OperationalError


def is_away(error: BaseException | None) -> bool:
    """Whether it cannot be reached, written to or read: worth another try later."""
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    is_gone = isinstance(error, OperationalError | InterfaceError)
    # SQLite tells so of a file that is damaged, and of nothing else.
    return is_full or is_gone or type(error) is DatabaseError
