"""The difference between two policies in sentences, for the history, the screen and the command."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from escalations.money import currencies
from escalations.package import observations
from escalations.policy import amount_source, hours, operators, wording
from escalations.policy.assignment import Routing
from escalations.policy.deadlines import OpeningHours
from escalations.policy.document import AmountLimits, Limit, PolicyDocument, Rule, TaskType
from escalations.text import formatting

NOT_SET = "not set"
FALLBACK_TITLE = "Everything else"
ON_TIMEOUT = {
    "reject": "reject it",
    "escalate": "alert supervisors",
    "return_to_agent": "return it to the agent",
    "keep_waiting": "keep waiting",
}


def sentences(before: PolicyDocument, after: PolicyDocument) -> list[str]:
    """What changed, such as `Refunds: level 2 → 1`; empty if the two mean the same."""
    found = list(_of_part(FALLBACK_TITLE, before.defaults, after.defaults))
    for name in {**before.task_types, **after.task_types}:
        was, now = before.task_types.get(name), after.task_types.get(name)
        if was is None and now is not None:
            found.append(f"{_title(after, name)}: new task type, level {_level(after, name)}")
        elif now is None:
            found.append(f"{_title(before, name)}: task type removed")
        elif was is not None and now is not None:
            found += _of_type(name, before, after)
    for name in {**before.hours, **after.hours}:
        found += _of_hours(f"Opening hours {name}", before.hours.get(name), after.hours.get(name))
    return [*found, *_of_routing(before.routing, after.routing)]


def changed(before: PolicyDocument, after: PolicyDocument) -> set[str]:
    """The names of the task types that differ; `defaults`, `/hours` and `/routing` for the rest."""
    names = {**before.task_types, **after.task_types}
    found = {n for n in names if before.task_types.get(n) != after.task_types.get(n)}
    rest = {"defaults": "defaults", "hours": "/hours", "routing": "/routing"}
    return found | {
        name for part, name in rest.items() if getattr(before, part) != getattr(after, part)
    }


def _title(policy: PolicyDocument, name: str) -> str:
    return policy.for_task_type(name).title or name


def _level(policy: PolicyDocument, name: str) -> int:
    return policy.for_task_type(name).level


def _of_type(name: str, before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    """Each part as it works; what is only inherited is told once, at the fallback."""
    own_before, own_after = before.task_types[name], after.task_types[name]
    was, now = before.for_task_type(name), after.for_task_type(name)
    stated = own_before.model_fields_set | own_after.model_fields_set
    inherited = {
        field: getattr(was, field) for field in TaskType.model_fields if field not in stated
    }
    was = was.model_copy(update={"rules": own_before.rules})
    now = now.model_copy(update={**inherited, "rules": own_after.rules})
    return _of_part(_title(after, name), was, now)


def _of_part(title: str, before: TaskType, after: TaskType) -> Iterator[str]:
    for name, (label, shown) in FIELDS.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"{title}: {label} {shown(was)} → {shown(now)}".replace("  ", " ")
    yield from _respond(title, before.respond_s, after.respond_s)
    yield from _amounts(title, before.amounts, after.amounts)
    yield from _rules(title, before.rules, after.rules)


def _respond(title: str, before: Any, after: Any) -> Iterator[str]:
    for level in ("2", "3", "4"):
        was, now = _seconds(before.get(level)), _seconds(after.get(level))
        if was != now:
            yield f"{title}: answer at level {level} within {was} → {now}"


def _amounts(
    title: str, before: dict[str, AmountLimits], after: dict[str, AmountLimits]
) -> Iterator[str]:
    labels = {
        "alone_up_to": "alone up to",
        "approve_up_to": "approved by a person up to",
        "take_over_up_to": "taken over up to",
        "two_people_from": "two people from",
    }
    for currency in {**before, **after}:
        was, now = (part.get(currency, AmountLimits()) for part in (before, after))
        for name, label in labels.items():
            if getattr(was, name) != getattr(now, name):
                old, new = (_money(getattr(part, name), currency) for part in (was, now))
                yield f"{title}: {label} {old} → {new}"


def _rules(title: str, before: list[Rule], after: list[Rule]) -> Iterator[str]:
    yield from (f"{title}: rule removed: {rule_in_words(r)}" for r in before if r not in after)
    yield from (f"{title}: rule added: {rule_in_words(r)}" for r in after if r not in before)


def _of_hours(title: str, before: OpeningHours | None, after: OpeningHours | None) -> Iterator[str]:
    if before is None and after is not None:
        yield f"{title}: new, {wording.week(after)} ({after.time_zone})"
    elif after is None:
        yield f"{title}: removed"
    elif before is not None and after is not None:
        yield from _of_same_hours(title, before, after)


def _of_same_hours(title: str, before: OpeningHours, after: OpeningHours) -> Iterator[str]:
    if before.time_zone != after.time_zone:
        yield f"{title}: time zone {before.time_zone} → {after.time_zone}"
    for weekday, name in hours.NAMES.items():
        was, now = (wording.day(one, weekday) for one in (before, after))
        if was != now:
            yield f"{title}: {name} {was} → {now}"
    both = ((before, after), (after, before))
    told = formatting.date_in_words
    gone, come = (set(one.holidays) - set(other.holidays) for one, other in both)
    yield from (f"{title}: open again on {told(day)}" for day in sorted(gone))
    yield from (f"{title}: closed on {told(day)}" for day in sorted(come))


def _of_routing(before: Routing, after: Routing) -> Iterator[str]:
    was, now = wording.rings(before.rings), wording.rings(after.rings)
    if was != now:
        yield f"When nobody fits: {was} → {now}"
    pairs = zip(wording.settings(before), wording.settings(after), strict=True)
    for (label, old), (_, new) in pairs:
        if old != new:
            yield f"Routing: {label} {old} → {new}"


def part_in_words(policy: PolicyDocument, part: str) -> str:
    """`Refunds, time to answer` for `refund: respond_s`, a part that two had changed."""
    name, _, key = part.partition(": ")
    titles = {"defaults": FALLBACK_TITLE, "routing": "Routing"}
    title = titles.get(name) or (_title(policy, name) if name in policy.task_types else name)
    label = PARTS.get(key) or (FIELDS[key][0] if key in FIELDS else key.replace("_", " "))
    return f"{title}, {label}" if key else title


def rule_in_words(rule: Rule) -> str:
    """`the customer tier is vip: level 3 (Large customers are for a person)`."""
    value = rule.value if isinstance(rule.value, list) else [rule.value]
    words = [formatting.code_in_words(str(one)) for one in value if one is not None]
    named = formatting.listed(words, "or")
    test = f"{observations.label(rule.field)} {operators.PHRASES[rule.operator]} {named}".strip()
    effects = [f"level {rule.level}"] if rule.level else []
    effects += [f"priority {rule.priority}"] if rule.priority else []
    effects += [f"{rule.approvals} people"] if rule.approvals else []
    effects += [_skills(rule.skills)] if rule.skills else []
    return f"{test}: {', '.join(effects)} ({rule.reason})"


def _plain(value: Any) -> str:
    return NOT_SET if value is None else str(value)


def _seconds(value: int | None) -> str:
    return NOT_SET if value is None else formatting.duration(value)


def _money(value: str | None, currency: str) -> str:
    return NOT_SET if value is None else currencies.written(Decimal(value), currency)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _skills(value: dict[str, int]) -> str:
    return formatting.listed([f"{name} {grade}" for name, grade in value.items()]) or "none"


def _tiers(value: dict[str, int]) -> str:
    return formatting.listed([f"{tier} level {level}" for tier, level in value.items()]) or "none"


def _reasons(value: Any) -> str:
    told = (f": {formatting.cut(reason.text)}" if reason.text else "" for reason in value)
    return (
        ", ".join(f"“{one.label}”{text}" for one, text in zip(value, told, strict=True)) or "none"
    )


def _replies(value: Any) -> str:
    return ", ".join(f"“{reply.title}”: {formatting.cut(reply.text)}" for reply in value) or "none"


def _words(value: list[str]) -> str:
    return formatting.listed([one.replace("_", " ") for one in value]) or "nothing"


def _batch(value: Mapping[str, int]) -> str:
    return formatting.listed([f"{count} of {risk} risk" for risk, count in value.items()])


def _limit(value: Limit | None) -> str:
    return NOT_SET if value is None else f"{formatting.number(value.value)} (level {value.level})"


PARTS = {"respond_s": "time to answer", "amounts": "amounts", "rules": "rules"}
DISAGREEMENT = {"one_rejects": "one rejection ends it", "third_decides": "a third decides"}
FIELDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "title": ("title", _plain),
    "level": ("level", _plain),
    "act_at": ("acts alone when at least", lambda share: f"{formatting.percent(share)} sure"),
    "review_below": ("handed over when below", lambda share: f"{formatting.percent(share)} sure"),
    "flag_share": ("checked afterwards", formatting.percent),
    "act_despite": ("acts alone although it stops for", _words),
    "approvals": ("people to approve", _plain),
    "blind": ("second person sees the first verdict", lambda blind: _yes(not blind)),
    "approvals_from": ("those who approve come from different", _plain),
    "disagreement": ("where two disagree", lambda value: DISAGREEMENT[value]),
    "batch_max": ("answered by one press at most", _batch),
    "undo_s": ("undo for", formatting.duration),
    "expires_s": ("expires after", _seconds),
    "extend_s": ("whoever holds it may take more time", _seconds),
    "on_timeout": ("when it expires", lambda value: ON_TIMEOUT[value]),
    "skills": ("skills", _skills),
    "strict": ("never below the wished level of skill", _yes),
    "reveal_to": ("masked values are shown to", _words),
    "units": ("units of capacity", _plain),
    "hours": ("opening hours", lambda name: name or "always"),
    "ladder": ("told about answers due:", wording.ladder),
    "alarm": ("told at level 4:", wording.alarm),
    "customer_wait": ("a customer who waits", wording.customer_wait),
    "reject_reasons": ("reasons to reject", _reasons),
    "replies": ("replies", _replies),
    "amount_from": ("amounts read from", amount_source.told),
    "sentiment_below": ("mood below", _limit),
    "failures_at_least": ("failed attempts from", _limit),
    "turns_above": ("customer messages above", _limit),
    "minutes_above": ("minutes above", _limit),
    "tiers": ("customer tiers", _tiers),
}
