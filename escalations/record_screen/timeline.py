"""The record of one case as sentences: what happened, in order, by whom.

Pure: lines of the record in, entries for the page out. What the record cannot hold, as it must be
erasable, is given beside it: names, typed words, why a case was offered to somebody.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from escalations.models import Escalation, State
from escalations.proposal import call_parts
from escalations.record import kinds, readings, sentences
from escalations.record.chains import Finding, Line
from escalations.record.kind import Has
from escalations.record.lines import timestamp
from escalations.record.sentences import Offered, Said
from escalations.text import formatting

JSON = dict[str, Any]
PEOPLE, AGENT, BATON = "people", "agent", "baton"
SHOWN = (PEOPLE, AGENT, BATON)
# Whoever may run the commands of this machine: the record knows the command, and no name.
OPERATOR = "An operator of this server"
READINGS = readings.CHAIN.partition("{}")[2]

# Around the username and the name of somebody in a sentence. No line of the record holds these.
NAMED = "\ufdd0{}\ufdd1{}\ufdd2"

# What was typed with a line, by its kind and time; and until when and why a case was offered, by
# that time and to whom.
Words = Mapping[tuple[str, datetime], str]
Offers = Mapping[tuple[datetime, str], tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class EditedArgument:
    """One argument of a call before and after a person edited it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record as a person reads it."""

    position: int
    at: datetime
    group: str
    who: str
    kind: str
    title: str
    details: list[str] = field(default_factory=list)
    words: str = ""
    changes: list[EditedArgument] = field(default_factory=list)
    weighty: bool = False
    hash: str = ""
    raw: str = ""
    # A reading stands in a chain of its own, with positions of its own.
    reading: bool = False
    faults: list[str] = field(default_factory=list)
    # Who did it as their address names them, empty for Baton itself.
    by: str = ""

    @property
    def text(self) -> str:
        """What stands below its title."""
        return " ".join(self.details)

    @property
    def short_hash(self) -> str:
        """The ends of the hash, enough to compare by eye."""
        return f"{self.hash[:4]}…{self.hash[-4:]}"

    @property
    def number(self) -> str:
        """Its place in its chain: `Entry 4`, `Reading 1`."""
        return f"{'Reading' if self.reading else 'Entry'} {self.position}"

    @property
    def initials(self) -> str:
        """Two letters of a person, one of a machine."""
        if self.group != PEOPLE:
            return self.who[:1].upper()
        # As `User.initials` has them.
        words = [word for word in self.who.split() if word[:1].isalpha()] or [self.who]
        return (words[0][:1] + words[-1][:1] if len(words) > 1 else self.who[:2]).upper()


def entries(
    lines: Sequence[Line],
    *,
    names: Mapping[str, str],
    changes: Mapping[str, list[EditedArgument]],
    findings: Iterable[Finding] = (),
    blind: bool = False,
    words: Words = MappingProxyType({}),
    offers: Offers = MappingProxyType({}),
    leading: Collection[str] = (),
) -> list[Entry]:
    """Every line as an entry. `changes` are those of each decision, by its id. The names of the
    people `leading` somewhere stand in sentences as `NAMED`, so that a page can make links of them.

    With `blind`, a vote does not say what it was: somebody may still have to vote.
    """
    faults: dict[int, list[str]] = {}
    for finding in findings:
        if finding.position is not None:
            faults.setdefault(finding.position, []).append(finding.sentence)
    said = {one: NAMED.format(one, n) if one in leading else n for one, n in names.items()}
    told, standing = [], None
    for line in lines:
        kind, document = kinds.of(line.kind), line.document or {}
        facts = document.get("facts") or {}
        actor = str(document.get("actor", ""))
        group, who = who_did(actor, names)
        offer = _offer(line, facts, standing, who, offers)
        entry = _entry(line, Said(facts, said, offer), group, who, blind=blind)
        edits = changes.get(str(facts.get("decision")), []) if kind.answers else []
        typed = words.get((kind.remark, line.at), "") if kind.remark else ""
        wrong = faults.get(line.position, [])
        by = actor.partition(":")[2]
        told.append(replace(entry, changes=edits, words=typed, faults=wrong, by=by))
        standing = offer if facts.get("state", State.OFFERED) == State.OFFERED else None
    return told


def who_did(actor: str, names: Mapping[str, str]) -> tuple[str, str]:
    """The group and the name of whoever a line names, with usernames told as `names` has them."""
    kind, _, name = actor.partition(":")
    if kind == "person":
        return PEOPLE, names.get(name, name)
    elif kind == "agent":
        return AGENT, name
    elif kind == "policy":
        return BATON, "The policy"
    elif kind in {"operator", "command"}:
        return BATON, OPERATOR
    else:
        return BATON, "Baton"


def stands(escalation: Escalation) -> str:
    """How it ended, or where it is, in the words of the timeline."""
    if escalation.outcome:
        return sentences.outcome(escalation.outcome)
    elif escalation.state == State.SECOND:
        return "Waits for a second person"
    else:
        return str(escalation.get_state_display())


def changes_in(package: JSON, decision: JSON) -> list[EditedArgument]:
    """What a decision's edits changed in the calls that the package proposed."""
    proposed: dict[str, JSON] = {one["id"]: one for one in package.get("proposed_actions") or []}
    edits: list[JSON] = [one for one in decision.get("actions") or [] if one.get("edited")]
    return [
        EditedArgument(call_parts.label(name), _plain(before.get(name)), _plain(after.get(name)))
        for edit in edits
        for before in [proposed.get(edit["action_id"], {}).get("args") or {}]
        for after in [edit["edited"].get("args") or {}]
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _entry(line: Line, said: Said, group: str, who: str, *, blind: bool) -> Entry:
    kind = kinds.of(line.kind)
    title, details = kind.sentence(said, blind=blind)
    return Entry(
        position=line.position,
        at=line.at,
        group=group,
        who=who,
        kind=line.kind,
        title=title,
        details=[f"{detail}." for detail in details if detail],
        weighty=kind.weighty,
        hash=line.hash,
        reading=line.chain.endswith(READINGS),
        raw="" if blind and kind.tell_blind else line.body.decode(errors="replace"),
    )


def _offer(
    line: Line, facts: JSON, standing: Offered | None, by: str, offers: Offers
) -> Offered | None:
    """The offer that this line makes, else the one that stood until then."""
    if facts.get("state") != State.OFFERED or kinds.of(line.kind).has is not Has.TARGET:
        return standing
    to = str(facts.get("to", ""))
    until, why = offers.get((line.at, to), (None, ""))
    moment = facts.get("until") or (timestamp(until) if until else "")
    return Offered(to, by, str(moment), why.removesuffix("."))


def _plain(value: Any) -> str:
    if value is None:
        return "nothing"
    is_text = isinstance(value, str)
    return formatting.value_in_words(value) if is_text else call_parts.summary(value)
