#!/usr/bin/env python3
"""`back_up.py FROM TO`: Baton's SQLite database and key, copied while Baton runs; keeps 14 copies.

Each copy is a folder that `manage.py serve --data` can be started on. With `--keep 0` all are kept.
"""

import argparse
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

DATABASE = "baton.sqlite3"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="the data folder, such as /var/lib/baton")
    parser.add_argument("target", type=Path, help="the folder of copies")
    parser.add_argument("--keep", type=int, default=14, help="how many copies stay")
    given = parser.parse_args()
    if given.keep < 0:
        parser.error("--keep needs how many copies stay, or 0 for all.")
    if not (given.source / DATABASE).is_file():
        sys.exit(f"There is no {DATABASE} in {given.source}.")
    os.umask(0o077)
    copy = given.target / datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")
    unfinished = copy.with_name(f".{copy.name}")
    unfinished.mkdir(parents=True)
    _copy(given.source, unfinished)
    # Under its own name only when it is whole, so that a copy that broke off is never restored.
    unfinished.rename(copy)
    older = sorted(path for path in given.target.iterdir() if path.name[0].isdigit())
    for path in older[: -given.keep] if given.keep else []:
        shutil.rmtree(path)
    print(copy)


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{source / DATABASE}?mode=ro", uri=True)) as running,
        closing(sqlite3.connect(target / DATABASE)) as copied,
    ):
        running.backup(copied)
        (said,) = copied.execute("PRAGMA quick_check").fetchone()
    if said != "ok":
        sys.exit(f"The copy is damaged: {said}")
    # A key that stands in BATON_SECRET_KEY is kept elsewhere.
    if (source / "secret_key").exists():
        shutil.copy2(source / "secret_key", target)


if __name__ == "__main__":
    main()
