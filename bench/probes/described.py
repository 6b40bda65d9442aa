"""Probes that schemathesis makes of docs/openapi.json: of what is described, and of what is not."""

import contextlib
import json
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from bench.probes.api import DOCUMENT
from bench.probes.given import Given
from bench.probes.sending import Probe


class Enough(Exception):
    """The others have sent what was asked for."""


def run(given: Callable[[], Given], send: Callable[[Probe], None], examples: int) -> None:
    """So many of each call, sent one after the other; ends early where `send` raises Enough."""
    import schemathesis

    schema = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text()))
    turn = count()

    def ask(name: str, case: Any) -> None:
        there = given()
        if "id" in case.path_parameters and next(turn) % 4:
            case.path_parameters["id"] = there.cases[next(turn) % len(there.cases)]
        send(_probe(name, case, there.tokens[0]))

    with contextlib.suppress(Enough):
        for path, operations in schema.items():
            for method, operation in operations.items():
                _drawn(operation, partial(ask, f"{method.upper()} {path}"), examples)


def _drawn(operation: Any, ask: Callable[[Any], None], examples: int) -> None:
    """Ask with so many cases of an operation, as it is described and as it is not."""
    from hypothesis import HealthCheck, Phase, settings, strategies
    from hypothesis import given as drawn
    from schemathesis import GenerationMode

    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @drawn(case=strategies.one_of(*modes))
    def each(case: Any) -> None:
        ask(case)

    each()


def _probe(name: str, case: Any, token: str) -> Probe:
    import requests

    if case.query:
        # Long waits are the soak's; here they would only keep a hand waiting.
        case.query.pop("wait", None)
    asked = case.as_transport_kwargs(base_url="http://127.0.0.1")
    known = {
        k: asked[k] for k in ("method", "url", "json", "data", "files", "params") if k in asked
    }
    prepared = requests.Request(**known).prepare()
    headers = {
        str(k): str(v) for k, v in {**(asked.get("headers") or {}), **prepared.headers}.items()
    }
    headers["Authorization"] = f"Bearer {token}"
    headers.pop("Content-Length", None)
    body = prepared.body or b""
    return Probe(
        name,
        str(prepared.method),
        prepared.path_url,
        tuple(headers.items()),
        body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body,
    )
