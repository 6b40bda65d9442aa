"""What a package may say, part by part, and what was probably meant by a key that it may not."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from escalations.text.blanks import is_blank

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A part of the package: its name, the keys that its schema has, and the parts that stand at
    some of them, alone or as a list of such. What is no part is one value if it is `plain`, or else
    free: `args`, `metadata` …. Those that are `needed` stand in every such part."""

    name: str
    keys: frozenset[str]
    parts: Mapping[str, "Shape"] = field(default_factory=dict)
    is_list: bool = False
    plain: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


# How alike two words are that may be one, and that can hardly be two.
PROBABLY, SURELY = 0.6, 0.85
WRITTEN_ELSEWHERE = frozenset({"messages", "logs", "errors"})
MESSAGES = "context.conversation.messages"
# What other frameworks and other people call it, by the part and the key there.
OTHER_NAMES: Mapping[str, Mapping[str, str]] = {
    "": {
        **dict.fromkeys(
            ("action", "actions", "action_request", "action_requests", "proposed_action", "tools",
             "function_call", "function_calls", "interrupt", "interruption", "interruptions",
             "interrupts", "tool_call", "tool_calls", "tool_use", "approvals", "calls", "call",
             "deferred_tool_requests", "spec", "tool_name", "tool_input", "tool_args", "tool"),
            "proposed_actions",
        ),
        **dict.fromkeys(("message", "messages", "chat", "chat_history", "transcript"), MESSAGES),
        **dict.fromkeys(("conversation", "conversation_history"), "context.conversation"),
        **dict.fromkeys(("description", "prompt", "question", "text", "title"), "summary"),
        **dict.fromkeys(("draft", "reply", "response"), "draft_response"),
        **dict.fromkeys(("reason", "why"), "trigger.reason"),
        **dict.fromkeys(("kind", "type"), "task_type"),
        **dict.fromkeys(("severity", "criticality", "risk_level"), "risk.level"),
        **dict.fromkeys(("urgency", "importance"), "priority"),
        **dict.fromkeys(("due", "due_at", "due_by", "due_date", "sla"), "deadlines.respond_by"),
        **dict.fromkeys(
            ("approver", "approvers", "assign_to", "assigned_to", "reviewer", "reviewers"),
            "requested.assignee",
        ),
        **dict.fromkeys(("choices", "buttons", "response_options"), "requested.options"),
        **dict.fromkeys(("timeout", "timeout_s", "timeout_seconds", "ttl"), "deadlines.expires_at"),
        **dict.fromkeys(("timeout_action", "default_action"), "deadlines.on_timeout"),
        **dict.fromkeys(("handoff", "handoff_to", "transfer_to"), "hand_to_agent"),
        **dict.fromkeys(("allowed_decisions", "review_configs"),
                        "proposed_actions.allowed_decisions"),
        **dict.fromkeys(("attempts", "tried"), "attempted"),
        **dict.fromkeys(("mood", "sentiment"), f"{MESSAGES}.sentiment"),
        **dict.fromkeys(("callback_url", "webhook", "webhook_url"), "callback.url"),
        **dict.fromkeys(("session_id", "thread_id"), "source.run.thread_id"),
        **{name: f"source.run.{name}" for name in
           ("checkpoint_id", "resume_token", "run_id", "trace_id")},
        **dict.fromkeys(("customer_id", "user_id"), "context.customer.id"),
        **dict.fromkeys(("client_name", "user"), "context.customer"),
        **dict.fromkeys(("created", "date", "timestamp"), "created_at"),
        "channel": "context.conversation.channel", "language": "context.conversation.language",
        "customer_name": "context.customer.name", "risk_score": "risk.score",
        "errors": "context.environment.errors", "logs": "context.environment.logs",
    },
    "messages": {
        **dict.fromkeys(("body", "content", "message", "value"), "text"),
        **dict.fromkeys(("from", "sender", "speaker", "type"), "role"),
        **dict.fromkeys(("created_at", "date", "time", "timestamp", "ts"), "at"),
        "name": "author", "tool_calls": "tool_call",
    },
    "proposed_actions": {
        **dict.fromkeys(("action", "function", "tool", "tool_name"), "name"),
        **dict.fromkeys(("arguments", "input", "parameters", "params", "payload"), "args"),
        **dict.fromkeys(("config", "allowed", "allow"), "allowed_decisions"),
        **dict.fromkeys(("tool_call_id", "call_id"), "id"),
    },
    "risk": dict.fromkeys(("severity", "criticality", "lvl"), "level"),
    "flags": {**dict.fromkeys(("id", "name", "type"), "code"), "level": "severity"},
    "attempted": {**dict.fromkeys(("outcome", "status"), "result"), "description": "what"},
    "deadlines": {
        **dict.fromkeys(("answer_by", "due", "due_at", "due_by", "due_date", "sla"), "respond_by"),
        **dict.fromkeys(("expires", "timeout", "timeout_at"), "expires_at"),
        **dict.fromkeys(("remind", "reminders", "reminder_at"), "remind_at"),
    },
    "callback": dict.fromkeys(("uri", "href", "webhook"), "url"),
    "links": dict.fromkeys(("uri", "url"), "href"),
    "attachments": dict.fromkeys(("uri", "url"), "href"),
}  # fmt: skip


def unknown(
    document: Any, shape: Shape, at: Path = (), *, alike: float = PROBABLY
) -> Iterator[tuple[Path, str]]:
    """The path to every key that no part has, and the key that was probably meant, or "". What is
    only spelt like one counts from `alike` on, from 0 to 1."""
    if isinstance(document, list):
        for place, one in enumerate(document):
            yield from unknown(one, shape, (*at, place), alike=alike)
    elif isinstance(document, dict):
        for key in document:
            if key not in shape.keys:
                yield (*at, key), meant(key, shape, alike=alike)
        for key, part in shape.parts.items():
            if key in document:
                yield from unknown(document[key], part, (*at, key), alike=alike)


def blanks(document: Any, shape: Shape, at: Path = ()) -> Iterator[Path]:
    """The path to every text that has to be there and in which nothing can be read. A message that
    only calls a tool has none, and nor has many a line of a log."""
    if shape.name in WRITTEN_ELSEWHERE:
        return
    elif isinstance(document, list):
        for place, one in enumerate(document):
            yield from blanks(one, shape, (*at, place))
    elif isinstance(document, dict):
        for key, said in document.items():
            if key in shape.needed and isinstance(said, str) and is_blank(said):
                yield (*at, key)
            elif key in shape.parts:
                yield from blanks(said, shape.parts[key], (*at, key))


def instead(document: Any, shape: Shape, path: Path) -> list[tuple[str, str]]:
    """The keys that are not known where the one at the end of this path is missing."""
    part: Shape | None = shape
    for key in path[:-1]:
        if isinstance(key, str):
            part = part.parts.get(key) if part else None
        document = _inside(document, key)
    if part is None or not isinstance(document, dict):
        return []
    return [(key, meant(key, part)) for key in document if key not in part.keys]


def meant(key: str, shape: Shape, *, alike: float = PROBABLY) -> str:
    """The field that was probably meant, with its path where it stands further in; "" for none."""
    snake = _snake(key[:64])
    others = OTHER_NAMES.get(shape.name, {})
    if snake in shape.keys:
        return snake
    elif snake in others:
        return others[snake]
    elif inside := [name for name, part in shape.parts.items() if _has(part, snake)]:
        return f"{inside[0]}.{snake}"
    else:
        near = difflib.get_close_matches(snake, shape.keys, n=1, cutoff=alike)
        return near[0] if near else ""


def _has(part: Shape, key: str) -> bool:
    return not part.is_list and key in part.keys


def _inside(document: Any, key: str | int) -> Any:
    if isinstance(document, list) and isinstance(key, int) and key < len(document):
        return document[key]
    return document.get(key) if isinstance(document, dict) else None


def _snake(key: str) -> str:
    # `__interrupt__` is a framework's own word, `_interrupt` whatever its sender keeps there.
    if key.startswith("__") and key.endswith("__"):
        key = key.strip("_")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[\s-]+", "_", key).lower()
