"""Approve by key in Chromium until the next case is painted ÷ the round trip of its answer.

A person decides one case after the other on the live page. The browser takes the time of each
press, of the frame that leaves for it, of its answer, and of the paint after which the next case
stands there.
"""

import argparse
import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Ratio, median
from bench.world.desks import desk

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WARM, PRESSES, LOOK_S = 3, 20, 0.1
READY_MS = 30_000
STOPWATCH = (Path(__file__).parent / "stopwatch.js").read_text()
READY = "#briefing[data-mine]:not([inert], [data-ui-fresh])"


def measure(given: argparse.Namespace) -> list[Ratio]:
    from bench.world import people

    with desk() as ours:
        from tests import factories

        key, origin = factories.key(), f"http://127.0.0.1:{ours.ports[0]}"
        session = people.session_of("dana")
        people.cases(key, (WARM + PRESSES + 1) * given.rounds, first=1)
        with _page(origin, session) as page:
            found = [took for _ in range(given.rounds) for took in _presses(page)]
    painted, answered = (median([took[name] for took in found]) for name in ("painted", "answered"))
    return [
        Ratio("next case painted ÷ the answer's round trip, p50", painted, answered, "ms", 1.2),
    ]


def _presses(page: Any) -> list[dict[str, float]]:
    """What each press took, in milliseconds, but for the first few."""
    page.goto("/inbox/")
    page.locator('baton-live[data-state="live"]').wait_for(timeout=READY_MS, state="attached")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    found = []
    for _ in range(WARM + PRESSES):
        page.locator(READY).wait_for(timeout=READY_MS, state="attached")
        time.sleep(LOOK_S)  # As long as anybody looks, and longer than what is fetched meanwhile.
        page.evaluate("stopwatch.start()")
        page.keyboard.press("a")
        found.append(page.evaluate("stopwatch.ended()"))
    return found[WARM:]


@contextlib.contextmanager
def _page(origin: str, session: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        context = browser.new_context(base_url=origin, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
        context.add_init_script(STOPWATCH)
        yield context.new_page()
        browser.close()
