"""A desk in a real browser, for one person or several, on the whole of Baton's web process."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from console.models import User
from tests.live import LiveServer

# A wait that succeeds costs nothing; a machine that does two things at once needs more than usual.
expect.set_options(timeout=40_000)

Desk = Callable[..., Page]


@pytest.fixture
def desk(browser: Browser, server: LiveServer) -> Iterator[Desk]:
    """Opens a page for a person, or for a stranger; no page may raise or break the content policy."""
    pages: list[Page] = []
    faults: list[str] = []

    def open_page(user: User | None = None, path: str = "/inbox/", **options: Any) -> Page:
        size = {"width": options.pop("width", 1440), "height": options.pop("height", 900)}
        context = browser.new_context(viewport=size, base_url=server.url, **options)
        if user is not None:
            context.add_cookies([_session_of(user, server)])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"raised: {error}"))
        page.on("console", lambda message: _note_refusal(message, faults))
        page.goto(path)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert faults == []


def _session_of(user: User, server: LiveServer) -> Any:
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}


def _note_refusal(message: Any, faults: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        faults.append(message.text)
