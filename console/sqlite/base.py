"""Django's SQLite backend, whose transactions wait in line instead of trying again at random."""

from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from console import private_files
from console.serving import outages
from console.sqlite.turns import Turns

_SQLite: Any = base.DatabaseWrapper
_turns: dict[str, Turns] = {}


class DatabaseWrapper(_SQLite):  # type: ignore[misc]
    """Takes its turn before `BEGIN IMMEDIATE` and gives it back however the transaction ends."""

    _has_turn = False
    _changes = 0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Django's connection to a file that only its owner may read."""
        name = str(conn_params["database"])
        if not name.startswith((":memory:", "file:")):
            private_files.database(Path(name))
        return super().get_new_connection(conn_params)

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
        # Not in a `finally`: after a commit that failed Django rolls back, and the turn ends there.
        super()._commit()
        self._give_turn()
        if self.connection is not None and self.connection.total_changes > self._changes:
            outages.stored()

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
