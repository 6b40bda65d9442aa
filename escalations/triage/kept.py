"""What holds of a case from before: no later call of the agent lowers what a hard rule, the
customer's wish, a missed deadline or a person has said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from escalations.policy.hard_rules import Compiled
from escalations.text import formatting
from escalations.triage.verdict import HARD, Notes, Reason

PERSON = "person"
BEFORE = "before"
PASSED_ON = "passed_on"
WAITS = "waits"
TIMED_OUT = "on_timeout: escalate"
STAYING = frozenset({PERSON, BEFORE, TIMED_OUT})
# Their sentences tell themselves what was before.
PLAIN = frozenset({BEFORE, TIMED_OUT})
EARLIER = "Found in an earlier version"
ADDED = "Added meanwhile"
EDITED = "Edited by a person"
CHOSEN = "Chosen by a person"
WRITTEN = "Written by a person"
FROM = "From "


def reasons(said: Iterable[Mapping[str, Any]], where: str) -> tuple[Reason, ...]:
    """Those of a case's reasons that stay, each telling once where it was found."""
    kept = (Reason(**one) for one in said if _stays(str(one["rule"])))
    return tuple(found(one, where) for one in kept)


def found(reason: Reason, where: str) -> Reason:
    """The reason with the place where it was found before its sentence."""
    tells = (EARLIER, ADDED, EDITED, CHOSEN, WRITTEN, FROM)
    if reason.rule in PLAIN or reason.sentence.startswith(tells):
        return reason
    return replace(reason, sentence=f"{where}: {formatting.inside(reason.sentence)}")


def note(before: Sequence[Reason], rules: Compiled, notes: Notes) -> None:
    """Each that was not found again, with the people, skills and haste that its rule asks for."""
    for reason in before:
        again = any(one.rule == reason.rule and one.level >= reason.level for one in notes.reasons)
        if not again and reason.rule != WAITS:
            _add(reason, rules, notes)


def note_waiting(before: Sequence[Reason], notes: Notes) -> None:
    """What waits for a person is not answered by the machine after all. Last, as it is said only
    where nothing else asks for a person."""
    for reason in before:
        if reason.rule == WAITS and notes.level == 1:
            notes.add(reason.level, reason.rule, reason.sentence)


def _stays(rule: str) -> bool:
    return rule.startswith(HARD) or rule in STAYING


def _add(reason: Reason, rules: Compiled, notes: Notes) -> None:
    hard = rules.by_name.get(reason.rule.removeprefix(HARD)) if _is_hard(reason) else None
    notes.add(
        reason.level, reason.rule, reason.sentence, reason.observed, reason.threshold,
        approvals=hard.approvals if hard else reason.approvals,
        skills=hard.skills if hard else reason.skills,
    )  # fmt: skip
    notes.hasten("high" if reason.rule == PERSON else hard.priority if hard else None)


def _is_hard(reason: Reason) -> bool:
    return reason.rule.startswith(HARD)
