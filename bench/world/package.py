"""The handoff package that the benches post: 10 KB, as an agent with a conversation sends it."""

import json
import random
from functools import cache
from typing import Any

WORDS = (
    *("refund", "order", "customer", "policy", "invoice", "account", "agent", "search", "result"),
    *("confidence", "evidence", "amount", "currency", "shipping", "address", "verify", "identity"),
    *("risk", "broken", "grinder", "parcel", "courier"),
)
BYTES = 10_000
KEY = "bench-000000000000"


def document() -> dict[str, Any]:
    """The package; always the same one."""
    chance = random.Random(0)
    messages: list[dict[str, Any]] = []
    package = {
        "schema": "handoff.package/1",
        "task_type": "refund",
        "idempotency_key": KEY,
        "correlation_id": "order-20931",
        "summary": "Refund €184.00 to Inès Carvalho for a grinder that arrived broken",
        "trigger": {"type": "high_risk_action", "reason": "The refund is €134.00 above the limit."},
        "proposed_actions": [
            {
                "id": "a1",
                "name": "refund",
                "args": {"order_id": "HP-20931", "amount": "184.00", "currency": "EUR"},
            }
        ],
        "draft_response": {"text": "Dear Inès, we have refunded €184.00 to your card."},
        "context": {
            "customer": {"name": "Inès Carvalho", "tier": "gold"},
            "reasoning": {"confidence": 0.62, "rationale": _sentence(chance, 30)},
            "conversation": {"messages": messages},
        },
        "next_steps": ["Refund the customer", "Ask the courier for a report"],
    }
    size = len(json.dumps(package, ensure_ascii=False).encode())
    while size < BYTES:
        role = ("customer", "agent")[len(messages) % 2]
        messages.append({"role": role, "text": _sentence(chance, 40)})
        size += len(json.dumps(messages[-1])) + 2
    return package


@cache
def _body() -> bytes:
    return json.dumps(document(), ensure_ascii=False).encode()


def body(seed: int = 0) -> bytes:
    """The bytes of a request; another seed has another idempotency key."""
    return _body().replace(KEY.encode(), f"bench-{seed:012}".encode())


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."
