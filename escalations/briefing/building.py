"""A case for a person who has ten seconds: what is asked, why the agent stopped, what it wants to
do, what it costs if wrong, what supports it. Everything else below or one click away.

Pure: made from rows and documents, reads nothing by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.access import Viewer
from escalations.briefing import (
    circumstances,
    claims,
    conversation,
    decided,
    dossier,
    masked_values,
    stakes,
    standing_answer,
)
from escalations.briefing.agent_reply import ReplyDraft
from escalations.briefing.circumstances import ApprovalPart, Chip, Earlier
from escalations.briefing.editing import Editing
from escalations.briefing.standing_answer import StandingAnswer
from escalations.commands.drawn import DrawnForms
from escalations.commands.preset_words import PresetReason
from escalations.lifecycle import answers
from escalations.lifecycle.handing import targets
from escalations.models import Addition, Escalation, Vote
from escalations.proposal import call_parts, calls, labels, questions
from escalations.proposal.edit_fields import EditForm
from escalations.schemas.package import Package
from escalations.text import formatting, untrusted
from escalations.text.mask import MASK, NOWHERE

JSON = Mapping[str, Any]
_KNOWN_KEYS = frozenset(field.alias or name for name, field in Package.model_fields.items())
_RAW_FIRST, _RAW_OTHER, _RAW_WHOLE = 6_000, 1_000, 500_000
# A longer sentence is cut on a narrow screen.
IN_BRIEF_MAX = 105


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that the agent offers."""

    id: str
    label: str
    effect: str
    recommended: bool


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Why the agent proposes what it proposes."""

    percent: str
    share: float | None
    rationale: untrusted.Shown | None
    steps: tuple[str, ...]
    alternatives: tuple[Mapping[str, Any], ...]
    uncertainties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything that the page of one case shows."""

    agent: str
    channel: str
    summary: str
    question: str
    reason: untrusted.Shown
    reason_by_agent: bool
    policy_reasons: tuple[str, ...]
    chips: tuple[Chip, ...]
    more_chips: tuple[Chip, ...]
    steps: tuple[calls.ProposedStep, ...]
    cost: stakes.Cost
    approve: str
    hands_to: str
    may_be_handed: bool
    claims: claims.Evidence
    conversation: conversation.Conversation
    reasoning: Reasoning | None
    customer: tuple[dossier.LabelledLine, ...]
    customer_name: str
    history: tuple[tuple[datetime | None, str], ...]
    process: dossier.ShownProcess | None
    logs: tuple[dossier.Log, ...]
    logs_more: int
    environment: tuple[dossier.LabelledLine, ...]
    others: tuple[dossier.LabelledLine, ...]
    intent: str
    attempted: tuple[Mapping[str, Any], ...]
    next_steps: tuple[str, ...]
    options: tuple[Option, ...]
    recommended: str
    attachments: tuple[Mapping[str, Any], ...]
    links: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]
    added: tuple[tuple[datetime, str], ...]
    earlier: tuple[Earlier, ...]
    slots: tuple[ApprovalPart, ...]
    stands: StandingAnswer | None
    decided: decided.Decided | None
    masks: masked_values.MaskedValues | None
    editing: Editing
    questions: tuple[tuple[calls.ProposedStep, EditForm], ...]
    reject_reasons: tuple[PresetReason, ...]

    @property
    def draft(self) -> ReplyDraft | None:
        return self.editing.draft

    @property
    def edits(self) -> tuple[EditForm, ...]:
        return self.editing.forms

    @property
    def only_questions(self) -> bool:
        """Whether all that is asked is answered by the values of their forms."""
        return bool(self.questions) and len(self.questions) == len(self.steps)

    @property
    def changed(self) -> StandingAnswer | None:
        """What leaves where somebody wrote another answer than the agent proposed."""
        return self.stands if self.stands and self.stands.is_changed else None

    @property
    def instructions(self) -> str:
        """What the agent would be told besides."""
        return self.stands.instructions if self.stands else ""

    @property
    def waits_for(self) -> int:
        """How many must still approve after this person did."""
        return max(0, sum(slot.kind == "open" for slot in self.slots) - 1)

    @property
    def one_by_one(self) -> bool:
        """Whether there is something to decide for each action by itself."""
        turned_down = bool(self.steps and self.stands and self.stands.is_open)
        apart = len(self.steps) > 1 and all({*step.by_itself} - {"edit"} for step in self.steps)
        return apart or turned_down

    @property
    def raw_first(self) -> int:
        """How many characters of a raw call are shown; all of what another person wrote."""
        few = _RAW_FIRST if len(self.first_steps) <= 2 else _RAW_OTHER
        return _RAW_WHOLE if self.changed else few

    @property
    def raw_in_full(self) -> int:
        """The same of a call that must be seen."""
        return _RAW_WHOLE if self.changed else _RAW_FIRST

    @property
    def raw_other(self) -> int:
        """The same of the calls that stand folded."""
        return _RAW_WHOLE if self.changed else _RAW_OTHER

    @property
    def leaves_before(self) -> datetime | None:
        """When the first call that can be approved expires: approved, it leaves before."""
        ends = (step.ends_at for step in self.steps if not step.is_over)
        return min((end for end in ends if end is not None), default=None)

    @property
    def first_steps(self) -> tuple[calls.ProposedStep, ...]:
        """What stands open in the brief: all but the last ones that may be folded."""
        # What another person wrote is not folded: it is what Approve agrees to.
        return self.steps if self.changed else calls.unfolded(self.steps)

    @property
    def other_steps(self) -> tuple[calls.ProposedStep, ...]:
        return self.steps[len(self.first_steps) :]

    @property
    def in_full(self) -> tuple[calls.ProposedStep, ...]:
        """What must be seen and does not stand whole above."""
        return tuple(
            step
            for step in self.first_steps
            if step.must_be_seen and (not step.is_whole or len(step.sentence) > IN_BRIEF_MAX)
        )


def build(
    escalation: Escalation,
    forms: DrawnForms,
    *,
    viewer: Viewer,
    now: datetime,
    additions: Sequence[Addition] = (),
    answered: decided.Decided | None = None,
    votes: Sequence[Vote] = (),
    earlier: Sequence[Earlier] = (),
    reject_reasons: Sequence[PresetReason] = (),
    entered: Mapping[str, str] | None = None,
    faults: Mapping[str, Sequence[Any]] | None = None,
) -> Briefing:
    """The briefing of this case for this viewer; `entered` and `faults` are of a refused edit.

    `forms` hold the package as they may see it, with the `additions`, and the answer that waits for
    others, which is then what the brief is about; `answered` is the decision that stands.
    """
    whole = forms.shown
    agent = agent_of(whole, escalation)
    found = labels.read(whole.get("context"))
    new_messages = sum(len(a.context.get("messages") or ()) for a in additions)
    editing = Editing.read(whole, names=found, entered=entered, faults=faults, now=now)
    steps = calls.steps(whole, found, now=now)
    stands = standing_answer.read(escalation, forms.answer, forms.proposed.package, steps, votes)
    return Briefing(
        agent=agent,
        **_asked(forms, escalation, steps, stands, agent=agent, replies=bool(editing.draft)),
        **_context(whole, agent=agent, new_messages=new_messages),
        **_around(whole),
        missing=tuple(circumstances.MISSING.get(name, name) for name in escalation.missing),
        added=tuple(circumstances.told(addition) for addition in additions),
        earlier=tuple(earlier),
        slots=circumstances.slots(escalation, votes, viewer),
        stands=stands,
        decided=answered,
        masks=masked_values.read(forms.proposed),
        editing=editing,
        reject_reasons=tuple(reject_reasons),
    )


def _asked(
    forms: DrawnForms,
    escalation: Escalation,
    steps: Sequence[calls.ProposedStep],
    stands: StandingAnswer | None,
    *,
    agent: str,
    replies: bool,
) -> dict[str, Any]:
    """What stands on the first screen: question, reason, wanted action, cost."""
    whole = forms.shown
    stated = ((whole.get("context") or {}).get("customer") or {}).get("name")
    customer = untrusted.line(stated or escalation.customer, 80)
    options = _options(whole)
    reason, by_agent = circumstances.reason(whole, escalation)
    chips, more_chips = circumstances.chips(whole, escalation, claims.read(whole))
    changed = stands if stands and stands.is_changed else None
    hands_to = targets.named(escalation, whole, forms.answer)
    question = calls.question(
        steps, customer=customer, agent=agent, replies=replies, options=bool(options), to=hands_to
    )
    return {
        "customer_name": customer,
        "summary": calls.summary(whole),
        "question": question if changed is None else calls.asked(changed.question),
        "reason": untrusted.show(calls.in_words(reason, whole), limit=1_200),
        "reason_by_agent": by_agent,
        "policy_reasons": tuple(str(r.get("sentence", "")) for r in escalation.reasons)[:8],
        "chips": chips,
        "more_chips": more_chips,
        "steps": stands.steps if stands else tuple(steps),
        "questions": _questions(steps, whole, forms.answer or {}),
        "cost": stakes.cost(whole, steps) if changed is None else stakes.of_answer(whole, changed),
        "approve": _approve(steps, stands, replies=replies, hands_to=hands_to),
        "hands_to": hands_to,
        "may_be_handed": bool(answers.asks_to_hand(whole)),
        "options": options,
        "recommended": _recommended(whole, options),
    }


def _questions(
    steps: Sequence[calls.ProposedStep], package: JSON, answered: JSON
) -> tuple[tuple[calls.ProposedStep, EditForm], ...]:
    """What is answered by a value, with the form for it."""
    given = {one["action_id"]: one for one in answered.get("actions") or ()}
    return tuple(
        (step, questions.draw(action, given.get(action["id"])))
        for step, action in zip(steps, package.get("proposed_actions") or (), strict=True)
        if questions.has_form(action) and "respond" in step.allowed
    )


def _context(whole: JSON, *, agent: str, new_messages: int) -> dict[str, Any]:
    """The five dimensions, and what the agent claims on their strength."""
    context = whole.get("context") or {}
    case = claims.read(whole)
    logs, logs_more = dossier.logs(whole)
    return {
        "channel": untrusted.line((context.get("conversation") or {}).get("channel") or "", 40),
        "claims": case,
        "conversation": conversation.read(whole, agent=agent, cited=case.cited, added=new_messages),
        "reasoning": _reasoning(context.get("reasoning") or {}),
        "customer": dossier.customer(whole),
        "history": dossier.history(whole),
        "process": dossier.process(whole),
        "logs": logs,
        "logs_more": logs_more,
        "environment": dossier.environment(whole),
        "others": dossier.others(whole, _KNOWN_KEYS),
    }


def _around(whole: JSON) -> dict[str, Any]:
    return {
        "intent": whole.get("original_intent") or "",
        "attempted": tuple(
            {**one, "what": call_parts.tool_in_words(one["what"])}
            for one in whole.get("attempted") or ()
        ),
        "next_steps": tuple(whole.get("next_steps") or ()),
        "attachments": tuple(whole.get("attachments") or ()),
        "links": tuple(_link(link) for link in whole.get("links") or ()),
    }


def _link(link: JSON) -> JSON:
    href = MASK if link["href"] == NOWHERE else link["href"]
    return {"label": link.get("label") or link.get("rel") or "Link", "href": href}


def turns(
    escalation: Escalation, whole: JSON, additions: Sequence[Addition], *, first: int, last: int
) -> conversation.Stretch:
    """Some turns of the conversation, with the turns that follow them left for another page."""
    added = sum(len(a.context.get("messages") or ()) for a in additions)
    found = conversation.turns(
        whole, agent=agent_of(whole, escalation), first=first, last=last, added=added
    )
    length = len(((whole.get("context") or {}).get("conversation") or {}).get("messages") or ())
    return conversation.Stretch("open", first, min(last, length), found)


def agent_of(package: JSON, escalation: Escalation) -> str:
    """What people read as the name of the agent."""
    stated = (package.get("source") or {}).get("agent") or {}
    name = untrusted.line(stated.get("name") or escalation.agent.name, 32)
    version = untrusted.line(stated.get("version") or "", 16)
    return f"{name} {version}".strip()


def _approve(
    steps: Sequence[calls.ProposedStep], stands: StandingAnswer | None, **also: Any
) -> str:
    """What Approve does, or nothing where there is nothing to approve or an action forbids it."""
    # To agree to what somebody answered is no verdict of its own, so no action can forbid it.
    if stands is not None and stands.is_changed:
        return stands.label
    if any("approve" not in step.allowed for step in steps):
        return ""
    return calls.approve_label(steps, **also)


def _reasoning(told: JSON) -> Reasoning | None:
    keys = ("confidence", "rationale", "steps", "alternatives", "uncertainties")
    if not any(told.get(key) not in (None, "", []) for key in keys):
        return None
    confidence = told.get("confidence")
    rationale = told.get("rationale")
    return Reasoning(
        percent="" if confidence is None else formatting.percent(confidence),
        share=confidence,
        rationale=untrusted.show(rationale.strip(), limit=2_500) if rationale else None,
        steps=tuple(s if isinstance(s, str) else dossier.brief(s) for s in told.get("steps") or ())[
            :60
        ],
        alternatives=tuple(
            {
                "label": other["label"],
                "why_not": other.get("why_not") or "",
                "percent": formatting.percent(other["confidence"]) if "confidence" in other else "",
            }
            for other in told.get("alternatives") or ()
        ),
        uncertainties=tuple(told.get("uncertainties") or ()),
    )


def _options(package: JSON) -> tuple[Option, ...]:
    recommended = package.get("recommended_action")
    return tuple(
        Option(
            option["id"],
            untrusted.line(option["label"], 255),
            option.get("effect") or "",
            bool(option.get("recommended")) or option["id"] == recommended,
        )
        for option in questions.offered(package)
    )


def _recommended(package: JSON, options: Sequence[Option]) -> str:
    """What the agent recommends, where no option shows it already."""
    stated = package.get("recommended_action") or ""
    if any(option.id == stated for option in options):
        return ""
    return untrusted.line(stated.replace("_", " "), 120)
