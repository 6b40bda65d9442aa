"""The answer that waits for more people, for the next of them: what leaves if they approve it,
marked against what the agent proposed, and who wrote it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from escalations.briefing import decided
from escalations.briefing.decided import FieldChanged
from escalations.lifecycle import approvals
from escalations.models import Escalation, Vote
from escalations.proposal import call_parts, calls, questions
from escalations.proposal.calls import ProposedStep
from escalations.proposal.verdicts import CLEARING
from escalations.text import differences, mask, untrusted
from escalations.text.differences import Chunk

JSON = Mapping[str, Any]
_WORDS_MAX = 40
_VALUE_MAX = 24
_NAMED_MAX = 60
_DOING_MAX = 3


@dataclass(frozen=True, slots=True)
class StandingStep(ProposedStep):
    """An action as it would be answered; `changes` are those of its call."""

    verdict: str = ""
    message: str = ""
    changes: tuple[FieldChanged, ...] = ()

    @property
    def is_cleared(self) -> bool:
        return self.verdict in CLEARING

    @property
    def turned_down(self) -> bool:
        return not self.is_cleared

    @property
    def stands_as(self) -> str:
        """What is ticked of the single verdicts: Approve clears the call as it stands."""
        return "approve" if self.is_cleared else self.verdict


@dataclass(frozen=True, slots=True)
class StandingAnswer:
    """What leaves. `by` is empty where it is the proposal that somebody approved; `reply` is the
    difference to the draft, `written` the reply where a person wrote it."""

    by: str
    at: datetime
    wanted: int
    is_changed: bool
    steps: tuple[StandingStep, ...]
    reply: tuple[Chunk, ...]
    replies: bool
    reply_edited: bool
    written: str
    option: str
    effect: str
    instructions: str
    label: str

    @property
    def question(self) -> str:
        """What Approve does, with a capital at its start."""
        return self.label[:1].upper() + self.label[1:]

    @property
    def is_open(self) -> bool:
        """Whether an action that it turns down could be approved after all."""
        return any(not step.is_cleared for step in self.steps)


def read(
    escalation: Escalation,
    document: JSON | None,
    proposed: JSON,
    steps: Sequence[ProposedStep],
    votes: Sequence[Vote],
) -> StandingAnswer | None:
    """The answer of this `document`, whose calls stand in `steps`; None where nobody has voted."""
    counted = [vote for vote in votes if vote.void_at is None]
    if document is None or not counted:
        return None
    author = approvals.author_of(counted)
    response = document.get("response") or {}
    draft = (proposed.get("draft_response") or {}).get("text") or ""
    text = response.get("text") or ""
    taken = tuple(_steps(document, proposed, steps))
    agreed = sum(vote.verdict == Vote.Verdict.APPROVE for vote in counted)
    option = decided.option(proposed, document.get("option_id"))
    instructions = document.get("instructions") or ""
    return StandingAnswer(
        by=_name(author) if author else "",
        at=(author or counted[0]).voted_at,
        wanted=max(1, escalation.approvals - agreed),
        is_changed=author is not None,
        steps=taken,
        reply=tuple(differences.words(draft, text)),
        replies=bool(text),
        reply_edited=text != draft,
        written=text if response.get("edited") and not mask.stands_in(text) else "",
        option=option,
        effect=decided.effect(proposed, document.get("option_id")),
        instructions=instructions,
        label=_label(
            taken,
            option=option,
            replies=bool(text),
            instructs=bool(instructions),
            hands_to=str(document.get("handed_to") or ""),
        ),
    )


def typed(
    document: JSON, proposed: JSON, steps: Sequence[ProposedStep], *, by: str, now: datetime
) -> StandingAnswer:
    """The same of an answer that this person is still typing."""
    response = document.get("response") or {}
    draft = (proposed.get("draft_response") or {}).get("text") or ""
    text = response.get("text") or ""
    taken = tuple(_steps(document, proposed, steps))
    instructions = document.get("instructions") or ""
    return StandingAnswer(
        by=by,
        at=now,
        wanted=1,
        is_changed=True,
        steps=taken,
        reply=tuple(differences.words(draft, text)),
        replies=bool(text),
        reply_edited=text != draft,
        written=text,
        option="",
        effect="",
        instructions=instructions,
        label=_label(
            taken,
            option="",
            replies=bool(text),
            instructs=bool(instructions),
            hands_to=str(document.get("handed_to") or ""),
        ),
    )


def _name(author: Vote) -> str:
    return author.person.get_full_name() or author.person.get_username()


def _steps(document: JSON, proposed: JSON, steps: Sequence[ProposedStep]) -> Iterator[StandingStep]:
    answers = {one["action_id"]: one for one in document.get("actions") or ()}
    was = {one["id"]: one for one in proposed.get("proposed_actions") or ()}
    for step in steps:
        answer, action = answers.get(step.action_id) or {}, was.get(step.action_id) or {}
        told = questions.in_words(answer["value"]) if "value" in answer else ""
        yield StandingStep(
            **{one.name: getattr(step, one.name) for one in fields(step)},
            verdict=str(answer.get("type") or ""),
            message=str(answer.get("message") or told),
            changes=decided.changes(action, answer.get("call") or {}),
        )


def _label(
    steps: Sequence[StandingStep], *, option: str, replies: bool, instructs: bool, hands_to: str
) -> str:
    """What leaves, in as few words as a button holds: "pay €184.00, reject refund and reply"."""
    cleared = [step for step in steps if step.is_cleared]
    doing = [_changed(step) for step in cleared]
    if option:
        doing = [f"choose “{untrusted.line(option, _WORDS_MAX)}”"]
    else:
        doing += [_turned_down(step) for step in steps if not step.is_cleared]
    if len(doing) > _DOING_MAX:
        down, changes = len(steps) - len(cleared), sum(len(step.changes) for step in cleared)
        words = f"do {len(cleared)} actions{_with_changes(changes)}"
        doing = [words] * bool(cleared) + [f"turn {down} down"] * bool(down)
    if replies:
        doing.append("reply" if doing else "send the reply")
    if hands_to:
        doing.append(f"hand the case to {untrusted.line(hands_to, _WORDS_MAX)}")
    if instructs:
        doing.append("instruct the agent")
    return call_parts.listed(doing)


def _changed(step: StandingStep) -> str:
    """The call, with all that was changed in it and its words do not say already: by name as far as
    a button holds it, else how many changes there are."""
    words = calls.short(step)
    if len(step.changes) > 1 and step.changes[0].is_entry:
        return words + _with_changes(len(step.changes))
    unsaid = [one for one in step.changes if not _is_said(one, words, money=step.money)]
    named = [f"{one.label} {untrusted.line(one.now, _VALUE_MAX)}" for one in unsaid]
    if len(named) > 1 and sum(map(len, named)) > _NAMED_MAX:
        return words + _with_changes(len(step.changes))
    return f"{words} with {call_parts.listed(named)}" if named else words


def _is_said(change: FieldChanged, words: str, *, money: str) -> bool:
    """Whether the words of the call say this value: as a word, for the 5 of “€150.00” says none."""
    if change.label == "amount" and money:
        return True
    word = rf"(?<![\w.,]){re.escape(change.now)}(?![\w]|[.,]\d)"
    return bool(re.search(word, words))


def _with_changes(count: int) -> str:
    return f" with {count} change{'' if count == 1 else 's'}" if count else ""


def _turned_down(step: StandingStep) -> str:
    if step.verdict == "reject":
        return f"reject {calls.short(step)}"
    return f"answer “{untrusted.line(step.message, _WORDS_MAX)}”"
