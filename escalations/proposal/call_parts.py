"""The arguments of a call in words: every value with its path, and a sign where one is left out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from escalations.money import currencies
from escalations.proposal.labels import Names
from escalations.text import formatting, pointers, untrusted

_NOISE = {"idempotency_key", "request_id", "trace_id", "nonce"}
_WORDS = {"True": "yes", "False": "no"}
_TOOL = re.compile(r"[a-z0-9]+(?:[._][a-z0-9]+)+")
_VALUE_MAX = 140
PAYING = frozenset(
    {"refund", "pay", "credit", "reimburse", "compensate", "send", "transfer", "grant"}
)
VERBS = PAYING | frozenset(
    {"block", "cancel", "close", "create", "delete", "erase", "remove", "replace", "reset", "stop"}
    | {
        "terminate",
        "unblock",
        "update",
        "approve",
        "reject",
        "book",
        "charge",
        "exchange",
        "return",
    }
)
# At the end of a key these say in what it is counted.
UNITS = {
    **dict.fromkeys(("min", "mins", "minutes"), "min"),
    **dict.fromkeys(("sec", "secs", "seconds"), "s"),
    **dict.fromkeys(("hrs", "hours"), "h"),
    **dict.fromkeys(("pct", "percent"), "%"),
    **{unit: unit for unit in ("ms", "days", "weeks", "months", "kg", "km", "cm")},
}
BEFORE_MINUTES = frozenset({"within", "after", "for", "every", "in", "before", "wait", "duration"})
_PARTS_MAX = 12
_ENTRIES_MAX = 6
_NESTED_MAX = 12


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an argument; `name` is what the package calls it elsewhere, and `code` how it
    will be sent where the text says it in words."""

    text: str
    name: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class SentencePart:
    """One argument in the sentence: its label and its values."""

    label: str
    values: tuple[Value, ...]
    more: int = 0
    is_whole: bool = True

    @property
    def told(self) -> str:
        """`items 1, 2 and 4 more`"""
        values = [f"{v.name} ({v.text})" if v.name else v.text for v in self.values]
        if self.more:
            values.append(f"{self.more} more")
        return with_value(self.label, listed(values))


def verb_phrase(name: str) -> str:
    """`exchange_delivered_order_items` as "Exchange delivered order items"."""
    return _phrase(_split(name)[-1])


def is_cut(name: str) -> bool:
    """Whether a tool has a name that is longer than the sentence says."""
    return any("…" in _phrase(part) for part in _split(name))


def around(name: str, *, pays: bool) -> str:
    """What stands before the verb in the name of a tool: `payments.refund/close_account` as
    "payments, refund". Nothing where it only groups tools of which this one `pays`."""
    group, dot, verb = name.partition(".")
    if pays and dot and group.isalpha() and group.lower() not in VERBS and verb.isidentifier():
        return ""
    return ", ".join(_phrase(part).lower() for part in _split(name)[:-1])


def tool_in_words(text: str) -> str:
    """“Redirect in courier” where it is nothing but the name of a tool, `courier.redirect`."""
    if not _TOOL.fullmatch(text):
        return text
    group = around(text, pays=False)
    return f"{verb_phrase(text)} in {group}" if group else verb_phrase(text)


def _split(name: str) -> list[str]:
    return [part for part in re.split(r"[./:]+|__+", name.strip("._/:")) if part] or [name]


def _phrase(part: str) -> str:
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", part).replace("_", " ").replace("-", " ")
    text = untrusted.line(" ".join(words.lower().split()) or "act", 120)
    return text[:1].upper() + text[1:]


def label(key: str) -> str:
    """`payment_method_id` as "payment method", `item_ids` as "items"."""
    text = verb_phrase(key)
    text = re.sub(r"(?i)\s+ids$", "s", text)
    text = re.sub(r"(?i)\s+id$", "", text)
    text = re.sub(r"([a-z])(\d+)$", r"\1 \2", text)
    words, _, last = text.rpartition(" ")
    if words and (unit := UNITS.get(last.lower())):
        text = f"{words} ({unit})"
    return text[:1].lower() + text[1:]


def with_value(label: str, value: str) -> str:
    """`call back within 60 min` of "call back within (min)"; of "price (min)" it is the least."""
    words, _, unit = label.removesuffix(")").rpartition(" (")
    if label.endswith(")") and value and (unit != "min" or words.split()[-1] in BEFORE_MINUTES):
        return f"{words} {value} {unit}"
    return f"{label} {value}".rstrip()


def singular(label: str) -> str:
    """The label for one entry of a list: "Items" has the entries "Item 1", "Item 2"."""
    return label[:-1] if label.endswith("s") and not label.endswith("ss") else label


def place(keys: Sequence[str]) -> str:
    """Where in the arguments, in words: "line 2 › quantity"."""
    words: list[str] = []
    for key in keys:
        number = pointers.number(key)
        if number is None or not words:
            words.append(label(key))
        else:
            words[-1] = f"{singular(words[-1])} {number + 1}"
    return " › ".join(words)


def summary(value: Any) -> str:
    """A value of an argument on one line: "sku TEA-1, quantity 6"."""
    return _value(value, Names()).text


def money(value: Any, currency: str = "") -> str:
    """An amount with its currency and all decimals of its smallest unit, two where none is named;
    more only where they carry something."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 19:
        return ""
    return currencies.written(round(amount, 6), currency)


def of(
    args: Mapping[str, Any], names: Names, used: set[str]
) -> tuple[tuple[SentencePart, ...], bool]:
    """The arguments that are not `used` otherwise, and whether they are all there, uncut."""
    left = [(key, value) for key, value in args.items() if key not in used]
    told = [(key, value) for key, value in left if not _is_noise(key, value)]
    parts = [_part(key, value, names) for key, value in told[:_PARTS_MAX]]
    is_whole = len(told) <= _PARTS_MAX and all(part.is_whole for part in parts)
    if len(told) > _PARTS_MAX:
        count = len(told) - _PARTS_MAX
        more = "1 more argument" if count == 1 else f"{count} more arguments"
        parts.append(SentencePart("and", (Value(more),)))
    return tuple(parts), is_whole


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _is_noise(key: str, value: Any) -> bool:
    """Whether it is an id that only machines read; what else stands under its name is told."""
    return key in _NOISE and isinstance(value, str | int) and len(str(value)) <= 80


def _part(key: str, value: Any, names: Names) -> SentencePart:
    if isinstance(value, list) and not value:
        return SentencePart(f"no {label(key)}", ())
    elif isinstance(value, dict) and not _is_money(value):
        leaves = [_leaf(path, one) for path, one in _leaves(value)]
        most = _NESTED_MAX
    else:
        leaves = []
        most = _ENTRIES_MAX
    entries = value if isinstance(value, list) else [value]
    shown = [*leaves[:most]] or [_value(one, names) for one in entries[:most]]
    count = len(leaves or entries)
    is_told = count <= most and not any(_is_cut(one.text) for one in shown)
    whole = is_told and not any("…" in name for name in [label(key), *_paths(value)])
    return SentencePart(label(key), tuple(shown), max(0, count - most), whole)


def _value(value: Any, names: Names) -> Value:
    if isinstance(value, str):
        name = untrusted.line(names.get(value, ""), 120)
        words = formatting.value_in_words(value)
        code = value if words != value else ""
        return Value(untrusted.line(words, _VALUE_MAX) or "empty", name, code)
    elif isinstance(value, dict) and _is_money(value):
        return Value(money(value["value"], str(value["currency"])))
    elif isinstance(value, dict | list):
        leaves = list(_leaves(value))
        told = ", ".join(_leaf(path, one).text for path, one in leaves[:_NESTED_MAX])
        if len(leaves) > _NESTED_MAX:
            told = f"{untrusted.line(told, _VALUE_MAX)}, {len(leaves) - _NESTED_MAX} more …"
            return Value(told)
        return Value(untrusted.line(told, _VALUE_MAX) or "empty")
    else:
        return Value(_plain(value))


def _leaf(path: str, value: Any) -> Value:
    if isinstance(value, str):
        told = untrusted.line(formatting.value_in_words(value), _VALUE_MAX) or "empty"
    else:
        told = _plain(value)
    return Value(f"{path} {told}".lstrip())


def _plain(value: Any) -> str:
    empty = {dict: "empty", list: "empty", type(None): "none"}
    return empty.get(type(value)) or _WORDS.get(str(value), str(value))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar within, with its path in words: `bank iban`."""
    # A list that grows at its front, as calls nest and Python's stack ends.
    left: list[tuple[str, Any]] = [(path, value)]
    while left:
        path, value = left.pop()
        if isinstance(value, dict) and _is_money(value):
            yield path, money(value["value"], str(value["currency"]))
        elif isinstance(value, dict) and value:
            left += [(f"{path} {label(key)}".lstrip(), one) for key, one in value.items()][::-1]
        elif isinstance(value, list) and value:
            numbered = len(value) > 1
            left += [
                (f"{path} {number}".lstrip() if numbered else path, one)
                for number, one in enumerate(value, 1)
            ][::-1]
        else:
            yield path, value


def _paths(value: Any) -> Iterator[str]:
    """How every scalar within is called."""
    return (path for path, _ in _leaves(value))


def _is_money(value: Mapping[str, Any]) -> bool:
    known = value.keys() == {"value", "currency"}
    return known and bool(money(value["value"], str(value["currency"])))


def _is_cut(text: str) -> bool:
    return text.endswith("…")
