"""What triage reads out of a package. Every function takes it as it comes, however broken."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeGuard

from escalations.money import in_calls, worth
from escalations.money.in_calls import AmountPlace, MoneyInCalls
from escalations.text import meanings, moments, word_search, wrapped

LIVE_CHANNELS = frozenset({"chat", "web_chat", "webchat", "live_chat", "voice", "phone", "call"})
SAYS = 2  # Blanks in a text that is more than a value.
ROOTS = frozenset(
    {
        "attachments", "attempted", "context", "correlation_id", "customer_ref", "deadlines",
        "draft_response", "flags", "hand_to_agent", "links", "metadata", "next_steps",
        "original_intent", "priority", "proposed_actions", "re_escalates", "recommended_action",
        "requested", "risk", "source", "summary", "task_type", "tenant", "trigger",
    }
)  # fmt: skip
SHORT = frozenset({"conversation", "reasoning", "customer", "process", "environment"})


def part(package: Any, *path: str) -> dict[str, Any]:
    """The object at the path, empty where there is none."""
    for name in path:
        package = package.get(name) if isinstance(package, dict) else None
    return package if isinstance(package, dict) else {}


def parts(package: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in the list of that name."""
    found = package.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def messages(package: dict[str, Any]) -> list[dict[str, Any]]:
    return parts(part(package, "context", "conversation"), "messages")


def since_the_customer(package: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The messages since the customer wrote last, the newest first."""
    for message in reversed(messages(package)):
        if message.get("role") == "customer":
            return
        yield message


def text(package: dict[str, Any]) -> word_search.Text:
    """Summary, first wish and what the customer wrote, ready for `word_search.Phrases`."""
    return _joined([package.get("summary"), *_said(package)])


def said(package: dict[str, Any]) -> word_search.Text:
    """What the customer wrote, the first wish with it."""
    return _joined(_said(package))


def _said(package: dict[str, Any]) -> list[Any]:
    wrote = [m.get("text") for m in messages(package) if m.get("role") == "customer"]
    return [package.get("original_intent"), *wrote]


def _joined(texts: list[Any]) -> word_search.Text:
    return word_search.read(" | ".join(one for one in texts if isinstance(one, str)))


def sentences(action: dict[str, Any]) -> Iterator[str]:
    """Texts among the arguments of a call that have more words than codes, names and values do."""
    for text in map(wrapped.shown, wrapped.texts(action.get("args"))):
        if text.count(" ") >= SAYS or meanings.is_unspaced(text):
            yield text


def confidence(package: dict[str, Any]) -> Decimal | None:
    """How sure the agent says it is, from 0 to 1, or None."""
    stated = part(package, "context", "reasoning").get("confidence")
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated <= 1:
        return None
    else:
        return Decimal(str(stated))


def money(
    package: dict[str, Any],
    sources: Mapping[str, AmountPlace],
    proposed: dict[str, Any] | None = None,
) -> MoneyInCalls:
    """Money at stake by currency: the sum of the actions, or what the package states if larger.

    Of an action the largest counts: what its risk says, what its call would do, or what taking it
    back would. `sources` are the policy's, by name of action; `proposed` is the package as the
    agent sent it, where a person changed its calls.
    """
    before = {str(action.get("id")): action for action in parts(proposed or {}, "proposed_actions")}
    found: dict[str, Decimal] = {}
    certain: dict[str, Decimal] = {}
    read = []
    stated = dict(_amount(part(package, "risk")))
    for action in parts(package, "proposed_actions"):
        risk = dict(_amount(part(action, "risk")))
        name, known = action.get("name"), next(iter({**risk, **stated}), "")
        source = sources.get(name) if isinstance(name, str) else None
        was = before.get(str(action.get("id")))
        call = in_calls.read(action, source, currency=known, was=was)
        read.append(call)
        back = _taking_back(action, sources, known)
        _add(found, risk, call.amounts, back.amounts)
        _add(certain, risk, call.certain.amounts, back.certain.amounts)
    for currency, value in stated.items():
        for known_so_far in (found, certain):
            known_so_far[currency] = max(known_so_far.get(currency, value), value)
    return MoneyInCalls(
        found,
        sum((one.loose for one in read), Decimal(0)),
        tuple(pair for one in read for pair in one.unnamed),
        tuple(sentence for one in read for sentence in one.lost),
        tuple(sentence for one in read for sentence in one.unreadable),
        worth.summed(one.shared for one in read),
        worth.Worth(certain, sum((one.certain.loose for one in read), Decimal(0))),
        frozenset().union(*(one.unread for one in read)),
    )


def _add(to: dict[str, Decimal], *readings: Mapping[str, Decimal]) -> None:
    """The largest of several readings of one action, by currency."""
    for currency in dict.fromkeys(name for one in readings for name in one):
        most = max(one.get(currency, Decimal(0)) for one in readings)
        to[currency] = to.get(currency, Decimal(0)) + most


def _taking_back(
    action: dict[str, Any], sources: Mapping[str, AmountPlace], currency: str
) -> MoneyInCalls:
    """What the call moves by which the agent would take this one back."""
    back = part(action, "compensation")
    name = back.get("name")
    source = sources.get(name) if isinstance(name, str) else None
    return in_calls.read(back, source, currency=currency) if back else MoneyInCalls()


def amounts(package: dict[str, Any]) -> dict[str, Decimal]:
    """Money at stake by currency, where no policy says where it stands."""
    return money(package, {}).amounts


def irreversible(package: dict[str, Any]) -> bool:
    """Whether the agent says that something it proposes cannot be taken back."""
    risks = [part(package, "risk"), *(part(a, "risk") for a in parts(package, "proposed_actions"))]
    return any(risk.get("reversible") is False for risk in risks)


def sentiment(package: dict[str, Any]) -> Decimal | None:
    """The score of the customer's last message that has one, from -1 to 1."""
    for message in reversed(messages(package)):
        score = part(message, "sentiment").get("score")
        if message.get("role") == "customer" and is_number(score):
            return Decimal(str(score))
    return None


def failures(package: dict[str, Any]) -> int:
    """How many solutions the agent tried without success."""
    return sum(1 for one in parts(package, "attempted") if one.get("result") == "failed")


def errors(package: dict[str, Any]) -> int:
    """How many errors the agent's tools gave, repetitions counted."""
    found = parts(part(package, "context", "environment"), "errors")
    return sum(int(n) if is_number(n := one.get("count", 1)) else 1 for one in found)


def turns(package: dict[str, Any]) -> int:
    """How many messages the customer has written."""
    return sum(1 for message in messages(package) if message.get("role") == "customer")


def minutes(package: dict[str, Any], now: datetime) -> int | None:
    """Minutes since the first message that has a time."""
    times = (moments.found(message.get("at")) for message in messages(package))
    first = next((at for at in times if at), None)
    return None if first is None else max(0, int((now - first).total_seconds()) // 60)


def customer_days(package: dict[str, Any], now: datetime) -> int | None:
    """For how many days the customer has been one."""
    since = moments.found(part(package, "context", "customer").get("since"))
    return None if since is None else max(0, (now - since).days)


def live(package: dict[str, Any]) -> bool | None:
    """Whether the customer is there at this moment; None where no channel is stated."""
    channel = part(package, "context", "conversation").get("channel")
    if not isinstance(channel, str):
        return None
    else:
        return channel.strip().lower().replace(" ", "_") in LIVE_CHANNELS


def can_be_skill(skill: object) -> bool:
    """Names that cannot be a skill are left out, so that they hide a case from nobody."""
    return isinstance(skill, str) and 0 < len(skill) <= 64 and not set(skill) & set(",:+\n\r\t\0")


def _amount(risk: dict[str, Any]) -> Iterator[tuple[str, Decimal]]:
    amount = part(risk, "amount")
    value, currency = amount.get("value"), amount.get("currency")
    if isinstance(value, str) and isinstance(currency, str) and len(value) <= 26:
        digits = value.removeprefix("-").replace(".", "", 1)
        if digits.isascii() and digits.isdigit():
            yield currency[:3], abs(Decimal(value))


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether it is a number that can be counted with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


# Names that a rule may use besides the paths of the package.
DERIVED: dict[str, Callable[[dict[str, Any], datetime], Any]] = {
    "text": lambda package, _: text(package),
    "confidence": lambda package, _: confidence(package),
    "amount": lambda package, _: max(amounts(package).values(), default=None),
    "irreversible": lambda package, _: irreversible(package),
    "sentiment": lambda package, _: sentiment(package),
    "failures": lambda package, _: failures(package),
    "errors": lambda package, _: errors(package),
    "turns": lambda package, _: turns(package),
    "minutes": minutes,
    "customer_days": customer_days,
}
LABELS = {
    "text": "what the customer wrote",
    "confidence": "the agent's confidence",
    "failures": "the number of failed attempts",
    "errors": "the number of tool errors",
    "turns": "the number of customer messages",
    "minutes": "the length of the conversation in minutes",
    "customer_days": "the age of the customer's account in days",
}


def fault(field: str) -> str | None:
    """Why a rule cannot use this field, or None if it can."""
    names = field.split(".")
    if field in DERIVED or (names[0] in ROOTS | SHORT and all(names)):
        return None
    else:
        near = difflib.get_close_matches(names[0], [*ROOTS, *SHORT, *DERIVED], n=1)
        return (
            f"Not a field of a package.{f' Did you mean {near[0]}?' if near else ''} Use a path "
            f"such as customer.tier or proposed_actions.name, or one of {', '.join(DERIVED)}."
        )


def label(field: str) -> str:
    """The field as it stands in a sentence."""
    words_of_path = field.replace(".", " ").replace("_", " ")
    return LABELS.get(field, f"the {words_of_path.removesuffix(' value')}")


def reader(
    field: str, *, with_nulls: bool = False
) -> Callable[[dict[str, Any], datetime], list[Any]]:
    """A function that gives every value at the field: several where the path crosses lists."""
    if field in DERIVED:
        derived = DERIVED[field]
        return lambda package, now: [v for v in (derived(package, now),) if v is not None]
    names = field.split(".")
    path = ["context", *names] if names[0] in SHORT else names
    if with_nulls:
        return lambda package, _: list(_values(package, path))
    return lambda package, _: [one for one in _values(package, path) if one is not None]


def _values(found: Any, path: list[str]) -> Iterable[Any]:
    if isinstance(found, list):
        for one in found:
            yield from _values(one, path)
    elif not path:
        yield found
    elif isinstance(found, dict) and path[0] in found:
        yield from _values(found[path[0]], path[1:])
