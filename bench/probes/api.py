"""Probes of every call in docs/openapi.json, by real packages made worse and worse addresses."""

import json
import random
from typing import Any

from bench.day.agents import samples
from bench.ground import ROOT
from bench.probes import worse
from bench.probes.given import Given
from bench.probes.sending import Probe

DOCUMENT = ROOT / "docs/openapi.json"
JSON_TYPES = (
    *("application/json",) * 12,
    *("application/json; charset=utf-16", "application/json; charset=\0", "text/plain", ""),
    *("multipart/form-data", "multipart/form-data; boundary=\ud800", "application/json;" * 500),
)
QUERIES = ("state", "task_type", "cursor", "limit", "wait", "from", "to", "note", "")
ADDITIONS: dict[str, Any] = {
    "context": {
        "messages": [{"role": "customer", "text": "Any news?", "at": "2026-11-22T10:00:00Z"}],
    },
    "outcome": {
        "outcome": "executed",
        "detail": "Done.",
        "cost": {"amount": "1.00", "currency": "EUR"},
    },
    "feedback": {
        "csat": 5, "effort": 2, "resolved": True, "had_to_repeat": False, "comment": "Fine.",
    },
    "cancel": {"reason": "No longer needed."},
}  # fmt: skip
POLICY = {
    "schema": "handoff.policy/1",
    "defaults": {"level": 2, "undo_s": 0},
    "task_types": {
        "refund": {"level": 2, "undo_s": 5, "skills": {"refunds": 2}, "respond_s": 60,
                   "amount_from": [{"action": "refund", "args": "/amount", "currency": "EUR"}]},
    },
    "routing": {"offer_s": 10, "rings": [{"after_min": 2, "lower_by": 1}]},
}  # fmt: skip


class Api:
    """Draws one probe after the other."""

    def __init__(self) -> None:
        paths = json.loads(DOCUMENT.read_text())["paths"]
        self.calls = [(method, path) for path, methods in paths.items() for method in methods]
        self._weights = [_weight(method, path) for method, path in self.calls]
        self._packages = samples()

    def draw(self, given: Given, chance: random.Random) -> Probe:
        """A call, most often with a key, an id and a body that are right but for one thing."""
        method, path = chance.choices(self.calls, self._weights)[0]
        target = path.replace("{id}", _id(given, chance)) + self._query(path, chance)
        headers = [*_authorization(given, chance)]
        body = b""
        if method != "get":
            body = worse.body(self._good(path, chance), chance)
            headers.append(("Content-Type", chance.choice(JSON_TYPES)))
        if method == "put":
            headers.append(("If-Match", f'"{given.rows["policies"][0]}"'))
        headers += _odd_headers(chance)
        name = f"{method.upper()} {path}"
        return Probe(name, _method(method, chance), target, tuple(headers), body)

    def _good(self, path: str, chance: random.Random) -> Any:
        last = path.rpartition("/")[2]
        if last in ADDITIONS:
            return ADDITIONS[last]
        elif last == "policy":
            return POLICY
        else:
            package = {**chance.choice(self._packages)}
            package["idempotency_key"] = f"worse-{chance.randrange(10**12)}"
            return package

    def _query(self, path: str, chance: random.Random) -> str:
        if chance.random() < (0.3 if path.endswith(("/decision", "/check", "/context")) else 0.5):
            return ""
        # Long waits are the soak's; here they would only keep a hand waiting.
        names = chance.choices(QUERIES, k=chance.choice((1, 1, 2)))
        pairs = [f"{name or worse.escape(chance)}={worse.escape(chance)}" for name in names]
        return "?" + "&".join(pair for pair in pairs if not pair.startswith("wait=9"))


def _weight(method: str, path: str) -> int:
    """Where more is read there is more to be tried; a cancelled case ends the trying."""
    if path.endswith("/cancel"):
        return 1
    elif method == "post" and path.endswith(("/escalations", "/revision", "/check")):
        return 12
    else:
        return 4


def _id(given: Given, chance: random.Random) -> str:
    if chance.random() < 0.75:
        return chance.choice(given.cases)
    else:
        return worse.escape(chance)


def _authorization(given: Given, chance: random.Random) -> list[tuple[str, str]]:
    draw = chance.random()
    if draw < 0.86:
        return [("Authorization", f"Bearer {given.tokens[0]}")]
    elif draw < 0.9:
        return [("Authorization", f"Bearer {given.tokens[1]}")]
    elif draw < 0.94:
        return []
    else:
        wrong = chance.choice(("Bearer ", "Bearer \x00", "Basic x", "Bearer btn_\udcff", "\ud800"))
        return [("Authorization", wrong + worse.escape(chance)[:2_000])]


def _odd_headers(chance: random.Random) -> list[tuple[str, str]]:
    draw = chance.random()
    if draw < 0.8:
        return []
    names = ("Idempotency-Key", "If-Match", "Accept", "X-Forwarded-For", "X-Baton-Again", "Cookie",
             "Content-Encoding", "Transfer-Encoding", "Content-Length", "Expect", "Host", "Range",
             "X-Request-ID", "Accept-Language", "HX-Request", "Upgrade", "Traceparent")  # fmt: skip
    values = ("\x00", "\ud800", "ÿ", "1" * 300, "", '"1"', '"9' * 40, "*", "gzip", "-1", "a\tb")
    return [(chance.choice(names), chance.choice((*values, worse.escape(chance)[:3_000])))]


def _method(method: str, chance: random.Random) -> str:
    if chance.random() < 0.97:
        return method.upper()
    else:
        return chance.choice(("HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE", "PUT", "GET", "POST"))
