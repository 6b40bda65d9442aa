"""A desk in a real browser, for one person or several, on the whole of Baton's web process."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import DjangoDbBlocker

from console.models import User
from tests import accessibility
from tests.running.live import LiveServer

# A wait that succeeds costs nothing; a machine that does two things at once needs more than usual.
expect.set_options(timeout=40_000)

Desk = Callable[..., Page]


class Contexts:
    """Browser contexts by their options, used again by every test of the worker: what is dear in a
    new one is reading and compiling seventy files, and those stay in its cache."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._free: dict[tuple, list[BrowserContext]] = {}

    def page(self, options: dict[str, Any]) -> Page:
        """A page in a context that nobody else uses and that remembers nobody."""
        free = self._free.setdefault(tuple(sorted(options.items())), [])
        context = free.pop() if free else self._browser.new_context(base_url=self._url, **options)
        page = context.new_page()
        # Only now are the pages before quite gone, and what they stored on leaving is stored.
        line = context.new_cdp_session(page)
        kinds = "local_storage,indexeddb,service_workers,cache_storage"
        line.send("Storage.clearDataForOrigin", {"origin": self._url, "storageTypes": kinds})
        line.detach()
        return page

    def give_back(self, page: Page, options: dict[str, Any]) -> None:
        context = page.context
        for opened in context.pages:
            opened.close()
        context.set_offline(False)
        context.clear_cookies()
        self._free[tuple(sorted(options.items()))].append(context)


@pytest.fixture(scope="session")
def _web_process(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[LiveServer]:
    with django_db_blocker.unblock():
        running = LiveServer().__enter__()
    yield running
    with django_db_blocker.unblock():
        running.__exit__(None, None, None)


@pytest.fixture
def server(
    transactional_db: None, _web_process: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LiveServer]:
    """As elsewhere, but one for all tests of a worker, so that its browser keeps what it has read."""
    monkeypatch.setattr(settings, "BATON_URL", _web_process.url)
    yield _web_process
    _web_process.come_to_rest()


@pytest.fixture(scope="session")
def _contexts(browser: Browser, _web_process: LiveServer) -> Contexts:
    return Contexts(browser, _web_process.url)


@pytest.fixture
def desk(_contexts: Contexts, server: LiveServer) -> Iterator[Desk]:
    """Opens a page for a person, or for a stranger; no page may raise or break the content policy."""
    opened: list[tuple[Page, dict[str, Any]]] = []
    faults: list[str] = []

    def open_page(
        user: User | None = None,
        path: str = "/inbox/",
        *,
        width: int = 1440,
        height: int = 900,
        color_scheme: Any = "light",
        **options: Any,
    ) -> Page:
        page = _contexts.page(options)
        opened.append((page, options))
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme)
        if user is not None:
            page.context.add_cookies([_session_of(user, server)])
        page.on("pageerror", lambda error: faults.append(f"raised: {error}"))
        page.on("console", lambda message: _note_refusal(message, faults))
        page.goto(path)
        return page

    yield open_page
    for page, options in opened:
        _contexts.give_back(page, options)
    assert faults == []


@pytest.fixture
def faults(every: bool) -> Callable[..., list[str]]:
    """What one visit to a page finds wrong with it, in both themes and on both sizes."""
    return partial(accessibility.faults, every=every)


def _session_of(user: User, server: LiveServer) -> Any:
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}


def _note_refusal(message: Any, faults: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        faults.append(message.text)
