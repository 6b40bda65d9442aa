"""What the package tells of customer, process and surroundings, as labelled lines to read.

Agents send objects of any shape; here they become short lines, cut where they are long. Nothing is
hidden for good: the whole package is one click away.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.proposal import call_parts
from escalations.text import formatting, moments

_LINES_MAX = 40
_ENTRIES_MAX = 12
_TEXT_MAX = 400
_STEPS_OPEN = 8
_LOGS_MAX = 12


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A label and what stands there; `entries` are the parts of a longer thing, folded."""

    label: str
    text: str
    entries: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class ProcessStep:
    """One step of the process."""

    label: str
    standing: str
    at: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class Log:
    """One log line or error."""

    at: datetime | None
    level: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownProcess:
    """Where the agent stands in its work."""

    workflow: str
    position: str
    earlier: tuple[ProcessStep, ...]
    done: tuple[ProcessStep, ...]
    pending: tuple[ProcessStep, ...]
    more: int


def customer(package: Mapping[str, Any]) -> tuple[LabelledLine, ...]:
    """The customer as the agent knows them; nothing where it says nothing."""
    known = _dimension(package, "customer")
    value = known.get("lifetime_value") or {}
    spent = call_parts.money(value["value"], value["currency"]) if value else ""
    plain = [
        LabelledLine(label, formatting.value_in_words(str(known[key])))
        for key, label in _CUSTOMER.items()
        if isinstance(known.get(key), str) and known[key]
    ]
    if spent:
        plain.append(LabelledLine("Spent so far", spent))
    for key in ("contact", "attributes", *(k for k in known if k not in _CUSTOMER_KEYS)):
        plain += (
            lines(known.get(key)) if isinstance(known.get(key), dict) else _one(key, known.get(key))
        )
    return tuple(plain[:_LINES_MAX])


def history(package: Mapping[str, Any]) -> tuple[tuple[datetime | None, str], ...]:
    """Earlier contacts, the latest first."""
    past = _dimension(package, "customer").get("history") or ()
    return tuple(
        (moments.found(entry.get("at")), formatting.without_tool(entry["label"]))
        for entry in reversed(past[-50:])
    )


def process(package: Mapping[str, Any]) -> ShownProcess | None:
    """The steps done and still to do, or nothing where the agent says nothing."""
    known = _dimension(package, "process")
    if not any(known.get(key) for key in ("workflow", "position", "completed", "pending")):
        return None
    completed, pending = known.get("completed") or [], known.get("pending") or []
    done = tuple(_step(step, "done") for step in completed[-60:])
    return ShownProcess(
        workflow=_work(known.get("workflow") or ""),
        position=re.sub(r"[{}'\"]", "", known.get("position") or ""),
        earlier=done[:-_STEPS_OPEN],
        done=done[-_STEPS_OPEN:],
        pending=tuple(_step(step, "todo") for step in pending[:30]),
        more=max(0, len(completed) - 60) + max(0, len(pending) - 30),
    )


def logs(package: Mapping[str, Any]) -> tuple[tuple[Log, ...], int]:
    """The last log lines and errors in order of time, and how many more there are."""
    known = _dimension(package, "environment")
    found = [
        Log(moments.found(e.get("at")), "error", e.get("source") or "", _counted(e))
        for e in known.get("errors") or ()
    ]
    found += [
        Log(moments.found(e.get("at")), e.get("level") or "info", e.get("source") or "", e["text"])
        for e in known.get("logs") or ()
    ]
    return tuple(found[-_LOGS_MAX:]), max(0, len(found) - _LOGS_MAX)


def environment(package: Mapping[str, Any]) -> tuple[LabelledLine, ...]:
    """Figures of the surroundings, and what ran: model, framework, run."""
    metrics = _dimension(package, "environment").get("metrics") or {}
    source = package.get("source") or {}
    said = [
        LabelledLine(call_parts.label(key).capitalize(), _plain(value))
        for key, value in metrics.items()
    ]
    for label, way in _SOURCES:
        value: Any = source
        for key in way:
            value = (value or {}).get(key)
        if value:
            said.append(LabelledLine(label, str(value)))
    return tuple(said[:_LINES_MAX])


def lines(value: Any) -> list[LabelledLine]:
    """An object of any shape as lines; nested ones are summed up."""
    if not isinstance(value, dict):
        return []
    return [line for key, below in value.items() for line in _one(key, below)][:_LINES_MAX]


def _one(key: str, value: Any) -> list[LabelledLine]:
    label = call_parts.label(key)
    label = label[:1].upper() + label[1:]
    if value in (None, "", [], {}):
        return []
    elif isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value):
        entries = tuple(brief(entry) for entry in value[:_ENTRIES_MAX])
        return [LabelledLine(label, f"{len(value)}", entries, max(0, len(value) - _ENTRIES_MAX))]
    elif isinstance(value, dict) and any(isinstance(below, dict) for below in value.values()):
        nested = [(k, below) for k, below in value.items()]
        entries = tuple(brief(below, named=k) for k, below in nested[:_ENTRIES_MAX])
        return [LabelledLine(label, f"{len(value)}", entries, max(0, len(value) - _ENTRIES_MAX))]
    else:
        return [LabelledLine(label, brief(value))]


def brief(value: Any, *, named: str = "") -> str:
    """Any value in one short line."""
    if isinstance(value, dict):
        said = []
        for key, below in value.items():
            if isinstance(below, dict | list):
                inner = _names(below)
                if inner:
                    said.append(f"{call_parts.label(key)}: {inner}")
            elif below not in (None, "") and not (key == "id" and str(below) == named):
                said.append(_labelled(key, below))
        text = ", ".join(said)
    elif isinstance(value, list):
        text = ", ".join(_plain(entry) for entry in value)
    else:
        text = _plain(value)
    return text if len(text) <= _TEXT_MAX else text[: _TEXT_MAX - 1] + "…"


def _labelled(key: str, value: Any) -> str:
    """Values that speak for themselves go without their key."""
    text = _plain(value)
    if isinstance(value, str) and not value.isdigit() and len(value) > 2:
        return text
    return call_parts.with_value(call_parts.label(key), text)


def _names(value: Any) -> str:
    """What the entries of a list or object are called, or what plainly stands there."""
    entries = value if isinstance(value, list) else [value]
    said = []
    for entry in entries[:8]:
        if isinstance(entry, dict):
            plain = [str(v) for v in entry.values() if isinstance(v, str | int | float)]
            said.append(str(entry.get("name") or entry.get("label") or ", ".join(plain[:4])))
        elif not isinstance(entry, list):
            said.append(_plain(entry))
    rest = f" and {len(entries) - 8} more" if len(entries) > 8 else ""
    return ", ".join(filter(None, said)) + rest


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    elif value is None:
        return "none"
    elif isinstance(value, str):
        return formatting.value_in_words(value)
    else:
        return json.dumps(value, ensure_ascii=False)[:_TEXT_MAX]


def _work(name: str) -> str:
    """What a process is called: `retail/return` is “Retail, return”."""
    return formatting.title(name) if re.fullmatch(r"[a-z0-9]+([_/-][a-z0-9]+)+", name) else name


def _step(step: Mapping[str, Any], standing: str) -> ProcessStep:
    label = step["label"]
    if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", label):
        label = call_parts.verb_phrase(label)
    status = str(step.get("status") or "").lower()
    if status in {"failed", "error", "refused", "failure"}:
        standing = "failed"
    return ProcessStep(label, standing, moments.found(step.get("at")), _detail(step.get("detail")))


def _detail(detail: Any) -> str:
    if detail in (None, "", {}, []):
        return ""
    elif isinstance(detail, dict) and isinstance(detail.get("args"), dict):
        result = detail.get("result")
        told = result if isinstance(result, str) else brief(result)
        return f"{brief(detail['args'])} → {told}"[: 2 * _TEXT_MAX]
    else:
        return brief(detail)


def _counted(error: Mapping[str, Any]) -> str:
    times = error.get("count") or 1
    said = f"{error['message']} ({times} times)" if times > 1 else str(error["message"])
    detail = _detail(error.get("detail"))
    return f"{said} – {detail}" if detail else said


def _dimension(package: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return (package.get("context") or {}).get(name) or {}


_CUSTOMER = {
    "name": "Name",
    "id": "Number",
    "tier": "Tier",
    "since": "Customer since",
    "locale": "Language",
    "time_zone": "Time zone",
}
_CUSTOMER_KEYS = {*_CUSTOMER, "contact", "attributes", "lifetime_value", "history"}
_SOURCES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("Model", ("agent", "model")),
    ("Framework", ("framework", "name")),
    ("Its version", ("framework", "version")),
    ("Deployment", ("environment",)),
    ("Run", ("run", "run_id")),
    ("Part of run", ("run", "parent_run_id")),
    ("Thread", ("run", "thread_id")),
    ("Checkpoint", ("run", "checkpoint_id")),
    ("Trace", ("run", "trace_id")),
)


def others(package: Mapping[str, Any], known: Collection[str]) -> tuple[LabelledLine, ...]:
    """Top-level fields that the contract does not name, and the agent's metadata."""
    unknown = {key: value for key, value in package.items() if key not in known}
    extra = [*lines(unknown), *lines(package.get("metadata"))]
    return tuple(extra[:_LINES_MAX])
