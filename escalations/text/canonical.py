"""Canonical bytes (RFC 8785), so that everybody computes the same digest of the same document.

orjson with sorted keys writes the same bytes fifty times faster, but for keys that sort
differently in UTF-16 and for numbers with a fraction or an exponent that are whole, very large or
very small. Where one of them occurs, the numbers are made whole first or the reference library
writes the bytes; a property test holds the two together.
"""

import hashlib
import math
from collections.abc import Collection
from typing import Any

import orjson
import rfc8785

INTEGER_MAX = 2**53 - 1

_FAST = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_PUNCTUATION = bytes.maketrans(b"{}[]:,", b"      ")
_WORDS = {b"true", b"false", b"null"}
# UTF-16 order differs from UTF-8 order only between characters beyond the basic plane and those
# from U+E000 to U+FFFF; these are the first bytes of their UTF-8 forms.
_BEYOND_BASIC_PLANE = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
_HIGH_IN_BASIC_PLANE = (b"\xee", b"\xef")


def canonical(document: Any, *, literals: Collection[bytes] | None = None) -> bytes:
    """The RFC 8785 form. Raises ValueError for what JSON, or an integer of 53 bits, cannot hold.

    `literals` saves time where the text that the document was read from has been looked at.
    """
    try:
        written = orjson.dumps(document, option=_FAST)
        if literals is None:
            literals = literals_of(without_strings(written))
            if b"null" in literals:
                _refuse_not_finite(document)
        numbers = [float(word) for word in set(literals) - _WORDS if not _is_integer(word)]
        if _sorts_differently(written) or not all(map(_is_alike, numbers)):
            return bytes(rfc8785.dumps(document))
        elif all(number % 1 for number in numbers):
            return written
        else:
            return orjson.dumps(_with_integers(document), option=_FAST)
    except (TypeError, rfc8785.CanonicalizationError) as error:
        raise ValueError(str(error)) from error


def digest(document: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return sha256(canonical(document))


def sha256(written: bytes) -> str:
    """SHA-256 of bytes that are canonical already."""
    return hashlib.sha256(written).hexdigest()


def event_bytes(event: dict[str, Any]) -> bytes:
    """The canonical bytes of an event of the record. Raises ValueError for a float or another type.

    Only integers and decimal strings, because a float may be read back as another number.
    """
    _refuse_all_but_plain(event)
    # No fractions are left in it that could be written in two ways, only keys that could be sorted
    # in two.
    return canonical(event, literals=())


def without_strings(text: bytes) -> bytes:
    """JSON text with its strings taken out: brackets, colons, commas, numbers and literals.

    On text that is not JSON the answer means nothing; parse as well.
    """
    # Backslashes before quotes: after an escaped backslash a quote does end the text.
    if b"\\\\" in text:
        text = text.replace(b"\\\\", b"")
    if b'\\"' in text:
        text = text.replace(b'\\"', b"")
    return b"".join(text.split(b'"')[::2])


def literals_of(skeleton: bytes) -> list[bytes]:
    """The numbers and words of JSON text without its strings."""
    return skeleton.translate(_PUNCTUATION).split()


def _is_integer(word: bytes) -> bool:
    return word.isdigit() or (word[:1] == b"-" and word[1:].isdigit() and word != b"-0")


def _is_alike(number: float) -> bool:
    """Whether both libraries write it alike, once whole numbers are integers."""
    size = abs(number)
    return 1e-4 <= size < 1e15 or size == 0


def _sorts_differently(written: bytes) -> bool:
    return (
        not written.isascii()
        and any(lead in written for lead in _HIGH_IN_BASIC_PLANE)
        and any(lead in written for lead in _BEYOND_BASIC_PLANE)
    )


def _refuse_not_finite(value: Any) -> None:
    """orjson writes NaN and the infinities as null."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"JSON has no {value!r}")
    parts = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list | tuple):
        for part in parts:
            _refuse_not_finite(part)


def _with_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_integers(part) for key, part in value.items()}
    elif isinstance(value, list | tuple):
        return [_with_integers(part) for part in value]
    elif isinstance(value, float) and value.is_integer():
        return int(value)
    else:
        return value


def _refuse_all_but_plain(value: Any) -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            if type(key) is not str:
                raise ValueError(f"an event's key must be a text, not {key!r}")
            _refuse_all_but_plain(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_all_but_plain(part)
    elif value is not None and type(value) not in (str, int, bool):
        raise ValueError(f"an event holds integers and texts only, not {value!r}")
