"""What whoever had the case before left for whoever has it now: a word, what
they had typed, and what they asked the agent with its answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from escalations.access import Viewer
from escalations.asked import expected
from escalations.briefing import working_draft
from escalations.casefile import CaseFile
from escalations.masking.seen import SeenPackage
from escalations.models import Addition, Escalation, Remark, State
from escalations.text import untrusted

Kind = Remark.Kind
SHOWN = frozenset({Kind.PASSED, Kind.REASSIGNED, Kind.HANDED, Kind.SNOOZED, Kind.ASKED})


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said when the case changed hands, and what they did then."""

    name: str
    did: str
    text: str
    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class LastQuestion:
    """`answer` is empty while there is none; `kind` says what was expected."""

    question: str
    kind: str
    answer: untrusted.Shown | None
    at: datetime | None


def context(
    viewer: Viewer, escalation: Escalation, there: CaseFile, seen: SeenPackage
) -> dict[str, Any]:
    """`word` and `left` for the briefing of an open case; nothing once it is closed."""
    if escalation.state not in State.open():
        return {"word": None, "left": None}
    left = working_draft.left_for(escalation, viewer, seen) if there.has_drafts else None
    found = word(escalation, viewer) if there.remarks & SHOWN else None
    told = found and replace(found, text=seen.covered(found.text))
    return {"word": told, "left": left}


def word(escalation: Escalation, viewer: Viewer) -> Word | None:
    """The last word of anybody else; whoever snoozed a case reads their own as well."""
    remarks = escalation.remarks.filter(kind__in=SHOWN).select_related("person")
    if escalation.state != State.SNOOZED:
        remarks = remarks.exclude(kind=Kind.SNOOZED, text="")
    last = remarks.order_by("-pk").first()
    own = last is not None and last.person_id == viewer.user_id
    # What was put off comes back to whoever put it off, and reminds them.
    if last is None or (own and last.kind not in {Kind.SNOOZED, Kind.ASKED}):
        return None
    name = last.person.get_full_name() or last.person.username
    return Word(name, _did(last, viewer), last.text, last.at, last.kind)


def last_question(
    escalation: Escalation, there: CaseFile, additions: Sequence[Addition], seen: SeenPackage
) -> LastQuestion | None:
    """The question that expected a kind of answer, or was answered by one; None where none was."""
    if Kind.ASKED not in there.remarks:
        return None
    asked = escalation.remarks.filter(kind=Remark.Kind.ASKED, target="more").order_by("-pk").first()
    if asked is None:
        return None
    later = [one for one in additions if one.received_at >= asked.at and "answer" in one.context]
    if asked.expects is None and not later:
        return None
    given = later[-1] if later else None
    words = expected.written(given.context["answer"]) if given else ""
    return LastQuestion(
        question=untrusted.line(seen.covered(asked.text), 2_000),
        kind=untrusted.line(expected.described(asked.expects), 2_000),
        answer=untrusted.show(seen.covered(words)) if given else None,
        at=given.received_at if given else None,
    )


def _did(remark: Remark, viewer: Viewer) -> str:
    if remark.kind == Kind.PASSED:
        return f"passed this on{_to(remark.target, viewer)}"
    elif remark.kind == Kind.REASSIGNED:
        return f"gave this{_to(remark.target, viewer) or ' back to the queue'}"
    elif remark.kind == Kind.ASKED:
        wants = "for another version" if remark.target == "version" else "for more"
        return f"asked the agent {wants}"
    elif remark.kind == Kind.HANDED:
        return "took this over"
    else:
        return "put this off"


def _to(target: str, viewer: Viewer) -> str:
    if target == viewer.username:
        return " to you"
    elif ":" in target:
        return f" to whoever has {target.replace('+', ' and ').replace(':', ' at ')} or better"
    elif target == "supervisor":
        return " to a supervisor"
    else:
        return f" to {target}" if target else ""
