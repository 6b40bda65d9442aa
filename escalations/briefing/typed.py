"""What would leave if an edit were sent as it is typed, for the brief above it and its buttons."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from escalations.briefing import stakes, standing_answer
from escalations.briefing.building import Briefing
from escalations.briefing.standing_answer import StandingAnswer
from escalations.lifecycle import standing
from escalations.money import in_sentences, writing
from escalations.proposal import calls, labels
from escalations.proposal.calls import ProposedStep
from escalations.text import differences, formatting

JSON = Mapping[str, Any]
# Shorter texts are codes such as "M" or "2", which stand in a reply for other things.
_WORD_MIN = 3


@dataclass(frozen=True, slots=True)
class TypedEdit:
    """`was` is what it would cost as it stands, where that is something else; `still_says` what was
    changed and the reply names as it was, as a sentence."""

    answer: StandingAnswer
    cost: stakes.Cost
    was: stakes.Cost | None
    still_says: str

    @classmethod
    def read(
        cls, briefing: Briefing, proposed: JSON, document: JSON, *, by: str, now: datetime
    ) -> Self:
        """The edit whose answer is this `document`, beside the case as it stands."""
        sent = standing.package(proposed, document)
        steps = calls.steps(sent, labels.read(proposed.get("context")), now=now)
        answer = standing_answer.typed(document, proposed, steps, by=by, now=now)
        cost = stakes.of_answer(sent, answer)
        was = briefing.cost if briefing.cost.sentence != cost.sentence else None
        reply = str((document.get("response") or {}).get("text") or "")
        still = _old_amount(reply, briefing.steps, steps) or _old_words(reply, proposed, sent)
        return cls(answer, cost, was, f"The reply still says {still}." if still else "")


def _old_amount(reply: str, was: Iterable[ProposedStep], now: Iterable[ProposedStep]) -> str:
    left = {step.money for step in now}
    for money in dict.fromkeys(step.money for step in was if step.money not in left):
        old = writing.read(money)
        if old and any(one.amount == old.amount for one in in_sentences.named_in(reply)):
            return money
    return ""


def _old_words(reply: str, proposed: JSON, sent: JSON) -> str:
    """The first text of a call that was changed to another, where the reply has the old one and
    not the new one: a colour, a date, an address."""
    reply = reply.casefold()
    was, now = (
        {one["id"]: one.get("args") for one in package.get("proposed_actions") or ()}
        for package in (proposed, sent)
    )
    for action in (one for one in was if one in now):
        for change in differences.fields(was[action], now[action]):
            old, new = (json.loads(text or "null") for text in (change.was, change.now))
            if not isinstance(old, str) or not isinstance(new, str) or len(old) < _WORD_MIN:
                continue
            if _is_named(old, reply) and not (new and _is_named(new, reply)):
                return f"“{formatting.cut(old)}”"
    return ""


def _is_named(text: str, reply: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(text.strip().casefold())}(?!\w)", reply))
