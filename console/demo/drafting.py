"""How the demo's agents put a package together, and what a careful person would answer."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

JSON = dict[str, Any]
Line = tuple[str, str] | tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class DraftedPackage:
    """A package, with what somebody who looks closely would change or say instead."""

    agent: str
    package: JSON
    args: JSON = field(default_factory=dict)
    reply: str | None = None
    reason: str = "other"
    answer: str = ""

    @property
    def body(self) -> bytes:
        """The bytes that are posted."""
        return json.dumps(self.package, ensure_ascii=False).encode()


Story = Callable[[Random, datetime], DraftedPackage]

FRAMEWORKS = {
    "Mira": ("langgraph", "house-large"), "Atlas": ("openai-agents", "house-small"),
    "Ledger": ("langgraph", "house-large"), "Vera": ("pydantic-ai", "house-large"),
    "Otto": ("crewai", "house-small"), "Wren": ("pydantic-ai", "house-large"),
}  # fmt: skip


def package(
    agent: str, task_type: str, summary: str, rng: Random, *, correlation: str, **parts: Any
) -> JSON:
    """The frame that every agent fills in alike; `parts` are further keys of the package."""
    framework, model = FRAMEWORKS[agent]
    run = {
        "thread_id": f"thr_{rng.randrange(16**8):08x}",
        "run_id": f"run_{rng.randrange(16**8):08x}",
    }
    source = {
        "agent": {"id": agent, "name": agent, "version": "3.2", "model": model},
        "framework": {"name": framework},
        "environment": "demo",
        "run": run,
    }
    made = {"schema": "handoff.package/1", "task_type": task_type, "summary": summary}
    return made | {"source": source, "correlation_id": correlation, **parts}


def conversation(now: datetime, channel: str, lines: Sequence[Line], *, pace_s: int = 55) -> JSON:
    """What was said, the last line shortly before the agent stopped."""
    messages = []
    for index, line in enumerate(lines):
        at = now - timedelta(seconds=pace_s * (len(lines) - index) + index % 3 * 7)
        message: JSON = {"role": line[0], "at": _time(at), "text": line[1]}
        if len(line) == 3:
            message["sentiment"] = {"score": line[2], "label": _mood(line[2])}
        messages.append(message)
    trend = "falling" if any(len(line) == 3 and line[2] < -0.4 for line in lines) else "steady"
    return {"channel": channel, "language": "en", "sentiment_trend": trend, "messages": messages}


def reasoning(confidence: float, rationale: str, **more: Any) -> JSON:
    """How sure the agent is and why; alternatives are (label, confidence, why not)."""
    options = [
        {"label": label, "confidence": sure, "why_not": why}
        for label, sure, why in more.pop("alternatives", ())
    ]
    return {"confidence": confidence, "rationale": rationale, "alternatives": options, **more}


def process(workflow: str, position: str, done: Sequence[str], todo: Sequence[str]) -> JSON:
    """Where in its work the agent stands."""
    return {
        "workflow": workflow,
        "position": position,
        "completed": [{"label": label, "status": "done"} for label in done],
        "pending": [{"label": label} for label in todo],
    }


def environment(now: datetime, *logs: str, errors: Sequence[str] = (), **metrics: Any) -> JSON:
    """What the agent's tools said; a log that begins with "!" is a warning."""
    lines = [
        {
            "at": _time(now - timedelta(seconds=20 * (len(logs) - index))),
            "level": "warning" if text.startswith("!") else "info",
            "text": text.removeprefix("!"),
        }
        for index, text in enumerate(logs)
    ]
    found: JSON = {"logs": lines, "metrics": metrics}
    if errors:
        found["errors"] = [{"message": text, "at": _time(now)} for text in errors]
    return found


def a(word: str) -> str:
    """The word with its article."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def money(value: float | str, currency: str = "EUR") -> JSON:
    """An amount as packages state it."""
    return {"value": f"{float(value):.2f}", "currency": currency}


def claim(text: str, *evidence: str) -> JSON:
    """Something the agent asserts, with pointers to what it rests on."""
    return {"text": text, "evidence": list(evidence)}


def message(number: int) -> str:
    """Pointer to a message of the conversation, counted from 0."""
    return f"/context/conversation/messages/{number}"


def log(number: int) -> str:
    """Pointer to a line of the log."""
    return f"/context/environment/logs/{number}"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _mood(score: float) -> str:
    if score < -0.6:
        return "angry"
    elif score < -0.2:
        return "annoyed"
    else:
        return "calm" if score < 0.4 else "pleased"
