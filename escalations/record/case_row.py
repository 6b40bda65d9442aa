"""The row of a case against what its lines say.

A line of an earlier version says less: what it does not say is not compared.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from escalations.models import Escalation, requirements
from escalations.record import vouching
from escalations.record.chains import Line
from escalations.record.lines import STANDING, plain, standing
from escalations.record.told import JSON, Found, Told

# What an alert changes without raising the version, and what only a new deadline does.
OF_ALERTS = frozenset({"alert_at", "alert_step", "overdue_at", "remind_at"})
OF_THE_CLOCK = frozenset({"respond_by", "rank"})


def findings(escalation: Escalation, lines: Sequence[Line], told: Sequence[Told]) -> Found:
    """Everything that the row says otherwise than its lines."""
    yield from _head(escalation, lines)
    yield from _state(escalation, told)
    yield from _arrival(escalation, told)
    yield from _judged(escalation, told)
    yield from _assignee(escalation, told)
    yield from _skills(escalation, told)
    yield from _standing(escalation, lines, told)
    yield from _unexplained(told)


def _head(escalation: Escalation, lines: Sequence[Line]) -> Found:
    """The row keeps the length and the last hash, so a tail that was cut off shows."""
    if not lines:
        yield None, "It has no entries at all."
    elif escalation.chain_length != lines[-1].position:
        yield None, f"Its row counts {escalation.chain_length} entries, not {lines[-1].position}."
    elif escalation.chain_hash != lines[-1].hash:
        yield None, "Its row keeps another hash than that of the last entry."


def _state(escalation: Escalation, told: Sequence[Told]) -> Found:
    moves = [one.said for one in told if "state" in one.said]
    row = f"“{escalation.state}” at version {escalation.version}"
    if moves and row != (last := f"“{moves[-1]['state']}” at version {moves[-1].get('version')}"):
        yield None, f"Its row says {row}, the record {last}."


def _arrival(escalation: Escalation, told: Sequence[Told]) -> Found:
    first = told[0] if told else None
    if first is None or not first.brings_a_package:
        return
    if first.actor != f"agent:{_there(escalation, 'agent')}":
        yield None, _changed("agent")
    if first.at != escalation.arrived_at:
        yield None, _changed("arrived_at")


def _judged(escalation: Escalation, told: Sequence[Told]) -> Found:
    """The verdict on the version that stands, and what the lists show of it."""
    last = next((one for one in reversed(told) if one.brings_a_package), None)
    if last is None:
        return
    said = _said_of(last, told)
    for column in vouching.JUDGED:
        if column in said and plain(getattr(escalation, column)) != said[column]:
            yield None, _changed(column)
    for column in ("re_escalates", "supersedes"):
        other = _there(escalation, column)
        if column in said and (other and other.id) != said[column]:
            yield None, _changed(column)
    if not last.salt:
        return
    if "shown" in said and vouching.shown(escalation, last.salt) != said["shown"]:
        text = "what lists show of it (words, customer, ids, reasons, what is missing)"
        yield None, _changed(text)
    if "excluded" in said and vouching.listed(escalation.excluded, last.salt) != said["excluded"]:
        yield None, _changed("excluded")


def _said_of(last: Told, told: Sequence[Told]) -> JSON:
    """What the line of a package says, and anew those after it: a case goes a level up, or an edit
    asks for more than the package did."""
    said = dict(last.said)
    later = (one.said for one in told if one.kind.rejudges and one.position > last.position)
    for anew in later:
        said |= {name: anew[name] for name in (*vouching.JUDGED, "shown") if name in anew}
    return said


def _assignee(escalation: Escalation, told: Sequence[Told]) -> Found:
    """By name where a person said so, else by a digest of what the agent asked for."""
    undone = _undone(told)
    for one in reversed(told):
        if "assignee" not in one.said or one.position in undone:
            continue
        if not one.brings_a_package:
            same = escalation.assignee == one.said["assignee"]
        else:
            hidden = vouching.listed(escalation.assignee, one.salt) if one.salt else ""
            same = not one.salt or hidden == one.said["assignee"]
        if not same:
            yield None, _changed("assignee")
        return


def _undone(told: Sequence[Told]) -> set[int]:
    """The lines that directed it elsewhere and were taken back by who wrote them."""
    return {one.said["takes_up"] for one in told if "takes_up" in one.said}


def _skills(escalation: Escalation, told: Sequence[Told]) -> Found:
    asked, undone = None, _undone(told)
    for one in told:
        if one.position not in undone and (one.brings_a_package or "to_skills" in one.said):
            asked = one.said.get("skills", one.said.get("to_skills"))
    row = _there(escalation, "requirement")
    if row is None or requirements.key(row.skills) != row.key or asked not in {None, row.key}:
        yield None, "The skills that it asks for were changed."


def _standing(escalation: Escalation, lines: Sequence[Line], told: Sequence[Told]) -> Found:
    """Each line says where the case stands after it, and the last one what the row must say."""
    last = told[-1] if told else None
    if last is None or last.position != lines[-1].position or "row" not in last.said:
        return
    row = standing(escalation)
    for column in sorted(_differing(row, last.said["row"])):
        yield None, _changed(column)


def _unexplained(told: Sequence[Told]) -> Found:
    """A change that came between two lines and was written into the next one."""
    before: JSON | None = None
    for one in told:
        row = one.said.get("row")
        if isinstance(row, dict) and before is not None:
            for column in sorted(_differing(before, row) - _may_change(one)):
                yield one.position, f"Before it {column} was changed without an entry."
        before = row if isinstance(row, dict) else None


def _may_change(one: Told) -> frozenset[str]:
    if one.kind.before is None:
        # Of a kind that this version does not know nothing can be said.
        return frozenset() if one.kind.is_known else frozenset(STANDING)
    elif not one.kind.raises:
        return OF_ALERTS
    else:
        every = frozenset(STANDING)
        return every if "respond_by" in one.said else every - OF_THE_CLOCK


def _differing(one: JSON, other: Any) -> set[str]:
    if not isinstance(other, dict):
        return set(STANDING)
    # Of earlier versions a line may say more than is held now.
    held = (one.keys() | other.keys()) & set(STANDING)
    return {name for name in held if one.get(name) != other.get(name)}


def _there(escalation: Escalation, name: str) -> Any:
    """The row that this column names; None if it is gone."""
    try:
        return getattr(escalation, name)
    except ObjectDoesNotExist:
        return None


def _changed(column: str) -> str:
    return f"Its row was changed: {column.removesuffix('_id')} is not what the record says."
