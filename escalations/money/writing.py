"""Amounts as people and programs write them. What is not surely an amount is not guessed: None.

Where a writing has two readings (`5.000`, `5 mil`), the larger counts: nothing may be less by being
written differently.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from escalations.money import currencies

LENGTH_MAX = 120
MOST = Decimal(10) ** 18
_POWERS = {
    3: "k thousand tsd tausend mille mila duizend tys tysiące tysięcy bin ألف ألفا آلاف الاف हज़ार "
    "हजार тыс тысяч 千",
    4: "万 萬",
    5: "lakh lakhs लाख",
    # `5 mil` is a thousand in Spanish and Portuguese.
    6: "m mn mio mil mill mln million millions millionen millón millones milhão milhões milione "
    "milioni miljoen milion miliony milionów milyon مليون 百万",
    7: "crore crores cr करोड़",
    8: "億 亿",
    9: "bn b billion billions mrd mld milliard milliards milliarde milliarden miliardo miliardi "
    "miljard miliard miliardów milyar مليار",
    12: "billionen billón billones",
}
MULTIPLES = {word: power for power, words in _POWERS.items() for word in words.split()}
# Only before a currency, `T€`: alone it is a weight.
_SHORT = MULTIPLES | {"t": 3}
HUNDREDTHS = frozenset({"cent", "cents", "ct", "pence", "pennies", "centimes"})
_SIGNS = " -+()/.,=:;_"
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
_RUNS = re.compile(r"[0-9](?:[0-9.,'_ ]*[0-9])?")
# One sign between digits: in `order 48213, 184.00` are two numbers.
_NUMBERS = re.compile(r"[0-9]+(?:[.,'_ ][0-9]+)*")
_NO_CENTS = (",-", ".-")
_MINUS = re.compile(r"[-(]")
# What people set a number off with, and say before one that is not exact: `**€6,000**`, `€ ca. 6`.
_SET_OFF = _SIGNS + "*_`~≈'\"“”„«»<>[]{}|;!?"
_ABOUT = frozenset({"ca", "circa", "approx", "about"})
# A mark is shorter, and a long text would take the square of its time.
_BESIDE = 40
# Thai, kana, Chinese and Hangul: what stands beside a number there begins or ends a sentence.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LONGEST = max(map(len, (*currencies.MARKS, *MULTIPLES)))


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
    match = _CORE.fullmatch(_plain(value).strip())
    assert match is not None, "It was read."
    # `50,-` is fifty, and `50-` is less than nothing.
    after = match["after"]
    return bool(_MINUS.search(match["before"])) or after.strip().startswith("-")


def largest_in(text: str, currency: str = "") -> Written | None:
    """The largest amount that a sentence names: of those with a currency, if any has one.

    None where a number in it cannot be read.
    """
    plain = _plain(text[:2000])
    # As `5, 000` it would be less, so what runs on is one number, which cannot be read.
    found = list(_in_sentence(plain, currency, _RUNS))
    of_money = [one for one in found if one and one.marked]
    if of_money:
        return max(of_money, key=lambda one: one.amount)
    elif "%" in plain or "\ufffd" in plain or None in found:
        return None
    return max(filter(None, found), key=lambda one: one.amount, default=None)


def named_in(text: str) -> tuple[Written, ...]:
    """Every amount that a text names, with and without a currency."""
    return tuple(one for one in _in_sentence(_plain(text), "") if one)


def has_digit(text: str) -> bool:
    """Whether there is a number in it, of whatever script."""
    return any(sign.isnumeric() for sign in text[:2000])


def is_empty(value: Any) -> bool:
    """Whether nothing is said."""
    return value is None or (isinstance(value, str) and not value.strip())


def _of_text(text: str, currency: str) -> Written | None:
    match = _CORE.fullmatch(_plain(text).strip())
    if match is None:
        return None
    around = [_Mark.of(match["before"]), _Mark.of(match["after"])]
    marks = [mark for mark in around if mark is not None]
    if len(marks) < 2:
        return None
    stated = _currency([mark.currency for mark in marks])
    number = _number(match["digits"], stated or currency)
    if number is None:
        return None
    power = sum(mark.power for mark in marks) + int(match["exponent"] or 0)
    # Before it is scaled: `1e999999` is short, and a million digits once it is written out.
    amount = number.scaleb(min(power, 40)) if power > -40 else Decimal(0)
    return Written(min(amount, MOST), stated, any(mark.is_one for mark in marks))


@dataclass(frozen=True, slots=True)
class _Mark:
    """What stands before or after the digits: signs, a currency, thousands."""

    currency: str = ""
    power: int = 0
    is_one: bool = False
    also: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> "_Mark | None":
        """None where it says something else."""
        known = _known(text.strip(_SIGNS).casefold())
        if known is not None:
            return known
        parts = [_known(part.strip(_SIGNS)) for part in text.casefold().split()]
        told = [part for part in parts if part is not None]
        if len(told) < len(parts):
            return None
        return cls(
            _currency([one.currency for one in told]),
            sum(one.power for one in told),
            any(one.is_one for one in told),
            _also(told),
        )


def _known(text: str) -> _Mark | None:
    if not text:
        return _Mark()
    elif text in currencies.MARKS:
        return _Mark(currencies.MARKS[text], is_one=True, also=_alike(text))
    elif text in MULTIPLES:
        return _Mark(power=MULTIPLES[text])
    elif text in HUNDREDTHS:
        return _Mark(power=-2, is_one=True)
    # `k€`, `m$`
    for length in (1, 2, 3):
        if text[:length] in _SHORT and text[length:] in currencies.MARKS:
            mark = text[length:]
            return _Mark(currencies.MARKS[mark], _SHORT[text[:length]], True, _alike(mark))
    return None


def _currency(stated: list[str]) -> str:
    """One currency of several marks: `$5 CAD` is of Canada; of two that differ, none is sure."""
    named = {one for one in stated if one}
    if len(named) == 2:
        named.discard("USD")
    return named.pop() if len(named) == 1 else ""


def _alike(mark: str) -> frozenset[str]:
    return currencies.ALSO.get(mark, frozenset())


def _also(marks: Iterable[_Mark]) -> frozenset[str]:
    """Of one mark what else is written like it; `US $` is of one currency."""
    told = [one for one in marks if one.is_one]
    return told[0].also if len(told) == 1 else frozenset()


def _plain(text: str) -> str:
    """Digits of every script as 0 to 9, spaces as one, and no characters that nobody sees."""
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
    elif kind == "Zs":
        return " "
    else:
        return _ALIKE.get(sign) or unicodedata.normalize("NFKC", sign)


def _number(digits: str, currency: str) -> Decimal | None:
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


def _in_sentence(
    text: str, currency: str, numbers: re.Pattern[str] = _NUMBERS
) -> Iterator[Written | None]:
    """Every number in it; None for one that is part of a word or of something else."""
    for match in numbers.finditer(text):
        led = text[max(match.start() - _BESIDE, 0) : match.start()]
        rest = text[match.end() : match.end() + _BESIDE]
        sides = [_before(led), _after(rest[2 * rest.startswith(_NO_CENTS) :])]
        beside = [led[-1:], rest[:1]]
        is_part = [
            side is None and sign.isalnum() and not _UNSPACED.match(sign)
            for side, sign in zip(sides, beside, strict=True)
        ]
        known = [side for side in sides if side]
        stated = _currency([side.currency for side in known])
        number = _number(match[0], stated or currency)
        if number is None or any(is_part):
            yield None
            continue
        power = sum(side.power for side in known)
        marked = any(side.is_one for side in known)
        yield Written(min(number.scaleb(power), MOST), stated, marked, _also(known))


def _before(led: str) -> _Mark | None:
    """What the words that lead to a number say of it."""
    last = (_bare(led.split()[::-1]) or [""])[0]
    mark = _Mark.of(last)
    if mark is None and _UNSPACED.match(last[-1]):
        ends = (_Mark.of(last[-length:]) for length in range(_LONGEST, 0, -1))
        mark = next((one for one in ends if one), None)
    return mark


def _after(rest: str) -> _Mark | None:
    """What the words after a number say of it: `k EUR`, `mil euros`, `万日元`, `TL'yi`."""
    words = _bare(rest.split())
    mark, left = _begun(words[0]) if words else (_Mark(), "")
    if mark is None or mark.is_one or not mark.power:
        return mark
    more = left or (words[1] if len(words) > 1 else "")
    unit = _begun(more)[0] if more else None
    if unit is None or not unit.is_one:
        return mark
    return replace(unit, power=mark.power + unit.power)


def _begun(word: str) -> tuple[_Mark | None, str]:
    """What a word says, or how it begins where words are not kept apart, and what is left of it."""
    mark = _Mark.of(word)
    if mark is None and "'" in word[1:]:
        mark = _Mark.of(word.partition("'")[0])
    if mark is None and _UNSPACED.match(word):
        begins = ((_Mark.of(word[:length]), length) for length in range(_LONGEST, 0, -1))
        mark, length = next(((one, size) for one, size in begins if one), (None, 0))
        return mark, word[length:]
    return mark, ""


def _bare(words: list[str]) -> list[str]:
    """The words nearest to a number without what sets it off from its money: `**€6,000**`,
    `€ ~6000`, `6000 — EUR`."""
    bare = [word.strip(_SET_OFF) for word in words[:3]]
    if len(bare) > 1 and (not bare[0] or bare[0].casefold() in _ABOUT):
        money = _Mark.of(bare[1])
        return bare[money is not None and bool(money.currency) and _is_sure(bare[1], money) :]
    return bare


def _is_sure(word: str, mark: _Mark) -> bool:
    """Whether it means money where no number stands beside it: not the `all` of “in all”."""
    return word.upper() not in currencies.CODES or mark.currency in currencies.UNMISTAKABLE
