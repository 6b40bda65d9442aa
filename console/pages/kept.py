"""Pieces of pages that are drawn once and kept in the memory of this process.

What a piece was drawn from is its key, value by value: what has changed has another key, so that
nothing has to be told to forget. What differs by request or goes by the clock (tokens, ids of
forms, the time that is left) is left open while it is drawn, and filled in for each answer.
"""

import hashlib
import io
import pickle
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, cast

from django.db.models import Model
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from console.models import User
from console.pages.requests import Request

# All pieces of this process together, as Python keeps them, and how long one stays unused.
BYTES_MAX = 16 * 1024 * 1024
UNUSED_S = 30 * 60
# Where in a template's context the tags find what is left open.
GAPS = "gaps"


@dataclass
class Filling:
    """What the gaps of a piece are filled in from."""

    request: Request
    now: datetime

    @cached_property
    def token(self) -> str:
        """By which the forms of this request are taken."""
        return get_token(self.request)


Fill = Callable[[Filling], str]


class Gaps:
    """What is left open in a piece that is being drawn."""

    def __init__(self) -> None:
        # Nobody outside can know it, so no text that they sent is taken for a gap.
        self._mark = secrets.token_hex(16)
        self._fills: list[Fill] = []
        # What is written in more than one place of it, by name.
        self.written: dict[str, SafeString] = {}

    def leave(self, fill: Fill) -> SafeString:
        """What stands for it until it is filled in; the same escaped or not."""
        self._fills.append(fill)
        return SafeString(f"{self._mark}g{len(self._fills) - 1}g")

    def parts(self, drawn: str) -> tuple[str | Fill, ...]:
        """The text between the gaps, and what fills them."""
        first, *others = drawn.split(f"{self._mark}g")
        found: list[str | Fill] = [first]
        for other in others:
            number, _, text = other.partition("g")
            found += (self._fills[int(number)], text)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class KeptPiece:
    """A piece as it is kept; good until `until`, when it reads otherwise by the clock."""

    parts: tuple[str | Fill, ...]
    until: datetime | None = None
    used_s: float = field(default_factory=time.monotonic)

    @property
    def size(self) -> int:
        return sum(part.__sizeof__() for part in self.parts)

    def filled(self, filling: Filling) -> SafeString:
        """The piece for this answer."""
        return SafeString(
            "".join(part if isinstance(part, str) else part(filling) for part in self.parts)
        )


class KeptPieces:
    """The pieces of this process, as many as fit; what was not used for longest leaves first."""

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self._pieces: OrderedDict[bytes, KeptPiece] = OrderedDict()
        self._lock, self._bytes_max = threading.Lock(), bytes_max
        self.bytes = self.found = self.drawn = 0

    def __len__(self) -> int:
        return len(self._pieces)

    def get(self, key: bytes, now: datetime) -> KeptPiece | None:
        """The piece of this key, if there is one that still reads like this."""
        with self._lock:
            piece = self._pieces.pop(key, None)
            if piece is None:
                return None
            if piece.until is not None and piece.until <= now:
                self.bytes -= piece.size
                return None
            self.found += 1
            self._pieces[key] = KeptPiece(piece.parts, piece.until)
            return piece

    def put(self, key: bytes, piece: KeptPiece) -> None:
        """Keep it; one that alone takes an eighth of the room is not kept."""
        size = piece.size
        with self._lock:
            self.drawn += 1
            if size > self._bytes_max // 8:
                return
            if (old := self._pieces.pop(key, None)) is not None:
                self.bytes -= old.size
            self._pieces[key] = piece
            self.bytes += size
            self._tidy(time.monotonic() - UNUSED_S)

    def forget(self) -> None:
        """Empty it, between tests."""
        with self._lock:
            self._pieces.clear()
            self.bytes = self.found = self.drawn = 0

    def _tidy(self, unused_since: float) -> None:
        while self._pieces:
            first = next(iter(self._pieces.values()))
            if self.bytes <= self._bytes_max and first.used_s > unused_since:
                return
            self._pieces.popitem(last=False)
            self.bytes -= first.size


shelf = KeptPieces()


def piece(
    template: str,
    key: bytes | None,
    context: Callable[[], tuple[Mapping[str, Any], datetime | None]],
    filling: Filling,
) -> SafeString:
    """That template for this answer. `context` is asked for only where the piece is not there, with
    the time until which it reads like that; without a key nothing is kept."""
    user = cast("User", filling.request.user)

    def draw(gaps: Gaps) -> tuple[str, datetime | None]:
        given, until = context()
        more = {"user": user, "csrf_token": gaps.leave(token), GAPS: gaps}
        return get_template(template).render({**given, **more}), until

    # Tags draw keys and links as this person has them.
    whole = key and fingerprint(template, key, user.pk, user.role, user.own_keys)
    return drawn(whole, draw, filling)


def drawn(
    key: bytes | None, draw: Callable[[Gaps], tuple[str, datetime | None]], filling: Filling
) -> SafeString:
    """The piece of this key for this answer; drawn where it is not there, and from then on kept."""
    found = shelf.get(key, filling.now) if key else None
    if found is None:
        gaps = Gaps()
        text, until = draw(gaps)
        found = KeptPiece(gaps.parts(text), until)
        if key:
            shelf.put(key, found)
    return found.filled(filling)


def lasting(key: bytes, draw: Callable[[], str]) -> SafeString:
    """A piece without gaps that never ends, as a part of others."""
    found = shelf.get(key, datetime.max.replace(tzinfo=UTC))
    if found is None:
        found = KeptPiece((draw(),))
        shelf.put(key, found)
    return SafeString(found.parts[0])


def left_open(context: Mapping[str, Any], fill: Fill) -> SafeString | None:
    """For a tag: what stands for a part that differs by request; None where nothing is kept."""
    gaps = context.get(GAPS)
    return gaps.leave(fill) if gaps is not None else None


def fingerprint(*values: Any) -> bytes:
    """Another one for every other value, at any depth; rows count by their columns and by the rows
    that were read with them. Sets have no order: give them sorted."""
    written = io.BytesIO()
    _Values(written).dump(values)
    return hashlib.blake2b(written.getbuffer(), digest_size=32).digest()


def token(filling: Filling) -> str:
    """What a form's gap for its token is filled with."""
    return filling.token


class _Values(pickle.Pickler):
    """Equal values give equal bytes: no value is written as "the same object as before"."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)
        self.fast = True

    def reducer_override(self, value: Any) -> Any:
        if type(value) is SimpleLazyObject:
            return value.__reduce__()
        if isinstance(value, Model):
            kind, read = value._meta, value._state.fields_cache  # noqa: SLF001
            own = [value.__dict__.get(column.attname) for column in kind.concrete_fields]
            # What it points at, not what points at it, which would never end.
            beside = [
                read.get(column.name) for column in kind.concrete_fields if column.is_relation
            ]
            return _row, (kind.label, own, beside)
        return NotImplemented


def _row(*_: Any) -> None:
    """Stands for the values of a row; nothing is ever read back."""
