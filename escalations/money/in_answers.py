"""Answers to questions that are money: judged like the arguments of a call."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from escalations.money import argument_names, in_calls, writing

JSON = dict[str, Any]
AMOUNT = "amount"
_HOW_MUCH = re.compile(r"(?i)\bhow much\b|\bwie ?viel\b|\bcombien\b|\bcu[áa]nto\b|\bquanto\b")
_HOW_MANY = re.compile(r"(?i)\bhow (many|long|often)\b|\bwie viele\b")
_WORD = re.compile(r"[^\W\d_]+")


def as_call(action: Mapping[str, Any], value: Any) -> JSON | None:
    """The answer as the call that an agent makes of it; None where it holds no money.

    An object or a list is looked through like arguments. One value is an amount where the question
    asks for one, and otherwise where it says so itself; of a sentence the largest amount counts.
    """
    asks = _asks_for_money(action)
    if isinstance(value, str):
        args = _of_text(value, asks=asks)
    elif isinstance(value, dict):
        args = value
    else:
        args = {AMOUNT if asks else "answer": value}
    if in_calls.read({"args": args}, None).is_any:
        return {"name": action.get("name"), "args": args}
    wrapped = {"name": action.get("name"), "args": {AMOUNT: value}}
    within = in_calls.read(wrapped, None) if asks and isinstance(value, dict) else None
    return wrapped if within and (within.amounts or within.loose) else None


def _of_text(value: str, *, asks: bool) -> JSON:
    is_written = writing.read(value) is not None or value.lstrip()[:1] in ("{", "[")
    found = None if is_written else writing.largest_in(value)
    if found is not None and (asks or found.marked):
        said = {AMOUNT: str(found.amount)}
        return {**said, "currency": found.currency} if found.currency else said
    elif asks and (is_written or writing.has_digit(value)):
        return {AMOUNT: value}
    else:
        return {"answer": value}


def _asks_for_money(action: Mapping[str, Any]) -> bool:
    asked = " ".join(_asked(action))[:4_000]
    if _HOW_MANY.search(asked):
        return False
    is_money = any(argument_names.about(word).is_money for word in _WORD.findall(asked))
    return is_money or _HOW_MUCH.search(asked) is not None


def _asked(action: Mapping[str, Any]) -> Iterator[str]:
    """Everything in which the question says what it asks for."""
    schema = action.get("response_schema")
    for part in (action, schema if isinstance(schema, dict) else {}):
        for key in ("name", "title", "description"):
            text = part.get(key)
            if isinstance(text, str):
                yield text.replace("_", " ").replace(".", " ")
