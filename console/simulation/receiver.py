"""A receiver to look at: what the webhooks of a simulated agent bring, with the signature checked;
and a system that knows orders and customers, so that look-ups have an answer.

It stands outside Baton, as a receiver does: it knows the secret that was shown once, and nothing of
the database but where it registers. It listens on this machine only.
"""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from standardwebhooks import Webhook, WebhookVerificationError

from console import clock
from console.simulation import known
from console.simulation.credentials import BY
from escalations.agents import endpoints
from escalations.models import Agent, Endpoint

HOST, NAME = "127.0.0.1", "demo"
KEPT, BYTES_MAX = 100, 2_000_000
STYLES = tuple(
    f"{name}.css"
    for name in ("tokens", "reset", "base", "marks", "table", "page", "empty", "panel", "utilities")
)


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """One request, and whether its signature is right."""

    at: datetime
    webhook_id: str
    kind: str
    subject: str
    body: str
    is_verified: bool
    again: bool


class Shelf:
    """The last events that came in, newest first; several threads put them there."""

    def __init__(self, agent: str, secret: str) -> None:
        self.agent = agent
        self._webhook = Webhook(secret)
        self._events: deque[ReceivedEvent] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def take(self, body: bytes, headers: dict[str, str], *, now: datetime) -> bool:
        """Keep what came; False where the signature does not belong to these bytes."""
        try:
            self._webhook.verify(body, headers)
            verified = True
        except (WebhookVerificationError, ValueError):
            verified = False
        event = _read(body)
        webhook_id = headers.get("webhook-id", "")
        with self._lock:
            again = any(one.webhook_id == webhook_id for one in self._events if one.is_verified)
            self._events.appendleft(
                ReceivedEvent(
                    at=now,
                    webhook_id=webhook_id,
                    kind=str(event.get("type", "")),
                    subject=str(event.get("subject", "")),
                    body=json.dumps(event, indent=2, ensure_ascii=False) if event else "",
                    is_verified=verified,
                    again=verified and again,
                )
            )
        return verified

    def events(self) -> list[ReceivedEvent]:
        with self._lock:
            return list(self._events)


@contextmanager
def listening(agent: str, port: int) -> Iterator[tuple[str, Shelf] | None]:
    """Its address and what it holds, while it is the endpoint `demo` of this agent; None where
    there is no such agent or the port is taken. Afterwards nothing is sent there any more."""
    found = Agent.objects.filter(name=agent, disabled_at=None).first()
    try:
        server = _Server((HOST, port), _Requests) if found else None
    except OSError:
        server = None
    if found is None or server is None:
        yield None
        return
    address = f"http://{HOST}:{server.server_address[1]}"
    endpoint, secret = _registered(found, f"{address}/")
    known.offer(found, address)
    server.shelf = Shelf(found.name, secret)
    threading.Thread(target=server.serve_forever, name="receiver", daemon=True).start()
    try:
        yield address, server.shelf
    finally:
        endpoints.disable(endpoint, by=BY, now=clock.now())
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Two on one port would share what comes in between them.
    allow_reuse_address = False
    shelf: Shelf


class _Requests(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if length > BYTES_MAX:
            self._answer(413)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        verified = self.shelf().take(self.rfile.read(length), headers, now=clock.now())
        self._answer(204 if verified else 400)

    def do_GET(self) -> None:
        if self.path == "/":
            told = {"agent": self.shelf().agent, "events": self.shelf().events()}
            told |= {"styles": STYLES, "site": settings.BATON_URL}
            self._answer(200, render_to_string("console/received.html", told).encode())
        elif (told_of := known.answer(self.path)) is not None:
            self._answer(200, json.dumps(told_of).encode(), kind="application/json")
        elif (style := self.path.removeprefix("/css/")) in STYLES:
            sheet = settings.BASE_DIR / "static" / "css" / style
            self._answer(200, sheet.read_bytes(), kind="text/css")
        else:
            self._answer(404)

    def shelf(self) -> Shelf:
        server = self.server
        assert isinstance(server, _Server), "It is only ever served by that one."
        return server.shelf

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """What came stands on the page."""

    def _answer(self, status: int, page: bytes = b"", *, kind: str = "text/html") -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(page)))
        if page:
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("x-content-type-options", "nosniff")
        self.end_headers()
        self.wfile.write(page)


def _registered(agent: Agent, url: str) -> tuple[Endpoint, str]:
    """The endpoint under this address with a secret of now; one of an earlier run is used again."""
    now = clock.now()
    names = [NAME, *(f"{NAME}-{number}" for number in range(2, 100))]
    there = {one.name: one for one in agent.endpoints.filter(name__in=names)}
    for name in names:
        known = there.get(name)
        if known is None:
            return endpoints.register(agent, name=name, url=url, by=BY, now=now)
        if known.url == url:
            endpoints.enable(known, by=BY, now=now)
            return known, endpoints.renew_secret(known, by=BY, now=now)
    raise ValueError(f"{agent} has too many endpoints of earlier runs.")


def _read(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
