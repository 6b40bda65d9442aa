"""The record of one case as sentences: what happened, in order, by whom.

Pure: lines of the record in, entries for the page out. What is not in the record is not told here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from escalations.models import Escalation
from escalations.record.chains import Finding, Line
from escalations.triage import verdict

JSON = dict[str, Any]
PEOPLE, AGENT, BATON = "people", "agent", "baton"
SHOWN = (PEOPLE, AGENT, BATON)

OUTCOMES = {
    "approved": "Approved",
    "edited": "Approved with edits",
    "rejected": "Rejected",
    "responded": "Answered instead of the agent’s action",
    "mixed": "Answered each action differently",
}
RESULTS = {
    "executed": "Carried the answer out",
    "failed": "Tried to carry the answer out, and it failed",
    "refused": "Refused to carry the answer out",
    "too_late": "Got the answer too late to carry it out",
}
ON_TIMEOUT = {
    "reject": "the agent asked for a refusal then",
    "escalate": "the agent asked for nothing else then",
    "return_to_agent": "the agent asked for the case back then",
}
HOLD_ENDED = {
    "revised": "They may not decide the new version",
    "rights": "They may not decide it any more",
}
AUDIENCES = {
    "holder": "whoever has the case",
    "eligible": "those who may take it, and supervisors on shift",
    "supervisors_on_shift": "the supervisors on shift",
    "supervisors": "all supervisors",
    "admins": "the admins",
}


@dataclass(frozen=True, slots=True)
class Change:
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
    title: str
    details: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    weighty: bool = False
    hash: str = ""
    raw: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def short_hash(self) -> str:
        """The ends of the hash, enough to compare by eye."""
        return f"{self.hash[:4]}…{self.hash[-4:]}"

    @property
    def initials(self) -> str:
        """Two letters of a person, one of a machine."""
        words = self.who.split()
        if self.group != PEOPLE:
            return self.who[:1].upper()
        return (words[0][:1] + words[-1][:1] if len(words) > 1 else self.who[:2]).upper()


def entries(
    lines: Sequence[Line],
    *,
    names: Mapping[str, str],
    changes: Mapping[str, list[Change]],
    findings: Iterable[Finding] = (),
    blind: bool = False,
) -> list[Entry]:
    """Every line as an entry. `changes` are those of each decision, by its id.

    With `blind`, a vote does not say what it was: somebody may still have to vote.
    """
    faults: dict[int, list[str]] = {}
    for finding in findings:
        if finding.position is not None:
            faults.setdefault(finding.position, []).append(finding.sentence)
    return [
        _entry(line, names, changes, faults.get(line.position, []), blind=blind) for line in lines
    ]


def stands(escalation: Escalation) -> str:
    """How it ended, or where it is, in the words of the timeline."""
    if escalation.outcome:
        return OUTCOMES.get(escalation.outcome, escalation.outcome.replace("_", " ").capitalize())
    return escalation.get_state_display()


def changes_in(package: JSON, decision: JSON) -> list[Change]:
    """What a decision's edits changed in the calls that the package proposed."""
    proposed: dict[str, JSON] = {one["id"]: one for one in package.get("proposed_actions") or []}
    edits: list[JSON] = [one for one in decision.get("actions") or [] if one.get("edited")]
    return [
        Change(name, _plain(before.get(name)), _plain(after.get(name)))
        for edit in edits
        for before in [proposed.get(edit["action_id"], {}).get("args") or {}]
        for after in [edit["edited"].get("args") or {}]
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _entry(
    line: Line,
    names: Mapping[str, str],
    changes: Mapping[str, list[Change]],
    faults: list[str],
    *,
    blind: bool,
) -> Entry:
    document = line.document or {}
    facts = document.get("facts") or {}
    hidden = blind and line.kind == "voted"
    actor = str(document.get("actor", ""))
    group, who = _who(actor, names)
    title, details = _told("voted_blind" if hidden else line.kind, facts)
    return Entry(
        position=line.position,
        at=line.at,
        group=group,
        who=who,
        title=title,
        details=[f"{detail}." for detail in details if detail],
        changes=changes.get(str(facts.get("decision")), []) if line.kind == "decided" else [],
        weighty=line.kind in {"decided", "undone", "cancelled", "expired"},
        hash=line.hash,
        raw="" if hidden else line.body.decode(errors="replace"),
        faults=faults,
    )


def _who(actor: str, names: Mapping[str, str]) -> tuple[str, str]:
    kind, _, name = actor.partition(":")
    if kind == "person":
        return PEOPLE, names.get(name, name)
    elif kind == "agent":
        return AGENT, name
    elif kind == "policy":
        return BATON, "The policy"
    elif kind == "operator":
        return BATON, "An operator of this server"
    else:
        return BATON, "Baton"


Told = tuple[str, list[str]]


def _told(kind: str, facts: JSON) -> Told:
    if kind in _SENTENCES:
        return _SENTENCES[kind](facts)
    return kind.replace("_", " ").capitalize(), []


def _received(facts: JSON) -> Told:
    return "Asked for a person", _judged(facts)


def _revised(facts: JSON) -> Told:
    return f"Sent version {facts.get('package_version')} of its package", _judged(facts)


def _judged(facts: JSON) -> list[str]:
    meaning = verdict.MEANING.get(facts.get("level") or 0, "not known")
    return [
        f"Level {facts.get('level')}: {meaning}",
        f"Judged by version {facts.get('policy_version')} of the policy",
        f"Answer due {_moment(facts.get('respond_by'))}" if facts.get("state") != "decided" else "",
        f"{facts.get('completeness')} % of what people need was in the package",
        f"It raises {facts['re_escalates']} again" if facts.get("re_escalates") else "",
    ]


def _decided(facts: JSON) -> Told:
    outcome = str(facts.get("outcome"))
    title = OUTCOMES.get(outcome, outcome.replace("_", " ").capitalize())
    if facts.get("automatic"):
        title = "Let the agent act alone"
    return title, [
        f"Reason: {_words(facts['reason_code'])}" if facts.get("reason_code") else "",
        "The agent may act on it" if facts.get("proceed") else "The agent may not act",
        "" if facts.get("automatic") else f"In effect from {_moment(facts.get('effective_at'))}",
        f"Made on version {facts.get('package_version')} of the package",
    ]


def _claimed(facts: JSON) -> Told:
    again = facts.get("fence", 1) > 1
    return "Opened the case and held it", [f"Hold number {facts['fence']}" if again else ""]


def _passed_on(facts: JSON) -> Told:
    skills = str(facts.get("to_skills", "")).replace("+", " and ").replace(":", " at ")
    if facts.get("to_role"):
        to = "a supervisor"
    else:
        to = f"whoever has {skills} or better" if skills else str(facts.get("to"))
    return f"Passed the case on to {to}", ["It keeps its age"]


def _handed_over(facts: JSON) -> Told:
    return f"Took the case over from {facts.get('from')}", [f"Hold number {facts.get('fence')}"]


def _snoozed(facts: JSON) -> Told:
    until = f"Until {_moment(facts.get('until'))}"
    return "Put the case off", [until, "Its clock stands still"]


def _lease_ended(facts: JSON) -> Told:
    otherwise = "Nothing was done for 10 minutes" if facts.get("idle") else "Their screen was gone"
    why = HOLD_ENDED.get(str(facts.get("reason")), otherwise)
    return f"Ended the hold of {facts.get('holder')}", [why]


def _voted(facts: JSON) -> Told:
    edited = facts.get("command") == "edit"
    title = "Edited the proposal" if edited else "Gave one approval"
    return title, ["Another person must agree"]


def _undone(facts: JSON) -> Told:
    waits = facts.get("state") != "held"
    return "Took the decision back", [
        "The case waits again, with its age" if waits else "They hold the case again"
    ]


def _cancelled(facts: JSON) -> Told:
    newer = facts.get("superseded_by")
    return "Withdrew the case", [f"{newer} takes its place" if newer else "The agent may not act"]


def _expired(facts: JSON) -> Told:
    rule = str(facts.get("rule", "")).removeprefix("on_timeout: ")
    return "Closed the case: nobody answered in time", [
        f"Silence never approves; {ON_TIMEOUT.get(rule, 'the agent may not act')}"
    ]


def _overdue(facts: JSON) -> Told:
    due = f"It was due {_moment(facts.get('respond_by'))}"
    return "Noted that the answer is late", [due, _reached(facts) if "step" in facts else ""]


def _alerted(facts: JSON) -> Told:
    return f"Raised alert {facts.get('step')}, “{_words(facts.get('alert'))}”", [_reached(facts)]


def _reached(facts: JSON) -> str:
    many, audience = facts.get("told"), AUDIENCES.get(str(facts.get("audience")), "nobody")
    passed = AUDIENCES.get(str(facts.get("instead_of")), "")
    missing = f"; nobody was there of {passed}" if passed else ""
    return f"Told {audience} ({many}){missing}" if many else f"Nobody was there to be told{missing}"


def _read(facts: JSON) -> Told:
    part = "the package as the agent sent it" if facts.get("part") == "raw" else "the briefing"
    return f"Read {part}", []


def _delivered(facts: JSON) -> Told:
    attempts = facts.get("attempts")
    tries = "at the first attempt" if attempts == 1 else f"after {attempts} attempts"
    return "Handed the answer to the agent", [
        f"Signed webhook, answered {facts.get('status')} {tries}"
    ]


def _undelivered(facts: JSON) -> Told:
    attempts = facts.get("attempts")
    count = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    return "Gave up handing the answer over", [
        f"{count}, the last answered {facts.get('status') or 'nothing'}",
        "It stands under Deliveries; the agent can still fetch it",
    ]


def _replayed(facts: JSON) -> Told:
    return "Had the answer sent again", ["Under the same id"]


def _reported(facts: JSON) -> Told:
    return RESULTS.get(str(facts.get("result")), "Reported what it did"), []


def _surveyed(facts: JSON) -> Told:
    effort, csat = facts.get("effort"), facts.get("csat")
    return "Passed on what the customer said", [
        f"Satisfied: {csat} of 5" if csat is not None else "",
        f"Effort: {effort} of 7" if effort is not None else "",
        "Had to repeat themselves" if facts.get("had_to_repeat") else "",
        {True: "Solved", False: "Not solved"}.get(facts["resolved"], "")
        if "resolved" in facts
        else "",
    ]


_SENTENCES: dict[str, Callable[[JSON], Told]] = {
    "received": _received,
    "revised": _revised,
    "decided": _decided,
    "claimed": _claimed,
    "released": lambda _: ("Gave the case back", []),
    "lease_ended": _lease_ended,
    "passed_on": _passed_on,
    "handover_asked": lambda facts: (f"Asked {facts.get('from')} for the case", []),
    "handover_kept": lambda facts: (f"Kept the case that {facts.get('from')} asked for", []),
    "handed_over": _handed_over,
    "snoozed": _snoozed,
    "woke": lambda _: ("Brought the case back", ["Its clock runs on where it stood"]),
    "voted": _voted,
    "voted_blind": lambda _: ("Had their part", ["Another person must answer without seeing it"]),
    "undone": _undone,
    "cancelled": _cancelled,
    "expired": _expired,
    "overdue": _overdue,
    "alerted": _alerted,
    "context_added": lambda _: ("Added what it learnt meanwhile", []),
    "read": _read,
    "delivered": _delivered,
    "undelivered": _undelivered,
    "replayed": _replayed,
    "outcome_reported": _reported,
    "feedback_reported": _surveyed,
}


def _moment(text: Any) -> str:
    """`13:00:10 on 19 Nov`, from a time as the record writes it."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return "at no known time"
    return f"{at:%H:%M:%S} on {at.day} {at:%b}"


def _words(code: Any) -> str:
    return str(code).replace("_", " ")


def _plain(value: Any) -> str:
    return "nothing" if value is None else value if isinstance(value, str) else str(value)
