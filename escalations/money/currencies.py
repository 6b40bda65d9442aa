"""Currencies: their codes, the digits of their smallest unit, and how people write them."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from escalations.text import lookalikes, meanings


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# ISO 4217. Digits after the point in the smallest unit, where they are not two.
_WITHOUT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE, _FOUR = "BHD IQD JOD KWD LYD OMR TND", "CLF UYW"
DIGITS = (
    dict.fromkeys(_WITHOUT.split(), 0)
    | dict.fromkeys(_THREE.split(), 3)
    | dict.fromkeys(_FOUR.split(), 4)
)
CODES = frozenset(DIGITS) | _words(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
    "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD "
    "XCG YER ZAR ZMW ZWG ZWL"
)
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "BRL": "R$"}
# Codes that are no other word: money under whatever name they stand.
UNMISTAKABLE = _words(
    "EUR USD GBP CHF JPY CNY INR SEK NOK DKK PLN CZK HUF AUD NZD BRL MXN ZAR KRW SGD HKD AED ILS "
    "THB RUB UAH NGN KES EGP VND IDR MYR TWD KWD BHD XAF XOF UGX RWF PYG "
    "BTC XBT USDT USDC LTC XRP DOGE SATS"
)
# These are other words as well, also in capitals; and more of them are in small letters.
_OTHER_WORDS = _words("ALL TOP PEN CUP GEL MOP SOS BOB")
_SMALL_WORDS = _OTHER_WORDS | _words(
    "TRY MAD COP RON MUR YER BAM ANG ERN USN GIP NAD LAK SLE VES DOP SCR STD PHP BAN AMD ARS SEK"
)
_FILE = Path(__file__).with_suffix(".toml")
_LISTED: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
_ENDINGS = {f"~{name}": ["", *listed.split()] for name, listed in _LISTED["endings"].items()}


def _forms(listed: str) -> Iterator[str]:
    """Each word with its endings: `dolar~pl` as `dolar`, `dolara`, `dolarów` and so on."""
    for word in listed.split():
        stem, mark, name = word.partition("~")
        yield from (stem + ending for ending in _ENDINGS.get(mark + name, [""]))


_SHARED = {
    word: codes.split() for codes, listed in _LISTED["shared"].values() for word in _forms(listed)
}
# What is used for several currencies is none by itself, or that of the largest country; what stands
# beside it says which.
ALSO = {word: frozenset(codes) - {"-"} for word, codes in _SHARED.items()}
MARKS: dict[str, str] = (
    {word: codes[0].strip("-") for word, codes in _SHARED.items()}
    | {word: code for code, listed in _LISTED["names"].items() for word in _forms(listed)}
    | {code.casefold(): code for code in (*CODES, *UNMISTAKABLE)}
    | {"xbt": "BTC"}
)
# As long as the longest with what Arabic sets before and after it.
_LONGEST = max(map(len, MARKS)) + 6
# Only in these letters: `KD 900`.
_AS_WRITTEN = {
    word: code for code, listed in _LISTED["as_written"].items() for word in listed.split()
}
_DOUBTFUL = frozenset(_LISTED["doubtful"]["words"].split())
_COUNTRIES: dict[str, str] = {
    word: code for code, one in _LISTED["countries"].items() for word in one.split()
}
_STEMS: list[tuple[str, str]] = [(word, code) for word, code in _COUNTRIES.items() if len(word) > 3]
_LONGEST_COUNTRY = 30
_ARABIC = re.compile("[\u0620-\u064a]")
_ARABIC_BEFORE = ("", "ال", "بال", "لل", "وال", "ب", "و")
_ARABIC_AFTER = ("", "ا", "ان", "ين", "ات", "ه")


class MoneyCertainty(IntEnum):
    """How surely a writing beside a number is a currency: not where it is a common word (`all`),
    not quite where it is a measure or another name as well (`pounds`)."""

    WORD = 0
    DOUBTFUL = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class CurrencyMark:
    """A currency as somebody wrote it. `also` are those that are written like it; where none is
    sure, those that it may be."""

    currency: str
    also: frozenset[str] = frozenset()
    certainty: MoneyCertainty = MoneyCertainty.SURE


def mark(written: str) -> CurrencyMark | None:
    """The currency that is written so; None where it is none."""
    if len(written) > _LONGEST:
        return None
    elif written in _AS_WRITTEN:
        return CurrencyMark(_AS_WRITTEN[written], certainty=MoneyCertainty.DOUBTFUL)
    known = written.casefold()
    if known not in MARKS and _ARABIC.search(known):
        known = _arabic(known)
    elif known not in MARKS:
        known = lookalikes.seen(known)
    if known not in MARKS:
        return None
    return CurrencyMark(MARKS[known], ALSO.get(known, frozenset()), _certainty(written, known))


def _certainty(written: str, known: str) -> MoneyCertainty:
    code = known.upper()
    is_large = written == code
    if known in _DOUBTFUL:
        return MoneyCertainty.DOUBTFUL
    elif code not in CODES or code in UNMISTAKABLE:
        return MoneyCertainty.SURE
    elif is_large:
        return MoneyCertainty.DOUBTFUL if code in _OTHER_WORDS else MoneyCertainty.SURE
    return MoneyCertainty.WORD if code in _SMALL_WORDS else MoneyCertainty.DOUBTFUL


def _arabic(word: str) -> str:
    """The name in it without the article, a preposition and the endings of case and number."""
    plain = meanings.unaccented(word)
    for before in _ARABIC_BEFORE:
        for after in _ARABIC_AFTER:
            if plain.startswith(before) and plain.endswith(after):
                stem = plain[len(before) : len(plain) - len(after)]
                if stem in MARKS:
                    return stem
    return word


def of_country(word: str, mark: CurrencyMark | None) -> str:
    """The currency that a word beside a currency says it is: of `Canadian` and dollars, CAD."""
    code = _by_country(word.casefold()) if len(word) <= _LONGEST_COUNTRY else ""
    return code if mark is None or code in {mark.currency, *mark.also} else ""


@lru_cache(maxsize=4096)
def _by_country(word: str) -> str:
    said = word.removeprefix("ال")
    begins = (code for stem, code in _STEMS if said.startswith(stem))
    return _COUNTRIES.get(said) or next(begins, "")


_SURE_MARKS = frozenset(
    one
    for one in MARKS
    if one not in _DOUBTFUL and (one.upper() not in CODES or one.upper() in UNMISTAKABLE)
)
_SURE_CODES = (CODES | {"RM", "ETH", "SOL"}) - _OTHER_WORDS - {"PHP"}
# With the vowel signs of Arabic and Hindi, which are no letters.
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0900-\u094f\u0e31-\u0e4e])+")
_ASCII_WORD = re.compile("[A-Za-z]+")
# What is no word, and what stands in a language without spaces, counts anywhere.
_UNSPACED = [one for one in _SURE_MARKS if meanings.is_unspaced(one)]
_SIGNS = [one for one in _SURE_MARKS if not (_WORD.fullmatch(one) or meanings.is_unspaced(one))]


def _any_of(marks: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(marks, reverse=True)))


_LETTERS = "[^\\W\\d_]"
_ABBREVIATED = [one for one in _SIGNS if one[0].isalpha()]
_SIGN = re.compile(
    rf"{_any_of(set(_SIGNS).difference(_ABBREVIATED))}|{_any_of(_UNSPACED)}"
    rf"|(?<!{_LETTERS})(?:{_any_of(_ABBREVIATED)})(?!{_LETTERS})",
    re.IGNORECASE,
)
# `PHP 8` is a version, and `8000 PHP` is money.
_PHP = re.compile(r"(?<=\d)\s?PHP\b")


def is_told_in(text: str) -> bool:
    """Whether something in it means money, whatever it stands under: `€`, `euros`, `TL`, `SAR`."""
    words = (_ASCII_WORD if text.isascii() else _WORD).findall(text)
    is_code = not _SURE_CODES.isdisjoint(words) or ("PHP" in words and _PHP.search(text))
    if is_code or "$" in text or not _SURE_MARKS.isdisjoint(map(str.casefold, words)):
        return True
    elif text.isascii():
        return False
    arabic = (_arabic(word) for word in words if _ARABIC.search(word))
    return not _SURE_MARKS.isdisjoint(arabic) or _SIGN.search(text) is not None


def alone(value: Any) -> str:
    """The currency that a value is, where nothing else says that it is one: `EUR`, `euros`, `€`,
    not the measure `ft` or the word `all`."""
    if not isinstance(value, str) or len(value) > 16:
        return ""
    said = value.strip()
    stated = MARKS.get(said.casefold(), "")
    return stated if stated and is_told_in(said) else ""


def code(value: Any) -> str:
    """The currency that a value names, `EUR`, `eur` or `€`; nothing where it names none."""
    if not isinstance(value, str) or len(value) > 16:
        return ""
    known = mark(value.strip())
    if known and known.currency:
        return known.currency
    # Codes outside ISO 4217 are taken at their word, as for coins.
    shown = value.strip().upper()
    return shown if len(shown) == 3 and shown.isascii() and shown.isalpha() else ""


def in_whole_units(amount: Any, currency: str) -> Any:
    """An amount counted in the smallest unit of its currency, in whole ones."""
    return amount.scaleb(-DIGITS.get(currency, 2))


def written(amount: Decimal, currency: str) -> str:
    """`€1,925.00`, `¥60,000` or `BHD 0.305`: with all digits of its smallest unit, two where none
    is named, and more where they carry something."""
    places = max(DIGITS.get(currency, 2), -int(amount.normalize().as_tuple().exponent))
    number = f"{abs(amount):,.{places}f}"
    symbol = _SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{'−' if amount < 0 else ''}{symbol}{number}"
