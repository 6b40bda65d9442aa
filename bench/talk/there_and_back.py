"""How long two messages take beside the least that could carry them.

A customer's message at the API until it is on the person's screen, and their answer until the agent
has it ÷ two bare round trips over a socket; and ÷ the same with each message stored.
"""

import argparse
import http.client
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from bench.figures import Ratio, median
from bench.ground import Ground, Server, free_port, web
from bench.world import people

MESSAGES = 30
SIZE = 400  # Bytes of a message, about as many as a frame of ours has.


def measure(given: argparse.Namespace) -> list[Ratio]:
    with Ground() as ground:
        ground.create("baton")
        environment = ground.environment("baton")
        os.environ.update(environment)
        import django

        django.setup()
        port = free_port()
        with web(environment) as ours, Server(["-m", "bench.talk.echo", str(port)], port, {}):
            return _measure(given, ours.port, port)


def _measure(given: argparse.Namespace, ours: int, bare: int) -> list[Ratio]:
    talk, there = Talk(ours), socket.create_connection(("127.0.0.1", bare))
    there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    took: dict[str, list[float]] = {"ours": [], "bare": [], "stored": []}
    for turn in range(given.rounds + 1):
        for name, once in (
            ("bare", lambda: _twice(there)),
            ("stored", lambda: _twice(there, store=_store)),
            ("ours", talk.there_and_back),
        ):
            each = [once() for _ in range(MESSAGES)]
            if turn:  # The first one only warms all up.
                took[name] += each
    there.close()
    talk.close()
    p50 = {name: median(each) * 1e3 for name, each in took.items()}
    return [
        Ratio("talk: there and back ÷ two bare round trips", p50["ours"], p50["bare"], "ms", 3),
        Ratio("talk: the same ÷ two, each stored", p50["ours"], p50["stored"], "ms", 3),
    ]


def _twice(there: socket.socket, store: Callable[[], None] = lambda: None) -> float:
    started = time.perf_counter()
    for _ in range(2):
        there.sendall(b"x" * SIZE)
        left = SIZE
        while left:
            left -= len(there.recv(left))
        store()
    return time.perf_counter() - started


def _store() -> None:
    """One row in a transaction of its own, as little as keeps a message."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_said (text text)")
        cursor.execute("INSERT INTO bench_said (text) VALUES (%s)", ["x" * SIZE])


class Talk:
    """A conversation that Dana has, with her screen and the agent of it."""

    def __init__(self, port: int) -> None:
        from console import clock
        from console.models import User
        from console.people.viewers import viewer_of
        from escalations import lifecycle
        from escalations.agents import keys, registry
        from escalations.models import Escalation
        from escalations.record.lines import BATON

        session = people.session_of("dana")
        key, token = keys.create(
            registry.create("mira", now=clock.now()), by=BATON, now=clock.now()
        )
        (self._case,) = people.cases(key, 1, first=1)
        case = Escalation.objects.get(id=self._case)
        dana = viewer_of(User.objects.get(username="dana"))
        lifecycle.take_over(case, by=dana, version=1, now=clock.now())
        self._cookie = {"Cookie": f"sessionid={session}"}
        self._token = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._api, self._page, self._wait = (
            http.client.HTTPConnection("127.0.0.1", port) for _ in range(3)
        )
        self._screen = people.Screen(port, session)
        self._screen.until(b'"hello"')
        self._screen.send(self._frame("watch"))
        self._screen.until(b'"ack"')
        self._number = 1

    def there_and_back(self) -> float:
        """From the post of the customer's message until the agent has the answer to it."""
        named = uuid.uuid4().hex
        body = json.dumps({"id": named, "text": f"{named} {'x' * SIZE}"}).encode()
        answer: list[Any] = []
        # It waits behind the customer's message, as one that never stops waiting does.
        waits = threading.Thread(target=lambda: answer.append(self._heard(self._number + 1)))
        waits.start()
        time.sleep(0.05)
        started = time.perf_counter()
        self._post(body)
        self._screen.until(b'"spoken"')
        self._page.request("GET", f"/escalations/{self._case}/said/", headers=self._cookie)
        assert named in self._page.getresponse().read().decode()
        self._screen.send(self._frame("say", text=f"re {named}", version=2))
        waits.join()
        took_s = time.perf_counter() - started
        assert answer == [f"re {named}"]
        self._screen.until(b'"ack"')
        self._number += 2
        return took_s

    def close(self) -> None:
        for each in (self._screen, self._api, self._page, self._wait):
            each.close()

    def _post(self, body: bytes) -> None:
        address = f"/api/v1/escalations/{self._case}/messages"
        self._api.request("POST", address, body=body, headers=self._token)
        answer = self._api.getresponse()
        answer.read()
        assert answer.status == 201, answer.status

    def _heard(self, after: int) -> str:
        address = f"/api/v1/escalations/{self._case}/messages?after={after}&wait=30"
        self._wait.request("GET", address, headers=self._token)
        (said,) = json.loads(self._wait.getresponse().read())["items"]
        return str(said["text"])

    def _frame(self, command: str, **more: Any) -> bytes:
        frame = {"type": "command", "command": command, "id": uuid.uuid4().hex}
        return json.dumps({**frame, "escalation": self._case, **more}).encode()
