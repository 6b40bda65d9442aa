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

from tests import extremes
from tests.running import databases, kept
from tests.running.live import LiveServer
from tests.running.ports import free_port, wait_for_port

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
# The shell is the same browser without a window, and takes half the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), BROWSERS[0])
# No test judges by the clock; CI tries the same examples each time.
hypothesis.settings.register_profile(
    "baton",
    deadline=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("baton")
QUIET_CHROMIUM = ["--disable-gpu", "--disable-domain-reliability", "--no-pings"]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock():
        before = databases.create(connection)
    yield
    with django_db_blocker.unblock():
        databases.destroy(connection, before)


@pytest.fixture(autouse=True)
def _no_threads_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Pool threads keep connections, which would outlive a test's database."""
    yield
    from console.serving import threads

    threads.close()


@pytest.fixture(autouse=True)
def _memory_of_one_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process remembers of rows must not outlive the test's database; within a test it is
    not looked at again because the machine was slow, so that statements can be counted."""
    from console.pages import kept
    from escalations.batch import families
    from escalations.inbox import rows
    from escalations.models import requirements
    from escalations.policy import versions
    from routing.offers import estimates, pace, profiles

    for module in (versions, pace, profiles):
        monkeypatch.setattr(module, "FRESH_S", 3600)
    yield
    kept.shelf.forget()
    versions.forget()
    requirements.forget()
    rows.forget()
    families.forget()
    estimates.forget()
    pace.forget()
    profiles.forget()


@pytest.fixture
def server(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    """The whole of Baton's web process on a free port, with sockets, on the test's database."""
    with LiveServer() as running:
        monkeypatch.setattr(settings, "BATON_URL", running.url)
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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="every case of what is else sampled")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The stories of a test marked `seeds(some, of)`: some of them, or with --all each."""
    for mark in metafunc.definition.iter_markers("seeds"):
        some, of = mark.args
        metafunc.parametrize("seed", range(of if metafunc.config.getoption("--all") else some))


@pytest.fixture(scope="session")
def every(request: pytest.FixtureRequest) -> bool:
    """Whether long stories go through all of their cases, or through the extremes only."""
    return request.config.getoption("--all")


def pytest_configure() -> None:
    """Passwords of tests are guarded by nothing, so that hashing them takes no time."""
    hashers = ("MD5PasswordHasher", "PBKDF2PasswordHasher")
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{one}" for one in hashers]
    kept.let_all_be_emptied()


def pytest_sessionstart(session: pytest.Session) -> None:
    """The sentences are built before any test, where many run at once: seconds of a busy machine,
    in which a transaction of a test would stand idle for too long."""
    if hasattr(session.config, "workerinput"):
        # Not at the top: the settings are not ready when this file is read.
        from escalations.policy import hard_rules

        _ = hard_rules.current().recogniser


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files that drive a browser come last: Playwright keeps an event loop in the main thread from
    its first test on, and asynchronous tests cannot run beside it. Within both, long tests first."""
    if connection.vendor == "postgresql" and not config.getoption("--all"):
        chosen = extremes.of_each_test(items)
        config.hook.pytest_deselected(items=[one for one in items if one not in chosen])
        items[:] = [one for one in items if one in chosen]
    for item in items:
        needs = set(getattr(item, "fixturenames", ()))
        if {"page", "browser"} & needs:
            item.add_marker(pytest.mark.browser)
            item.fixturenames.insert(0, "_async_unsafe")
        touches = {"db", "transactional_db"} & needs or item.get_closest_marker("django_db")
        if touches and not item.get_closest_marker("once"):
            item.add_marker(pytest.mark.database)
    driving = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path in driving, not item.get_closest_marker("long")))
