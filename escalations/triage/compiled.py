"""One task type of the policy in the form that triage reads fast: compiled once per document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from escalations.money import argument_names
from escalations.money.in_calls import MoneyInCalls
from escalations.money.search import Search
from escalations.package import observations
from escalations.policy import ladder, operators
from escalations.policy.document import AmountLimits, PolicyDocument, Rule, TaskType
from escalations.policy.hours import Hours
from escalations.policy.ladder import Ladder
from escalations.policy.part import LEVELS
from escalations.text import formatting, word_search
from escalations.triage.amounts import Amounts, Promised, promised

FALLBACK = ""  # Not a possible name of a task type.


class UnreadableAmount(str):
    """Why an amount cannot be read, where a rule would see one: it counts as meeting the rule."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """What a rule cannot read: the value, or that an edit took it away, and as what."""

    value: Any
    wanted: str
    taken_away: bool = False


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its reader and its test at hand."""

    name: str
    rule: Rule
    read: Callable[[dict[str, Any], datetime], list[Any]]
    test: Callable[[Any], bool]
    unread: Callable[[Any], str | None]

    def observed(self, subject: "Subject") -> tuple[bool, Any]:
        """Whether the rule fires, and the value that made it fire."""
        by_word = self.rule.field == "text"
        if self.rule.field == "amount":
            # Read by the policy's own word on where it stands.
            loose = [subject.money.loose] if subject.money.loose else []
            values: list[Any] = sorted([*subject.amounts.values(), *loose])[-1:]
            if self.rule.operator != "missing":
                said = (one.amount for one in subject.promised if not one.is_told)
                values += sorted(said)[-1:]
        else:
            values = [subject.text] if by_word else self.read(subject.package, subject.now)
        if self.rule.operator == "missing":
            return not values, None
        if self.rule.operator == "present":
            return bool(values), values[0] if values else None
        for value in values:
            if self.test(value):
                return True, value
        if self.rule.field == "amount" and self.rule.operator in operators.ORDERED:
            return bool(subject.money.unreadable), UnreadableAmount(*subject.money.unreadable[:1])
        unread = next(self._unread(values, subject), None)
        return unread is not None, unread

    def _unread(self, values: list[Any], subject: "Subject") -> Iterator[Unread]:
        for value in values:
            wanted = self.unread(value)
            if wanted is not None:
                yield Unread(value, wanted)
        # An edit that takes away what was compared is not read any more than one that empties it.
        wanted = self.unread(None)
        if wanted is not None and self.rule.field.startswith("proposed_actions."):
            for both in subject.edited:
                was, left = (self.read({"proposed_actions": [a]}, subject.now) for a in both)
                if was and not left:
                    yield Unread(None, wanted, taken_away=True)


@dataclass(frozen=True, slots=True)
class CompiledTaskType:
    """What the policy says of one task type."""

    task_type: TaskType
    known: bool
    act_at: Decimal
    review_below: Decimal
    amounts: dict[str, Amounts]
    tiers: dict[str, int]
    rules: tuple[CompiledRule, ...]
    hours: Hours | None
    ladders: dict[int, Ladder | None]


@dataclass(frozen=True, slots=True)
class Subject:
    """One package beside the terms that judge it, with what several layers want to know of it."""

    package: dict[str, Any]
    name: str
    title: str
    terms: CompiledTaskType
    text: word_search.Text
    money: MoneyInCalls
    amounts: dict[str, Decimal]
    # What its words name beyond what the rest does.
    promised: tuple[Promised, ...]
    now: datetime
    # Each call that a person changed: as it was proposed, and as it would leave.
    edited: tuple[tuple[dict[str, Any], dict[str, Any]], ...]

    def is_above_a_limit(self, said: Promised) -> bool:
        """Whether the policy asks anything of such an amount."""
        limits = self.terms.amounts.get(said.currency)
        if limits is None:
            return bool(self.terms.amounts)
        return any(said.amount > limit for limit in limits.each)


def subject(
    package: dict[str, Any],
    policy: PolicyDocument,
    now: datetime,
    *,
    proposed: dict[str, Any] | None = None,
    draft: bool = True,
) -> Subject:
    """The package ready to be judged under this policy; `proposed` is what a person changed, and
    `draft` whether money counts that only its words name."""
    stated = package.get("task_type")
    name = stated if isinstance(stated, str) else ""
    terms = of(policy, name)
    money = observations.money(package, terms.task_type.amount_from, proposed)
    amounts = _in_every_currency(money, terms.amounts)
    said = promised(package, terms.task_type, terms.amounts, money.unread) if draft else ()
    return Subject(
        package=package,
        name=name,
        title=terms.task_type.title or formatting.title(name) or "This work",
        terms=terms,
        text=observations.text(package),
        money=money,
        amounts=amounts,
        promised=tuple(one for one in said if one.amount > amounts.get(one.currency, 0)),
        now=now,
        edited=tuple(_edited(package, proposed)) if proposed else (),
    )


def _edited(
    package: dict[str, Any], proposed: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    actions = observations.parts(package, "proposed_actions")
    left = {one.get("id"): one for one in actions}
    for was in observations.parts(proposed, "proposed_actions"):
        action = left.get(was.get("id"))
        # Another tool has other arguments.
        if action is not None and action.get("name") == was.get("name"):
            yield was, action


def _in_every_currency(money: MoneyInCalls, limits: Mapping[str, Amounts]) -> dict[str, Decimal]:
    """Money of no known currency counts in each that has limits, or it would pass them all."""
    more = dict.fromkeys(limits, money.loose) if money.loose else {}
    return money.amounts | {
        name: money.amounts.get(name, 0) + extra - money.shared.get(name, 0)
        for name, extra in more.items()
    }


def of(policy: PolicyDocument, name: str) -> CompiledTaskType:
    """The terms of this task type; every unknown one shares those of the fallback."""
    # Names come from outside: to keep terms for each that is unknown would never end.
    key = name if policy.knows(name) else FALLBACK
    return policy.once(key, lambda: _compile(policy, key))


def _compile(policy: PolicyDocument, key: str) -> CompiledTaskType:
    task_type = policy.for_task_type(key)
    return CompiledTaskType(
        task_type=task_type,
        known=key != FALLBACK,
        act_at=Decimal(str(task_type.act_at)),
        review_below=Decimal(str(task_type.review_below)),
        amounts={currency: _amounts(limits) for currency, limits in task_type.amounts.items()},
        tiers={operators.same(tier): level for tier, level in task_type.tiers.items()},
        rules=tuple(_rule(index, rule) for index, rule in enumerate(task_type.rules)),
        hours=policy.hours_of(task_type),
        ladders={level: ladder.of(policy, key, level) for level in LEVELS},
    )


def _amounts(limits: AmountLimits) -> Amounts:
    def decimal(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return Amounts(
        alone=decimal(limits.alone_up_to),
        approve=decimal(limits.approve_up_to),
        take_over=decimal(limits.take_over_up_to),
        two_people=decimal(limits.two_people_from),
    )


def _rule(index: int, rule: Rule) -> CompiledRule:
    operator, value = rule.operator, rule.value
    presence = operator in operators.ON_PRESENCE
    test = (lambda seen: True) if presence else operators.test(operator, value)
    unread = operators.unread(operator, value)
    name = rule.field.rpartition(".")[2]
    if operator in operators.ORDERED and argument_names.about(name).is_money:
        test, unread = _of_money(name, test, unread)
    compares = operators.compares(operator, value)
    read = observations.reader(rule.field, with_nulls=compares)
    return CompiledRule(f"rules/{index}", rule, read, test, unread)


def _of_money(
    name: str, test: Callable[[Any], bool], unread: Callable[[Any], str | None]
) -> tuple[Callable[[Any], bool], Callable[[Any], str | None]]:
    """The same for an amount in any writing; one that cannot be read meets the rule."""

    def fits(seen: Any) -> bool:
        if test(seen):
            return True
        search = Search({name: seen})
        amounts = (*search.worth.amounts.values(), search.worth.loose)
        return bool(search.found) and any(map(test, amounts))

    def doubted(seen: Any) -> str | None:
        search = Search({name: seen})
        if search.unread or search.is_cut_short:
            return "an amount"
        return None if search.found else unread(seen)

    return fits, doubted
