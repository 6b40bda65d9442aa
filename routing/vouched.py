"""The offers of a case against its lines: to whom, until when, why, and what became of each."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from escalations.models import Escalation, State
from escalations.record import vouching
from escalations.record.kind import Has, OfferEnds
from escalations.record.lines import timestamp
from escalations.record.told import Found, Told
from routing.matching import Match, why
from routing.models import Handover, Offer

ROWS = {
    "offers": lambda: Offer.objects.select_related("person", "given_by"),
    "handovers": lambda: Handover.objects.select_related("asked_by", "holder"),
}
# The numbers of an offer that no matching made.
BLANK = (0, 1, 1, None, None, 0, 0)


# After the name of whoever gave it.
GAVE = " gave you this."


def of_match(match: Match) -> str:
    """What the line of an offer holds of the numbers and the sentence behind it."""
    runner_up = None if match.runner_up is None else int(match.runner_up)
    theirs = None if match.runner_up_value is None else float(match.runner_up_value)
    # As the row gives them back: columns of fractions know no whole numbers.
    return _digest(
        float(match.value), match.place, match.of, runner_up, theirs, match.ring,
        float(match.minutes), why(match),
    )  # fmt: skip


def findings(escalation: Escalation, told: Sequence[Told]) -> Found:
    """Every offer stands in an entry and every entry has its offer, with the same content."""
    rows = [row for row in escalation.offers.all() if not _is_memory(row)]
    for place, one in enumerate(told):
        if one.kind.has is not Has.TARGET or one.said.get("state") != "offered":
            continue
        row = next((row for row in rows if row.offered_at == one.at), None)
        # A line of an earlier version, or of an offer that no matching made.
        if row is None and "offer" not in one.said and "giver" not in one.said:
            continue
        if row is None:
            yield one.position, "Its offer is missing."
            continue
        rows.remove(row)
        if not _is_made(row, one) or not _is_answered(row, told[place + 1 :]):
            yield one.position, "Its offer was changed."
    for row in rows:
        yield None, f"An offer to {row.person.username} stands in no entry."
    yield from _given_up(escalation, told)
    yield from _handovers(escalation, told)


def _given_up(escalation: Escalation, told: Sequence[Told]) -> Found:
    """Whoever gave the case up is remembered, and nobody else."""
    expected = list(_memories(told))
    # Each entry has one row: a second one of the same moment and person was slipped in.
    for row in (one for one in escalation.offers.all() if _is_memory(one)):
        moment = row.offered_at, row.person.username
        outcome = next((what for when, what in expected if when == moment), None)
        if outcome is None:
            yield None, f"That {row.person.username} gave it up stands in no entry."
            continue
        expected.remove((moment, outcome))
        if (row.outcome, _numbers(row), row.why, row.given_by) != (outcome, BLANK, "", None):
            yield None, f"What is remembered of {row.person.username} was changed."
    for (at, name), _ in expected:
        if any(one.at == at and "row" in one.said for one in told):
            yield None, f"That {name} gave it up is remembered no more."


def _memories(told: Sequence[Told]) -> Iterator[tuple[tuple[datetime, str], str]]:
    state = ""
    for one in told:
        before, state = state, one.said.get("state", state)
        name = one.person or str(one.said.get("holder", ""))
        if one.kind.name == "reassigned":
            had = str(one.said.get("from", ""))
            if had and had != one.said.get("to"):
                yield (one.at, had), Offer.Outcome.RELEASED
        elif before in State.held() and one.kind.moves and name:
            if one.kind.offer is OfferEnds.PASSED_ON:
                yield (one.at, name), Offer.Outcome.PASSED_ON
            elif one.kind.comes_back:
                yield (one.at, name), Offer.Outcome.RELEASED


def _handovers(escalation: Escalation, told: Sequence[Told]) -> Found:
    """Every question for a case was asked by whoever it says, and waits as long as any."""
    rows = list(escalation.handovers.all())
    for place, one in enumerate(told):
        if one.kind.name != "handover_asked":
            continue
        row = next((row for row in rows if row.asked_at == one.at), None)
        if row is None:
            yield one.position, "Its question is missing."
            continue
        rows.remove(row)
        who = (row.asked_by.username, row.holder.username, row.until - one.at)
        if who != (one.person, one.said.get("from"), Handover.COURTESY):
            yield one.position, "Its question was changed."
        later = (two for two in told[place + 1 :] if two.kind.name.startswith("handover_"))
        answer = next(later, None)
        kept = answer.at if answer and answer.kind.name == "handover_kept" else None
        is_kept = row.outcome == Handover.Outcome.KEPT
        if is_kept != (kept is not None) or (kept and row.answered_at != kept):
            yield one.position, "What was answered to its question was changed."
    for row in rows:
        yield None, f"That {row.asked_by.username} asked for it stands in no entry."


def _is_memory(row: Offer) -> bool:
    """What stays of an offer when somebody gives a case up: made and answered in one moment."""
    return row.outcome in Offer.GAVE_UP and row.offered_at == row.until == row.answered_at


def _numbers(row: Offer) -> tuple[Any, ...]:
    return (
        row.value, row.place, row.of, row.runner_up_id, row.runner_up_value, row.ring, row.minutes
    )  # fmt: skip


def _is_made(row: Offer, one: Told) -> bool:
    given_by = row.given_by.username if row.given_by else ""
    same = (row.person.username, timestamp(row.until), given_by)
    if "offer" in one.said:
        why = _digest(*_numbers(row), row.why) == one.said["offer"]
    elif "giver" in one.said and one.salt:
        name = row.why.removesuffix(GAVE)
        given = vouching.hidden(name, one.salt) == one.said["giver"] and name + GAVE == row.why
        why = given and _numbers(row) == BLANK
    else:
        why = True
    until = one.said.get("until", timestamp(row.until))
    return why and same == (one.said.get("to"), until, one.person)


def _is_answered(row: Offer, later: Sequence[Told]) -> bool:
    """What became of it is what the next entry that moved the case away says."""
    end = next((one for one in later if _ends(one)), None)
    if end is None:
        return row.outcome == Offer.Outcome.OPEN and row.answered_at is None
    # Earlier versions may have kept another word for it.
    if "row" not in end.said or not end.kind.is_known:
        return True
    # A decision closes it in its own statement, which gives no time.
    return row.outcome == end.kind.offer and row.answered_at in {end.at, None}


def _ends(one: Told) -> bool:
    moved = "state" in one.said and one.kind.moves
    return moved and (one.said["state"] != "offered" or one.kind.has is Has.TARGET)


def _digest(*values: Any) -> str:
    return hashlib.sha256(orjson.dumps(values)).hexdigest()
