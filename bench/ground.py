"""A PostgreSQL, a Redis and servers of the bench's own, gone afterwards."""

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
SECRET = "for-the-bench-only-for-the-bench-only-for-the-bench"
START_TIMEOUT_S = 60


class Ground:
    """A folder with a cluster and a Redis in it; `with` starts both and ends both by their ids."""

    def __init__(self, *, connections_max: int = 100) -> None:
        self._connections_max = connections_max
        self.folder = Path(tempfile.mkdtemp(prefix="baton-bench-"))
        self.folder.chmod(0o755)
        self._redis: subprocess.Popen[bytes] | None = None
        self.postgres_port, self.redis_port = free_port(), free_port()

    def __enter__(self) -> Self:
        stop_on_signal()
        try:
            self._start_postgres()
            self._start_redis()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        if self._redis is not None:
            end(self._redis)
        if (self.folder / "postgres/data/postmaster.pid").exists():
            self._postgres("pg_ctl", "-D", self._data, "-m", "immediate", "-s", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, database: str) -> dict[str, str]:
        """The settings of a scaled Baton on this ground."""
        return {
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "DATABASE_URL": f"postgresql://baton@127.0.0.1:{self.postgres_port}/{database}",
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "BATON_SECRET_KEY": SECRET,
            "BATON_CALLS_PER_MINUTE": "100000000",
            "BATON_STATEMENT_TIMEOUT_S": "0",
        }

    def create(self, database: str) -> None:
        """An empty database with Baton's tables."""
        self.run("createdb", *self.address(), database)
        manage(self.environment(database), "migrate", "--verbosity", "0")

    def address(self) -> list[str]:
        """How PostgreSQL's own programs find the cluster."""
        return ["-h", "127.0.0.1", "-p", str(self.postgres_port), "-U", "baton"]

    def run(self, program: str, *arguments: str) -> str:
        """What one of PostgreSQL's programs prints."""
        found = shutil.which(program, path=postgres_bin()) or program
        done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{program}: {done.stderr[-2000:]}")
        return done.stdout

    def cpu_s(self) -> float:
        """Processor time of the database so far."""
        return self.ended_cpu_s() + sum(map(cpu_s, [self._postmaster, *children(self._postmaster)]))

    def ended_cpu_s(self) -> float:
        """Processor time of database connections that have ended."""
        fields = Path(f"/proc/{self._postmaster}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    @property
    def _postmaster(self) -> int:
        return int((Path(self._data) / "postmaster.pid").read_text().split()[0])

    @property
    def _data(self) -> str:
        return str(self.folder / "postgres/data")

    def _start_postgres(self) -> None:
        home = self.folder / "postgres"
        home.mkdir()
        if os.geteuid() == 0:
            shutil.chown(home, "postgres")
        self._postgres("initdb", "-D", self._data, "-U", "baton", "-A", "trust", "--no-sync")
        options = (
            f"-p {self.postgres_port} -c listen_addresses=127.0.0.1 -k {home} "
            f"-c max_connections={self._connections_max} -c shared_buffers=512MB -c jit=off "
            "-c max_wal_size=4GB"
        )
        self._postgres(
            "pg_ctl", "-D", self._data, "-s", "-w", "-l", str(home / "log"), "-o", options, "start"
        )

    def _start_redis(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise SystemExit("redis-server is missing: apt-get install redis-server")
        self._redis = subprocess.Popen(
            [program, "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        wait_for_port(self.redis_port, self._redis)

    def _postgres(self, program: str, *arguments: str) -> None:
        command = [f"{postgres_bin()}/{program}", *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


class Server:
    """A process of ours that listens on a port; its processor time and memory can be read."""

    def __init__(self, command: list[str], port: int, environment: dict[str, str]) -> None:
        self.port = port
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**clean(), **environment},
            stdout=self._log,
            stderr=self._log,
        )
        wait_for_port(port, self.process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        end(self.process)
        said = self.said()
        self._log.close()
        if error[0] is not None and said:
            print(said[-4000:], file=sys.stderr)

    def said(self) -> str:
        """What it has logged so far."""
        size = os.fstat(self._log.fileno()).st_size
        # Read without moving, as it goes on writing where the file stands.
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace").strip()

    def close_log(self) -> None:
        """For a process that is going to be killed; it keeps its own end."""
        self._log.close()

    def cpu_s(self) -> float:
        """Processor time of all its threads so far."""
        return cpu_s(self.process.pid)

    def memory_kb(self) -> int:
        """Its share of the machine's memory."""
        for line in Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
        return 0


@contextlib.contextmanager
def web(environment: dict[str, str]) -> Iterator[Server]:
    """Baton's web process on a free port."""
    port = free_port()
    environment = {**environment, "BATON_URL": f"http://127.0.0.1:{port}"}
    with Server(["manage.py", "serve", "--port", str(port)], port, environment) as server:
        yield server


def cpu_s(process: int) -> float:
    """Processor time of a process in seconds, from the scheduler's own count in nanoseconds."""
    spent_ns = 0
    for thread in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(OSError):
            spent_ns += int((thread / "schedstat").read_text().split()[0])
    return spent_ns / 1e9


def children(process: int) -> list[int]:
    """The processes that it has started and that still run."""
    found = []
    for thread in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(OSError):
            found += [int(one) for one in (thread / "children").read_text().split()]
    return found


def manage(environment: dict[str, str], *arguments: str) -> None:
    """One of Baton's commands, to its end."""
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**clean(), **environment},
        check=True,
    )


def clean() -> dict[str, str]:
    """The environment without settings of some other Baton."""
    ours = ("BATON_", "DJANGO_", "DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def allow_files(count: int) -> None:
    """Let this process and those it starts open so many sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(count, hard)), hard))


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody listens there. Raises SystemExit if the process ends before."""
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    raise SystemExit(f"{process.args!r} does not listen on port {port}.")


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process that this one started."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_on_signal() -> None:
    """A SIGTERM ends the bench like an exception, so that everything it started is put away."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def postgres_bin() -> str:
    """Where the newest PostgreSQL's programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found:
        return str(found[-1])
    elif initdb := shutil.which("initdb"):
        return str(Path(initdb).parent)
    else:
        raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
