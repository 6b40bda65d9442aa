"""What several tests share: servers, browsers, Redis and the sample data."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests import kept
from tests.live import LiveServer
from tests.ports import free_port, wait_for_port

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
CHROMIUM = "/usr/bin/chromium"
# No test judges by the clock; CI tries the same examples each time.
hypothesis.settings.register_profile(
    "baton",
    deadline=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("baton")
QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """PostgreSQL drops no database that a thread of some test is still connected to."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _no_threads_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Pool threads keep connections, which would outlive a test's database."""
    yield
    from console import threads

    threads.close()


@pytest.fixture(autouse=True)
def _memory_of_one_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process remembers of rows must not outlive the test's database; within a test it is
    not looked at again because the machine was slow, so that statements can be counted."""
    from escalations.inbox import rows
    from escalations.models import requirements
    from escalations.policy import versions
    from routing.offers import estimates, pace, profiles

    for module in (versions, pace, profiles):
        monkeypatch.setattr(module, "FRESH_S", 3600)
    yield
    versions.forget()
    requirements.forget()
    rows.forget()
    estimates.forget()
    pace.forget()
    profiles.forget()


@pytest.fixture
def server(transactional_db: None) -> Iterator[LiveServer]:
    """The whole of Baton's web process on a free port, with sockets, on the test's database."""
    with LiveServer() as running:
        yield running


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of our own on a free port; skips where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Sample packages and other data that live beside the project; skips without them."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"There is no {SHARED_DATA}.")
    return SHARED_DATA


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET_CHROMIUM}


@pytest.fixture(scope="session")
def _async_unsafe() -> None:
    """Playwright keeps an event loop in the main thread, and Django would refuse to work there."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure() -> None:
    """Passwords of tests are guarded by nothing, so that hashing them takes no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    kept.let_flush_pass()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that drive a browser come last: Playwright keeps an event loop in the main thread from
    its first test on, and asynchronous tests cannot run beside it."""
    for item in items:
        if {"page", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            item.fixturenames.insert(0, "_async_unsafe")
    driving = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path in driving)
