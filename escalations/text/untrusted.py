"""Text from outside, made safe to look at.

Nothing here trusts its input: characters that a screen would not show become marks that it does,
letters that pose as others are named, and text that tells the reader what to do is recognised.
The original is never changed; only what is shown.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from escalations.text import lookalikes
from escalations.text.mask import MASK

# What is looked at for counts and look-alikes; more than this no person reads.
SCAN_MAX = 200_000
_WHOLE_MAX = 200_000
_WORDS_MAX = 5

_PICTURES = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_JOINED = "\u0600-\u06ff\u0900-\u0dff"  # scripts that need joiners to be spelt right
_INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
# Each repetition is limited, so that no text makes the search slow.
_ANSI = r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|\x1b[@-Z\\-_]"
# Emoji and scripts that cannot be written without them keep their selectors and joiners.
_HARMLESS = (
    f"(?<=[{_PICTURES}])\ufe0f(?![\ufe00-\ufe0f])|(?<=[#*0-9])\ufe0f(?=\u20e3)"
    f"|(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}])"
    f"|(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])"
)
_MARKED = re.compile(
    f"(?P<ansi>{_ANSI})|(?P<harmless>{_HARMLESS})|(?P<hidden>[{_INVISIBLE}]+)"
    "|(?P<stacked>[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]{4,})"
)
_PLAIN = re.compile(r"[\t\n\r\x20-\x7e]*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SHORT_NAMES = {
    "\u00ad": "SHY",
    "\u034f": "CGJ",
    "\u061c": "ALM",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2028": "LSEP",
    "\u2029": "PSEP",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u2800": "BLANK",
    "\ufeff": "BOM",
    "\x1b": "ESC",
    "\x00": "NUL",
}
_TITLES = {
    "alike": "Letters of another script that look like ours",
    "quote": "Quoted as evidence",
    "masked": "Masked by the agent",
}
_POSING_SCRIPTS = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}
_STYLED_SCRIPTS = {"FULLWIDTH", "MATHEMATICAL"}

_ORDERS_ANYONE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b"
    r"(?:previous|prior|above|earlier|all|your|these|any)\b.{0,30}\b"
    r"(?:instructions?|rules?|prompts?|polic(?:y|ies)|guidelines?|checks?|warnings?)\b"
    r"|^\s*[\[<#*(]{0,3}\s*system(?:\s+(?:prompt|message|note|override))?\s*[\])>]?\s*:"
    r"|</?\s*(?:system|instructions?|assistant)\s*>|\[/?inst\]|<\|im_(?:start|end)\|>"
    r"|\byou are now\b|\bnew instructions\s*:"
    r"|\b(?:reviewer|approver|moderator|operator|assistant|ai)s?\s*(?:,|:)?\s*"
    r"(?:must|should|please)\b.{0,40}\bapprove\b"
    r"|\b(?:press|click|hit|choose|select)\b.{0,12}\b(?:approve|the a key)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ORDERS_FROM_OUTSIDE = re.compile(
    r"\b(?:just|please|simply|immediately|auto-?)\s*approve\b"
    r"|(?<!\bI\s)\bapprove\s+(?:this|it|immediately|now|at once|without|everything|all)\b"
    r"|\bdo\s+not\s+(?:call|verify|check|review|escalate|tell|question)\b"
    r"|\bno\s+need\s+to\s+(?:check|verify|review)\b"
    r"|\b(?:already|pre-?)\s?approved\s+by\b"
    r"|\bwithout\s+(?:asking|checking|verif\w+|review\w*)\b",
    re.IGNORECASE,
)
# One of these stands in whatever those find: asked first, as they are slow and seldom find any.
_IN_ORDERS_TO_ANYONE = (
    *("ignore", "disregard", "forget", "override", "system", "instruction", "assistant"),
    *("inst]", "<|im_", "you are now", "approve", "the a key"),
)
_IN_ORDERS_FROM_OUTSIDE = ("approve", "not", "need", "without")
# What a pattern takes for an "i" whatever its case: one without a dot, one with a dot of its own.
_PLAIN_I = {0x131: "i", 0x307: ""}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. With a title it is a mark: it stands for what a screen would not show."""

    text: str
    title: str = ""
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is put on screen for one text, and what a reader must know about it."""

    pieces: tuple[Piece, ...]
    length: int
    cut: bool
    hidden: int
    lookalikes: tuple[str, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd about the text, in sentences without an end stop."""
        said = []
        if self.hidden:
            plural = "s" if self.hidden > 1 else ""
            said.append(f"{self.hidden} hidden character{plural}")
        if self.lookalikes:
            said.append(f"Look-alike letters in {', '.join(f'“{w}”' for w in self.lookalikes)}")
        return tuple(said)


def show(text: str, *, limit: int | None = None, quotes: Sequence[str] = ()) -> Shown:
    """The text in pieces, cut after `limit` characters; counts are of the uncut text.

    `quotes` are passages that somebody refers to; where they stand in the text they are pieces of
    their own.
    """
    length = len(text)
    cut = limit is not None and length > limit
    seen = _upto(text, limit) if cut and limit is not None else text
    scanned = text[:SCAN_MAX]
    if _PLAIN.fullmatch(scanned) and _PLAIN.fullmatch(seen):
        plain = [Piece(lines(seen))] if seen else []
        return Shown(tuple(_picked_out(plain, quotes, "quote")), length, cut, 0, ())
    words = tuple(_lookalikes(scanned))
    hidden = sum(_weight(found) for found in _MARKED.finditer(scanned))
    pieces = _picked_out(_pieces(lines(seen)), [MASK] if MASK in seen else [], "masked")
    pieces = _picked_out(pieces, words[:50], "alike")
    pieces = _picked_out(pieces, quotes, "quote")
    return Shown(tuple(pieces), length, cut, hidden, words[:_WORDS_MAX])


def whole(text: str, limit: int) -> Shown:
    """The text to its end, so that what is approved can be read; only one that is endless, or has
    hidden characters, whose marks are heavy, is cut after `limit`."""
    shown = show(text, limit=limit)
    is_heavy = shown.hidden or len(text) > _WHOLE_MAX
    return shown if is_heavy or not shown.cut else show(text)


def is_odd(text: str) -> bool:
    """Whether `show` has a warning about the text."""
    scanned = text[:SCAN_MAX]
    if _PLAIN.fullmatch(scanned):
        return False
    hidden = any(_weight(found) for found in _MARKED.finditer(scanned))
    return hidden or next(_lookalikes(scanned), None) is not None


def line(text: str, limit: int = 255) -> str:
    """One line for a label or an attribute: hidden characters are boxes, spaces are single; what is
    too long ends between words."""
    # Cut before it is split: an agent may send far more than one line can show.
    flat = " ".join(text[: limit * 4].split())
    boxed = _MARKED.sub(lambda found: found[0] if found["harmless"] else "▯", flat)
    if len(boxed) <= limit:
        return boxed
    head = boxed[: limit - 1]
    space = head.rfind(" ", limit // 2)
    return (head[:space] if space > 0 else head).rstrip() + "…"


def instructs(text: str, *, outside: bool = True) -> bool:
    """Whether a text tells its reader what to do.

    `outside`: by a customer or a document, of whom no advice on the decision is expected; from
    our own agent "approve this" is only its opinion.
    """
    bare = text[:SCAN_MAX]
    if not (bare.isascii() and _PLAIN.fullmatch(bare)):
        # What cannot be seen is taken out first, or it would hide an order between its letters.
        bare = unicodedata.normalize("NFKC", _MARKED.sub(_seen, bare))
    low = bare.lower().translate(_PLAIN_I)
    if _has_any(low, _IN_ORDERS_TO_ANYONE) and _ORDERS_ANYONE.search(bare):
        return True
    could = outside and _has_any(low, _IN_ORDERS_FROM_OUTSIDE)
    return could and bool(_ORDERS_FROM_OUTSIDE.search(bare))


def _has_any(text: str, words: Sequence[str]) -> bool:
    # Not by `any`, as each message of a conversation is asked for each word.
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False


def _seen(found: re.Match[str]) -> str:
    return found[0] if found["harmless"] else ""


def lines(text: str) -> str:
    """The text with one kind of line ends: browsers send another than they were given."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _upto(text: str, limit: int) -> str:
    """At most `limit` characters, ending between words where there are words."""
    head = text[:limit]
    space = head.rfind(" ", limit * 3 // 4)
    return (head[:space] if space > 0 else head).rstrip() + "…"


def _weight(found: re.Match[str]) -> int:
    return 0 if found["harmless"] else len(found[0])


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for found in _MARKED.finditer(text):
        if found["harmless"]:
            continue
        if found.start() > at:
            yield Piece(text[at : found.start()])
        yield _mark(found)
        at = found.end()
    if at < len(text):
        yield Piece(text[at:])


def _mark(found: re.Match[str]) -> Piece:
    run = found[0]
    if found["ansi"]:
        spelt = run.encode("unicode_escape").decode()[:60]
        return Piece("ANSI", f"Terminal control sequence {spelt}", "hidden")
    elif found["stacked"]:
        return Piece(f"{len(run)} accents", "Accents stacked on one letter", "hidden")
    kinds = sorted(set(run))
    names = ", ".join(_name(c) for c in kinds[:6]) + (", …" if len(kinds) > 6 else "")
    if len(kinds) == 1:
        short = _SHORT_NAMES.get(run[0], f"U+{ord(run[0]):04X}")
        return Piece(short if len(run) == 1 else f"{short}×{len(run)}", names, "hidden")
    return Piece(f"{len(run)} hidden", names, "hidden")


def _name(character: str) -> str:
    name = unicodedata.name(character, "control or private character").capitalize()
    return f"{name} (U+{ord(character):04X})"


def _lookalikes(text: str) -> Iterator[str]:
    """Words that mix scripts, or that are spelt wholly in letters posing as Latin ones."""
    words = {w for w in _WORD.findall(text) if not w.isascii()}
    if not words:
        return
    mostly_latin = sum(map(str.isascii, text)) * 2 > len(text)
    for word in sorted(words):
        scripts = {_script(c) for c in word}
        mixed = len(scripts & _POSING_SCRIPTS) > 1
        posing = len(word) > 2 and all(c in lookalikes.LIKE_LATIN for c in word)
        if mixed or (mostly_latin and (posing or scripts & _STYLED_SCRIPTS)):
            yield word[:40]


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    return unicodedata.name(character, "?").split(" ", 1)[0]


def _picked_out(pieces: Iterable[Piece], passages: Sequence[str], kind: str) -> Iterator[Piece]:
    """The pieces, with each of these passages as a piece of its own."""
    told = [passage for passage in passages if passage]
    if not told:
        yield from pieces
        return
    # The longest first: of several that fit, the first in the pattern is taken.
    pattern = re.compile("|".join(map(re.escape, sorted(told, key=len, reverse=True))))
    for piece in pieces:
        at = 0
        for found in () if piece.title else pattern.finditer(piece.text):
            if found.start() > at:
                yield Piece(piece.text[at : found.start()])
            yield Piece(found[0], _TITLES[kind], kind)
            at = found.end()
        if at < len(piece.text):
            yield piece if at == 0 else Piece(piece.text[at:])
