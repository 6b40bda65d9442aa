"""What the agent relies on: its claims, and where in the package the evidence for each stands.

Baton checks nothing but whether the evidence is there. Whether it holds is the reviewer's to say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalations.proposal import call_parts
from escalations.text import formatting, pointers, untrusted
from escalations.text.mask import MASK

_MISSING: Any = object()
_QUOTED = re.compile(r"[“\"‘']([^”\"’']{4,200})[”\"’']")
_TURN = re.compile(r"/context/conversation/messages/(\d{1,6})(?:/.*)?")
_CLAIMS_MAX = 60


@dataclass(frozen=True, slots=True)
class Citation:
    """Where evidence stands: a label, an icon and the ids of elements of the page."""

    label: str
    icon: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim. `standing` is unchecked, unsupported or broken: nobody has said that it holds."""

    text: str
    sources: tuple[Citation, ...]
    standing: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Evidence that the agent lists by itself, with a passage and an address as text."""

    label: str
    source: str
    quote: str
    address: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All claims and exhibits, and the passages quoted from each turn."""

    claims: tuple[Claim, ...]
    exhibits: tuple[Exhibit, ...]
    cited: Mapping[int, tuple[str, ...]]
    more: int = 0

    @property
    def supported(self) -> int:
        """How many claims lead to something in the package."""
        return sum(claim.standing == "unchecked" for claim in self.claims)


def read(package: Mapping[str, Any]) -> Evidence:
    """The claims of every action, and the agent's own list of evidence."""
    raw = [c for a in package.get("proposed_actions") or () for c in a.get("claims") or ()]
    reasoning = (package.get("context") or {}).get("reasoning") or {}
    return Evidence(
        claims=tuple(_claim(package, claim) for claim in raw[:_CLAIMS_MAX]),
        exhibits=tuple(
            _exhibit(entry) for entry in (reasoning.get("evidence") or ())[:_CLAIMS_MAX]
        ),
        cited=_cited(package, raw[:_CLAIMS_MAX], reasoning.get("evidence") or ()),
        more=max(0, len(raw) - _CLAIMS_MAX),
    )


def _claim(package: Mapping[str, Any], claim: Mapping[str, Any]) -> Claim:
    evidence = list(dict.fromkeys(claim.get("evidence") or ()))[:20]
    broken = [p for p in evidence if not _is_there(package, p)]
    sources = tuple(_sources(package, [p for p in evidence if p not in broken]))
    if broken:
        standing = "broken"
        sources += (Citation(f"{len(broken)} not in the package", "no"),)
    else:
        standing = "unchecked" if evidence else "unsupported"
    return Claim(claim["text"], sources, standing)


def _is_there(package: Mapping[str, Any], pointer: str) -> bool:
    """Whether the pointer leads somewhere, which it does as well inside what is masked."""
    found: Any = package
    for key in pointers.steps(pointer):
        found = pointers.get(found, f"/{pointers.escaped(key)}", _MISSING)
        if found is _MISSING or found == MASK:
            break
    return found is not _MISSING and (not pointer or pointer.startswith("/"))


def _sources(package: Mapping[str, Any], evidence: Sequence[str]) -> Iterator[Citation]:
    turns = sorted({int(found[1]) + 1 for p in evidence if (found := _TURN.fullmatch(p))})
    if turns:
        numbers = ", ".join(map(str, turns))
        label = f"Turn {numbers}" if len(turns) == 1 else f"Turns {numbers}"
        yield Citation(label, "chat", tuple(f"turn-{n}" for n in turns))
    for pointer in evidence:
        if not _TURN.fullmatch(pointer):
            yield _source(package, pointer)


def _source(package: Mapping[str, Any], pointer: str) -> Citation:
    keys = pointers.steps(pointer)
    value = pointers.get(package, pointer)
    stated = value.get("label") or value.get("name") if isinstance(value, dict) else None
    named = formatting.value_in_words(str(stated)) if stated else ""
    place = tuple(keys[:3])
    entry = pointers.number(keys[3]) if len(keys) > 3 else None
    number = "" if entry is None else f" {entry + 1}"
    for start, icon, words, target in _PLACES:
        if place[: len(start)] == start:
            label = untrusted.line(named, 40) if named else words + number
            return Citation(label, icon, (target,))
    label = untrusted.line(named or " ".join(map(call_parts.label, keys[-2:])) or "package", 40)
    return Citation(label, "doc", ("environment",))


_PLACES = (
    (("context", "conversation"), "chat", "Conversation", "conversation"),
    (("context", "customer"), "db", "Customer record", "customer"),
    (("context", "process", "completed"), "doc", "Step", "process"),
    (("context", "process"), "doc", "Process", "process"),
    (("context", "environment", "logs"), "db", "Log line", "environment"),
    (("context", "environment", "errors"), "db", "Error", "environment"),
    (("context", "environment"), "db", "Environment", "environment"),
    (("context", "reasoning"), "doc", "Reasoning", "reasoning"),
    (("attachments",), "image", "Attachment", "attachments"),
    (("links",), "link", "Link", "attachments"),
    (("proposed_actions",), "doc", "Proposal", "proposal"),
    (("draft_response",), "quote", "Draft", "proposal"),
)


def _exhibit(entry: Mapping[str, Any]) -> Exhibit:
    return Exhibit(
        entry["label"], entry.get("source") or "", entry.get("quote") or "", entry.get("href") or ""
    )


def _cited(
    package: Mapping[str, Any],
    claims: Sequence[Mapping[str, Any]],
    evidence: Sequence[Mapping[str, Any]],
) -> dict[int, tuple[str, ...]]:
    """For each turn that evidence points at, the passages that are quoted from it."""
    messages = pointers.get(package, "/context/conversation/messages", [])
    quotes = [e["quote"] for e in evidence if e.get("quote")]
    found: dict[int, tuple[str, ...]] = {}
    for claim in claims:
        said = [*_QUOTED.findall(claim["text"]), *quotes]
        for pointer in claim.get("evidence") or ():
            turn = _TURN.fullmatch(pointer)
            if turn and int(turn[1]) < len(messages):
                text = messages[int(turn[1])]["text"]
                here = tuple(q for q in said if q in text)
                found[int(turn[1]) + 1] = found.get(int(turn[1]) + 1, ()) + here
    return found
