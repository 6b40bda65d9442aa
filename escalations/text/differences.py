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
from itertools import zip_longest
from typing import Any, Literal

Kind = Literal["same", "out", "in"]
Change = Literal["none", "cosmetic", "material"]

_WORDS = re.compile(r"\s+|\d+(?:[.,:]\d+)*|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_TOKENS_MAX = 1_500
_FIELDS_MAX = 2_000
_ENTRIES_MAX = 400
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of text that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a call that differs. None stands for "not there"; else it is JSON text."""

    pointer: str
    was: str | None
    now: str | None


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
    changes = []
    for pointer, was, now in _walk("", proposed, sent):
        changes.append(FieldChange(pointer, _text(was), _text(now)))
        if len(changes) >= _FIELDS_MAX:
            break
    return changes


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


def _walk(pointer: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in [*was, *(key for key in now if key not in was)]:
            step = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            yield from _walk(step, was.get(key, _ABSENT), now.get(key, _ABSENT))
    elif _is_list_of_objects(was) and _is_list_of_objects(now):
        for index, old, new in _paired(was, now):
            yield from _walk(f"{pointer}/{index}", old, new)
    elif _text(was) != _text(now):
        yield pointer, was, now


def _paired(was: list[Any], now: list[Any]) -> Iterator[tuple[int, Any, Any]]:
    """The entries that differ, each with the one that it took the place of, and its index: that of
    an entry that is gone is its old one. Behind a removed or added entry nothing has changed."""
    old, new = [list(map(_text, entries)) for entries in (was, now)]
    if len(old) + len(new) <= _ENTRIES_MAX:
        steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    else:
        steps = [("replace", 0, len(old), 0, len(new))]
    for tag, old_from, old_to, new_from, new_to in steps:
        left, right = range(old_from, old_to), range(new_from, new_to)
        for before, after in zip_longest(left, right) if tag != "equal" else ():
            yield (
                before if after is None else after,
                _ABSENT if before is None else was[before],
                _ABSENT if after is None else now[after],
            )


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value)


def _text(value: Any) -> str | None:
    """JSON text in which types and values differ and the order of keys does not."""
    if value is _ABSENT:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
