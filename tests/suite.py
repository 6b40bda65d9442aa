"""What `bin/test` runs, part by part, and what each part took."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
SCREENS = "tests/screens"
SPREAD = ("--dist", "worksteal", "-n", "auto")
# A worker with a browser often waits for it to draw; one more than processors keeps those busy.
BROWSERS = ("--dist", "worksteal", "-n", str((os.cpu_count() or 1) + 1))
# So many are run once more, alone; more are no accident of a busy machine.
AGAIN_MAX = 3
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)


@dataclass(frozen=True)
class Part:
    """One run of pytest. Browsers have runs of their own: Playwright keeps an event loop in the
    main thread, and asynchronous tests cannot run beside it."""

    name: str
    chosen: tuple[str, ...]
    scaled: bool = False


ELSEWHERE = ("tests", f"--ignore={SCREENS}")
QUICK = Part("Tests on SQLite", (*ELSEWHERE, "-m", "not scaled", *SPREAD))
PARTS = (
    QUICK,
    Part("Browsers on SQLite", (SCREENS, *BROWSERS)),
    Part("Tests on PostgreSQL", (*ELSEWHERE, "-m", "database or scaled", *SPREAD), scaled=True),
    Part("Browsers on PostgreSQL", (SCREENS, "-m", "services"), scaled=True),
)


@dataclass
class Took:
    name: str
    wall_s: float
    processor_s: float
    failed: list[str]
    cases: int = 0
    skipped: int = 0
    slowest: list[tuple[float, str]] = field(default_factory=list)
    fell: list[str] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """The exit code: 0 if nothing failed."""
    planned = plan(arguments)
    if planned is None:
        pytest = [sys.executable, "-m", "pytest", "-q", "--durations=10", *arguments]
        os.execv(sys.executable, pytest)
    adopt_orphans()
    took = [checks(), *run_all(*planned)]
    end_orphans()
    print(report(took))
    return 1 if any(one.failed for one in took) else 0


def plan(arguments: list[str]) -> tuple[tuple[Part, ...], tuple[str, ...]] | None:
    """The parts to run and what pytest is told beside; None if the arguments are pytest's own."""
    match arguments:
        case []:
            return PARTS, ()
        case ["--all"]:
            return PARTS, ("--all",)
        case ["--quick"]:
            return (QUICK,), ()
        case _:
            return None


def adopt_orphans() -> None:
    """Whoever loses its parent, as the processes of a killed browser do, becomes our child, so that
    its processor time is counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def end_orphans() -> None:
    """Ends what a worker that was ended itself left behind: it would keep our output open."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while children.exists() and (orphans := children.read_text().split()):
        for orphan in orphans:
            os.kill(int(orphan), signal.SIGKILL)
            # Its own children are ours from then on.
            os.waitpid(int(orphan), 0)


def checks() -> Took:
    """Structure, style and types. All of them run, so that one failure does not hide another."""
    templates = sorted(str(path) for path in ROOT.glob("templates/**/*.html"))
    commands = {
        "mypy": ["mypy"],
        "lint-imports": ["lint-imports"],
        "ruff": ["ruff", "check", "."],
        "djade": ["djade", "--check", *templates],
        "makemigrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    }
    with Watch("Checks") as watch, ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = dict(zip(commands, pool.map(_passes, commands.values()), strict=True))
    return Took(
        "Checks", watch.wall_s, watch.processor_s, [one for one in passed if not passed[one]]
    )


def _passes(command: list[str]) -> bool:
    """Whether it does; what it says is shown if not."""
    program, *arguments = command
    done = subprocess.run(
        [Path(sys.executable).parent / program, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        print(done.stdout, end="", flush=True)
    return done.returncode == 0


def run_all(parts: tuple[Part, ...], more: tuple[str, ...]) -> list[Took]:
    """PostgreSQL and Redis start with the first part that needs them."""
    ground, took = None, []
    with ExitStack() as stack:
        for part in parts:
            if part.scaled and ground is None:
                from bench.ground import Ground

                # A worker with a web process and a cluster keeps some forty.
                connections_max = 40 * (os.cpu_count() or 1) + 20
                ground = stack.enter_context(Ground(connections_max=connections_max))
            took.append(run(part, more, ground if part.scaled else None))
    return took


def run(part: Part, more: tuple[str, ...], ground=None) -> Took:
    environment = dict(os.environ)
    if ground is not None:
        scaled = ground.environment("postgres")
        environment |= {
            name: scaled[name] for name in ("DATABASE_URL", "REDIS_URL", "BATON_SECRET_KEY")
        }
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "junit.xml"
        with Watch(part.name, ground) as watch:
            passed = _pytest(environment, f"--junitxml={written}", *part.chosen, *more)
            took = Took(part.name, 0, 0, [] if passed else [part.name])
            if written.exists():
                read(written, took)
            if took.failed and 0 < len(took.fell) <= AGAIN_MAX:
                try_again(took, environment, more)
    took.wall_s, took.processor_s = watch.wall_s, watch.processor_s
    return took


def try_again(took: Took, environment: dict[str, str], more: tuple[str, ...]) -> None:
    """What failed beside others runs once more by itself. Passes then what was only in a hurry; it
    is named in the report, because the product may have been."""
    print(f"== {took.name}: once more, alone", flush=True)
    if _pytest(environment, *took.fell, *more):
        took.failed, took.unsteady = [], took.fell


def _pytest(environment: dict[str, str], *arguments: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


class Watch:
    """The time of what happens inside, and the processor time of all the processes that ended."""

    def __init__(self, name: str, ground=None) -> None:
        self._name, self._ground = name, ground

    def __enter__(self):
        print(f"== {self._name}", flush=True)
        self._since, self._spent_s = time.monotonic(), self._processor_s()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall_s = time.monotonic() - self._since
        self.processor_s = self._processor_s() - self._spent_s

    def _processor_s(self) -> float:
        _bury()
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        connections_s = self._ground.ended_cpu_s() if self._ground else 0.0
        return ended.ru_utime + ended.ru_stime + connections_s


def _bury() -> None:
    """The processor time of a process is counted when its parent has waited for its end."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def read(written: Path, took: Took) -> None:
    """Adds what pytest wrote about each case."""
    for case in ElementTree.parse(written).iter("testcase"):
        took.cases += 1
        took.skipped += case.find("skipped") is not None
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        took.slowest.append((float(case.get("time", 0)), f"{name} ({took.name})"))
        if case.find("failure") is not None or case.find("error") is not None:
            took.fell.append(name)


def report(took: list[Took]) -> str:
    """The parts with their times, the ten slowest tests of all, and what failed."""
    lines = ["", f"{'':24} {'cases':>6} {'skipped':>8} {'seconds':>8} {'of processors':>14}"]
    total = Took("Together", 0, 0, [])
    for one in [*took, total]:
        lines.append(
            f"{one.name:24} {one.cases or '':>6} {one.skipped or '':>8}"
            f" {one.wall_s:8.0f} {one.processor_s:14.0f}"
        )
        total.wall_s, total.processor_s = (
            total.wall_s + one.wall_s,
            total.processor_s + one.processor_s,
        )
        total.cases, total.skipped = total.cases + one.cases, total.skipped + one.skipped
    slowest = sorted((case for one in took for case in one.slowest), reverse=True)[:10]
    if slowest:
        lines += ["", "The ten slowest tests"]
        lines += [f"{seconds:8.1f} s  {name[:150]}" for seconds, name in slowest]
    unsteady = [name for one in took for name in one.unsteady]
    if unsteady:
        lines += ["", "Failed beside others, passed alone"]
        lines += [f"           {name}" for name in unsteady]
    failed = [name for one in took for name in one.failed]
    lines += ["", f"Failed: {', '.join(failed)}" if failed else "All passed"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
