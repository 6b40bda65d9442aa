"""The answer is judged like the question, and so is what is added to it meanwhile: what would leave
or now lies before people is a package of its own.

Pure. Asked only where a person changed what leaves; a plain approval costs nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from escalations.money import in_answers
from escalations.policy.document import PolicyDocument
from escalations.policy.hard_rules import Compiled
from escalations.policy.methods import Outlook
from escalations.proposal import options, verdicts
from escalations.text import formatting
from escalations.triage import judging, kept, quoting
from escalations.triage.verdict import HARD, Reason, Verdict

APPROVALS = "approvals"
JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseTerms:
    """What a case asks for as it stands; `rules` are those that its reasons name."""

    level: int
    approvals: int
    skills: Mapping[str, int]
    rules: Collection[str]


@dataclass(frozen=True, slots=True)
class More:
    """What the answer asks for beyond the terms of its case, and the rules that say so."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    # More approvals alone leave the press to count as the author's part.
    only_approvals: bool
    # Where it was found.
    where: str = kept.EDITED

    @property
    def sentence(self) -> str:
        """The strongest rule of them, as a sentence."""
        return self.reasons[0].sentence

    @property
    def told(self) -> str:
        """The same, and where it was found if that is in no field."""
        if self.where == kept.WRITTEN:
            return f"Money in your words: {formatting.inside(self.sentence)}"
        return self.sentence

    @property
    def refusal(self) -> str:
        """Why a press does not count: "Not sent: the amount is €99,999.00; …"."""
        return f"Not sent: {formatting.inside(self.told)}"


def content(
    package: JSON,
    actions: Sequence[JSON],
    response: JSON | None,
    option_id: str | None = None,
) -> JSON | None:
    """The package with what would leave in place of what was proposed; None if they are the same.

    `actions`, `response` and `option_id` are those of a decision. An action that is not cleared
    does not leave; a question leaves with its answer in the place of arguments, where that is
    money, and so does an option that was chosen.
    """
    proposed = {one["id"]: one for one in package.get("proposed_actions") or []}
    calls = {one["action_id"]: one["call"] for one in actions if one.get("call")}
    calls |= {
        one["action_id"]: call
        for one in actions
        if "value" in one and (call := in_answers.as_call(proposed[one["action_id"]], one["value"]))
    }
    chosen = None if calls else _chosen(package, option_id)
    draft = package.get("draft_response") or {}
    text = response["text"] if response else None
    changed = any(not _is(proposed[action_id], call) for action_id, call in calls.items())
    if not (changed or chosen) and text in (None, draft.get("text")):
        return None
    sent = {name: value for name, value in package.items() if name != "draft_response"}
    if text is not None:
        sent["draft_response"] = {**draft, "text": text}
    sent["proposed_actions"] = [
        {**_as_sent(action), **calls[action_id]}
        for action_id, action in proposed.items()
        if action_id in calls
    ]
    if chosen:
        sent["proposed_actions"].append({"id": chosen["name"], **chosen})
    return sent


def _chosen(package: JSON, option_id: str | None) -> JSON | None:
    option = options.of_their_own(package).get(option_id or "")
    return in_answers.of_option(option) if option else None


def more(
    sent: JSON,
    policy: PolicyDocument,
    terms: CaseTerms,
    *,
    shown: tuple[JSON, JSON | None] | None = None,
    now: datetime,
    rules: Compiled | None = None,
    proposed: JSON | None = None,
    outlook: Callable[..., Outlook] | None = None,
) -> More | None:
    """What a package with this content would need beyond these terms; None if nothing.

    `shown` is the same as people see it, and the proposal as they do, where that is not all; no
    reason quotes more. `proposed` is the package as the agent sent it: an amount of it that is
    emptied is told.
    """
    # What a person writes is judged by itself, beyond what came since: see `words`.
    judge = partial(judging.judge, policy=policy, now=now, rules=rules, draft=proposed is None)
    verdict = judge(sent, proposed=proposed, outlook=outlook)
    if shown is not None:
        seen = judge(shown[0], proposed=shown[1])
        verdict = replace(verdict, reasons=quoting.unquoted(verdict.reasons, seen.reasons))
    return _beyond(verdict, terms)


def of_words(
    said: JSON, silent: JSON, policy: PolicyDocument, terms: CaseTerms, *, now: datetime
) -> More | None:
    """What words ask for beyond these terms by rules that nothing but they meet; None if nothing.

    `said` is the package with them and `silent` the same without. By rule, and not by the most
    that the two ask for: what asks for two people anyway would hide every further rule that does.
    """
    before = judging.judge(silent, policy, now=now, draft=False)
    met = {(one.rule, one.level, one.approvals) for one in before.reasons}
    verdict = judging.judge(said, policy, now=now, draft=False)
    further = [one for one in verdict.reasons if (one.rule, one.level, one.approvals) not in met]
    skills: dict[str, int] = {}
    for one in further:
        skills |= {name: max(grade, skills.get(name, 0)) for name, grade in one.skills.items()}
    asked = replace(
        verdict,
        level=max((one.level for one in further), default=1),
        approvals=max((one.approvals for one in further), default=1),
        skills=skills,
        reasons=further,
    )
    return _beyond(asked, terms)


def spoken(
    package: JSON, text: str, policy: PolicyDocument, *, terms: CaseTerms, now: datetime
) -> More | None:
    """What these words to the customer would have needed as a reply beyond these terms; None if
    nothing.

    Other words in the same place are the measure, so that what the package asks for by its calls
    or its customer keeps nobody from speaking.
    """
    return of_words(saying(package, text), saying(package, ""), policy, terms, now=now)


def saying(package: JSON, text: str) -> JSON:
    """The package with these words to the customer and nothing else that would leave."""
    return {**package, "proposed_actions": [], "draft_response": {"text": text}}


def _beyond(verdict: Verdict, terms: CaseTerms) -> More | None:
    found = [reason for reason in verdict.reasons if _asks_further(reason, terms)]
    # How many must approve is said after the rule that asks for them, where there is one.
    found.sort(key=lambda reason: reason.rule == APPROVALS)
    higher = verdict.level > terms.level or _lacking(verdict.skills, terms)
    further = higher or any(_is_new_hard_rule(reason, terms) for reason in found)
    if not further and verdict.approvals <= terms.approvals:
        return None
    return More(verdict, tuple(found or [_of_all(verdict)]), only_approvals=not further)


def _as_sent(action: JSON) -> JSON:
    # An answered question asks nobody any more.
    is_question = verdicts.is_question(action)
    return {key: one for key, one in action.items() if key != "kind"} if is_question else action


def _is(action: JSON, call: JSON) -> bool:
    return bool(action["name"] == call["name"] and (action.get("args") or {}) == call["args"])


def _of_all(verdict: Verdict) -> Reason:
    """The skills that a task type asks of all its cases have no reason of their own."""
    return Reason("skills", f"It asks for {formatting.listed(list(verdict.skills))}.")


def _asks_further(reason: Reason, terms: CaseTerms) -> bool:
    return (
        reason.level > terms.level
        or reason.approvals > terms.approvals
        or _lacking(reason.skills, terms)
        or _is_new_hard_rule(reason, terms)
    )


def _is_new_hard_rule(reason: Reason, terms: CaseTerms) -> bool:
    is_hard = reason.rule.startswith(HARD) or reason.rule == kept.PERSON
    return is_hard and reason.rule not in terms.rules


def _lacking(skills: Mapping[str, int], terms: CaseTerms) -> bool:
    return any(grade > terms.skills.get(skill, 0) for skill, grade in skills.items())
