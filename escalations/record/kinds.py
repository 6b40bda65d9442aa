"""The table of kinds: one row for every kind of line that is written to the record.

What a line means is told here and nowhere else: its sentence on the timeline, the states between
which it may lead, what the figures make of it, who is told and in which words, and what screens do.
Other apps `add` rows for what they write; docs/record.md shows the whole table.
"""

from escalations.models import Remark, State
from escalations.record import sentences as say
from escalations.record import sentences_live as live
from escalations.record.kind import (
    CASE,
    DECIDED,
    FREE,
    HELD,
    IN_HAND,
    LIVE,
    OF_SOMEBODY,
    OFFERED,
    OPEN,
    SNOOZED,
    Figure,
    Has,
    Kind,
    OfferEnds,
    Screen,
    Whom,
)


def add(*rows: Kind) -> None:
    """Rows of an app for what it writes. Raises ValueError for a kind that is there already."""
    for row in rows:
        if _TABLE.setdefault((row.chain, row.name), row) is not row:
            raise ValueError(f"Two rows for “{row.name}” of {row.chain}.")


def table() -> list[Kind]:
    """Every row, those of cases first, then chain by chain."""
    return sorted(_TABLE.values(), key=lambda row: (row.chain != CASE, row.chain))


def of_cases() -> list[Kind]:
    """The kinds of lines that stand in the chain of a case."""
    return [row for row in _TABLE.values() if row.chain == CASE]


def find(name: str) -> Kind | None:
    """The row of this kind of line of a case; None for one that a later version wrote."""
    return _TABLE.get((CASE, name))


def of(name: str) -> Kind:
    """The row of this kind of line of a case, and for an unknown one what can be said of it."""
    return find(name) or Kind(name, name.replace("_", " ").capitalize(), is_known=False)


def beside() -> list[str]:
    """The kinds of lines of a case that raise no version: they may be many."""
    return [row.name for row in of_cases() if not row.moves]


_ROWS = (
    Kind(
        "received", "Asked for a person", tell=say.received,
        before=frozenset(), after=FREE | SNOOZED | DECIDED, figure=Figure.ARRIVED,
    ),
    Kind(
        "revised", "Sent another version of its package", tell=say.revised,
        is_news=True, before=OPEN, after=OPEN, figure=Figure.JUDGED, faster="The agent revised it.",
        notified=frozenset({Whom.KEPT_FOR}),
    ),
    Kind(
        "context_added", "Added what it learnt meanwhile", tell=say.context_added,
        is_news=True, before=OPEN, after=OPEN, figure=Figure.RESUMED,
        faster="The agent added to it.", notified=frozenset({Whom.KEPT_FOR}),
    ),
    Kind(
        "offered", "Offered the case to one person for a time", tell=say.offered,
        before=FREE, after=OFFERED, figure=Figure.MOVED, has=Has.TARGET,
        faster="It was offered {to}.", notified=frozenset({Whom.OFFERED}),
    ),
    Kind(
        "accepted", "Accepted the case", tell=say.accepted,
        before=OFFERED, after=IN_HAND, figure=Figure.TAKEN_UP, has=Has.ACTOR,
        offer=OfferEnds.ACCEPTED, faster="{who} took it.",
    ),
    Kind(
        "declined", "Declined the case", tell=say.declined, remark=Remark.Kind.DECLINED,
        before=OFFERED, after=FREE, figure=Figure.MOVED, offer=OfferEnds.DECLINED, gives_up=True,
        faster="{who} declined it.", returned="declined it",
    ),
    Kind(
        "offer_missed", "Took an offer back that was not answered in time", tell=say.offer_missed,
        before=OFFERED, after=FREE, figure=Figure.MOVED, offer=OfferEnds.MISSED,
        faster="It came back, as nobody answered.", returned="did not answer in time",
        offer_over="You did not answer in time; it waits again and keeps its age.",
    ),
    Kind(
        "offer_withdrawn", "Took an offer back that could not stand", tell=say.offer_withdrawn,
        before=OFFERED, after=FREE, figure=Figure.MOVED,
        faster="It came back, as who was offered it could not have it any more.",
        returned="is not available any more",
        offer_over="You were no longer available, so it went back.",
    ),
    Kind(
        "claimed", "Opened the case and held it", tell=say.claimed,
        before=FREE | OFFERED | SNOOZED, after=IN_HAND, figure=Figure.TAKEN_UP, has=Has.ACTOR,
        faster="{who} took it.", offer_over="A supervisor took it.",
        notified=frozenset({Whom.ASKER}),
    ),
    Kind(
        "released", "Gave the case back", gives_up=True,
        before=HELD, after=FREE, figure=Figure.MOVED, faster="{who} gave it back.",
    ),
    Kind(
        "lease_ended", "Ended a hold", tell=say.lease_ended,
        before=IN_HAND, after=FREE, figure=Figure.MOVED,
        faster="It came back, as its holder was gone.",
    ),
    Kind(
        "passed_on", "Passed the case on", tell=say.passed_on, remark=Remark.Kind.PASSED,
        before=FREE | OF_SOMEBODY, after=FREE, figure=Figure.PASSED_ON,
        offer=OfferEnds.PASSED_ON, gives_up=True,
        followers="{case} was passed on {to} by {who}.", faster="{who} passed it on {to}.",
        notified=frozenset({Whom.TARGET}),
    ),
    Kind(
        "reassigned", "Gave the case to a person or back to the queue", tell=say.reassigned,
        remark=Remark.Kind.REASSIGNED, has=Has.TARGET,
        before=OPEN, after=FREE | OFFERED, figure=Figure.RESUMED,
        followers="{case} was given {to} by {who}.", faster="{who} gave it {to}.",
        offer_over="A supervisor gave it to somebody else.",
        notified=frozenset({Whom.HAD, Whom.OFFERED}),
    ),
    Kind(
        "handed_over", "Took the case over", tell=say.handed_over, remark=Remark.Kind.HANDED,
        before=IN_HAND, after=IN_HAND, figure=Figure.TAKEN_UP, has=Has.TARGET,
        followers="{case} was taken over by {who}.", faster="{who} took it over.",
        notified=frozenset({Whom.HAD, Whom.ASKER}),
    ),
    Kind(
        "snoozed", "Put the case off", tell=say.snoozed, remark=Remark.Kind.SNOOZED,
        before=FREE | OFFERED | HELD, after=SNOOZED, figure=Figure.MOVED,
        followers="{case} was put off by {who}.", faster="{who} put it off.",
        offer_over="It was snoozed.", gives_up=True,
    ),
    Kind(
        "asked", "Asked the agent", tell=live.asked, remark=Remark.Kind.ASKED,
        before=FREE | OFFERED | HELD, after=SNOOZED, figure=Figure.MOVED,
        followers="{who} asked the agent about {case}.", faster="{who} asked the agent.",
        offer_over="The agent was asked something.", notified=frozenset({Whom.AGENT}),
    ),
    Kind(
        "called", "Called the customer", tell=live.called,
        before=IN_HAND, after=IN_HAND | SNOOZED, figure=Figure.MOVED,
        followers="{who} called the customer of {case}.", faster="{who} wrote down a call.",
    ),
    Kind(
        "extended", "Took more time for the answer", tell=live.extended,
        remark=Remark.Kind.EXTENDED, before=HELD, after=HELD, figure=Figure.RESUMED,
        faster="{who} took more time.", notified=frozenset({Whom.AGENT}),
    ),
    Kind(
        "woke", "Brought the case back", tell=say.woke,
        before=SNOOZED, after=FREE, figure=Figure.RESUMED,
        faster="It came back from being snoozed.", notified=frozenset({Whom.KEPT_FOR}),
    ),
    Kind(
        "voted", "Gave one approval of several", tell=say.voted, tell_blind=say.voted_blind,
        before=FREE | OFFERED | HELD, after=frozenset({State.SECOND}), figure=Figure.TAKEN_UP,
        offer=OfferEnds.ACCEPTED, faster="{who} decided it: {outcome}.", rejudges=True,
    ),
    Kind(
        "part_lapsed", "Ended the part of somebody who may not decide it any more",
        before=OPEN, after=OPEN, weighty=True, figure=Figure.MOVED,
        faster="Somebody who had their part in it may not decide it any more.",
    ),
    Kind(
        "part_withdrawn", "Took back their part of several",
        before=frozenset({State.SECOND}), after=FREE, weighty=True, figure=Figure.MOVED,
        faster="{who} took their part back.",
    ),
    Kind(
        "answer_held", "Held an answer that met a rule", tell=say.answer_held,
        is_news=True, before=OPEN, after=OPEN, weighty=True, figure=Figure.JUDGED,
        faster="An edit met a rule, so it asks for more now.", rejudges=True,
    ),
    Kind(
        "context_judged", "Asked for more after what was added", tell=say.context_judged,
        is_news=True, before=OPEN, after=OPEN, weighty=True, figure=Figure.JUDGED,
        faster="What the agent added met a rule, so it asks for more now.", rejudges=True,
    ),
    Kind(
        "recalled", "Took the decision back: what was added met a rule", tell=say.recalled,
        is_news=True, before=DECIDED, after=FREE, weighty=True, takes_back=True,
        figure=Figure.UNDONE,
        followers="The decision on {case} was taken back: what the agent added met a rule.",
        faster="What the agent added met a rule, so the decision was taken back.",
    ),
    Kind(
        "decided", "Answered the agent", tell=live.decided, weighty=True, answers=True,
        before=OPEN | DECIDED, after=DECIDED, figure=Figure.DECIDED, offer=OfferEnds.ACCEPTED,
        followers="{case} was {outcome} by {who}.", faster="{who} decided it: {outcome}.",
    ),
    Kind(
        "taken_over", "Took the conversation over", tell=live.taken_over, answers=True,
        before=FREE | OFFERED | HELD, after=LIVE, figure=Figure.TAKEN_UP, has=Has.ACTOR,
        offer=OfferEnds.ACCEPTED, followers="The conversation of {case} was taken over by {who}.",
        faster="{who} took the conversation over.", notified=frozenset({Whom.ASKER}),
    ),
    Kind(
        "noted", "Wrote a private note", tell=live.noted, remark=Remark.Kind.NOTED,
        before=OPEN, raises=False, notified=frozenset({Whom.NAMED}), refreshes=Screen.CASE,
    ),
    Kind(
        "joined", "Asked for the same call again, and gets the same answer",
        refreshes=Screen.CASE,
    ),
    Kind("said", "Wrote to the customer"),
    Kind("heard", "Passed on what the customer wrote"),
    Kind(
        "returned", "Handed the conversation back", tell=live.returned, weighty=True, answers=True,
        before=LIVE, after=DECIDED, figure=Figure.DECIDED,
        followers="The conversation of {case} was handed back to the agent by {who}.",
        faster="{who} handed it back to the agent.",
    ),
    Kind(
        "resolved", "Closed the conversation", tell=live.resolved, weighty=True, answers=True,
        before=LIVE, after=DECIDED, figure=Figure.DECIDED,
        followers="{case} was closed by {who}, who spoke with the customer.",
        faster="{who} closed it.",
    ),
    Kind(
        "undone", "Took the decision back", tell=say.undone, weighty=True, takes_back=True,
        before=DECIDED, after=FREE | HELD, figure=Figure.UNDONE, has=Has.ACTOR,
        followers="The decision on {case} was taken back by {who}.",
        faster="{who} took the decision back.",
    ),
    Kind(
        "reversed", "Reversed the decision: the agent is told to take it back",
        weighty=True, answers=True, before=DECIDED, after=DECIDED, figure=Figure.REVERSED,
        followers="The decision on {case} was reversed by {who}.", faster="{who} reversed it.",
        notified=frozenset({Whom.HAD}),
    ),
    Kind(
        "expired", "Closed the case: nobody answered in time", tell=say.expired, weighty=True,
        before=OPEN, after=frozenset({State.EXPIRED}), figure=Figure.ENDED, answers=True,
        followers="{case} was closed: nobody answered in time.", faster="Its time was over.",
        offer_over="Its time was up.",
    ),
    Kind(
        "timed_out", "Took the case a level up: nobody answered in time", tell=say.timed_out,
        is_news=True, before=OPEN, after=OPEN, weighty=True, figure=Figure.RESUMED,
        followers="{case} was not answered in time and went a level up.",
        faster="Its time ended; it went a level up.", notified=frozenset({Whom.LEADERS}),
        rejudges=True,
    ),
    Kind(
        "cancelled", "Withdrew the case", tell=say.cancelled, weighty=True, takes_back=True,
        before=OPEN | DECIDED, after=frozenset({State.CANCELLED}), figure=Figure.ENDED,
        answers=True, followers="{case} was withdrawn by {who}.", faster="The agent cancelled it.",
        offer_over="The agent took it back; nobody has to answer it any more.",
    ),
    Kind(
        "overdue", "Noted that the answer is late", tell=say.overdue,
        before=OPEN, raises=False, notified=frozenset({Whom.ALERTED}),
    ),
    Kind(
        "alerted", "Raised an alert", tell=say.alerted,
        before=OPEN, raises=False, notified=frozenset({Whom.ALERTED}),
    ),
    Kind(
        "alerts_ended", "Noted that the policy has no further alert for it",
        before=OPEN, raises=False,
    ),
    Kind(
        "reminded", "Reminded people of it", tell=live.reminded,
        before=OPEN, raises=False, notified=frozenset({Whom.HOLDER}),
    ),
    Kind("read", "Read the briefing or the package", tell=say.read),
    Kind(
        "facts_wanted", "Asked the agent whether its facts still hold", tell=live.facts_wanted,
        notified=frozenset({Whom.AGENT}),
    ),
    Kind("facts_answered", "Said what the facts are now", tell=live.facts_answered,
         refreshes=Screen.CASE),
    Kind("looked_up", "Looked something up", tell=live.looked_up),
    Kind("look_up_answered", "Read what was looked up", tell=live.look_up_answered),
    Kind("revealed", "Saw what the agent had asked to mask", tell=say.revealed),
    Kind("handed_taken", "Took the case that was handed to it", refreshes=Screen.CASE),
    Kind("delivered", "Handed the answer to the agent", tell=say.delivered),
    Kind("undelivered", "Gave up handing the answer over", tell=say.undelivered),
    Kind("replayed", "Had the answer sent again", tell=say.replayed),
    Kind("outcome_reported", "Reported what it did", tell=live.outcome_reported),
    Kind("feedback_reported", "Passed on what the customer said", tell=live.feedback_reported),
    Kind("published", "Published a version of the policy", chain="policy"),
    Kind("created", "Made a key for an agent", chain="keys"),
    Kind("rotated", "Put a new key in place of an old one", chain="keys"),
    Kind("revoked", "Took a key back", chain="keys"),
    Kind("created", "Made an agent", chain="agents"),
    Kind("disabled", "Let none of an agent’s keys in any more", chain="agents"),
    Kind("enabled", "Let an agent’s keys in again", chain="agents"),
    Kind("secret_renewed", "Renewed the secret of an agent’s call-backs", chain="agents"),
    Kind("endpoint_added", "Registered an endpoint", chain="agents"),
    Kind("endpoint_secret_renewed", "Renewed the secret of an endpoint", chain="agents"),
    Kind("endpoint_disabled", "Switched an endpoint off", chain="agents"),
    Kind("endpoint_enabled", "Switched an endpoint on again", chain="agents"),
    Kind("endpoint_tested", "Sent a test event to an endpoint", chain="agents"),
    Kind("facts_address_set", "Said where an agent’s facts are read", chain="agents"),
    Kind("facts_address_removed", "Had an agent’s facts read nowhere", chain="agents"),
    Kind("registered", "Registered a look-up", chain="lookups", tell=live.of_look_up("Registered")),
    Kind("changed", "Changed a look-up", chain="lookups", tell=live.of_look_up("Changed")),
    Kind("removed", "Removed a look-up", chain="lookups", tell=live.of_look_up("Removed")),
    Kind("sealed", "Sealed the ends of the chains that had moved", chain="seal"),
)  # fmt: skip
_TABLE = {(row.chain, row.name): row for row in _ROWS}
