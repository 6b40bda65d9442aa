"""A case goes a level up because its time ended without an answer (`on_timeout: escalate`)."""

from datetime import datetime

from escalations.lifecycle import arriving, holding, moves
from escalations.lifecycle.moves import Change
from escalations.models import Escalation, State
from escalations.policy.ladder import ALERT_LEVEL
from escalations.record import lines, vouching
from escalations.text import formatting
from escalations.triage import kept
from escalations.triage.verdict import DISPOSITIONS, Reason

COLUMNS = ("level", "disposition", "priority", "rank", "reasons", "expires_at", "timed_out_at")
RULE = kept.TIMED_OUT


def raised(escalation: Escalation, *, salt: str, now: datetime) -> Change:
    """One level further than it is, under the lock; `salt` is that of the package that stands.
    `routing` tells supervisors and asks more people. Whoever has it keeps it and reads it anew;
    what was put off waits again."""
    before, was = escalation.state, escalation.level
    level = min(was + 1, ALERT_LEVEL)
    resumed = holding.resume(escalation, now=now) if before == State.SNOOZED else {}
    if before == State.SNOOZED:
        holding.let_go(escalation)
    arriving.judge_anew(
        escalation,
        {
            "level": level,
            "disposition": DISPOSITIONS[level],
            "priority": "urgent" if level == ALERT_LEVEL else escalation.priority,
            "reasons": [_reason(was, level).as_json(), *escalation.reasons],
            "expires_at": None,
            "timed_out_at": now,
        },
        now=now,
    )
    facts = {
        "rule": RULE,
        "task_type": escalation.task_type,
        "level": level,
        "was": was,
        "disposition": escalation.disposition,
        "policy_version": escalation.policy_version,
        "priority": escalation.priority,
        "expires_at": None,
        "timed_out_at": lines.plain(now),
        "shown": vouching.shown(escalation, salt),
        **resumed,
    }
    columns = (*moves.COLUMNS, *holding.CLOCK, *COLUMNS)
    return moves.planned(
        escalation, "timed_out", before=before, now=now, facts=facts, columns=columns
    )


def _reason(was: int, level: int) -> Reason:
    said = f"it was level {was}" if was < level else "there is no level above"
    sentence = f"Nobody answered in time, so it is at level {level} now ({said}): "
    return Reason(RULE, f"{sentence}{formatting.LEVELS[level]}.", level=level)
