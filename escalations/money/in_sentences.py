"""Amounts in what people write: each number of a sentence with what stands beside it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from escalations.money import currencies, writing
from escalations.money.currencies import CurrencyMark, MoneyCertainty
from escalations.money.writing import AroundNumber, Written
from escalations.text import wrapped

_EXPONENT = r"(?:[eE]\+?[0-9]{1,2}(?![0-9A-Za-z]))?"
_RUNS = re.compile(rf"[0-9](?:[0-9.,'_ ]*[0-9])?{_EXPONENT}")
# One sign between digits: in `order 48213, 184.00` are two numbers.
_NUMBERS = re.compile(rf"[0-9]+(?:[.,'_ ][0-9]+)*{_EXPONENT}")
_NO_CENTS = (",-", ".-")
# What people set a number off with, and say before one that is not exact: `**€6,000**`, `€ ca. 6`.
_SET_OFF = (
    writing.SIGNS
    + "*_`~≈'\"“”„«»<>[]{}|;!?#&@^\\§†°•…‹›।॥۔؛؟،。，、：；！？·→「」『』【】《》〈〉（）［］｛｝"
)
# What stands before a currency without a blank: `Amount:EUR 6000`, `「EUR6000`.
_LAST = re.compile(r"[^\W_]+\Z")
# Particles that Arabic writes together with the next word, also with digits: `بـ6000`, `والـ6000`.
_PARTICLE = re.compile(r"(?<!\w)(?:[وف]?(?:ب|ل|ك|ال|بال|لل)?ـ?)\Z")
# A case of Baton's own is no money of Bhutan, nor a unit of a house of China's, a Friday, nor a
# processor. Looked for only where one of the signs stands, as most texts have none.
_HOUR = r"[0-9]{1,2}(?:[:.][0-9]{2})?"
_NO_MONEY = re.compile(
    r"(?<![A-Za-z])BTN-[0-9]+|[单單]元(?=[0-9])"
    rf"|(?<![A-Za-z])Fr\.?(?= ?{_HOUR}(?: ?(?:bis|und|-) ?{_HOUR})? ?Uhr)"
    r"|(?<![A-Za-z])AMD(?= [0-9]{3,4}X?(?:3D)? (?i:pro[cz]es|cpu|gpu|chip|gra))"
)
_NO_MONEY_SIGNS = ("BTN-", "元", "Fr", "AMD")
# “Order SEK-88412” is one, and no crowns.
_KINDS = (
    """order case ticket invoice sku bestellung auftrag commande pedido ordine zamówienie sipariş"""
)
_CALLED = frozenset(_KINDS.split())
_RATHER_WORDS = frozenset({"ALL", "TOP", "won"})
_ABOUT = frozenset({"ca", "circa", "approx", "about"})
# A mark is shorter, and a long text would take the square of its time.
_BESIDE = 40
_TEXT_MAX = 2_000
# Thai, kana, Chinese and Hangul: what stands beside a number there begins or ends a sentence.
_UNSPACED_SIGN = "[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_UNSPACED = re.compile(_UNSPACED_SIGN)
# What may stand there without a blank, the longest first.
_JOINED_ON = frozenset(
    word
    for word in (*currencies.MARKS, *writing.MULTIPLES)
    if _UNSPACED.match(word) or not word.isalnum()
)
_SIZES = sorted({len(word) for word in _JOINED_ON}, reverse=True)
_LATIN_END = re.compile(rf"(?<={_UNSPACED_SIGN})[A-Za-z]{{2,4}}\Z")
_LATIN_BEGIN = re.compile(rf"[A-Za-z]{{2,4}}(?={_UNSPACED_SIGN})")
_SIGN = re.compile(r"[^\w\s]\Z")
_JOINED = re.compile(r"[-/'’(,;:]")
_SET_ON = frozenset("-/'’")
_LATIN_TWO = re.compile("[A-Za-z]{2}")
# Beside a currency of these countries only.
_LAKHS = {"l": 5, "cr": 7}
_OF_LAKHS = frozenset({"INR", "PKR", "BDT", "NPR", "LKR"})
# So many are rupees by themselves.
_ARE_RUPEES = frozenset({"lakh", "lakhs", "lacs", "crore", "crores", "लाख", "करोड़"})
# A piece of money where no other noun follows: not 6000块砖, bricks.
_PIECE = "块塊"
_AFTER_PIECE = re.compile(r"[块塊](?![^\W\d_吧给給了的呢啊左右以以为為到整就])")
_COUNTRY_WORDS = 2


def largest_in(text: str, currency: str = "") -> Written | None:
    """The largest amount that a sentence names: of those with a currency, if any has one.

    None where a number in it cannot be read.
    """
    plain = writing.plain(text[:_TEXT_MAX])
    # As `5, 000` it would be less, so what runs on is one number, which cannot be read.
    found = list(_each(plain, currency, _RUNS))
    of_money = [one for one in found if one and one.marked]
    if of_money:
        return max(of_money, key=lambda one: one.amount)
    elif "%" in plain or "\ufffd" in plain or None in found:
        return None
    return max(filter(None, found), key=lambda one: one.amount, default=None)


def named_in(text: str) -> Iterator[Written]:
    """Every amount that a text names, with and without a currency."""
    return filter(None, _each(writing.plain(wrapped.shown(text)), "", _NUMBERS))


def _each(text: str, currency: str, numbers: re.Pattern[str]) -> Iterator[Written | None]:
    """Every number in it; None for one that is part of a word or of something else."""
    if any(sign in text for sign in _NO_MONEY_SIGNS):
        text = _NO_MONEY.sub(" ", text)
    for match in numbers.finditer(text):
        led = _PARTICLE.sub(" ", text[max(match.start() - _BESIDE, 0) : match.start()])
        rest = text[match.end() : match.end() + _BESIDE]
        before, after = _money_before(led), _after(rest[2 * rest.startswith(_NO_CENTS) :])
        if after is None or not after.is_money:
            after = _lakhs(rest, before) or after
        sides = [before, after]
        beside = [led[-1:], rest[:1]]
        is_part = [
            side is None and sign.isalnum() and not _UNSPACED.match(sign)
            for side, sign in zip(sides, beside, strict=True)
        ]
        known = writing.together(side for side in sides if side)
        stated = known.mark.currency if known.mark else ""
        digits, _, exponent = match[0].casefold().partition("e")
        number = writing.number(digits, stated or currency)
        if number is None or any(is_part):
            yield None
        else:
            yield writing.scaled(number, known.power + int(exponent or 0), known)


def _money_before(led: str) -> AroundNumber | None:
    """The same, where it says which money it is: `M 10 €` are no ten millions."""
    beside = _before(led)
    return None if beside is not None and beside.mark is None and beside.power else beside


def _before(led: str) -> AroundNumber | None:
    """What the words that lead to a number say of it."""
    words = _bare(led.split()[::-1]) or [""]
    last = words[0]
    if led.rstrip()[-1:] == "-" and words[1:] and words[1].casefold() in _CALLED:
        return None
    beside = AroundNumber.of(last)
    if beside is None and (own := _LAST.search(last)) and own[0] != last:
        beside = AroundNumber.of(own[0])
    # `退款EUR`, `退款¥`, `refund:€`
    if beside is None and (latin := _LATIN_END.search(last)):
        beside = AroundNumber.of(latin[0])
    elif beside is None and (_UNSPACED.match(last[-1]) or _SIGN.search(last)):
        beside = _ending(last)
    if beside is None or beside.mark is None:
        return beside
    elif last in _RATHER_WORDS:
        # “ALL 6000 of them”, “we won 2000 customers”: after a number they are money rather.
        return replace(beside, mark=replace(beside.mark, certainty=MoneyCertainty.WORD))
    return replace(beside, mark=_of_country(beside.mark, words[1:2]))


def _ending(word: str) -> AroundNumber | None:
    """What the end of a word says; not the last letters of one: `US$`, and `$` of `plus$`."""
    small = word.casefold()
    for size in _SIZES:
        joins_on = size < len(small) and _LATIN_TWO.match(small[-size - 1 :])
        if small[-size:] in _JOINED_ON and not joins_on:
            return AroundNumber.of(small[-size:])
    return None


def _after(rest: str) -> AroundNumber | None:
    """What the words after a number say of it: `k EUR`, `mil euros`, `US dollars`, `万日元`,
    `TL'yi`, `-Euro-Gutschein`."""
    beside = _following(rest)
    if beside is not None and beside.is_money:
        return beside
    is_joined = not _SET_ON.isdisjoint(next(iter(rest.split()), ""))
    apart = _following(_JOINED.sub(" ", rest)) if is_joined else None
    return apart if apart is not None and apart.is_money else beside


def _following(rest: str) -> AroundNumber | None:
    words = _bare(rest.split())
    beside, left = _begun(words[0]) if words else (AroundNumber(), "")
    if beside is None:
        return _in_country(words)
    elif beside.mark is not None:
        return replace(beside, mark=_of_country(beside.mark, words[1:2]))
    elif not beside.power:
        return beside
    more = [left, *words[1:]] if left else words[1:]
    unit = _begun(more[0])[0] if more else None
    if unit is None:
        unit = _in_country(more)
    if unit is None or unit.mark is None:
        return beside
    mark = _of_country(unit.mark, more[1:2])
    return AroundNumber(mark, beside.power + unit.power)


def _in_country(words: list[str]) -> AroundNumber | None:
    """A currency after the country that it is of: `US dollars`, `Türk lirası`, `Hong Kong dollars`.
    One that nobody knows is written with a large letter."""
    for at, word in enumerate(words[:_COUNTRY_WORDS]):
        beside = _begun(words[at + 1])[0] if at + 1 < len(words) else None
        if beside is not None and beside.mark is not None:
            of = [currencies.of_country(one, beside.mark) for one in words[: at + 1]]
            stated = next(filter(None, of), "")
            if stated:
                return AroundNumber(CurrencyMark(stated))
            is_name = all(one[:1].isupper() for one in words[: at + 1])
            is_sure = bool(beside.mark.also) and beside.mark.certainty is MoneyCertainty.SURE
            return AroundNumber(replace(beside.mark, currency="")) if is_name and is_sure else None
        if not (currencies.of_country(word, None) or word[:1].isupper()):
            return None
    return None


def _of_country(mark: CurrencyMark, beside: list[str]) -> CurrencyMark:
    """The currency of the country that the next word names: `dollars canadiens`."""
    stated = currencies.of_country(beside[0], mark) if beside and mark.also else ""
    return CurrencyMark(stated) if stated else mark


def _lakhs(rest: str, before: AroundNumber | None) -> AroundNumber | None:
    """`₹6L`, and lakhs with nothing beside them, which are of rupees."""
    words = _bare(rest.split()[:1])
    word = words[0].casefold() if words else ""
    stated = before.mark.currency if before and before.mark else ""
    if stated in _OF_LAKHS and word in _LAKHS:
        return AroundNumber(power=_LAKHS[word])
    elif word in _ARE_RUPEES and not stated:
        return AroundNumber(CurrencyMark("INR"), writing.MULTIPLES[word])
    return None


def _begun(word: str) -> tuple[AroundNumber | None, str]:
    """What a word says, or how it begins where words are not kept apart, and what is left of it."""
    beside = AroundNumber.of(word)
    if beside is None and (joined := _JOINED.search(word, 1)):
        head = AroundNumber.of(word[: joined.start()])
        beside = head if head is not None and head.is_money else None
    if beside is None and word[:1] in _PIECE and _AFTER_PIECE.match(word):
        return AroundNumber(CurrencyMark("CNY", certainty=MoneyCertainty.DOUBTFUL)), ""
    if beside is None and (latin := _LATIN_BEGIN.match(word)):
        return AroundNumber.of(latin[0]), word[latin.end() :]
    if beside is None and (_UNSPACED.match(word) or _SIGN.match(word[:1])):
        small = word.casefold()
        size = next((size for size in _SIZES if small[:size] in _JOINED_ON), 0)
        found = AroundNumber.of(small[:size]) if size else None
        # A sign that leads to a number is of that: “order 6000 $50”.
        is_of_next = word[size : size + 1].isdecimal() and not _UNSPACED.match(word)
        return (None, "") if is_of_next else (found, word[size:])
    return beside, ""


def _bare(words: list[str]) -> list[str]:
    """The words nearest to a number without what sets it off from its money: `**€6,000**`,
    `€ ~6000`, `6000 — EUR`."""
    bare = [word.strip(_SET_OFF) for word in words[:4]]
    if len(bare) > 1 and (not bare[0] or bare[0].casefold() in _ABOUT):
        money = currencies.mark(bare[1])
        # Not the `all` of “in all”.
        return bare[money is not None and bool(money.currency) and _is_sure(bare[1], money) :]
    return bare


def _is_sure(word: str, mark: CurrencyMark) -> bool:
    """Whether it means money where no number stands beside it."""
    return word.upper() not in currencies.CODES or mark.currency in currencies.UNMISTAKABLE
