"""One web process without its server: answers requests for `bench.queue`, which asks over pipes.

`python -m bench.pages` reads lines such as `page 20` and writes what each cost, in microseconds.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

SKILLS, MINE = 40, 8


def main() -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.ROOT_URLCONF = "bench.urls"
    from console.wsgi import application

    session = _reader()
    asks: dict[str, Callable[[], object]] = {
        "page": lambda: get(application, "/inbox/", session),
        "empty": lambda: get(application, "/-/empty", session),
    }
    asks["beside"] = partial(get, application, "/beside/?families", session, "beside")
    asks["briefing"] = lambda: get(application, _of_a_case(), session, "div#briefing")
    asks["first"] = lambda: _forgetting(asks["briefing"])
    stamp = re.search(r'data-stamp="(\w+)"', get(application, "/inbox/", session))
    assert stamp, "The page has a list."
    had = f"/inbox/?tab=mine&had={stamp[1]}"
    asks["list"] = partial(get, application, had, session, "div#queue")
    asks["sql"] = _sql(asks["page"], asks["empty"])
    for line in sys.stdin:
        what, times = line.split()
        print(json.dumps(_cost(asks[what], int(times))), flush=True)


def _cost(ask: Callable[[], object], times: int) -> dict[str, float]:
    from django.db import connection

    backend = connection.connection.info.backend_pid
    before_s, database_us = time.process_time(), _spent_us(backend)
    for _ in range(times):
        ask()
    own_us = (time.process_time() - before_s) * 1e6 / times
    return {"own": own_us, "database": (_spent_us(backend) - database_us) / times}


def _spent_us(process: int) -> float:
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e3


@cache
def _of_a_case() -> str:
    from escalations.models import Escalation

    found = Escalation.objects.filter(state="waiting", packages__isnull=False).first()
    assert found, "There is no case with a package."
    return f"/escalations/{found.id}/"


def _forgetting(ask: Callable[[], object]) -> None:
    """The same where nothing that was drawn before is kept."""
    from console.pages import kept

    kept.shelf.forget()
    ask()


def get(application: Any, path: str, session: str, part: str = "") -> str:
    """One request of a signed-in person, to its answer; for a `part` as a screen asks for it."""
    statuses: list[str] = []
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        **({"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": part} if part else {}),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_COOKIE": f"sessionid={session}",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    answer = application(environ, lambda status, headers: statuses.append(status))
    body = b"".join(answer)
    answer.close()
    assert statuses in (["200 OK"], ["204 No Content"]), (path, statuses, body[:300])
    return body.decode()


def _sql(page: Callable[[], object], empty: Callable[[], object]) -> Callable[[], None]:
    """The statements of the page that the empty view does not make, run by the bare driver."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as whole:
        page()
    with CaptureQueriesContext(connection) as framework:
        empty()
    common = {one["sql"] for one in framework.captured_queries}
    texts = [one["sql"] for one in whole.captured_queries if one["sql"] not in common]
    noted = _noted(page)
    bare = connection.connection

    def run() -> None:
        import psycopg

        with psycopg.RawCursor(bare) as cursor:
            for statement, values in noted:
                cursor.execute(statement, values)
                cursor.fetchall()

    assert len(noted) <= len(texts), texts
    return run


def _noted(page: Callable[[], object]) -> list[tuple[str, Any]]:
    """The page's own statements with their values."""
    from console.database import statements

    noted: list[tuple[str, Any]] = []
    written = statements.rows

    def note(statement: str, values: Any = ()) -> Any:
        noted.append((statements._in_its_words(statement), values))
        return written(statement, values)

    statements.rows = note
    try:
        page()
    finally:
        statements.rows = written
    return noted


def _reader() -> str:
    """Somebody with eight skills, one of them rare."""
    from bench.world import people

    wanted = [*range(MINE - 1), SKILLS - 1]
    return people.session_of("dana", skills={f"skill-{number}": 3 for number in wanted})


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    main()
