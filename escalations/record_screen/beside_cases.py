"""The record beside the cases, as the Audit screen lists it: policy, people, keys and presence."""

import hashlib
import re
from calendar import day_name
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from escalations.models import Agent, Event, PolicyVersion
from escalations.policy import versions
from escalations.record import chains, kinds, sentences
from escalations.record.chains import Line
from escalations.record.kind import CASE
from escalations.record.sentences import Said
from escalations.record_screen import cases, doers, timeline
from escalations.text import formatting

JSON = dict[str, Any]
PAGE = 50
# A name stands inside the lines only, so that lines are read until a page of them is found.
READ_MAX = 5000
PRESENCE = "presence/"
CHAINS = {
    "policy": ("policy",),
    "people": ("people",),
    "keys": ("keys", "agents", "lookups"),
    "presence": (PRESENCE,),
}
NAMED = {
    "policy": "the policy",
    "people": "people",
    "keys": "keys",
    "agents": "agents",
    "lookups": "look-ups",
}
# What proves a line, or stands in it as a link.
UNTOLD = {
    *("sheets", "lengths", "mark", "digest", "note", "person", "agent", "number", "restores"),
    "look_up",
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*")
WITHOUT_SENTENCE = "A kind of entry that a later version wrote"


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which chain and what of it; `before` is the number of the line that a page ends above."""

    tab: str
    who: str = ""
    what: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One line as a person reads it. `by` and `about` are names in addresses, empty for none."""

    at: datetime
    group: str
    who: str
    by: str
    title: str
    person: str = ""
    person_name: str = ""
    agent: str = ""
    policy: int = 0
    restores: int = 0
    details: list[str] = field(default_factory=list)
    entry: str = ""
    hash: str = ""
    matches: bool = True


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of lines, the number below which the next one begins (None on the last), and how
    many there are in all (None where a name was looked for and there are more)."""

    lines: list[ListedLine]
    next: int | None
    total: int | None = None

    @property
    def counted(self) -> str:
        """The total in words."""
        if self.total is None:
            return f"the newest {len(self.lines)}"
        return cases.counted(self.total, "entry", "entries")


def page(wanted: LineFilter) -> LinePage:
    """The newest lines that are wanted. A person is found by name or username, an agent by name,
    both as who did it and as whom it is about."""
    whom = _named(wanted.who)
    found: list[Line] = []
    last = None
    total = _wanted(wanted)[: cases.TOTAL_MAX + 1].count() if whom is None else None
    for number, line in enumerate(_read(wanted)):
        if len(found) == PAGE or number == READ_MAX:
            return LinePage(_told(found), last, total)
        last = line.id
        if whom is None or not whom.isdisjoint(_names_in(line)):
            found.append(line)
    if whom is not None and not wanted.before:
        total = len(found)
    return LinePage(_told(found), None, total)


def kinds_of(tab: str) -> list[tuple[str, str]]:
    """What can be chosen under "what": each kind with its words; those of one name together."""
    own = {chain.rstrip("/") for chain in CHAINS.get(tab, (CASE,))}
    said: dict[str, str] = {}
    for row in kinds.table():
        if row.chain in own:
            said[row.name] = (
                f"{said[row.name]}, or {row.says[:1].lower()}{row.says[1:]}"
                if (row.name in said)
                else row.says
            )
    return list(said.items())


def _read(wanted: LineFilter) -> Iterator[Line]:
    events = _wanted(wanted)
    if wanted.before:
        events = events.filter(pk__lt=wanted.before)
    for event in events.order_by("-pk")[: READ_MAX + 1].iterator(chunk_size=PAGE * 2):
        yield chains.line_of(event)


def _wanted(wanted: LineFilter) -> QuerySet[Event]:
    of_tab = Q()
    for chain in CHAINS[wanted.tab]:
        of_tab |= Q(chain__startswith=chain) if chain.endswith("/") else Q(chain=chain)
    events: QuerySet[Event] = Event.objects.filter(of_tab, escalation=None)
    narrowed = {"kind": wanted.what, "at__gte": wanted.since, "at__lt": wanted.until}
    return events.filter(**{name: value for name, value in narrowed.items() if value})


def _named(who: str) -> set[str] | None:
    """The names that may be meant, as lines write them; None where nobody is asked for."""
    if not who:
        return None
    people = (one.get_username() for one in doers.people(who))
    like = Q(name__icontains=who) & doers.nobody_is_called(who)
    agents = Agent.objects.filter(Q(name=who) | like)
    machines = doers.machines(who)
    return {who, *people, *agents.values_list("name", flat=True), *machines}


def _names_in(line: Line) -> set[str]:
    document = line.document or {}
    facts = document.get("facts") or {}
    kind, _, name = str(document.get("actor", "")).partition(":")
    said = {name, doers.machine(kind)}
    said |= {str(facts[name]) for name in ("person", "agent") if name in facts}
    return said | (
        {line.chain.removeprefix(PRESENCE)} if line.chain.startswith(PRESENCE) else set()
    )


def _told(lines: Collection[Line]) -> list[ListedLine]:
    people = get_user_model().objects.filter(
        username__in={name for line in lines for name in _names_in(line)}
    )
    names = {one.get_username(): one.get_full_name() or one.get_username() for one in people}
    published = {_number(_facts(line).get("number")) for line in lines if line.kind == "published"}
    notes = dict(
        PolicyVersion.objects.filter(number__in=published).values_list("number", "note")
        if published
        else ()
    )
    return [_listed(line, names, notes) for line in lines]


def _facts(line: Line) -> JSON:
    return (line.document or {}).get("facts") or {}


def _listed(line: Line, names: Mapping[str, str], notes: Mapping[int, str]) -> ListedLine:
    document = line.document or {}
    facts = _facts(line)
    actor = str(document.get("actor", ""))
    group, who = timeline.who_did(actor, names)
    of_presence = line.chain.startswith(PRESENCE)
    person = line.chain.removeprefix(PRESENCE) if of_presence else str(facts.get("person", ""))
    chain = PRESENCE.rstrip("/") if of_presence else line.chain
    row = next((one for one in kinds.table() if (one.chain, one.name) == (chain, line.kind)), None)
    policy = _number(facts.get("number")) if line.kind == "published" else 0
    title, details = row.says if row else WITHOUT_SENTENCE, _details(facts)
    if row and row.tell:
        work = str(facts.get("task_type") or "")
        titled = {**facts, "task_type": versions.title(work)} if work else facts
        title, details = row.sentence(Said(titled, names))
    if note := notes.get(policy):
        details = [f"“{note}”", *details]
    return ListedLine(
        at=line.at,
        group=group,
        who=who,
        by=actor.partition(":")[2],
        title=title,
        person=person,
        person_name=names.get(person, person),
        agent=str(facts.get("agent", "")),
        policy=policy,
        restores=_number(facts.get("restores")),
        details=details,
        entry=f"Entry {line.position} {_of_chain(line.chain, names)}",
        hash=f"{line.hash[:4]}…{line.hash[-4:]}",
        matches=hashlib.sha256(line.body).hexdigest() == line.hash,
    )


def _of_chain(chain: str, names: Mapping[str, str]) -> str:
    """Of which of the chains of a tab, so that a number names one line."""
    if chain.startswith(PRESENCE):
        name = chain.removeprefix(PRESENCE)
        return f"of the presence of {names.get(name, name)}"
    return f"of {NAMED.get(chain, chain)}"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _details(facts: JSON) -> list[str]:
    return [_fact(name, value) for name, value in facts.items() if name not in UNTOLD]


def _fact(name: str, value: object) -> str:
    if name in {"task_type", "task_types"} and isinstance(value, str | list):
        names = [value] if isinstance(value, str) else value
        value = [versions.title(one) for one in names if one]
    elif name == "week" and isinstance(value, dict):
        value = [
            f"{day} {value[day].replace('; ', ', break ')}" for day in day_name if day in value
        ]
    elif name == "limits" and isinstance(value, dict):
        value = {versions.title(one): most for one, most in value.items()}
    elif name.endswith("_s") and isinstance(value, int):
        name, value = name.removesuffix("_s"), formatting.duration(value)
    return f"{formatting.capitalised(name.replace('_', ' '))}: {_words(value)}"


def _words(value: object) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    elif isinstance(value, bool):
        return "yes" if value else "no"
    elif isinstance(value, list):
        return ", ".join(map(_words, value))
    elif isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items())
    elif isinstance(value, str) and _TIME.fullmatch(value):
        return f"{sentences.moment(value)}, {value[:4]}"
    else:
        return formatting.value_in_words(str(value))
