"""Amounts as people and programs write them. What is not surely an amount is not guessed: None.

Where a writing has two readings (`5.000`, `5 mil`), the larger counts: nothing may be less by being
written differently.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from escalations.money import currencies
from escalations.money.currencies import CurrencyMark, MoneyCertainty

LENGTH_MAX = 120
MOST = Decimal(10) ** 18
_POWERS = {
    3: "k thousand tsd tausend mille mila duizend tys tysiące tysięcy bin ألف ألفا آلاف الف الفا "
    "الاف हज़ार हजार тыс тысяч 千",
    4: "万 萬",
    5: "lakh lakhs lac lacs लाख",
    # `5 mil` is a thousand in Spanish and Portuguese.
    6: "m mn mio mil mill mln million millions millionen millón millones milhão milhões milione "
    "milioni miljoen milion miliony milionów milyon مليون 百万 百萬",
    7: "crore crores cr करोड़ 千万 千萬",
    8: "億 亿",
    9: "bn b billion billions mrd mld milliard milliards milliarde milliarden miliardo miliardi "
    "miljard miliard miliardów milyar مليار",
    12: "billionen billón billones",
}
MULTIPLES = {word: power for power, words in _POWERS.items() for word in words.split()}
# Only before a currency, `T€`: alone it is a weight.
_SHORT = MULTIPLES | {"t": 3}
_HUNDREDTHS = """cent cents ct pence pennies centime centimes centesimi centesimo céntimo céntimos
centavo
centavos rappen grosze groszy kuruş"""
HUNDREDTHS = frozenset(_HUNDREDTHS.split())
_LONG = 3  # Letters of a multiple that is no other word's beginning: `tys.zł`, `mila€`.
_BEGINNING = {
    letter: [word for word in sorted(_SHORT, key=len) if word.startswith(letter)]
    for letter in {word[0] for word in _SHORT}
}
SIGNS = " -+()/.,=:;_"
_ALIKE = {
    "−": "-", "–": "-", "—": "-", "‒": "-", "―": "-", "٫": ".", "٬": "'", "’": "'", "‘": "'",
    "´": "'", "`": "'", "·": ".", "˙": ".", "‚": ",", "、": ",", "،": ",",
}  # fmt: skip
_CORE = re.compile(
    r"(?P<before>[^0-9]*?)"
    r"(?P<digits>[.,]?[0-9](?:[0-9.,'_ ]*[0-9])?)(?:[eE](?P<exponent>[+-]?[0-9]{1,9}))?"
    r"(?P<after>[^0-9]*)"
)
_SPLIT = re.compile(r"([.,'_ ])")
_MINUS = re.compile(r"[-(]")


@dataclass(frozen=True, slots=True)
class Written:
    """An amount without its sign; the currency in the writing, if it names one.

    `marked` where something in it says that it is money. `also` are currencies that are written
    like this one, as are dollars of several countries; where none is sure, those that it may be.
    """

    amount: Decimal
    currency: str = ""
    marked: bool = False
    also: frozenset[str] = frozenset()
    certainty: MoneyCertainty = MoneyCertainty.SURE


def read(value: Any, currency: str = "") -> Written | None:
    """The amount in a JSON number or in a text that is nothing but money; `currency` is beside it.

    `184`, `"184.00"`, `"€1,925.00"`, `"5000 zł"`, `"1e6"`, `"(5’000.-)"`, `"٥٠٠٠"`, `"5k"`.
    """
    if isinstance(value, bool):
        return None
    elif isinstance(value, int | float):
        # Compared first: a number of a package may have more digits than Python writes.
        return Written(abs(Decimal(str(value))) if abs(value) < MOST else MOST)
    elif isinstance(value, Decimal):
        return Written(min(abs(value), MOST))
    elif isinstance(value, str) and len(value) <= LENGTH_MAX:
        return _of_text(value, currency)
    else:
        return None


def is_below_zero(value: Any) -> bool:
    """Whether an amount takes away: `read` leaves its sign out. `"-50"`, `"€−50"`, `"(50.00)"`."""
    written = read(value)
    if written is None or not written.amount:
        return False
    elif not isinstance(value, str):
        return bool(value < 0)
    match = _CORE.fullmatch(plain(value).strip())
    assert match is not None, "It was read."
    # `50,-` is fifty, and `50-` is less than nothing.
    after = match["after"]
    return bool(_MINUS.search(match["before"])) or after.strip().startswith("-")


def has_digit(text: str) -> bool:
    """Whether there is a number in it, of whatever script."""
    return any(sign.isnumeric() for sign in text[:2000])


def is_empty(value: Any) -> bool:
    """Whether nothing is said."""
    return value is None or (isinstance(value, str) and not value.strip())


def _of_text(text: str, currency: str) -> Written | None:
    match = _CORE.fullmatch(plain(text).strip())
    if match is None:
        return None
    around = [AroundNumber.of(match["before"]), AroundNumber.of(match["after"])]
    marks = [one for one in around if one is not None]
    if len(marks) < 2:
        return None
    beside = together(marks)
    stated = beside.mark.currency if beside.mark else ""
    digits = number(match["digits"], stated or currency)
    if digits is None:
        return None
    return scaled(digits, beside.power + int(match["exponent"] or 0), beside)


@dataclass(frozen=True, slots=True)
class AroundNumber:
    """What stands before or after the digits: signs, a currency, thousands."""

    mark: CurrencyMark | None = None
    power: int = 0

    @property
    def is_money(self) -> bool:
        return self.mark is not None

    @classmethod
    def of(cls, text: str) -> "AroundNumber | None":
        """None where it says something else."""
        known = _known(text.strip(SIGNS))
        if known is not None:
            return known
        parts = [_known(part.strip(SIGNS)) for part in text.split()]
        told = [part for part in parts if part is not None]
        return None if len(told) < len(parts) else together(told)


def together(told: Iterable[AroundNumber]) -> AroundNumber:
    """One currency of several marks: `$5 CAD` is of Canada; of two that differ, none is sure."""
    known = list(told)
    power = sum(one.power for one in known)
    marks = [one.mark for one in known if one.mark is not None]
    if len(marks) < 2:
        return AroundNumber(marks[0] if marks else None, power)
    named = {one.currency for one in marks if one.currency}
    if len(named) == 2:
        named.discard("USD")
    stated = named.pop() if len(named) == 1 else ""
    return AroundNumber(CurrencyMark(stated, certainty=max(one.certainty for one in marks)), power)


def _known(text: str) -> AroundNumber | None:
    small = text.casefold()
    if not text:
        return AroundNumber()
    elif (mark := currencies.mark(text)) is not None:
        return AroundNumber(mark)
    elif small in MULTIPLES:
        return AroundNumber(power=MULTIPLES[small])
    elif small in HUNDREDTHS:
        return AroundNumber(CurrencyMark(""), power=-2)
    # `k€`, `m$`
    for multiple in _BEGINNING.get(small[0], ()):
        left = text[len(multiple) :].lstrip(".") if small.startswith(multiple) else ""
        mark = currencies.mark(left) if left else None
        # A name is no part of a word: `brand` is no billion of them.
        is_long = len(multiple) >= _LONG and mark and mark.certainty is MoneyCertainty.SURE
        if mark is not None and (is_long or _is_short(left)):
            return AroundNumber(mark, _SHORT[multiple])
    return None


def _is_short(mark: str) -> bool:
    return not mark.isalpha() or mark.upper() in currencies.UNMISTAKABLE


def scaled(number: Decimal, power: int, beside: AroundNumber) -> Written:
    """So much of what stands beside it."""
    # Before it is scaled: `1e999999` is short, and a million digits once it is written out.
    amount = number.scaleb(min(power, 40)) if power > -40 else Decimal(0)
    mark = beside.mark
    if mark is None:
        return Written(min(amount, MOST))
    return Written(min(amount, MOST), mark.currency, True, mark.also, mark.certainty)


def plain(text: str) -> str:
    """Digits of every script as 0 to 9, spaces as one, and no characters that nobody sees."""
    if "&" in text:
        # `6000&nbsp;&euro;`
        text = html.unescape(text)
    if not text.isascii():
        text = "".join(map(_character, text))
    return " ".join(text.split())


def _character(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    elif kind in {"No", "Nl"}:
        # A half, a power or a Roman number: the text is not read at all.
        return "\ufffd"
    elif kind == "Cf":
        return ""
    elif kind == "Zs" or (kind == "So" and sign not in _ALIKE):
        # Emoji and ticks set off what they stand beside.
        return " "
    else:
        return _ALIKE.get(sign) or unicodedata.normalize("NFKC", sign)


def number(digits: str, currency: str) -> Decimal | None:
    """`1,925.00`, `1.925,00`, `1 925`, `1,23,456.78`, `1925.5`; None for `12.03.2026`."""
    parts = _SPLIT.split(digits)
    groups, marks = parts[::2], parts[1::2]
    if not marks:
        return Decimal(digits)
    last, mark = groups[-1], marks[-1]
    whole = "".join(groups[:-1])
    if len(set(marks[:-1])) > 1 or (not whole and len(marks) > 1):
        return None
    is_alone = len(marks) == 1
    if is_alone and not _groups_thousands(groups, mark, currency):
        return Decimal(f"{whole or 0}.{last}") if mark in ".," else None
    elif not is_alone and mark != marks[0]:
        fits = mark in ".," and _are_groups(groups[:-1], marks[0])
        return Decimal(f"{whole}.{last}") if fits else None
    else:
        return Decimal(whole + last) if _are_groups(groups, mark) else None


def _groups_thousands(groups: list[str], mark: str, currency: str) -> bool:
    """Whether one mark can be that of thousands: then it is, because that is the larger."""
    first, last = groups
    three_digits = mark == "." and currencies.DIGITS.get(currency) == 3
    can_be = len(last) == 3 and len(first) <= 3 and first.strip("0") != ""
    return mark == "_" or (can_be and not three_digits)


def _are_groups(groups: list[str], mark: str) -> bool:
    """Thousands, the lakhs of India, or the fours of China."""
    first, *rest = map(len, groups)
    if mark == "_":
        return True
    threes = first <= 3 and all(size == 3 for size in rest)
    lakhs = first <= 2 and rest[-1] == 3 and all(size == 2 for size in rest[:-1])
    fours = mark == "," and first <= 4 and all(size == 4 for size in rest)
    return bool(first) and (threes or lakhs or fours)
