"""Answers to questions that are money: judged like the arguments of a call."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from escalations.money import (
    argument_names,
    counted,
    currencies,
    in_calls,
    in_names,
    in_sentences,
    writing,
)
from escalations.text import meanings

JSON = dict[str, Any]
AMOUNT = "amount"
_HOW_MUCH = re.compile(r"(?i)\bhow much\b|\bwie ?viel\b|\bcombien\b|\bcu[áa]nto\b|\bquanto\b")
# “How many euros” asks for money all the same, and so may what is no more than “combien”.
_HOW_LONG = re.compile(r"(?i)\bhow (?:long|often)\b|\bwie (?:lange|oft)\b")
_HOW_MANY = re.compile(r"(?i)\bhow many\b|\bwie viele\b")
_OF_WHAT = re.compile(
    r"(?i)\b(?:combien d[e’']|cu[áa]nt[oa]s|quant(?:[oa]s|[ie])|hoeveel|ile|kaç|कितन[ीे]|كم)(?=\s)"
)
_NEAR = 2
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


def of_option(option: Mapping[str, Any]) -> JSON | None:
    """What is chosen as such a call, where its id, the words on it or its effect name money."""
    said = [str(option.get(key) or "") for key in ("id", "label", "effect")]
    named = [*map(in_sentences.largest_in, said[1:]), *map(in_names.largest, said)]
    found = max((one for one in named if one and one.marked), key=_amount, default=None)
    if found is None:
        return None
    args = {AMOUNT: str(found.amount), "currency": found.currency}
    return {"name": str(option["id"]), "args": {key: one for key, one in args.items() if one}}


def _amount(written: writing.Written) -> Decimal:
    return written.amount


def _of_text(value: str, *, asks: bool) -> JSON:
    is_written = writing.read(value) is not None or value.lstrip()[:1] in ("{", "[")
    found = None if is_written else in_sentences.largest_in(value)
    if found is not None and (asks or found.marked):
        said = {AMOUNT: str(found.amount)}
        return {**said, "currency": found.currency} if found.currency else said
    elif asks and (is_written or writing.has_digit(value)):
        return {AMOUNT: value}
    else:
        return {"answer": value}


def _asks_for_money(action: Mapping[str, Any]) -> bool:
    asked = " ".join(_asked(action))[:4_000]
    if _counts(asked):
        return False
    is_money = any(argument_names.about(word).is_money for word in _WORD.findall(asked))
    return is_money or _HOW_MUCH.search(asked) is not None


def _counts(asked: str) -> bool:
    """Whether it asks how many there are of what is no money."""
    of_things, of_any = _OF_WHAT.search(asked), _HOW_MANY.search(asked)
    if _HOW_LONG.search(asked):
        return True
    elif of_any is not None:
        near = _WORD.findall(asked[of_any.end() :])[:_NEAR]
        return not any(word.casefold() in currencies.MARKS for word in near)
    near = _WORD.findall(meanings.unaccented(asked[of_things.end() :]))[:_NEAR] if of_things else []
    found = [meanings.folded(word) for word in near]
    return bool(found) and (counted.is_several(found) or counted.of_which(found) != "")


def _asked(action: Mapping[str, Any]) -> Iterator[str]:
    """Everything in which the question says what it asks for."""
    schema = action.get("response_schema")
    for part in (action, schema if isinstance(schema, dict) else {}):
        for key in ("name", "title", "description"):
            text = part.get(key)
            if isinstance(text, str):
                yield text.replace("_", " ").replace(".", " ")
