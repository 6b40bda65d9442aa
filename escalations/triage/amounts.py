"""Which money counts in words: what a case has not named already, in currencies as which it is
judged. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from escalations.money import in_words
from escalations.money.currencies import MoneyCertainty
from escalations.money.in_words import NamedMoney
from escalations.money.writing import Written
from escalations.package import observations
from escalations.policy.document import TaskType

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Amounts:
    """The limits of one currency as numbers."""

    alone: Decimal | None
    approve: Decimal | None
    take_over: Decimal | None
    two_people: Decimal | None

    @property
    def each(self) -> Iterator[Decimal]:
        every = (self.alone, self.approve, self.take_over, self.two_people)
        return (limit for limit in every if limit is not None)


def named(document: JSON, task_type: TaskType, sent: JSON | None = None) -> NamedMoney:
    """What the package names as money or its policy keeps in texts for such cases, and what its
    calls come to, as proposed and as `sent`."""
    found = NamedMoney()
    found.read([one.text for one in task_type.replies])
    found.read([one.text for one in task_type.reasons_to_reject()])
    proposed = observations.parts(document, "proposed_actions")
    found.read({**document, "proposed_actions": [_moving(one, task_type) for one in proposed]})
    for package in (document, sent) if sent else (document,):
        actions = observations.parts(package, "proposed_actions")
        for calls in (package, *({"proposed_actions": [one]} for one in actions)):
            money = observations.money(calls, task_type.amount_from)
            found.add(money.amounts, money.loose)
    return found


def promised(
    package: JSON, task_type: TaskType, limits: Mapping[str, Amounts]
) -> dict[str, Decimal]:
    """By currency the largest amount that the draft tells the customer and nothing else names."""
    text = observations.part(package, "draft_response").get("text")
    # Nearly all drafts name no money, and then nothing is read.
    if not isinstance(text, str) or not in_words.added([text]):
        return {}
    others = {key: value for key, value in package.items() if key != "draft_response"}
    most: dict[str, Decimal] = {}
    for one in in_words.added([text], named(others, task_type)):
        for currency in judged_in(one, limits):
            # Of no sure currency it counts in each that has limits.
            for stated in [currency] if currency else limits:
                most[stated] = max(one.amount, most.get(stated, one.amount))
    return most


def judged_in(one: Written, limits: Mapping[str, Amounts]) -> list[str]:
    """The currencies as which it is judged: its own, or those with limits that are written like it,
    as `$` where limits are set in CAD. None where it is no money."""
    if not one.currency or one.currency in limits:
        return [one.currency]
    elif alike := sorted(one.also & limits.keys()):
        return alike
    least = min((limit for each in limits.values() for limit in each.each), default=Decimal(0))
    is_much = one.certainty is MoneyCertainty.DOUBTFUL and one.amount >= least
    return [one.currency] if one.certainty is MoneyCertainty.SURE or is_much else []


def _moving(action: JSON, task_type: TaskType) -> JSON:
    """The action without arguments of which the policy says that they move no money."""
    place = task_type.amount_from.get(str(action.get("name")))
    is_none = place is not None and place.amount is None
    return {**action, "args": None} if is_none else action
