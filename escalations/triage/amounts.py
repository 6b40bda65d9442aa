"""Which money counts in words: what a case has not named already, in currencies as which it is
judged. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from escalations.money import currencies, in_words, writing
from escalations.money.currencies import MoneyCertainty
from escalations.money.in_words import NamedMoney
from escalations.money.writing import Written
from escalations.package import observations
from escalations.policy.document import TaskType
from escalations.text import formatting

JSON = dict[str, Any]
# The parts of the context that tell what systems know.
_RECORDS = ("customer", "environment")
# What an agent calls its action, and what the action would say.
_SAYING = ("title", "description", "args")


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


@dataclass(frozen=True, slots=True)
class Promised:
    """Money that words of the agent name and no record does, and where they would leave.

    `is_told`: the agent itself or the customer names it elsewhere. Then it may be no promise, as in
    “€6,000.00 is not possible”: a person is to see it, and no more.
    """

    currency: str
    amount: Decimal
    where: str
    is_told: bool

    @property
    def sentence(self) -> str:
        """As a sentence begins: `The amount in the draft is €6,000.00`."""
        return f"The amount in {self.where} is {currencies.written(self.amount, self.currency)}"


def named(document: JSON, task_type: TaskType, sent: JSON | None = None) -> NamedMoney:
    """What the package names as money or its policy keeps in texts for such cases, and what its
    calls come to, as proposed and as `sent`."""
    found = _of_policy(task_type)
    found.read(_moving(document, task_type))
    _add_calls(found, document, task_type, sent)
    return found


def _of_policy(task_type: TaskType) -> NamedMoney:
    found = NamedMoney()
    found.read([one.text for one in task_type.replies])
    found.read([one.text for one in task_type.reasons_to_reject()])
    return found


def _add_calls(
    found: NamedMoney, document: JSON, task_type: TaskType, sent: JSON | None = None
) -> None:
    for package in (document, sent) if sent else (document,):
        actions = observations.parts(package, "proposed_actions")
        for calls in (package, *({"proposed_actions": [one]} for one in actions)):
            money = observations.money(calls, task_type.amount_from)
            found.add(money.amounts, money.loose)


def promised(
    package: JSON,
    task_type: TaskType,
    limits: Mapping[str, Amounts],
    unread: Collection[str] = (),
) -> tuple[Promised, ...]:
    """In each currency the largest amount that the draft or a text among the arguments of a call
    names and nothing else does, and the largest that only words do; `unread` are texts that count
    as any amount already."""
    # Nearly all of them name no money, and then nothing is read.
    said = [one for one in _said(package) if one[1] not in unread and in_words.added([one[1]])]
    if not said:
        return ()
    most: dict[tuple[str, bool], Promised] = {}
    recorded, told = _recorded(package, task_type), _told(package)
    for where, text in said:
        for one in in_words.each_added([text], recorded):
            is_told = told.has(one)
            for currency in judged_in(one, limits):
                # Of no sure currency it counts in each that has limits.
                for stated in [currency] if currency else limits:
                    found = Promised(stated, one.amount, where, is_told)
                    before = most.setdefault((stated, is_told), found)
                    if found.amount > before.amount:
                        most[stated, is_told] = found
    return tuple(most.values())


def _said(package: JSON) -> Iterator[tuple[str, str]]:
    """Each text that would leave, and where it stands."""
    draft = observations.part(package, "draft_response").get("text")
    if isinstance(draft, str):
        yield "the draft", draft
    for action in observations.parts(package, "proposed_actions"):
        for text in observations.sentences(action):
            # An amount by itself is one of the call, or the policy says that it is none.
            if writing.read(text) is None:
                yield f"a text of “{formatting.cut(action.get('name'))}”", text


def _recorded(package: JSON, task_type: TaskType) -> NamedMoney:
    """What records, calls and the policy name."""
    found = _of_policy(task_type)
    actions = observations.parts(package, "proposed_actions")
    context = observations.part(package, "context")
    found.read({"context": {name: context.get(name) for name in _RECORDS}})
    found.read({"metadata": package.get("metadata")})
    found.read({"proposed_actions": [{"facts": action.get("facts")} for action in actions]})
    args = [action.get("args") for action in actions if _moves(action, task_type)]
    found.read_fields({"proposed_actions": args})
    _add_calls(found, package, task_type)
    return found


def _told(package: JSON) -> NamedMoney:
    """What the agent and the customer say, but for what the agent calls its actions."""
    found = NamedMoney()
    found.read(_without(package, "draft_response", "proposed_actions"))
    actions = observations.parts(package, "proposed_actions")
    found.read({"proposed_actions": [_without(one, *_SAYING) for one in actions]})
    return found


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


def _moving(document: JSON, task_type: TaskType) -> JSON:
    """The package without arguments of which the policy says that they move no money."""
    actions = observations.parts(document, "proposed_actions")
    kept = [one if _moves(one, task_type) else {**one, "args": None} for one in actions]
    return {**document, "proposed_actions": kept}


def _without(value: JSON, *names: str) -> JSON:
    return {key: one for key, one in value.items() if key not in names}


def _moves(action: JSON, task_type: TaskType) -> bool:
    place = task_type.amount_from.get(str(action.get("name")))
    return place is None or place.amount is not None
