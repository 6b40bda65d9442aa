"""What changed in a case while somebody had it open, in words: old and new values, what was said
meanwhile, and who did what to it, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.contrib.auth import get_user_model

from escalations.access import Viewer
from escalations.briefing import beside_versions, conversation
from escalations.briefing.beside_versions import VersionRow
from escalations.briefing.conversation import Turn
from escalations.commands.drawn import DrawnForms
from escalations.lifecycle import guards
from escalations.masking import seen
from escalations.masking.seen import SeenPackage
from escalations.models import Addition, Escalation, Event, State
from escalations.record import kinds, sentences
from escalations.record.kind import Figure, Kind
from escalations.record.sentences import NAMING, Said
from escalations.record_screen import in_short

JSON = Mapping[str, Any]
QUOTED_MAX = 3


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody else's act: in a sentence, when, and the words that were typed with it."""

    words: str
    at: datetime
    why: str = ""
    is_own: bool = False  # Of what they had, not of the case.


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """What is another since version `since` of the case."""

    since: int
    moves: tuple[Moved, ...] = ()
    rows: tuple[VersionRow, ...] = ()
    turns: tuple[Turn, ...] = ()
    is_over: bool = False

    @property
    def is_of_case(self) -> bool:
        """Whether the case is another, and not only whose it is."""
        moved = not all(move.is_own for move in self.moves)
        return bool(moved or self.rows or self.turns or self.is_over)


@dataclass(frozen=True, slots=True)
class _Line:
    kind: Kind
    at: datetime
    actor: str
    facts: JSON


def context(
    viewer: Viewer, escalation: Escalation, forms: DrawnForms, since: str, *, agent: str
) -> dict[str, Any]:
    """`news` and `ended` for the briefing, and whether the case came to its end on this person's
    open page, which then says so where it moves nothing; `since` as long as it does."""
    version = int(since) if since.isascii() and since.isdecimal() and len(since) < 10 else None
    lines = [] if version is None else _lines(escalation, version)
    news = _read(viewer, escalation, forms, lines, version or 0, agent=agent)
    ended_here = escalation.state not in State.open() and any(line.kind.ends for line in lines)
    return {
        "news": news,
        "ended": _why_ended(escalation),
        "ended_here": ended_here,
        "since": version if news or ended_here else None,
    }


def _read(
    viewer: Viewer,
    escalation: Escalation,
    forms: DrawnForms,
    lines: Sequence[_Line],
    version: int,
    *,
    agent: str,
) -> ChangedSince | None:
    """What others did since the version that this person's page had; None where that is nothing."""
    lines = [line for line in lines if line.actor != _as_actor(viewer)]
    if not lines:
        return None
    before = _before(viewer, escalation, forms, lines, version)
    return ChangedSince(
        version,
        _moves(viewer, escalation, lines, forms.proposed),
        beside_versions.read(before, forms.proposed.package, number=2).rows if before else (),
        _turns(forms.proposed.package, before, escalation, version, agent=agent),
        escalation.state not in State.open(),
    )


def _why_ended(escalation: Escalation) -> str:
    """Why a case came to its end that nobody decided, in sentences; empty for any other."""
    if escalation.state in {*State.open(), State.DECIDED}:
        return ""
    last = guards.last_move(escalation)
    line = _line(last) if last else None
    _, details = line.kind.sentence(Said(dict(line.facts))) if line else ("", [])
    return " ".join(f"{detail}." for detail in details if detail)


def _lines(escalation: Escalation, version: int) -> list[_Line]:
    """The lines that raised the version since, in their order."""
    if version >= escalation.version:
        return []
    moved = escalation.events.exclude(kind__in=kinds.beside()).order_by("-position")
    found = [_line(event) for event in moved[: guards.LINES_MAX]]
    return [line for line in reversed(found) if line.facts.get("version", 0) > version]


def _line(event: Event) -> _Line:
    document = orjson.loads(bytes(event.body))
    kind, actor = kinds.of(event.kind), str(document["actor"])
    return _Line(kind, event.at, actor, document["facts"])


def _moves(
    viewer: Viewer, escalation: Escalation, lines: Sequence[_Line], proposed: SeenPackage
) -> tuple[Moved, ...]:
    names = _names(lines)
    rows = escalation.remarks.exclude(text="")
    said = {(one.kind, one.at): proposed.covered(one.text) for one in rows}
    blind = escalation.blind and escalation.state in State.open()
    theirs = viewer.user_id in {escalation.held_by_id, escalation.offered_to_id}
    # Who was asked meanwhile and did not take it is no change: what waits waits as before.
    last = None if theirs or lines[-1].kind.figure is Figure.MOVED else lines[-1]
    # The other moves say where the case is, of which only the last is still true. What ended it and
    # how it was answered, the case itself says.
    told = [line for line in lines if line.kind.is_news or (line is last and not line.kind.answers)]
    ended = () if theirs else _hold_ended(viewer, lines[-1])
    return ended + tuple(
        Moved(_sentence(line, names), line.at, said.get((line.kind.remark, line.at), ""))
        for line in told
        if not (blind and line.kind.tell_blind)
    )


def _hold_ended(viewer: Viewer, line: _Line) -> tuple[Moved, ...]:
    """To whoever held it: why not any more."""
    facts = line.facts
    if line.kind.name != "lease_ended" or facts.get("holder") != viewer.username:
        return ()
    elif facts.get("reason"):
        why = "it is not yours to decide any more"
    else:
        idle = facts.get("idle")
        why = "nothing was done in it for 10 minutes" if idle else "your screen was gone"
    return (Moved(f"Your hold ended, as {why}. It waits again.", line.at, is_own=True),)


def _sentence(line: _Line, names: Mapping[str, str]) -> str:
    name = line.actor.partition(":")[2]
    who = sentences.name_of(name, names) if name else "Baton"
    return in_short.told(line.kind, line.facts, names, who=who)


def _names(lines: Sequence[_Line]) -> dict[str, str]:
    wanted = {line.actor.removeprefix("person:") for line in lines}
    wanted |= {str(line.facts[fact]) for line in lines for fact in NAMING if line.facts.get(fact)}
    people = get_user_model().objects.filter(username__in=wanted)
    return {one.get_username(): one.get_full_name() or one.get_username() for one in people}


def _before(
    viewer: Viewer, escalation: Escalation, forms: DrawnForms, lines: Sequence[_Line], version: int
) -> JSON | None:
    """The package as it was read, with what was added until then, as this person may see it."""
    revised = [line.facts["package_version"] for line in lines if line.kind.name == "revised"]
    if not revised and all(line.kind.name != "context_added" for line in lines):
        return None
    stood = revised[0] - 1 if revised else escalation.package_version
    package = escalation.packages.get(version=stood)
    added: list[Addition] = list(
        escalation.additions.filter(escalation_version__lte=version).order_by("pk")
    )
    now = lines[-1].at
    return seen.version(viewer, escalation, package, now=now, additions=added).package


def _turns(
    package: JSON, before: JSON | None, escalation: Escalation, version: int, *, agent: str
) -> tuple[Turn, ...]:
    """What was said since, where it goes on from what was read; the last of it."""
    if before is None:
        return ()
    older, newer = _messages(before), _messages(package)
    count = len(newer) - len(older)
    if count <= 0 or newer[: len(older)] != older:
        return ()
    first = len(newer) - min(count, QUOTED_MAX) + 1
    return conversation.turns(package, agent=agent, first=first, last=len(newer), added=count)


def _messages(package: JSON) -> list[Any]:
    told = (package.get("context") or {}).get("conversation") or {}
    return list(told.get("messages") or ())


def _as_actor(viewer: Viewer) -> str:
    return f"person:{viewer.username}"
