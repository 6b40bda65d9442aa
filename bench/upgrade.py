"""A filled database of an older commit, brought here, taken back, and brought here again.

`python -m bench.upgrade --from REV --cases 100000 sqlite|postgresql`: REV's own code makes the demo
world and so many cases more; the code here migrates them, adds cases of its own, and goes back.
On the way back every row is compared; otherwise the record and the figures are verified by the code
that would serve then. Without `--cases` it is the demo world alone.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from bench.ground import ROOT, Ground, clean, stop_on_signal
from bench.world import rows

DATABASE = "baton"
KEPT = ("escalations_event", "escalations_decision")
NEW_CASES = 200


class Store(Protocol):
    """A database of one size, and the settings that lead to it."""

    def environment(self) -> dict[str, str]: ...

    def digests(self) -> dict[str, str]: ...


class Embedded:
    """SQLite in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def environment(self) -> dict[str, str]:
        return {"DJANGO_SETTINGS_MODULE": "console.settings", "BATON_DATA": str(self._folder)}

    def digests(self) -> dict[str, str]:
        return rows.of_sqlite(self._folder / "baton.sqlite3")


class Scaled:
    """A PostgreSQL of the bench's own."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        ground.run("createdb", *ground.address(), DATABASE)

    def environment(self) -> dict[str, str]:
        return {**self._ground.environment(DATABASE), "BATON_DATA": str(self._ground.folder)}

    def digests(self) -> dict[str, str]:
        return rows.of_postgresql(self.environment()["DATABASE_URL"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.upgrade", description=__doc__)
    parser.add_argument("store", choices=["sqlite", "postgresql"])
    parser.add_argument("--from", dest="revision", required=True, metavar="REV")
    parser.add_argument("--cases", type=int, default=0, help="beside the demo world")
    given = parser.parse_args()
    stop_on_signal()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baton-bench-")))
        older = check_out(given.revision, folder / "older")
        store: Store = (
            Embedded(folder / "data")
            if given.store == "sqlite"
            else Scaled(stack.enter_context(Ground()))
        )
        Story(older, store).tell(given.cases)
    print(f"From {given.revision} on {given.store}: nothing was lost, there and back.")


def check_out(revision: str, folder: Path) -> Path:
    """The files of that commit, in a folder that git knows nothing of."""
    folder.mkdir(parents=True)
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    packed = subprocess.run([*git, "archive", revision], stdout=subprocess.PIPE, check=False)
    if packed.returncode:
        raise SystemExit(f"There is no commit {revision} to upgrade from.")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
    return folder


def migrations(code: Path) -> dict[str, str]:
    """The last migration of each app that has any."""
    found: dict[str, str] = {}
    for path in sorted(code.glob("*/migrations/[0-9]*.py")):
        found[path.parent.parent.name] = path.stem
    return found


class Story:
    """The moves, each timed and each verified."""

    def __init__(self, older: Path, store: Store) -> None:
        self._older, self._store = older, store
        before, here = migrations(older), migrations(ROOT)
        self.back_to = {
            app: before.get(app, "zero") for app in here if before.get(app) != here[app]
        }

    def tell(self, cases: int) -> None:
        print(f"Going back means: {self.back_to or 'nothing, the tables are the same'}")
        self._fill(cases)
        before = self._store.digests()
        self._forward()
        self._verify(ROOT)
        self._back()
        _same(before, self._store.digests())
        self._forward()
        with self._timed(f"{NEW_CASES} cases by the new code"):
            self._add("newcomer", NEW_CASES, ROOT)
        after = self._store.digests()
        self._back()
        self._verify(self._older)
        self._forward()
        self._verify(ROOT)
        _same({table: after[table] for table in KEPT}, self._store.digests())

    def _fill(self, cases: int) -> None:
        with self._timed("the demo world by the old code"):
            self._manage(self._older, "migrate", "--verbosity", "0")
            self._manage(self._older, "demo")
        with self._timed(f"{cases:,} cases by the old code"):
            if cases:
                self._add("filler", cases, self._older)
            self._manage(self._older, "fold")

    def _add(self, agent: str, count: int, code: Path) -> None:
        self._manage(code, "create_agent", agent)
        script = FILL.replace("AGENT", repr(agent)).replace("COUNT", str(count))
        self._manage(code, "shell", "--verbosity", "0", "-c", script)

    def _forward(self) -> None:
        with self._timed("forward"):
            self._manage(ROOT, "migrate", "--verbosity", "0")

    def _back(self) -> None:
        with self._timed("back"):
            for app, name in self.back_to.items():
                self._manage(ROOT, "migrate", app, name, "--verbosity", "0")

    def _verify(self, code: Path) -> None:
        whose = "the new" if code == ROOT else "the old"
        with self._timed(f"verified by {whose} code"):
            self._manage(code, "migrate", "--check", "--verbosity", "0")
            self._manage(code, "doctor")
            self._manage(code, "fold")
            with ThreadPoolExecutor(1) as beside:
                figures = beside.submit(self._manage, code, "fold", "--check")
                told = json.loads(self._manage(code, "audit", "verify", "--json"))
                figures.result()
        print(f"    {told['entries']:,} entries in {told['chains']:,} chains match", flush=True)

    def _manage(self, code: Path, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=code,
            env={**clean(), **self._store.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stdout + done.stderr)[-3000:]
            raise SystemExit(f"manage.py {' '.join(arguments)[:80]} in {code}:\n{said}")
        return done.stdout

    @contextlib.contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        print(f"{time.monotonic() - began:9.1f} s  {what}", flush=True)


def _same(before: dict[str, str], after: dict[str, str]) -> None:
    """Raises SystemExit naming the tables that say something else than before."""
    differing = sorted(table for table, said in before.items() if after.get(table) != said)
    if differing:
        raise SystemExit(f"Going there and back changed {', '.join(differing)}.")


# Packages that the demo world's policy answers at once, gives to a person to approve or to take
# over, or does not know; and of each ten one that the agent takes back.
FILL = """
import json
from datetime import timedelta
from django.db import transaction
from console import clock
from escalations import intake, lifecycle
from escalations.models import ApiKey
key = ApiKey.objects.get(agent__name=AGENT)
bodies = [
    {"task_type": "refund", "summary": "Refund €184.00 for a grinder that arrived broken",
     "proposed_actions": [{"id": "a1", "name": "refund", "args": {"amount": "184.00"}}],
     "draft_response": "Dear Inès, we have refunded €184.00.", "confidence": 0.62},
    {"task_type": "delivery_address", "summary": "Send it to number 14", "confidence": 0.97,
     "proposed_actions": [{"id": "a1", "name": "set_address", "args": {"number": "14"}}]},
    {"task_type": "complaint_reply", "summary": "The customer asks for a person",
     "trigger": {"type": "customer_request", "reason": "They want to talk to somebody."}},
    {"task_type": "something_new", "summary": "Nobody has taught me this"},
]
now = clock.now()
for first in range(0, COUNT, 500):
    with transaction.atomic():
        for number in range(first, min(first + 500, COUNT)):
            body = {**bodies[number % 4], "idempotency_key": f"{AGENT}-{number:09}"}
            at = now - timedelta(seconds=COUNT - number)
            case = intake.accept(key, json.dumps(body).encode(), now=at).escalation
            if number % 10 == 0:
                lifecycle.cancel(case, agent=AGENT, now=at + timedelta(seconds=1))
"""


if __name__ == "__main__":
    main()
