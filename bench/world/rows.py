"""What every table of a database says, as one digest each: equal if and only if the rows are."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

# Django keeps these itself, and leaves what it once added to them.
DJANGOS = {"django_migrations", "django_content_type", "auth_permission"}


def of_sqlite(path: Path) -> dict[str, str]:
    """By table: how many rows, and a sum that depends on no order of rows or columns."""
    with closing(sqlite3.connect(path)) as database:
        (sound,) = database.execute("PRAGMA integrity_check").fetchone()
        dangling = database.execute("PRAGMA foreign_key_check").fetchall()
        if sound != "ok" or dangling:
            raise SystemExit(f"The database is damaged: {sound} {dangling[:3]}")
        named = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        tables = {name for (name,) in named} - DJANGOS
        return {table: _of_table(database, table) for table in sorted(tables)}


def of_postgresql(url: str) -> dict[str, str]:
    """The same on PostgreSQL, whose JSON of a row has its columns in order of their names."""
    import psycopg

    with psycopg.connect(url) as connection:
        named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {str(name) for (name,) in named} - DJANGOS
        found = {}
        for table in sorted(tables):
            said = connection.execute(
                f"SELECT count(*), md5(string_agg(said, '' ORDER BY said))"
                f' FROM (SELECT md5(to_jsonb(t)::text) AS said FROM "{table}" AS t) AS each_row'
            ).fetchone()
            found[table] = str(said)
        return found


def _of_table(database: sqlite3.Connection, table: str) -> str:
    rows = database.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in rows.description]
    order = sorted(range(len(names)), key=names.__getitem__)
    count = total = 0
    for row in rows:
        digest = hashlib.blake2b(repr([row[place] for place in order]).encode(), digest_size=16)
        total = (total + int.from_bytes(digest.digest())) % 2**128
        count += 1
    return f"{count} {total:032x} {sorted(names)}"
