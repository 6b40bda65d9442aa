"""Letters that look like those of another script, and what is not seen: `аmount` with a Cyrillic
`а`, or `amount` with a blank of no width in it. Pure."""

import re
import unicodedata

# What poses as a Latin letter by itself, and what does so only among Latin ones.
_POSING = dict(zip("аеорсухіјѕһԁԛԝαονιρυχ", "aeopcyxijshdqwaovipyx", strict=True)) | dict(
    zip("АВЕКМНОРСТХІЈЅҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXIJSYABEZHIKMNOPTYX", strict=True)
)
_AMONG_LATIN = dict(zip("гвнкмтпиκτεημօսոհցɑ", "rbhkmtnuktenmouohga", strict=True))
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
LIKE_LATIN = frozenset(_POSING) | frozenset("гвнкмтκ")
_LETTERS = str.maketrans(_POSING | _SMALL_CAPITALS)
_ALL_LETTERS = str.maketrans(_POSING | _SMALL_CAPITALS | _AMONG_LATIN)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z]")
# Fillers and joiners that are no signs of their own, beside all of the kind “format”.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def seen(text: str) -> str:
    """The text as a person sees it: one form of each letter, nothing that is not seen, and Latin
    letters for what poses as them."""
    if text.isascii():
        return text
    shown = "".join(sign for sign in unicodedata.normalize("NFKC", text) if not _is_unseen(sign))
    return shown if shown.isascii() else _WORD.sub(lambda word: _as_latin(word[0]), shown)


def _is_unseen(sign: str) -> bool:
    is_variation = "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    return unicodedata.category(sign) == "Cf" or is_variation or sign in _UNSEEN


def _as_latin(word: str) -> str:
    if word.isascii():
        return word
    is_mixed = _LATIN.search(word) is not None
    posing = word.translate(_ALL_LETTERS if is_mixed else _LETTERS)
    return posing if is_mixed or posing.isascii() else word
