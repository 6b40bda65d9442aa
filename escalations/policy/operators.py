"""The closed list of operators that a policy's rules may use, and what each of them means.

None of them takes a pattern, so no policy can be written that is slow on some package.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from escalations.text import lookalikes, meanings, moments, word_search

Scalar = str | bool | int | float
Value = Scalar | list[Scalar] | None
Test = Callable[[Any], bool]

ON_VALUES = {
    "is": "is",
    "is_not": "is not",
    "one_of": "is one of",
    "none_of": "is none of",
    "above": "is above",
    "at_least": "is at least",
    "below": "is below",
    "at_most": "is at most",
    "mentions": "mentions",
}
ON_PRESENCE = {"present": "is stated", "missing": "is not stated"}
PHRASES = ON_VALUES | ON_PRESENCE
ORDERED = {"above", "at_least", "below", "at_most"}
WITH_LIST = {"one_of", "none_of"}


def fault(operator: str, value: Value) -> str | None:
    """Why this operator cannot take this value, or None if it can."""
    if operator in ON_PRESENCE:
        wrong, wants = value is not None, "takes no value"
    elif operator in WITH_LIST:
        wrong, wants = not (isinstance(value, list) and value), "needs a list of values"
    elif operator == "mentions":
        wrong, wants = not _are_words(value), "needs a word, or a list of words"
    elif operator in ORDERED:
        wrong = _amount(value) is None and moments.found(value) is None
        wants = "needs a number or a date"
    else:
        wrong, wants = value is None or isinstance(value, list), "needs one value"
    return f"“{operator}” {wants}." if wrong else None


def _are_words(value: Value) -> bool:
    phrases = value if isinstance(value, list) else [value]
    return bool(phrases) and all(
        isinstance(one, str) and word_search.plain(one).strip() for one in phrases
    )


def test(operator: str, value: Value) -> Test:
    """A fast test of one observed value. Never raises, whatever the package holds."""
    if operator in ORDERED:
        return _ordered(operator, value)
    if operator == "mentions":
        phrases = word_search.Phrases(value if isinstance(value, list) else [value])
        return lambda seen: _mentioned(phrases, seen) is not None
    listed = value if isinstance(value, list) else [value]
    wanted = {_key(one) for one in listed}
    if operator in ("is", "one_of"):
        # However it is written: a rule is not missed for a look-alike letter or an accent.
        alike = {same(one) for one in listed if isinstance(one, str)}
        return lambda seen: _key(seen) in wanted or (isinstance(seen, str) and same(seen) in alike)
    else:
        return lambda seen: _key(seen) not in wanted


def same(text: str) -> str:
    """Equal for texts that look the same to a person, accents aside: `VIP`, `ＶＩＰ`, `vіp`."""
    return meanings.folded(word_search.read(lookalikes.seen(text)).plain).strip()


def mentioned(value: Value, seen: Any) -> str | None:
    """Which of the words the text mentions."""
    return _mentioned(word_search.Phrases(value if isinstance(value, list) else [value]), seen)


def _mentioned(phrases: word_search.Phrases, seen: Any) -> str | None:
    if isinstance(seen, str):
        seen = word_search.read(seen)
    return phrases.first(seen) if isinstance(seen, word_search.Text) else None


def _ordered(operator: str, value: Value) -> Test:
    read = _amount if _amount(value) is not None else moments.found
    limit: Any = read(value)
    compare: dict[str, Callable[[Any], bool]] = {
        "above": lambda seen: seen > limit,
        "at_least": lambda seen: seen >= limit,
        "below": lambda seen: seen < limit,
        "at_most": lambda seen: seen <= limit,
    }
    holds = compare[operator]

    def fits(seen: Any) -> bool:
        known = read(seen)
        return known is not None and holds(known)

    return fits


def _key(value: Any) -> Any:
    """Equal for what a person would call the same: case, form of a letter, blanks, and 3 or 3.0 or
    "3.00", do not matter."""
    # Before numbers: in Python `True` is 1.
    if isinstance(value, bool):
        return value, "bool"
    known = _amount(value)
    if known is not None:
        return known
    else:
        # As text, because lists and objects of a package have no hash.
        return word_search.read(value).plain.strip() if isinstance(value, str) else repr(value)


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    text = str(value)
    if len(text) > 40:
        return None
    try:
        known = Decimal(text)
    except InvalidOperation:
        return None
    # Bounded: `1e999999` is short from an agent, and a million digits once it is written out.
    return known if known.is_finite() and abs(known.adjusted()) < 40 else None
