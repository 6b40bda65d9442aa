"""Probes of the socket: frames made worse. Every command is answered, and the socket stays."""

import json
import random
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bench.probes import worse
from bench.probes.given import ROLES, Given
from bench.probes.pages import COMMANDS, FIELDS
from bench.probes.sending import ANSWER_WITHIN_S, NEVER, Answer, Probe

ERROR_OF_OURS = 1011
LAST = b'{"type": "command", "command": "nothing", "id": "last", "escalation": "esc_0"}'


class Socket:
    """One person's socket, opened anew where it was closed."""

    def __init__(self, port: int) -> None:
        self._address = f"127.0.0.1:{port}"
        self._socket: ClientConnection | None = None

    def ask(self, given: Given, chance: random.Random) -> tuple[Probe, Answer]:
        """One frame, and what came of it. A socket that read too little between two questions may
        have been ended for that, a new one has to answer."""
        name, frame = _frame(given, chance)
        was_open = self._socket is not None
        answer = self._ask(given, frame, chance)
        if was_open and answer.status == NEVER:
            answer = self._ask(given, frame, chance)
        return Probe(name, "GET", "/ws/", body=frame), answer

    def _ask(self, given: Given, frame: bytes, chance: random.Random) -> Answer:
        """The frame and a command after it, whose answer says that both were heard."""
        try:
            if self._socket is None or chance.random() < 0.01:
                self.close()
                self._socket = self._opened(chance.choice(given.sessions[chance.choice(ROLES)]))
            self._socket.send(frame, text=True)
            self._socket.send(LAST, text=True)
            while True:
                said = json.loads(self._socket.recv(ANSWER_WITHIN_S))
                if said.get("code") == "error":
                    return Answer(500, str(said))
                elif said.get("id") == "last":
                    return Answer(200)
        except ConnectionClosed as closed:
            self._socket = None
            if closed.rcvd is None:
                return Answer(NEVER, repr(closed))
            code = closed.rcvd.code
            return Answer(500 if code == ERROR_OF_OURS else 400, f"closed with {code}")
        except (OSError, WebSocketException) as error:
            self.close()
            return Answer(NEVER, repr(error))

    def close(self) -> None:
        """Leave; the next question opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _opened(self, session: str) -> ClientConnection:
        headers = {"Cookie": f"sessionid={session}", "Origin": f"http://{self._address}"}
        return connect(
            f"ws://{self._address}/ws/",
            additional_headers=headers,
            compression=None,
            ping_interval=None,
            max_size=None,
        )


def _frame(given: Given, chance: random.Random) -> tuple[str, bytes]:
    command = chance.choice((*COMMANDS, "watch", "unwatch"))
    frame: dict[str, Any] = {
        "type": "command",
        "command": command,
        "id": f"probe-{chance.randrange(10**12)}",
        "escalation": chance.choice(given.cases),
        "version": 1,
        "issued_at": None,
        "digest": None,
        "active_s": 4,
        "how": "key",
        "opened": ["evidence"],
    }
    draw = chance.random()
    if draw < 0.3:
        some = chance.sample(sorted(FIELDS.items()), 4)
        frame["fields"] = dict(some)
    elif draw < 0.8:
        frame |= {
            "actions": [{"action_id": "call_1", "type": "edit",
                         "edited": {"name": "refund", "args": {"order_id": "#W1"}}}],
            "response": {"text": "Dear customer"},
            "reason_code": "other", "message": "Ask.", "option_id": "send", "instructions": "Go.",
            "to": {"person": "dana"}, "text": "a word", "minutes": 5, "state": "editing",
        }  # fmt: skip
    return f"frame {command}", worse.body(frame, chance)[:60_000]
