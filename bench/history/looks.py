"""One web process without its server: answers looks at a long history for `bench.history`.

`python -m bench.history.looks` reads lines such as `rare 5` and writes what each cost, in
microseconds of the process and of its database connection.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.history.filling import KNOWN, OFTEN, RARE

NOWHERE = "zzyzxomatic"
Act = Callable[[], object]


def main() -> None:
    import django

    django.setup()
    made = acts(application())
    for line in sys.stdin:
        what, times = line.split()
        made[what]()
        print(json.dumps(_cost(made[what], int(times))), flush=True)


def _cost(act: Act, times: int) -> float:
    spent_us = 0.0
    for _ in range(times):
        # Where something has to be made ready first, the act says from when on it counts.
        began = _spent_us()
        since = act()
        spent_us += _spent_us() - (since if isinstance(since, float) else began)
    return spent_us / times


def _spent_us() -> float:
    from django.db import connection

    own_us = time.process_time() * 1e6
    if connection.vendor != "postgresql":
        return own_us
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    return own_us + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e3


def application() -> object:
    """Baton as a server would call it."""
    from console import wsgi

    return wsgi.application


def acts(application: object) -> dict[str, Act]:
    """What can be asked for, by name."""
    from bench import pages
    from bench.world import people
    from escalations.models import Escalation

    dana, priya = people.session_of("dana"), people.session_of("priya")
    known = Escalation.objects.open().filter(customer=KNOWN[0])[0]

    def get(path: str, session: str) -> Act:
        return lambda: pages.get(application, path, session)

    return {
        "briefing": get(f"/escalations/{known.id}/", dana),
        "common": get("/inbox/?search=refund", priya),
        "often": get(f"/inbox/?search={OFTEN}", priya),
        "both": get(f"/inbox/?search=refund+{OFTEN}", priya),
        "rare": get(f"/inbox/?search={RARE}", priya),
        "none": get(f"/inbox/?search={NOWHERE}", priya),
        "reviewer": get("/inbox/?search=refund", dana),
        "audit": get("/audit/?search=refund", priya),
        "audit-none": get(f"/audit/?search={NOWHERE}", priya),
        **{f"metrics-{n}": get(f"/metrics/?days={n}", priya) for n in (7, 30, 90)},
        "fold": _fold,
    }


def _fold() -> float:
    """One new case, which does not count, and what folding it costs."""
    from bench.world import people
    from escalations.models import ApiKey
    from metrics import fold

    people.cases(ApiKey.objects.order_by("-pk")[0], 1, first=time.monotonic_ns() % 10**12)
    began = _spent_us()
    fold.catch_up()
    return began


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    main()
