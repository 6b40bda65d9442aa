"""Django's SQLite backend, whose transactions wait in line instead of trying again at random, and
which stores nothing in a file that was taken away: whoever has it open could go on writing to what
nobody finds again.
"""

import os
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from console import private_files
from console.serving import outages
from console.sqlite.turns import Turns

_SQLite: Any = base.DatabaseWrapper
_turns: dict[str, Turns] = {}
GONE = "unable to open database file"
_may_make = True
# The file that a server began with, by its name: no other is taken for it.
_begun_with: dict[str, tuple[int, int]] = {}
# Those whose log was deleted while it was open: a connection more would begin another beside it.
_without_log: set[str] = set()


def never_anew() -> None:
    """From here on a file that is not there is not made, and another in its place not opened: one
    that was taken from under a server would come to be an empty Baton, and what an older copy has
    forgotten would be done in it once more."""
    global _may_make
    _may_make = False


class DatabaseWrapper(_SQLite):  # type: ignore[misc]
    """Takes its turn before `BEGIN IMMEDIATE` and gives it back however the transaction ends."""

    _has_turn = False
    _changes = 0
    _opened: tuple[int, int] | None = None
    _log: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Django's connection to a file that only its owner may read. Raises OperationalError where
        there is none, or another, and none is to be made."""
        name = str(conn_params["database"])
        if name.startswith((":memory:", "file:")):
            return super().get_new_connection(conn_params)
        if not _may_make:
            there = _identity(name)
            is_other = there is None or _begun_with.setdefault(name, there) != there
            if is_other or name in _without_log:
                raise OperationalError(GONE)
        private_files.database(Path(name))
        opened = super().get_new_connection(conn_params)
        self._opened, self._log = _identity(name), None
        return opened

    def is_usable(self) -> bool:
        """As Django asks it, and whether what it has open is what stands there."""
        return self.is_there() and super().is_usable()

    def is_there(self) -> bool:
        """Whether what it has open, if anything, is what stands under its name, with its log."""
        name = str(self.settings_dict["NAME"])
        return self._opened is None or (self._opened == _identity(name) and self._has_log(name))

    def _has_log(self, name: str) -> bool:
        """Whether the write-ahead log that it wrote to has its name still. While a connection has
        one open, SQLite neither deletes it nor makes another."""
        if self._log is not None and self._log != _identity(f"{name}-wal"):
            _without_log.add(name)
        return name not in _without_log

    def connect(self) -> None:
        """As Django does it, whole or not at all: a connection that came half way would be kept,
        and go on without autocommit."""
        try:
            super().connect()
        except BaseException:
            self.close()
            raise

    def _start_transaction_under_autocommit(self) -> None:
        timeout_s = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        if not self._queue().take(timeout_s):
            raise OperationalError("database is locked")
        self._has_turn = True
        self._changes = self.connection.total_changes
        try:
            super()._start_transaction_under_autocommit()
        # Whatever it was, `KeyboardInterrupt` too: a turn that is kept stops every writer.
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> Any:
        if not self.is_there():
            # So that the next to use it opens what is there then.
            self.errors_occurred = True
            self._save_log()
            raise OperationalError(GONE)
        # Not in a `finally`: after a commit that failed Django rolls back, and the turn ends there.
        super()._commit()
        self._give_turn()
        if self._log is None and self._opened is not None:
            self._log = _identity(f"{self.settings_dict['NAME']}-wal")
        if self.connection is not None and self.connection.total_changes > self._changes:
            outages.stored()

    def _save_log(self) -> None:
        """Of a log without a name only this process can read what it acknowledged."""
        if self._log is not None:
            super()._rollback()
            with self.wrap_database_errors:
                self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _rollback(self) -> Any:
        try:
            super()._rollback()
        finally:
            self._give_turn()

    def _close(self) -> Any:
        try:
            super()._close()
        finally:
            self._give_turn()

    def _give_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._queue().give()

    def _queue(self) -> Turns:
        # One step, so that two threads with a first transaction each line up in the same queue.
        return _turns.setdefault(str(self.settings_dict["NAME"]), Turns())


def _identity(name: str) -> tuple[int, int] | None:
    """Which file has this name now; None where there is none."""
    try:
        there = os.stat(name)
    except OSError:
        return None
    return there.st_dev, there.st_ino
