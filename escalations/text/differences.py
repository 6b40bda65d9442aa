"""What a person changed: word by word in a reply, field by field in a call.

Same input, same answer, and quick on texts made to be slow: where a fine comparison would take too
long a coarser one is given.
"""

import difflib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from escalations.text import rows

Kind = Literal["same", "out", "in"]
Change = Literal["none", "cosmetic", "material"]

_WORDS = re.compile(r"\s+|\d+(?:[.,:]\d+)*|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_TOKENS_MAX = 1_500
_FIELDS_MAX = 2_000
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of text that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a call that differs. None stands for "not there"; else it is JSON text.

    Of an entry of a list that was put elsewhere `moved` has both indexes and nothing else is said;
    what else became of it are changes of their own, at the new one.
    """

    pointer: str
    was: str | None
    now: str | None
    moved: tuple[int, int] | None = None


def words(was: str, now: str) -> list[Chunk]:
    """The difference of two texts by words, or by lines where there are too many words."""
    if was == now:
        return [Chunk("same", was)] if was else []
    for pattern in (_WORDS, _LINES):
        old, new = pattern.findall(was), pattern.findall(now)
        start, end = _common_ends(old, new)
        left, right = old[start : len(old) - end], new[start : len(new) - end]
        if len(left) <= _TOKENS_MAX and len(right) <= _TOKENS_MAX:
            between = _matched(left, right)
            return _joined([("same", old[:start]), *between, ("same", old[len(old) - end :])])
    return _joined([("out", [was]), ("in", [now])])


def fields(proposed: Any, sent: Any) -> list[FieldChange]:
    """Every field that differs, by JSON pointer, in the order of the proposal.

    A list of plain values counts as one field; of a list of objects, entries that only moved up or
    down by others are none. Types count: 1, 1.0, true and "1" are different.
    """
    return list(islice(_walk("", proposed, sent), _FIELDS_MAX))


def classify(was: str, now: str) -> Change:
    """How much a person changed a text: only spacing, case and punctuation are cosmetic.

    Any other call or argument is material by itself and needs no text to be compared.
    """
    if was == now:
        return "none"
    return "cosmetic" if _wording(was) == _wording(now) else "material"


def _wording(text: str) -> list[str]:
    """The words of a text without case or punctuation; what belongs to a figure stays."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("’", "").replace("'", "")
    # A NUL marks what must not go with the punctuation (1.5 is not 15, nor is -5 the same as 5); no
    # text of a package holds one.
    folded = re.sub(r"(?<=\d)[.,:/](?=\d)", lambda point: f"\0{ord(point[0])}\0", folded)
    folded = re.sub(r"[-−–](?=\s?[\d$€£¥])", "\0-", folded)
    kept = (" " if _is_punctuation(c) else c for c in folded)
    return "".join(kept).split()


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] == "P" and character not in "%‰#@&*/\\"


def _common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    most = min(len(old), len(new))
    start = next((i for i in range(most) if old[i] != new[i]), most)
    end = next((i for i in range(most - start) if old[-1 - i] != new[-1 - i]), most - start)
    return start, end


def _matched(old: list[str], new: list[str]) -> Iterator[tuple[Kind, list[str]]]:
    matcher = difflib.SequenceMatcher(None, old, new)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            yield "same", old[old_from:old_to]
        else:
            yield "out", old[old_from:old_to]
            yield "in", new[new_from:new_to]


def _joined(runs: Sequence[tuple[Kind, Sequence[str]]]) -> list[Chunk]:
    """Chunks without empty ones; a lone space between two changes belongs to both."""
    chunks: list[Chunk] = []
    out, new = "", ""
    for kind, tokens in [*runs, ("same", [])]:
        text = "".join(tokens)
        if kind == "out":
            out += text
        elif kind == "in":
            new += text
        elif text.isspace() and text == " " and (out or new):
            out, new = out + text, new + text
        else:
            chunks += _settled(out, new, text)
            out, new = "", ""
    return chunks


def _settled(out: str, new: str, text: str) -> Iterator[Chunk]:
    """The changes before an unchanged text, without a space that both end on."""
    shared = " " if out.endswith(" ") and new.endswith(" ") else ""
    cut = len(shared)
    for kind, changed in (("out", out[: len(out) - cut]), ("in", new[: len(new) - cut])):
        if changed:
            yield Chunk("out" if kind == "out" else "in", changed)
    if shared + text:
        yield Chunk("same", shared + text)


def _walk(pointer: str, was: Any, now: Any) -> Iterator[FieldChange]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in [*was, *(key for key in now if key not in was)]:
            step = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            yield from _walk(step, was.get(key, _ABSENT), now.get(key, _ABSENT))
    elif _is_list_of_objects(was) and _is_list_of_objects(now):
        for row in rows.paired(list(map(_text, was)), list(map(_text, now)), was, now):
            at = f"{pointer}/{row.was if row.now is None else row.now}"
            if row.is_moved and row.was is not None and row.now is not None:
                yield FieldChange(at, None, None, moved=(row.was, row.now))
            old = _ABSENT if row.was is None else was[row.was]
            yield from _walk(at, old, _ABSENT if row.now is None else now[row.now])
    elif _text(was) != _text(now):
        yield FieldChange(pointer, _text(was), _text(now))


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value)


def _text(value: Any) -> str | None:
    """JSON text in which types and values differ and the order of keys does not."""
    if value is _ABSENT:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
