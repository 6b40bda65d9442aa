"""Keeps the data folder and what is in it from everybody but its owner."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FOLDER, FILE = 0o700, 0o600
# What SQLite keeps beside a database takes its mode, unless it was there before.
BESIDE = ("", "-wal", "-shm", "-journal")


def folder(path: Path) -> None:
    """Makes it, or closes one that is ours. Never one that all may write to, such as `/tmp`.
    Raises ImproperlyConfigured where there can be none."""
    try:
        path.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(path, error) from None
    now = path.stat()
    if not now.st_mode & stat.S_ISVTX:
        _close(path, now, FOLDER)


def unusable(folder: Path, error: OSError) -> ImproperlyConfigured:
    """The sentence for whoever named a folder in which nothing can be kept."""
    why = os.strerror(error.errno) if error.errno else error
    return ImproperlyConfigured(
        f"Nothing can be kept in the folder {folder}: {why}. "
        "Name another with BATON_DATA or --data."
    )


def database(path: Path) -> None:
    """Makes the file before SQLite does, which would let everybody read it; closes one that is
    open, with what stands beside it."""
    try:
        # Never opened where it is there: closing it again would give up every lock that this
        # process holds on it (POSIX), and two writers at once destroy a database.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE))
    except FileExistsError:
        pass
    for name in BESIDE:
        file(path.with_name(path.name + name))


def file(path: Path) -> None:
    """Closes a file that is there and ours."""
    try:
        _close(path, path.stat(), FILE)
    # One beside a database may go at any moment.
    except FileNotFoundError:
        return


def write_once(path: Path, text: str) -> None:
    """Leaves exactly one whole file even when two processes start at once."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    # Nobody else may read it from its first byte on; a chmod would come too late.
    opener: Callable[[str, int], int] = lambda name, flags: os.open(name, flags, FILE)  # noqa: E731
    with open(draft, "w", opener=opener) as file:
        file.write(text)
    try:
        # A link fails where the file is there, which a rename would replace; and it is whole at
        # once.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _close(path: Path, now: os.stat_result, mode: int) -> None:
    if now.st_uid == os.geteuid() and stat.S_IMODE(now.st_mode) & ~mode:
        path.chmod(stat.S_IMODE(now.st_mode) & mode)
