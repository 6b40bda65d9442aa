"""The words by which cases are found, alike where they are stored and where they are sought.

One case, one form, no accents: `ines` finds Inès. A word is found by its beginning; of a script
that puts no spaces between its words, every sign begins one.
"""

import re
import unicodedata
from collections.abc import Iterator

from escalations.text import word_search

LENGTH_MAX = 40
WORDS_MAX = 500
RUN = 8
_ACCENTS = re.compile("[\u0300-\u036f]")
_NO_WORD = {n: " " for n in range(128) if not chr(n).isalnum()}
_UNSPACED = re.compile(f"[{word_search.UNSPACED}]")


def of(*texts: str) -> list[str]:
    """Every word of these texts once, of very long ones the first 500."""
    found = dict.fromkeys(
        start for text in texts for word in _read(text) for start in _starts(word)
    )
    return list(found)[:WORDS_MAX]


def sought(text: str) -> list[tuple[str, bool]]:
    """The words that somebody looks for, and of each whether only its beginning is written: of the
    last, which they may be about to type, and of scripts without spaces."""
    found: dict[str, bool] = {}
    words = _read(text)
    for place, word in enumerate(words):
        is_unspaced = bool(_UNSPACED.search(word))
        step = RUN if is_unspaced else LENGTH_MAX
        begins = is_unspaced or place == len(words) - 1
        for piece in [word[at : at + step] for at in range(0, len(word), step)][:WORDS_MAX]:
            found[piece] = begins and found.get(piece, True)
            if not is_unspaced:
                # What is longer is stored by its beginning as well.
                break
    return list(found.items())


def _read(text: str) -> list[str]:
    plain = word_search.plain(text)
    if not plain.isascii():
        bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
        plain = unicodedata.normalize("NFC", bare)
        plain = "".join(sign if _is_of_word(sign) else " " for sign in plain)
    return plain.translate(_NO_WORD).split()


def _is_of_word(sign: str) -> bool:
    # A vowel sign of an Indian script is a mark, and no letter.
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"


def _starts(word: str) -> Iterator[str]:
    if _UNSPACED.search(word):
        for at in range(len(word)):
            yield word[at : at + RUN]
    else:
        yield word[:LENGTH_MAX]
