"""Layer 2 of triage: the limits and rules that admins set for each task type in the policy."""

from decimal import Decimal
from typing import Any

from escalations.money import currencies, writing
from escalations.package import observations
from escalations.policy import operators
from escalations.policy.document import Limit, Rule
from escalations.text import formatting
from escalations.triage.compiled import (
    CompiledRule,
    CompiledTaskType,
    Subject,
    Unread,
    UnreadableAmount,
)
from escalations.triage.verdict import Notes


def note(subject: Subject, notes: Notes) -> None:
    """Adds a reason to the notes for every limit passed and every rule met."""
    task_type = subject.terms.task_type
    for lost in subject.money.lost:
        notes.add(2, "amount_from", f"{lost}, where the policy looks for it.")
    if subject.terms.amounts:
        _amounts(subject, notes)
    if task_type.sentiment_below:
        _sentiment(subject, task_type.sentiment_below, notes)
    if task_type.failures_at_least:
        _failures(subject, task_type.failures_at_least, notes)
    if task_type.turns_above:
        _turns(subject, task_type.turns_above, notes)
    if task_type.minutes_above:
        _minutes(subject, task_type.minutes_above, notes)
    if subject.terms.tiers:
        _tier(subject, notes)
    for compiled in subject.terms.rules:
        met, observed = compiled.observed(subject)
        if met:
            _rule(compiled, observed, subject, notes)


def _amounts(subject: Subject, notes: Notes) -> None:
    for currency, amount in subject.amounts.items():
        _amount(
            amount, currency, f"The amount {_so_much(amount, currency, subject)}", subject, notes
        )
    for said in subject.promised:
        if not said.is_told:
            _amount(said.amount, said.currency, said.sentence, subject, notes)
    for told in subject.money.unreadable[:1]:
        _unreadable(told, subject, notes)
    is_any = subject.amounts or subject.money.unreadable
    if not is_any and subject.terms.task_type.level == 1:
        have = formatting.with_verb(subject.title, "have", "has")
        notes.add(2, "amount", f"The agent states no amount; {have} a limit.")


def _amount(
    amount: Decimal, currency: str, the_amount: str, subject: Subject, notes: Notes
) -> None:
    limits = subject.terms.amounts.get(currency)
    if limits is None:
        _unknown_currency(amount, the_amount, subject, notes)
        return
    over = (
        (limits.take_over, 4, "people are alerted at once above {}"),
        (limits.approve, 3, "a person takes over above {}"),
        (
            limits.alone,
            2,
            formatting.with_verb(subject.title, "go", "goes") + " alone only up to {}",
        ),
    )
    for limit, level, so in over:
        if limit is not None and amount > limit:
            sentence = so.format(currencies.written(limit, currency))
            notes.add(level, "amount", f"{the_amount}; {sentence}.", amount, limit)
            break
    if limits.two_people is not None and amount >= limits.two_people:
        sentence = f"two people approve from {currencies.written(limits.two_people, currency)}"
        told = f"{the_amount}; {sentence}."
        notes.add(2, "two_people", told, amount, limits.two_people, approvals=2)


def _unreadable(sentence: str, subject: Subject, notes: Notes) -> None:
    """What cannot be read may be any amount: the strictest limits hold."""
    over = (
        ("take_over", 4, "people are alerted at once above"),
        ("approve", 3, "a person takes over above"),
        ("alone", 2, formatting.with_verb(subject.title, "go", "goes") + " alone only up to"),
    )
    for name, level, so in over:
        told = _each(subject.terms, name)
        if told:
            notes.add(level, "amount", f"{sentence}; {so} {told}.")
            break
    told = _each(subject.terms, "two_people")
    if told:
        so = f"{sentence}; two people approve from {told}."
        notes.add(2, "two_people", so, approvals=2)


def _each(terms: CompiledTaskType, name: str) -> str:
    """A limit in each currency that has it: `€500.00 or £400.00`."""
    limits = ((currency, getattr(one, name)) for currency, one in terms.amounts.items())
    return formatting.listed(
        [currencies.written(limit, currency) for currency, limit in limits if limit is not None],
        "or",
    )


def _unknown_currency(amount: Decimal, the_amount: str, subject: Subject, notes: Notes) -> None:
    terms = subject.terms
    known = formatting.listed(list(terms.amounts))
    two = any(limits.two_people is not None for limits in terms.amounts.values())
    sentence = f"{the_amount}; limits are set in {known} only."
    notes.add(2, "amount", sentence, amount, approvals=2 if two else None)


def _so_much(amount: Decimal, currency: str, subject: Subject) -> str:
    """The larger of two readings decides; that it is as much would not be true."""
    may_be_less = subject.money.may_be_less(currency)
    return f"{'may be up to' if may_be_less else 'is'} {currencies.written(amount, currency)}"


def _sentiment(subject: Subject, limit: Limit, notes: Notes) -> None:
    score = observations.sentiment(subject.package)
    if score is not None and score < Decimal(str(limit.value)):
        mood = f"The customer's mood is at {formatting.number(score)}"
        _passed(subject, limit, notes, rule="sentiment", seen=mood, observed=score)


def _failures(subject: Subject, limit: Limit, notes: Notes) -> None:
    count = observations.failures(subject.package)
    if count >= limit.value:
        failed = f"The agent has failed {_times(count)}"
        _passed(subject, limit, notes, rule="failures", seen=failed, observed=count)


def _turns(subject: Subject, limit: Limit, notes: Notes) -> None:
    count = observations.turns(subject.package)
    if count > limit.value:
        written = f"The customer has written {_times(count)}"
        _passed(subject, limit, notes, rule="turns", seen=written, observed=count)


def _minutes(subject: Subject, limit: Limit, notes: Notes) -> None:
    length = observations.minutes(subject.package, subject.now)
    if length is not None and length > limit.value:
        lasted = f"The conversation has lasted {length} min"
        _passed(subject, limit, notes, rule="minutes", seen=lasted, observed=length)


def _passed(
    subject: Subject, limit: Limit, notes: Notes, *, rule: str, seen: str, observed: object
) -> None:
    about = f"the limit for {formatting.inside(subject.title)} is {formatting.number(limit.value)}"
    notes.add(limit.level, rule, f"{seen}; {about}.", observed, limit.value)


def _tier(subject: Subject, notes: Notes) -> None:
    tier = observations.part(subject.package, "context", "customer").get("tier")
    level = subject.terms.tiers.get(operators.same(tier)) if isinstance(tier, str) else None
    if level:
        shown = formatting.cut(tier)
        sentence = f"The customer's tier is “{shown}”; there {formatting.LEVELS[level]}."
        notes.add(level, "tier", sentence, shown)


def _rule(compiled: CompiledRule, observed: Any, subject: Subject, notes: Notes) -> None:
    rule = compiled.rule
    # Of no currency there may be some as well.
    is_doubted = rule.field == "amount" and any(
        map(subject.money.may_be_less, ("", *subject.amounts))
    )
    value, sentence = _explained(rule, observed, "may be up to" if is_doubted else "is")
    notes.add(
        rule.level or 1, compiled.name, sentence, value, _limit(rule),
        approvals=rule.approvals, skills=rule.skills,
    )  # fmt: skip
    notes.hasten(rule.priority)


def _explained(rule: Rule, observed: Any, being: str) -> tuple[Any, str]:
    because = rule.reason.rstrip(". ")
    label = observations.label(rule.field)
    if rule.operator in operators.ON_PRESENCE:
        return observed, f"{because}: {label} {operators.PHRASES[rule.operator]}."
    if rule.operator == "mentions":
        word = operators.mentioned(rule.value, observed)
        return word, f"{because}: {label} mentions “{word}”."
    says = operators.PHRASES[rule.operator].removeprefix("is ")
    says = formatting.code_in_words(f"{says} {_limit(rule)}".removeprefix("is "))
    if isinstance(observed, UnreadableAmount):
        return None, f"{because}: {formatting.inside(observed)} (rule: {says})."
    if isinstance(observed, Unread):
        return None, f"{because}: {label} {_unread(observed)} (rule: {says})."
    seen = formatting.cut(formatting.code_in_words(str(observed)))
    return observed, f"{because}: {label} {being} “{seen}” (rule: {says})."


def _unread(found: Unread) -> str:
    if found.taken_away:
        return "is taken away"
    elif writing.is_empty(found.value):
        return "is empty"
    seen = formatting.cut(formatting.code_in_words(str(found.value)))
    return f"is “{seen}”, which cannot be read as {found.wanted}"


def _limit(rule: Rule) -> str | None:
    if rule.value is None:
        return None
    values = rule.value if isinstance(rule.value, list) else [rule.value]
    return formatting.cut(formatting.listed([str(one) for one in values], "or"))


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
