"""What the agent changed from one version of its package to the next, side by side.

Pure: both versions come as this person may see them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from escalations.briefing import decided
from escalations.proposal import call_parts, calls
from escalations.proposal.labels import Names

JSON = Mapping[str, Any]
ROWS_MAX = 40


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One thing as it was and as it is; empty where it was not there."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class VersionsBeside:
    """The version before and the one that stands."""

    older: int
    newer: int
    rows: tuple[VersionRow, ...]


def read(older: JSON, newer: JSON, *, number: int) -> VersionsBeside:
    """Version `number` beside the one before it."""
    found = [row for row in _rows(older, newer) if row.was != row.now]
    return VersionsBeside(number - 1, number, tuple(found[:ROWS_MAX]))


def _rows(older: JSON, newer: JSON) -> Iterator[VersionRow]:
    yield VersionRow("Summary", str(older.get("summary", "")), str(newer.get("summary", "")))
    reasons = [str((one.get("trigger") or {}).get("reason") or "") for one in (older, newer)]
    yield VersionRow("Why it stopped", *reasons)
    before = {one["id"]: one for one in older.get("proposed_actions") or ()}
    after = {one["id"]: one for one in newer.get("proposed_actions") or ()}
    for name, action in after.items():
        lead = call_parts.verb_phrase(action["name"])
        if name not in before:
            yield VersionRow(lead, "", "proposed")
            continue
        was, now = (
            _money(one, package) for one, package in ((before[name], older), (action, newer))
        )
        if was and now and was != now:
            yield VersionRow(lead, was, now)
        call = {"name": action["name"], "args": action.get("args") or {}}
        for change in decided.changes(before[name], call):
            # Told above, with its currency.
            if not (was and now and _is(change.was, was) and _is(change.now, now)):
                yield VersionRow(f"{lead}: {change.label}", change.was, change.now)
    for name in before.keys() - after.keys():
        yield VersionRow(call_parts.verb_phrase(before[name]["name"]), "proposed", "")
    drafts = [str((one.get("draft_response") or {}).get("text") or "") for one in (older, newer)]
    yield VersionRow("Reply", *drafts)
    stated = [(one.get("context") or {}).get("reasoning") or {} for one in (older, newer)]
    yield VersionRow("Rationale", *(str(one.get("rationale") or "") for one in stated))


def _money(action: JSON, package: JSON) -> str:
    return calls.step(action, Names(), package.get("risk")).money


def _is(value: str, money: str) -> bool:
    # A currency has as many decimals as its smallest unit, a value by itself has two.
    plain = call_parts.money(value)
    return bool(plain and money) and _digits(plain) == _digits(money)


def _digits(money: str) -> str:
    whole, _, part = re.sub(r"[^0-9.]", "", money).partition(".")
    return f"{whole}.{part.rstrip('0')}"
