"""kill -9 in the middle of posts and decisions; afterwards nothing that was answered is missing.

`python -m bench.faults embedded|scaled --cases 1000 --kills 5`: agents post and people approve over
HTTP, each repeating what was not answered under the same key, while the processes are killed and
started again. Then every answer is held against the database, and the record is verified.
"""

import argparse
import contextlib
import json
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from bench.ground import ROOT, Ground, Server, clean, end, free_port, manage, stop_on_signal
from bench.world import package

HANDS = 4
PATIENCE_S = 120
ALREADY_THERE = {200, 201}
Answers = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("size", choices=["embedded", "scaled"])
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    story = embedded if given.size == "embedded" else scaled
    print(json.dumps(story(given.cases, given.kills)))


def embedded(cases: int, kills: int) -> Answers:
    """The one process of the embedded default, killed so often."""
    stop_on_signal()
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        environment = {
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "BATON_DATA": folder,
            "BATON_CALLS_PER_MINUTE": "1000000",
        }
        manage(environment, "migrate", "--verbosity", "0")
        return _story(environment, [web], cases, kills, Path(folder))


def scaled(cases: int, kills: int) -> Answers:
    """Web and worker of the scaled size, both killed so often."""
    with Ground() as ground:
        ground.create("baton")
        environment = ground.environment("baton")
        return _story(environment, [web, celery("worker", "--beat")], cases, kills, ground.folder)


Start = Callable[[dict[str, str], int], subprocess.Popen[bytes]]


def _story(
    environment: dict[str, str], starts: list[Start], cases: int, kills: int, folder: Path
) -> Answers:
    port = free_port()
    environment = {**environment, "BATON_URL": f"http://127.0.0.1:{port}"}
    access = json.loads(in_django(environment, "from bench import faults; faults.prepare()"))
    running = [start(environment, port) for start in starts]
    try:
        work = Work(port, access, cases)
        work.start()
        for number in range(1, kills + 1):
            work.wait_for(cases * number // (kills + 1))
            for process in running:
                process.send_signal(signal.SIGKILL)
                process.wait()
            running[:] = [start(environment, port) for start in starts]
        work.finish()
    finally:
        for process in running:
            end(process)
    answers = folder / "answers.json"
    answers.write_text(json.dumps({"posted": work.posted, "decided": work.decided}))
    found = in_django(environment, f"from bench import faults; faults.compare({str(answers)!r})")
    manage(environment, "audit", "verify")
    return {"kills": kills, "repeated": work.repeated, **json.loads(found)}


class Work:
    """Agents that post and people that approve, until every case is decided."""

    def __init__(self, port: int, access: Answers, cases: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._access = access
        self._cases = cases
        self._seeds: queue.Queue[int] = queue.Queue()
        self._waiting: queue.Queue[str] = queue.Queue()
        self._until = time.monotonic() + PATIENCE_S + cases
        self.posted: dict[str, str] = {}
        self.decided: dict[str, list[Any]] = {}
        self.repeated = 0
        self._threads = [
            *(threading.Thread(target=self._post, daemon=True) for _ in range(HANDS)),
            *(threading.Thread(target=self._approve, args=(s,), daemon=True) for s in self._both()),
        ]

    def start(self) -> None:
        for seed in range(self._cases):
            self._seeds.put(seed)
        for thread in self._threads:
            thread.start()

    def wait_for(self, decided: int) -> None:
        """Until so many cases are decided."""
        while len(self.decided) < decided:
            if time.monotonic() > self._until:
                raise SystemExit(f"Only {len(self.decided)} of {self._cases} cases were decided.")
            time.sleep(0.01)

    def finish(self) -> None:
        self.wait_for(self._cases)
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def _both(self) -> list[str]:
        """Two people at two tabs each."""
        sessions: list[str] = self._access["sessions"]
        return sessions * (HANDS // len(sessions))

    def _post(self) -> None:
        headers = {
            "Authorization": f"Bearer {self._access['token']}",
            "Content-Type": "application/json",
        }
        with httpx.Client(base_url=self._url, headers=headers, timeout=10) as agent:
            while (seed := _next(self._seeds)) is not None:
                body = package.body(seed)
                answer = self._insist(
                    lambda body=body: agent.post("/api/v1/escalations", content=body)
                )
                assert answer.status_code in ALREADY_THERE, answer.text
                case = answer.json()["id"]
                self.posted[f"bench-{seed:012}"] = case
                self._waiting.put(case)

    def _approve(self, session: str) -> None:
        cookies = {"sessionid": session, "csrftoken": "t" * 32}
        headers = {
            "Accept": "application/json",
            "X-CSRFToken": "t" * 32,
            "Origin": self._url,
        }
        with httpx.Client(
            base_url=self._url, headers=headers, cookies=cookies, timeout=10
        ) as person:
            while len(self.decided) < self._cases and time.monotonic() < self._until:
                case = _next(self._waiting, wait_s=0.2)
                if case is None:
                    continue
                sent = {"id": str(uuid.uuid4()), "version": "1"}
                answer = self._insist(
                    lambda case=case, sent=sent: person.post(
                        f"/escalations/{case}/approve/", data=sent
                    )
                )
                assert answer.status_code == 200, answer.text
                self.decided[case] = [answer.json()["version"], answer.json()["outcome"]]

    def _insist(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """The first answer; what broke off, or came too early, is asked again just as it was."""
        while time.monotonic() < self._until:
            with contextlib.suppress(httpx.TransportError):
                answer = ask()
                if answer.status_code < 500 and "busy" not in answer.text[:200]:
                    return answer
            self.repeated += 1
            time.sleep(0.05)
        raise SystemExit("Nobody answers any more.")


def prepare() -> None:
    """Print an agent's token and the sessions of two people. Runs beside the server's database."""
    from bench.world import people
    from console import clock
    from escalations.agents import keys, registry
    from escalations.record.lines import BATON

    now = clock.now()
    _, token = keys.create(registry.create("mira", now=now), by=BATON, now=now)
    sessions = [people.session_of(name) for name in ("dana", "amara")]
    print(json.dumps({"token": token, "sessions": sessions}))


def compare(path: str) -> None:
    """Hold every answer against the database; raises AssertionError for the first that is wrong."""
    from django.db.models import Count, Q

    from escalations.models import Escalation

    answers = json.loads(Path(path).read_text())
    standing = Count("decisions", filter=Q(decisions__undone_at=None))
    found = {one.id: one for one in Escalation.objects.annotate(standing=standing)}
    for key, case in answers["posted"].items():
        assert found[case].idempotency_key == key, f"{case} was answered and is not there."
    for case, (version, outcome) in answers["decided"].items():
        kept = found[case]
        assert (kept.version, kept.outcome, kept.standing) == (version, outcome, 1), case
    assert len(found) == len(answers["posted"]), "Something is there that nobody was told of."
    print(json.dumps({"posted": len(answers["posted"]), "decided": len(answers["decided"])}))


def web(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """Baton's web process, to be killed."""
    server = Server(["manage.py", "serve", "--port", str(port)], port, environment)
    server.close_log()
    return server.process


def celery(part: str, *options: str) -> Start:
    """Starts a worker or a beat, to be killed."""
    threads = ["--pool", "threads", "--concurrency", "2"] if part == "worker" else []

    def start(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
        schedule = f"{tempfile.gettempdir()}/beat-{port}"
        command = [sys.executable, "-m", "celery", "-A", "console", part, *options, *threads]
        return subprocess.Popen(
            [*command, "-s", schedule],
            cwd=ROOT,
            env={**clean(), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return start


def in_django(environment: dict[str, str], code: str) -> str:
    """The last line that this code prints, run on the server's settings."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        cwd=ROOT,
        env={**clean(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return done.stdout.strip().splitlines()[-1]


def _next(waiting: "queue.Queue[Any]", wait_s: float = 0) -> Any:
    with contextlib.suppress(queue.Empty):
        return waiting.get(timeout=wait_s) if wait_s else waiting.get_nowait()
    return None


if __name__ == "__main__":
    main()
