"""The second start of `bin/dev` until its first page ÷ `django.setup()`."""

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from bench.figures import Ratio, median
from bench.ground import ROOT, clean, end, free_port, stop_on_signal

FIRST_START_S = 300


def measure(given: argparse.Namespace) -> list[Ratio]:
    stop_on_signal()
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        environment = {**clean(), "BATON_DATA": folder}
        with started(environment):
            pass
        starts, setups = [], []
        for _ in range(given.rounds):
            setups.append(_setup_s(environment))
            with started(environment) as took_s:
                starts.append(took_s)
    figure, limit = median(starts), median(setups)
    return [Ratio("bin/dev, second start ÷ django.setup()", figure, limit, "s", goal=4)]


@contextlib.contextmanager
def started(environment: dict[str, str]) -> Iterator[float]:
    """`bin/dev` on this data, once it has served a page: how long that took."""
    port, began = free_port(), time.monotonic()
    process = subprocess.Popen(
        ["bin/dev", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _first_page(f"http://127.0.0.1:{port}/accounts/login/", process)
        yield time.monotonic() - began
    finally:
        end(process)


def _first_page(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + FIRST_START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=30).close()
            return
        time.sleep(0.01)
    raise SystemExit("bin/dev served no page.")


def _setup_s(environment: dict[str, str]) -> float:
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "console.settings"},
        check=True,
    )
    return time.monotonic() - began
