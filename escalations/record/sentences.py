"""What the lines of a case say to people: for each a title and details.

Pure, and drawn into the table of kinds. A line names people by their id; their names are given to
the sentence when it is read, and so is whatever may be erased: an offer's reason, typed words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from escalations.models import WhyDeclined
from escalations.text import formatting

JSON = dict[str, Any]
Told = tuple[str, list[str]]

OUTCOMES = {
    "approved": "Approved",
    "edited": "Approved with edits",
    "rejected": "Rejected",
    "responded": "Answered instead of the agent’s action",
    "mixed": "Answered each action differently",
    "reversed": "Reversed",
}
ON_TIMEOUT = {
    "reject": "the agent asked for a refusal then",
    "return_to_agent": "the agent asked for the case back then",
}
NOT_THEIRS = {
    "revised": "They may not decide the new version",
    "rights": "They may not decide it any more",
}
NOT_THERE = {
    "busy": "They were busy by then",
    "away": "They were away by then",
    "offline": "They were offline by then",
}
AUDIENCES = {
    "holder": "whoever has the case",
    "eligible": "those who may take it, and supervisors on shift",
    "supervisors_on_shift": "the supervisors on shift",
    "supervisors": "all supervisors",
    "admins": "the admins",
}
OTHER_CASES = ("re_escalates", "superseded_by")
NAMING = ("from", "to", "holder")  # The facts that name a person; `mentions` names several.
WITH_ITS_AGE = "It waits with its age"


@dataclass(frozen=True, slots=True)
class Offered:
    """The offer that a line made, or that stood until then."""

    to: str
    by: str
    until: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence is made of: the facts of its line, names by id, and the offer, if any."""

    facts: JSON
    names: Mapping[str, str] = field(default_factory=dict)
    offer: Offered | None = None

    def name(self, fact: str) -> str:
        """The name of the person whom this fact names."""
        return name_of(str(self.facts.get(fact) or ""), self.names)

    @property
    def target(self) -> str:
        """Where the case goes, as the end of a sentence."""
        return target(self.facts, self.names)


def name_of(username: str, names: Mapping[str, str]) -> str:
    """Their name, or what the record calls them where it is not known."""
    return names.get(username, username) or "somebody"


def target(facts: JSON, names: Mapping[str, str]) -> str:
    """Where a case is passed on or given to, as the end of a sentence: “to Amara Diallo”."""
    skills = str(facts.get("to_skills", "")).replace("+", " and ").replace(":", " at ")
    if skills:
        return f"to whoever has {skills} or better"
    elif facts.get("to_role"):
        return "to a supervisor"
    else:
        return f"to {name_of(str(facts['to']), names)}" if facts.get("to") else "back to the queue"


def received(said: Said) -> Told:
    return "Asked for a person", _judged(said.facts, said.names)


def revised(said: Said) -> Told:
    title = f"Sent version {said.facts.get('package_version')} of its package"
    return title, _judged(said.facts, said.names)


def context_added(said: Said) -> Told:
    return "Added what it learnt meanwhile", [voided(said.facts)]


def voided(facts: JSON) -> str:
    count = facts.get("voided")
    if not count:
        return ""
    return f"{count} earlier part{'' if count == 1 else 's'} in the decision counts no longer"


def offered(said: Said) -> Told:
    offer = said.offer
    second = (
        "Second choice: it asks for more than their skills say" if said.facts.get("ring") else ""
    )
    return f"Offered the case to {said.name('to')}", [
        offer.why if offer and offer.why else second,
        _theirs_until(offer),
    ]


def accepted(said: Said) -> Told:
    return "Accepted the case", [came_from(said), hold(said.facts)]


def declined(said: Said) -> Told:
    reason = str(said.facts.get("reason", ""))
    return "Declined the case", [
        f"Reason: {dict(WhyDeclined.choices).get(reason, _words(reason))}",
        came_from(said),
        WITH_ITS_AGE,
    ]


def offer_missed(said: Said) -> Told:
    title = f"Took the offer to {said.name('from')} back: no answer in time"
    return title, [came_from(said), WITH_ITS_AGE]


def offer_withdrawn(said: Said) -> Told:
    reason = str(said.facts.get("reason"))
    why = {**NOT_THEIRS, **NOT_THERE}.get(reason, "They were not available any more")
    return f"Took the offer to {said.name('from')} back", [why, came_from(said), WITH_ITS_AGE]


def claimed(said: Said) -> Told:
    offer = said.offer
    was = f"It was offered to {name_of(offer.to, said.names)}" if offer else ""
    return "Opened the case and held it", [was, hold(said.facts)]


def lease_ended(said: Said) -> Told:
    facts = said.facts
    otherwise = "Nothing was done for 10 minutes" if facts.get("idle") else "Their screen was gone"
    why = NOT_THEIRS.get(str(facts.get("reason")), otherwise)
    return f"Ended the hold of {said.name('holder')}", [why]


def passed_on(said: Said) -> Told:
    return f"Passed the case on {said.target}", ["It keeps its age"]


def reassigned(said: Said) -> Told:
    was = f"It was with {said.name('from')}" if said.facts.get("from") else "Nobody had it"
    until = _theirs_until(said.offer) if said.facts.get("to") else ""
    return f"Gave the case {said.target}", [was, until]


def handover_asked(said: Said) -> Told:
    return f"Asked {said.name('from')} for the case", []


def handover_kept(said: Said) -> Told:
    return f"Kept the case that {said.name('from')} asked for", []


def handed_over(said: Said) -> Told:
    return f"Took the case over from {said.name('from')}", [
        f"Hold number {said.facts.get('fence')}"
    ]


def snoozed(said: Said) -> Told:
    until = f"Until {moment(said.facts.get('until'))}"
    return "Put the case off", [until, "Its clock stands still"]


def woke(said: Said) -> Told:
    return "Brought the case back", ["Its clock runs on where it stood"]


def voted(said: Said) -> Told:
    # Lines of earlier versions do not say how it counted.
    wrote = (said.facts.get("vote") or {}).get("verdict")
    command = said.facts.get("command")
    if wrote == "reject":
        return "Rejected what another had agreed to", ["A third person decides"]
    elif wrote == "approve" or (not wrote and command != "edit"):
        title = "Gave one approval"
    else:
        title = "Gave another answer" if command in {"choose", "respond"} else "Edited the proposal"
    return title, [_by_rules(said.facts), "Another person must agree"]


def voted_blind(said: Said) -> Told:
    return "Had their part", ["Another person must answer without seeing it"]


def answer_held(said: Said) -> Told:
    return "Held an answer that met a rule", _asks(said.facts)


def context_judged(said: Said) -> Told:
    return "Asked for more after what was added", _asks(said.facts)


def recalled(said: Said) -> Told:
    return "Took the decision back: what was added met a rule", [
        _by_rules(said.facts),
        "It could still be undone; the case waits again, with its age",
    ]


def _asks(facts: JSON) -> list[str]:
    level, people = facts.get("level"), facts.get("approvals") or 1
    return [
        _by_rules(facts),
        f"Level {level}: {formatting.LEVELS.get(level or 0, 'not known')}",
        f"{people} people have to approve" if people > 1 else "",
        voided(facts),
    ]


def decided(said: Said) -> Told:
    facts = said.facts
    title = outcome(str(facts.get("outcome")))
    if facts.get("automatic"):
        title = "Let the agent act alone"
    return title, [
        f"Reason: {_words(facts['reason_code'])}" if facts.get("reason_code") else "",
        "The agent may act on it" if facts.get("proceed") else "The agent may not act",
        "" if facts.get("automatic") else f"In effect from {moment(facts.get('effective_at'))}",
        f"Made on version {facts.get('package_version')} of the package",
    ]


def outcome(code: str) -> str:
    """How a case was answered, in the words of the timeline."""
    return OUTCOMES.get(code, _words(code).capitalize())


def undone(said: Said) -> Told:
    waits = said.facts.get("state") != "held"
    return "Took the decision back", [
        "The case waits again, with its age" if waits else "They hold the case again"
    ]


def cancelled(said: Said) -> Told:
    newer = str(said.facts.get("superseded_by") or "")
    instead = f"{said.names.get(newer, newer)} takes its place"
    return "Withdrew the case", [instead if newer else "The agent may not act"]


def expired(said: Said) -> Told:
    rule = str(said.facts.get("rule", "")).removeprefix("on_timeout: ")
    return "Closed the case: nobody answered in time", [
        f"Silence never approves; {ON_TIMEOUT.get(rule, 'the agent may not act')}"
    ]


def timed_out(said: Said) -> Told:
    level, was = said.facts.get("level"), said.facts.get("was")
    went = f"From level {was} to level {level}" if was != level else f"It stays at level {level}"
    return "Took the case a level up: nobody answered in time", [
        went,
        "Supervisors were told, and more people may be asked",
    ]


def overdue(said: Said) -> Told:
    facts = said.facts
    due = f"It was due {moment(facts.get('respond_by'))}"
    return "Noted that the answer is late", [due, _reached(facts) if "step" in facts else ""]


def alerted(said: Said) -> Told:
    facts = said.facts
    return f"Raised alert {facts.get('step')}, “{_words(facts.get('alert'))}”", [_reached(facts)]


def revealed(said: Said) -> Told:
    count = said.facts.get("count")
    many = "one value" if count == 1 else f"{count} values"
    return f"Saw {many} that the agent had asked to mask", []


def read(said: Said) -> Told:
    parts = {"raw": "the package as the agent sent it", "batch": "it in a table of many"}
    parts["handed"] = "the case that was handed to it"
    if said.facts.get("part") == "ahead":
        return "Was sent the briefing before opening it, as the next in the list", []
    return f"Read {parts.get(str(said.facts.get('part')), 'the briefing')}", []


def delivered(said: Said) -> Told:
    attempts = said.facts.get("attempts")
    tries = "at the first attempt" if attempts == 1 else f"after {attempts} attempts"
    what = "a message" if said.facts.get("type") == "escalation.message" else "the answer"
    whom = "the agent"
    if said.facts.get("type") == "escalation.handed":
        what, whom = "the case", "the other agent"
    return f"Handed {what} to {whom}", [
        f"Signed webhook, answered {said.facts.get('status')} {tries}"
    ]


def undelivered(said: Said) -> Told:
    attempts = said.facts.get("attempts")
    count = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    return "Gave up handing the answer over", [
        f"{count}, the last answered {said.facts.get('status') or 'nothing'}",
        "It stands under Deliveries; the agent can still fetch it",
    ]


def replayed(said: Said) -> Told:
    return "Had the answer sent again", ["Under the same id"]


def _judged(facts: JSON, names: Mapping[str, str]) -> list[str]:
    again = str(facts.get("re_escalates") or "")
    meaning = formatting.LEVELS.get(facts.get("level") or 0, "not known")
    return [
        f"Level {facts.get('level')}: {meaning}",
        f"Judged by version {facts.get('policy_version')} of the policy",
        f"Answer due {moment(facts.get('respond_by'))}" if facts.get("state") != "decided" else "",
        f"{facts.get('completeness')} % of what people need was in the package",
        f"It raises {names.get(again, again)} again" if again else "",
    ]


def _by_rules(facts: JSON) -> str:
    """`Rules: two people, legal amount`; empty where the words asked for nothing more."""
    rules = [_words(_rule(str(rule))) for rule in facts.get("rules") or []]
    return f"{'Rule' if len(rules) == 1 else 'Rules'}: {', '.join(rules)}" if rules else ""


def _rule(name: str) -> str:
    """`rules/0` as the first of the task type's own; of another its name without its folder."""
    folder, _, last = name.rpartition("/")
    is_own = folder.endswith("rules") and last.isdecimal()
    return f"rule {int(last) + 1} of the task type" if is_own else last


def _theirs_until(offer: Offered | None) -> str:
    return f"Theirs to answer until {moment(offer.until)}" if offer and offer.until else ""


def came_from(said: Said) -> str:
    """Who had offered it, and until when it was theirs to answer."""
    offer = said.offer
    if offer is None:
        return ""
    until = f" until {moment(offer.until)}" if offer.until else ""
    return f"It was offered to them by {offer.by}{until}"


def hold(facts: JSON) -> str:
    return f"Hold number {facts['fence']}" if facts.get("fence", 1) > 1 else ""


def _reached(facts: JSON) -> str:
    many, audience = facts.get("told"), AUDIENCES.get(str(facts.get("audience")), "nobody")
    passed = AUDIENCES.get(str(facts.get("instead_of")), "")
    missing = f"; nobody was there of {passed}" if passed else ""
    return f"Told {audience} ({many}){missing}" if many else f"Nobody was there to be told{missing}"


def moment(text: Any) -> str:
    """`13:00:10 on 19 Nov`, from a time as the record writes it."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return "at no known time"
    return f"{at:%H:%M:%S} on {at.day} {at:%b}"


def _words(code: Any) -> str:
    return str(code).replace("_", " ")
