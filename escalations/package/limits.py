"""What a body may be at all, whatever it says: size, nesting, text and numbers.

The checks on every body cost some microseconds: they look at its bytes with the strings taken
out. Only where something is suspicious does `scan` read the text token by token, to name each
fault by JSON pointer.
"""

import json
import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from escalations import refusals
from escalations.refusals import Fault
from escalations.text import canonical

NESTING_MAX = 32
FAULTS_MAX = 100

_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
# Possessive, so that a text that never closes its quotes is not tried again and again.
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]|[^\s"{}\[\]:,]++',
    re.DOTALL,
)
_INTEGER = re.compile(r"-?[0-9]+")
_COLON = re.compile(r"\s*+:")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS = {"true", "false", "null"}


class TooLarge(refusals.Refused):
    """The body has more bytes than this deployment takes (413)."""


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body that keeps every limit, and its canonical bytes (RFC 8785)."""

    value: Any
    canonical: bytes


def read(body: bytes, *, bytes_max: int) -> Body:
    """What a JSON body holds. Raises TooLarge, or Invalid naming each breach of a limit."""
    if len(body) > bytes_max:
        raise TooLarge(
            "too_large", f"The body has {len(body):,} bytes; at most {bytes_max:,} are taken."
        )
    skeleton = canonical.without_strings(body)
    literals = canonical.literals_of(skeleton)
    # Before parsing, which goes as deep as the text does.
    if _looks_deep(skeleton):
        _refuse_named(body)
    value = _parsed(body)
    # Both looks are rough: `\u0000` may be an escaped backslash. `_named` decides, and where it
    # finds nothing the body is read on.
    if _has_long_integer(literals) or b"\\u0000" in body:
        _refuse_named(body)
    written = canonical.canonical(value, literals=literals)
    if _lost_a_key(skeleton, written):
        _refuse_named(body)
    return Body(value, written)


def pointer(*parts: str | int) -> str:
    """The JSON pointer (RFC 6901) that leads through these keys and positions."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def scan(text: str) -> Iterator[Fault]:
    """Every breach of a limit in JSON text, in order. Never recurses; stops where nesting ends."""
    place = _Place()
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word in "{[":
            place.enter(word)
            if place.depth > NESTING_MAX:
                yield Fault(place.pointer, f"must not be nested deeper than {NESTING_MAX} levels")
                return
        elif word in "}]":
            place.leave()
        elif word == ",":
            place.next()
        elif word.startswith('"'):
            yield from _text_faults(word, place, is_key=_is_key(text, token.end(), place))
        elif word != ":":
            yield from _number_faults(word, place)


class _Place:
    """Where in the document the scan stands."""

    def __init__(self) -> None:
        self._stack: list[tuple[set[str] | None, str | int]] = []

    @property
    def depth(self) -> int:
        return len(self._stack)

    @property
    def in_object(self) -> bool:
        return bool(self._stack) and self._stack[-1][0] is not None

    @property
    def pointer(self) -> str:
        """As it can be answered: half of a character in a key is a question mark."""
        written = pointer(*(step for _, step in self._stack))
        return written.encode("utf-8", "replace").decode("utf-8")

    def enter(self, bracket: str) -> None:
        self._stack.append((set(), "") if bracket == "{" else (None, 0))

    def leave(self) -> None:
        if self._stack:
            self._stack.pop()

    def next(self) -> None:
        if self._stack and isinstance(self._stack[-1][1], int):
            self._stack[-1] = (None, self._stack[-1][1] + 1)

    def name(self, key: str) -> bool:
        """Stand at this key; true if it was not yet there."""
        keys = self._stack[-1][0]
        assert keys is not None
        is_new = key not in keys
        keys.add(key)
        self._stack[-1] = (keys, key)
        return is_new


def _looks_deep(skeleton: bytes) -> bool:
    """Each pass takes away exactly the innermost level."""
    brackets = skeleton.translate(_ONE_KIND, _NOT_BRACKETS)
    for _ in range(NESTING_MAX):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _refuse_named(body: bytes) -> None:
    faults = _named(body)
    if faults:
        raise _invalid(faults)


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _invalid(_named(body) or [_not_json(body, error)]) from error


def _has_long_integer(literals: Collection[bytes]) -> bool:
    # The first length at which an integer may have more than 53 bits.
    return any(len(word) >= 16 and word.lstrip(b"-").isdigit() for word in literals)


def _lost_a_key(skeleton: bytes, written: bytes) -> bool:
    """Of a key that stands twice only one is left in the value, and so in its canonical form."""
    if b'\\":' in written:
        kept = canonical.without_strings(written).count(b":")
    else:
        kept = written.count(b'":')
    return skeleton.count(b":") != kept


def _named(body: bytes) -> list[Fault]:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return [Fault("", f"must be UTF-8; byte {error.start} is not")]
    faults = []
    for fault in scan(text):
        faults.append(fault)
        if len(faults) == FAULTS_MAX:
            break
    return faults


def _not_json(body: bytes, error: orjson.JSONDecodeError) -> Fault:
    if not body.strip():
        return Fault("", "must not be empty")
    return Fault(
        "", f"must be JSON; it stops being so at line {error.lineno}, column {error.colno}"
    )


def _invalid(faults: list[Fault]) -> refusals.Invalid:
    return refusals.Invalid("The body breaks a limit or is not JSON.", errors=faults)


def _is_key(text: str, end: int, place: _Place) -> bool:
    return place.in_object and _COLON.match(text, end) is not None


def _text_faults(word: str, place: _Place, *, is_key: bool) -> Iterator[Fault]:
    try:
        value = str(json.loads(word, strict=False))
    except ValueError:
        return
    if is_key and not place.name(value):
        yield Fault(place.pointer, "must stand only once in its object")
    if "\0" in value:
        yield Fault(place.pointer, "must not hold the character NUL")
    if _LONE_SURROGATE.search(value):
        yield Fault(place.pointer, "must not hold half of a surrogate pair")


def _number_faults(word: str, place: _Place) -> Iterator[Fault]:
    if _INTEGER.fullmatch(word):
        digits = word.lstrip("-").lstrip("0")
        if len(digits) > 16 or int(digits or "0") > canonical.INTEGER_MAX:
            yield Fault(place.pointer, "must be an integer of at most 53 bits; send it as a text")
    elif word not in _WORDS and not _is_finite(word):
        yield Fault(place.pointer, "must be a finite number")


def _is_finite(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return True
