"""The conversation that people have with the customer, as the page of a case shows it, and the
replies that the policy keeps for it."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.access import Viewer
from escalations.briefing import conversation
from escalations.briefing.conversation import Turn
from escalations.commands import preset_words
from escalations.lifecycle import guards
from escalations.masking import seen
from escalations.models import ChatMessage, Escalation, Receipt, Remark, State
from escalations.policy import replies, versions
from escalations.text import untrusted

Role = ChatMessage.Role
EARLIER_MAX = 3
SHOWN_MAX = 200
NOTES_MAX = 100
READ, DELIVERED = Receipt.State.READ, Receipt.State.DELIVERED
SIDES = {Role.CUSTOMER: "theirs", Role.OPERATOR: "us", Role.SYSTEM: "cut"}


@dataclass(frozen=True, slots=True)
class PrivateNote:
    """One note: by whom, when, and what it says to this reader."""

    author: str
    at: datetime
    shown: untrusted.Shown


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One message of it, or a private note that was written meanwhile, which has no number."""

    number: int
    side: str
    author: str
    at: datetime
    shown: untrusted.Shown
    instructs: bool
    receipt: str = ""
    failed: bool = False

    @property
    def place(self) -> str:
        """The side on which it stands."""
        return self.side if self.side in {"theirs", "aside"} else "us"

    @property
    def look(self) -> str:
        """The classes of its text: what comes from outside stands in a fence."""
        if self.side != "theirs":
            return "word" if self.side == "aside" else "mine"
        return "fence inject" if self.instructs else "fence"


@dataclass(frozen=True, slots=True)
class Talk:
    """What stands in the pane: the last turns before it, and what was said since. `speaks`: this
    person writes to the customer now."""

    earlier: tuple[Turn, ...]
    messages: tuple[SpokenTurn, ...]
    more: int
    since: datetime
    is_on: bool
    speaks: bool

    @property
    def last(self) -> int:
        """The number of the last message."""
        return max((one.number for one in self.messages), default=0)

    @property
    def fared(self) -> str:
        """Another text where another state of a message is shown."""
        return ", ".join(f"{one.number} {one.receipt}" for one in self.messages if one.receipt)

    @property
    def unreached(self) -> int:
        """How many messages did not reach the customer."""
        return sum(one.failed for one in self.messages)


@dataclass(frozen=True, slots=True)
class FilledReply:
    """One reply that the policy keeps; `missing`: what this case has no value for."""

    title: str
    text: str
    missing: tuple[str, ...]


def private_notes(
    viewer: Viewer, escalation: Escalation, *, now: datetime
) -> tuple[PrivateNote, ...]:
    """The notes of this case as this person may read them, the oldest first."""
    rows = escalation.remarks.filter(kind=Remark.Kind.NOTED).select_related("person")
    found = list(rows.order_by("-pk")[:NOTES_MAX])
    if not found:
        return ()
    cover = seen.cover(viewer, escalation, now=now)
    return tuple(
        PrivateNote(
            author="You" if one.person_id == viewer.user_id else _author(one),
            at=one.at,
            shown=untrusted.show(cover(one.text)),
        )
        for one in reversed(found)
    )


def read(
    viewer: Viewer,
    escalation: Escalation,
    package: dict[str, Any],
    *,
    agent: str,
    cover: Callable[[str], str],
    notes: Sequence[PrivateNote] = (),
) -> Talk | None:
    """The pane of this case for this person; None where nobody has taken it over. `cover` takes
    out what is masked to them, but for what they wrote themselves."""
    if escalation.taken_over_at is None:
        return None
    sent = escalation.chat_messages.select_related("person").prefetch_related("receipts")
    said = list(sent.order_by("-number")[:SHOWN_MAX])
    customer = _customer(package)
    messages = [_turn(one, viewer, customer, cover) for one in reversed(said)]
    asides = [_aside(one) for one in notes if one.at >= escalation.taken_over_at]
    return Talk(
        earlier=_earlier(package, agent),
        messages=tuple(heapq.merge(messages, asides, key=lambda one: one.at)),
        more=messages[0].number - 1 if messages else 0,
        since=escalation.taken_over_at,
        is_on=guards.is_with_people(escalation),
        speaks=escalation.state == State.LIVE and escalation.held_by_id == viewer.user_id,
    )


def context(
    viewer: Viewer,
    escalation: Escalation,
    package: dict[str, Any],
    *,
    agent: str,
    cover: Callable[[str], str],
    notes: Sequence[PrivateNote] = (),
) -> dict[str, Any]:
    """The pane for the page of a case, and the steps to hand back at."""
    shown = read(viewer, escalation, package, agent=agent, cover=cover, notes=notes)
    return {"talk": shown, "resume_steps": steps_to_resume(package) if shown else ()}


def kept_replies(
    viewer: Viewer, escalation: Escalation, package: dict[str, Any], *, agent: str
) -> Sequence[FilledReply]:
    """The replies that the policy keeps for its task type, filled in from the package as this
    person sees it."""
    kept = versions.current().document.for_task_type(escalation.task_type).replies
    if not kept:
        return ()
    values = preset_words.values(viewer, escalation, package, agent)
    found = ((one.title, *replies.filled(one.text, values)) for one in kept)
    return [
        FilledReply(title, text, preset_words.in_words(missing)) for title, text, missing in found
    ]


def steps_to_resume(package: dict[str, Any]) -> Sequence[str]:
    """The steps that the agent says are still to do, in its words."""
    process = (package.get("context") or {}).get("process") or {}
    steps = (untrusted.line(one["label"], 200) for one in process.get("pending") or ())
    return list(dict.fromkeys(steps))[:8]


def _earlier(package: dict[str, Any], agent: str) -> tuple[Turn, ...]:
    told = (package.get("context") or {}).get("conversation") or {}
    length = len(told.get("messages") or ())
    first = max(1, length - EARLIER_MAX + 1)
    return conversation.turns(package, agent=agent, first=first, last=length)


def _customer(package: dict[str, Any]) -> str:
    customer = (package.get("context") or {}).get("customer") or {}
    return untrusted.line(customer.get("name") or "", 80)


def _by(message: ChatMessage, viewer: Viewer, customer: str) -> str:
    """Who said it, by the name that the rest of the page has for them."""
    if message.role == Role.CUSTOMER:
        author = untrusted.line(message.author, 80)
        is_short = not author or author == "Customer" or author in customer.split()
        return (customer if is_short else author) or author or "Customer"
    return "You" if message.person_id == viewer.user_id else untrusted.line(message.author, 80)


def _turn(
    message: ChatMessage, viewer: Viewer, customer: str, cover: Callable[[str], str]
) -> SpokenTurn:
    from_outside = message.role == Role.CUSTOMER
    own = message.person_id == viewer.user_id
    text = message.text if own else cover(message.text)
    receipt, failed = ("", False) if from_outside else _receipt(message)
    return SpokenTurn(
        number=message.number,
        side=SIDES[Role(message.role)],
        author=cover(_by(message, viewer, customer)),
        at=message.at,
        shown=untrusted.show(text.strip()),
        instructs=untrusted.instructs(message.text, outside=from_outside),
        receipt=receipt,
        failed=failed,
    )


def _receipt(message: ChatMessage) -> tuple[str, bool]:
    """The furthest it came, in words, and whether it did not reach the customer. What arrived after
    all, at another try of the channel, did not fail."""
    known = {one.state: one for one in message.receipts.all()}
    for state, words in ((READ, "Read"), (DELIVERED, "Delivered")):
        if state in known:
            return words, False
    if failed := known.get(Receipt.State.FAILED):
        why = untrusted.line(failed.reason, 200)
        return f"Not delivered{f': {why}' if why else ''}", True
    return "Sent", False


def _aside(note: PrivateNote) -> SpokenTurn:
    return SpokenTurn(0, "aside", note.author, note.at, note.shown, instructs=False)


def _author(remark: Remark) -> str:
    return remark.person.get_full_name() or remark.person.username
