"""The closed list of operators that a policy's rules may use, and what each of them means.

None of them takes a pattern, so no policy can be written that is slow on some package.
"""

from collections.abc import Callable
from typing import Any

from escalations.policy import readings
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
EQUAL = {"is", "one_of"}
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
        wrong = readings.number(value) is None and moments.found(value) is None
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
        words = _Words(_listed(value))
        return lambda seen: words.first(seen) is not None
    return _equal(_listed(value), within=operator in EQUAL)


def compares(operator: str, value: Value) -> bool:
    """Whether it compares numbers, dates or truth values, which not every value can be read as."""
    return operator in ORDERED | EQUAL and any(map(readings.kind_of, _listed(value)))


def unread(operator: str, value: Value) -> Callable[[Any], str | None]:
    """As what a rule that compares cannot read what it sees: “a number”; None if it can. What it
    cannot read may be anything, so it is taken to meet the rule."""
    kinds = [kind for one in _listed(value) if (kind := readings.kind_of(one))]
    # Beside a text that is compared as it stands, whatever stands there can be read.
    if not compares(operator, value) or len(kinds) < len(_listed(value)):
        return lambda seen: None
    names_differ = operator in EQUAL and readings.TRUTH not in kinds

    def wanted(seen: Any) -> str | None:
        is_other = names_differ and _is_other(seen)
        return None if is_other or any(one.read(seen) for one in kinds) else kinds[0].named

    return wanted


def same(text: str) -> str:
    """Equal for texts that look the same to a person, accents aside: `VIP`, `ＶＩＰ`, `vіp`."""
    return meanings.folded(word_search.read(lookalikes.seen(text)).plain).strip()


def mentioned(value: Value, seen: Any) -> str | None:
    """Which of the words the text mentions."""
    return _Words(_listed(value)).first(seen)


class _Words:
    """The words of one rule, as they stand and, in Latin letters, without accents."""

    def __init__(self, words: list[Scalar]) -> None:
        self._phrases = word_search.Phrases(words)
        plain = (same(str(word)) for word in words)
        self._plain = word_search.Phrases(one for one in plain if one.isascii())

    def first(self, seen: Any) -> str | None:
        text = word_search.read(seen) if isinstance(seen, str) else seen
        if not isinstance(text, word_search.Text):
            return None
        written = text.written
        found = self._phrases.first(text)
        if found is None and written.isascii():
            return self._plain.first(text)
        return found or self._plain.first(word_search.read(same(written)))


def _listed(value: Value) -> list[Scalar]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _ordered(operator: str, value: Value) -> Test:
    kind = readings.kind_of(value)
    assert kind is not None, "It was checked."
    limit: Any = kind.read(value)[0]
    compare: dict[str, Callable[[Any], bool]] = {
        "above": lambda seen: seen > limit,
        "at_least": lambda seen: seen >= limit,
        "below": lambda seen: seen < limit,
        "at_most": lambda seen: seen <= limit,
    }
    holds = compare[operator]
    # Of two readings one is enough, or the other would be the way past the rule.
    return lambda seen: any(map(holds, kind.read(seen)))


def _equal(wanted: list[Scalar], *, within: bool) -> Test:
    """Whether it is one of these, or none: what a person would call the same, so case, form of a
    letter, blanks, and 3 or 3.0 or "3.00", do not matter. What may be another is none of them."""
    texts = {_text(one) for one in wanted if readings.kind_of(one) is None}
    # However it is written: a rule is not missed for a look-alike letter or an accent.
    alike = {same(one) for one in wanted if isinstance(one, str)}
    values: dict[readings.ValueKind, set[Any]] = {}
    for one in wanted:
        kind = readings.kind_of(one)
        if kind is not None:
            values.setdefault(kind, set()).add(kind.read(one)[0])

    def known(seen: Any) -> list[bool]:
        fits = [one in of_kind for kind, of_kind in values.items() for one in kind.read(seen)]
        return [*fits, _text(seen) in texts] if texts else fits

    def surely(seen: Any) -> bool:
        read = [(kind.read(seen), of_kind) for kind, of_kind in values.items()]
        by_value = any(found and of_kind.issuperset(found) for found, of_kind in read)
        return by_value or (bool(texts) and _text(seen) in texts)

    def is_alike(seen: Any) -> bool:
        return isinstance(seen, str) and same(seen) in alike

    if within:
        return lambda seen: any(known(seen)) or is_alike(seen)
    else:
        return lambda seen: not surely(seen)


def _is_other(seen: Any) -> bool:
    """A name without a digit equals no number and no day, whatever it is the name of."""
    is_name = isinstance(seen, str) and seen.strip() and not any(map(str.isnumeric, seen))
    return isinstance(seen, bool) or bool(is_name)


def _text(value: Any) -> str:
    # Lists and objects of a package are no texts.
    return word_search.read(value).plain.strip() if isinstance(value, str) else repr(value)
