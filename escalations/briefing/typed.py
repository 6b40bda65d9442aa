"""What would leave if an edit were sent as it is typed, for the brief above it and its buttons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from escalations.briefing import stakes, standing_answer
from escalations.briefing.building import Briefing
from escalations.briefing.standing_answer import StandingAnswer
from escalations.lifecycle import standing
from escalations.money import writing
from escalations.proposal import calls, labels
from escalations.proposal.calls import ProposedStep

JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TypedEdit:
    """`was` is what it would cost as it stands, where that is something else; `still_says` the old
    amount that the reply names, as a sentence."""

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
        return cls(answer, cost, was, _still_says(reply, briefing.steps, steps))


def _still_says(reply: str, was: Iterable[ProposedStep], now: Iterable[ProposedStep]) -> str:
    left = {step.money for step in now}
    for money in dict.fromkeys(step.money for step in was if step.money not in left):
        old = writing.read(money)
        if old and any(one.amount == old.amount for one in writing.named_in(reply)):
            return f"The reply still says {money}."
    return ""
