"""What makes cases equal, and what makes one stand out among those chosen with it. Pure."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from escalations.batch import doubts
from escalations.money import currencies
from escalations.package import observations
from escalations.policy import hard_rules
from escalations.policy.document import TaskType
from escalations.text import formatting, mask, untrusted
from escalations.triage import stopping

JSON = dict[str, Any]
UNSTATED = "unstated"
RISKS = ("low", "medium", "high", "critical")
# An amount this many times that in the middle of those chosen with it stands out.
FAR = 3
# As much less sure than the middle of those chosen with it, an agent stands out.
LESS_SURE = Decimal("0.2")
# A mood below this is that of somebody whom a person should read.
UPSET = Decimal("-0.3")
STEPS = (Decimal(1), Decimal(2), Decimal(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCase:
    """What of a case is compared: `reason` is its trigger and the rule that stopped the agent,
    `calls` what it would do, with the names of the arguments, `beside` what the agent adds, `own`
    what of itself says that somebody should read it. The amounts of some currencies `may_be_less`,
    where they have two readings."""

    task_type: str
    title: str
    agent: str
    reason: tuple[str, str]
    calls: tuple[str, ...]
    amounts: tuple[tuple[str, Decimal], ...] = ()
    may_be_less: frozenset[str] = frozenset()
    is_readable: bool = True
    risk: str = UNSTATED
    sure: Decimal | None = None
    beside: tuple[str, ...] = ()
    reply: str = ""
    own: tuple[str, ...] = ()

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies in which it moves money."""
        return tuple(currency for currency, _ in self.amounts)

    @property
    def told(self) -> str:
        """The amounts as people read them; a dash where it moves no money."""
        if not self.is_readable:
            return "not readable"
        return formatting.listed([self.so_much(*one) for one in self.amounts]) or "–"

    def so_much(self, currency: str, amount: Decimal) -> str:
        """One of its amounts as people read it."""
        up_to = "up to " if currency in self.may_be_less else ""
        return f"{up_to}{_money(currency, amount)}"


def proposal(package: JSON, terms: TaskType, case: Any) -> ComparedCase:
    """What is compared of this case; `package` as people may see it."""
    money = observations.money(package, terms.amount_from)
    amounts = dict(money.amounts)
    if money.loose:
        amounts[""] = money.loose
    reasons = [str(one.get("rule", "")) for one in case.reasons]
    trigger = observations.part(package, "trigger").get("type")
    return ComparedCase(
        task_type=case.task_type,
        title=terms.title or formatting.title(case.task_type),
        agent=case.agent.name,
        reason=(trigger if isinstance(trigger, str) else "", (reasons or [""])[0]),
        calls=tuple(_call(one) for one in observations.parts(package, "proposed_actions")),
        amounts=tuple(sorted(amounts.items())),
        may_be_less=frozenset(filter(money.may_be_less, amounts)),
        is_readable=not (money.unreadable or mask.stands_in(package.get("proposed_actions"))),
        risk=_risk(package),
        sure=observations.confidence(package),
        beside=tuple(doubts.beside(package)),
        reply=doubts.alike(observations.part(package, "draft_response").get("text") or ""),
        own=tuple(_own(package)),
    )


def family(one: ComparedCase) -> tuple[Any, ...]:
    """Equal proposals have an equal one: the same work of one agent for the same reason, by the
    same calls, for amounts between the same two bounds, with the same doubts."""
    bounds = tuple((currency, ceiling(amount)) for currency, amount in one.amounts)
    added = frozenset(map(doubts.alike, one.beside))
    return one.task_type, one.agent, one.reason, one.calls, bounds, one.is_readable, added


def named(one: ComparedCase, count: int) -> str:
    """What a family is called: "14 refunds under €20.00, same reason"."""
    title = formatting.inside(one.title)
    called = f"{count} {title}" if formatting.is_plural(title) else f"{count} cases of {title}"
    bounds = [_money(currency, ceiling(amount)) for currency, amount in one.amounts]
    under = f" under {formatting.listed(bounds)}" if bounds else ""
    return f"{untrusted.line(called, 80)}{under}, same reason"


def ceiling(amount: Decimal) -> Decimal:
    """The next of 10, 20, 50, 100, 200 … above this amount."""
    bound = Decimal(10)
    while True:
        for step in STEPS:
            if amount < bound * step:
                return bound * step
        bound *= 10


def outliers(found: Sequence[ComparedCase]) -> list[tuple[str, ...]]:
    """For each, in whole sentences, why it is not to be answered together with the others."""
    usual = _usual(found)
    added = Counter(text for one in found for text in set(map(doubts.alike, one.beside)))
    shared = {text for text, count in added.items() if count * 2 > len(found)}
    return [
        (*one.own, *_against(one, usual), *_far(one, found), *_adds(one, shared)) for one in found
    ]


def unlike(model: ComparedCase, found: Sequence[ComparedCase]) -> list[tuple[str, ...]]:
    """For each, why it is not to be answered as `model` was: what that has is what is usual."""
    # As many of it as to be more than half, and in the middle, whatever the others are.
    models = [model] * (len(found) + 1)
    return outliers([*models, *found])[len(models) :]


def replies_unlike(found: Sequence[ComparedCase]) -> list[bool]:
    """For each, whether what it says to the customer differs from the others' in more than
    numbers."""
    usual = Counter(one.reply for one in found)
    return [bool(one.reply) and usual[one.reply] * 2 <= len(found) for one in found]


def _adds(one: ComparedCase, shared: Container[str]) -> list[str]:
    """What its agent adds to it that it does not add to most of the others."""
    own = [text for text in one.beside if doubts.alike(text) not in shared]
    return [f"Its agent adds: “{untrusted.line(own[0], doubts.QUOTED)}”."] if own else []


def _usual(found: Sequence[ComparedCase]) -> Mapping[str, Any]:
    """What more than half of them have, by what it is."""
    usual = {}
    for name in ("task_type", "agent", "reason", "calls", "currencies"):
        value, count = Counter(getattr(one, name) for one in found).most_common(1)[0]
        if count * 2 > len(found):
            usual[name] = value
    return usual


_DIFFERS = {
    "task_type": "Another kind of work than the others.",
    "agent": "From another agent than the others.",
    "reason": "Stopped for another reason than the others.",
    "calls": "Would do something else than the others.",
    "currencies": "Moves money in another currency than the others.",
}


def _against(one: ComparedCase, usual: Mapping[str, Any]) -> list[str]:
    differs = [words for name, words in _DIFFERS.items() if getattr(one, name) != usual.get(name)]
    known = [_DIFFERS[name] for name in usual]
    # Work of another kind differs in all the rest as well: it is said once.
    return [words for words in differs if words in known][:1]


def _far(one: ComparedCase, found: Sequence[ComparedCase]) -> list[str]:
    if not one.is_readable:
        return ["Its amount cannot be read with certainty."]
    for currency, amount in one.amounts:
        # The lower of two in the middle, so that of two cases the larger one stands out.
        others = sorted(dict(other.amounts).get(currency, Decimal(0)) for other in found)
        others = [other for other in others if other]
        middle = others[(len(others) - 1) // 2] if others else amount
        if amount > FAR * middle:
            times = formatting.number(float(round(amount / middle, 1)))
            usual = _money(currency, middle)
            so_much = one.so_much(currency, amount)
            return [f"{so_much} is {times} times {usual}, the middle of these."]
    stated = sorted(other.sure for other in found if other.sure is not None)
    if one.sure is not None and stated[len(stated) // 2] - one.sure > LESS_SURE:
        return [
            f"Its agent is less sure than of the others: {formatting.percent(float(one.sure))}."
        ]
    return []


def _own(package: JSON) -> list[str]:
    """What of itself says that somebody should read it."""
    said = [
        f"Flagged: {untrusted.line(str(flag.get('label') or flag.get('code') or ''), 60)}."
        for flag in observations.parts(package, "flags")
        if flag.get("severity") in {"warning", "critical"}
    ]
    mood = observations.sentiment(package)
    if mood is not None and mood < UPSET:
        said.append("The customer is upset.")
    return [*said, *doubts.against(package, hard_rules.current())]


def _risk(package: JSON) -> str:
    """The highest that is stated, in words or as a score."""
    parts = [package, *observations.parts(package, "proposed_actions")]
    risks = [observations.part(one, "risk") for one in parts]
    known = [RISKS.index(risk["level"]) for risk in risks if risk.get("level") in RISKS]
    scores = [one for risk in risks if observations.is_number(one := risk.get("score"))]
    if max(scores, default=0) >= stopping.RISKY:
        known.append(RISKS.index("critical"))
    return RISKS[max(known)] if known else UNSTATED


def _call(action: JSON) -> str:
    args = action.get("args")
    names = ",".join(sorted(args)) if isinstance(args, dict) else ""
    return f"{action.get('name')}({names})"


def _money(currency: str, amount: Decimal) -> str:
    return currencies.written(amount, currency).strip()
