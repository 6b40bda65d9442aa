"""A package with a text of its own in every field that takes one, and what points at each."""

import copy
from typing import Any

from escalations.text import pointers

AT = "2026-11-19T13:00:00Z"
WHOLE: dict[str, Any] = {
    "task_type": "refund",
    "created_at": AT,
    "source": {
        "agent": {"id": "mira", "name": "?", "version": "?", "model": "?"},
        "framework": {"name": "?", "version": "?"},
        "environment": "?",
        "run": {"thread_id": "?", "run_id": "?", "trace_id": "?", "resume_token": "?"},
    },
    "tenant": "?",
    "customer_ref": "?",
    "trigger": {"type": "policy", "reason": "?", "rule": "?", "observed": "?", "threshold": "?"},
    "requested": {"options": [{"id": "o1", "label": "?", "effect": "?"}]},
    "risk": {"level": "high", "amount": {"value": "184.00", "currency": "EUR"}, "factors": ["?"]},
    "summary": "?",
    "draft_response": {"text": "?", "channel": "?", "language": "?"},
    "proposed_actions": [
        {
            "id": "a1",
            "name": "refund",
            "title": "?",
            "description": "?",
            "args": {
                "order_id": "?", "amount": "184.00", "currency": "EUR", "to": "?", "note": "?",
                "lines": ["?", "?"], "address": {"street": "?", "more": [{"x": "?"}]},
            },
            "args_schema": {
                "type": "object",
                "properties": {"order_id": {"type": "string", "minLength": 2}},
            },
            "preview": {"before": "?"},
            "risk": {"factors": ["?"]},
            "correlation": {"id": "?"},
            "metadata": {"key": "?"},
            "compensation": {"name": "?", "args": {"id": "?"}, "note": "?"},
            "facts": [{"label": "?", "value": "?", "source": "?"}],
            "claims": [{"text": "?", "evidence": ["/context/conversation/messages/0"]}],
        },
        {"id": "a2", "name": "notify", "args": {"to": "?"}},
    ],
    "flags": [{"code": "?", "label": "?", "severity": "warning"}, {"code": "?"}],
    "context": {
        "conversation": {
            "channel": "?",
            "language": "?",
            "messages": [
                {
                    "id": "?", "role": "customer", "author": "?", "at": AT, "text": "?",
                    "sentiment": {"label": "?", "score": -0.5, "markers": ["?"]},
                    "attachments": ["?"],
                },
                {"role": "tool", "text": "?", "tool_call": {"name": "?", "args": {"id": "?"}}},
            ],
        },
        "reasoning": {
            "confidence": 0.62,
            "rationale": "?",
            "steps": ["?", {"did": "?"}],
            "alternatives": [{"id": "?", "label": "?", "why_not": "?"}],
            "evidence": [
                {"label": "?", "source": "?", "quote": "?", "href": "https://x.example/?"}
            ],
            "uncertainties": ["?"],
        },
        "customer": {
            "id": "?",
            "name": "?",
            "tier": "?",
            "locale": "?",
            "time_zone": "?",
            "contact": {"email": "?"},
            "lifetime_value": {"value": "925.00", "currency": "EUR"},
            "history": [{"at": AT, "label": "?"}],
            "attributes": {"diagnosis": "?", "cards": [{"id": "?", "label": "?"}]},
        },
        "process": {
            "workflow": "?",
            "position": "?",
            "completed": [
                {"id": "?", "label": "?", "status": "?", "detail": {"args": {"a": "?"}, "result": "?"}}
            ],
            "pending": [{"label": "?", "detail": "?"}],
            "graph": {"nodes": "?"},
        },
        "environment": {
            "logs": [{"at": AT, "level": "error", "text": "?", "source": "?"}],
            "errors": [{"source": "?", "message": "?", "detail": "?"}],
            "metrics": {"queue": "?"},
        },
    },
    "attachments": [
        {"id": "?", "name": "?", "media_type": "?", "href": "https://x.example/?"}
    ],
    "links": [{"rel": "?", "label": "?", "href": "https://x.example/?"}],
    "metadata": {"anything": {"nested": ["?"]}},
    "recommended_action": "?",
    "original_intent": "?",
    "attempted": [{"what": "?", "result": "failed", "detail": "?"}],
    "next_steps": ["?"],
    "unknown": {"of": ["?"]},
}  # fmt: skip


def package() -> tuple[dict[str, Any], dict[str, str]]:
    """The package, and the token that stands at each pointer."""
    document = copy.deepcopy(WHOLE)
    found = {
        pointer: f"tok{number:03}en"
        for number, (pointer, text) in enumerate(texts(document))
        if "?" in text
    }
    for pointer, token in found.items():
        pointers.put(document, pointer, pointers.get(document, pointer).replace("?", token))
    return document, found


def texts(value: Any, at: str = "") -> list[tuple[str, str]]:
    """Every text inside, with the pointer to it."""
    if isinstance(value, str):
        return [(at, value)]
    below = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [one for key, part in below for one in texts(part, f"{at}/{pointers.escaped(str(key))}")]
