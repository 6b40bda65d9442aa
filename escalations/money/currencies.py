"""Currencies: their codes, the digits of their smallest unit, and how people write them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any


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
# These are other words as well, also in capitals.
_OTHER_WORDS = _words("ALL TOP PEN CUP GEL MOP SOS BOB")
# Weights, measures and the like, where nothing beside them speaks of money.
_MEASURES = _words(
    "pound pounds pfund libras funty funtów पाउंड 파운드 ポンド crown crowns kronen coronas "
    "ft fr fr. won real rm kc sol eth ether"
)
# What is used for several currencies is none by itself; what stands beside it says which.
_SHARED = {
    "¥": "JPY CNY",
    "kr kr. krona kronor krone kroner kronen": "SEK NOK DKK ISK CZK",
    "crown crowns coronas koron korun": "SEK NOK DKK ISK CZK",
    "peso pesos 比索": "MXN ARS CLP COP CUP DOP UYU PHP",
    "rial rials ريال ريالا ريالات": "SAR QAR OMR YER IRR",
    "dinar dinars dinares dinari دينار دينارا دنانير": "KWD BHD JOD IQD LYD TND DZD RSD MKD",
    "درهم درهما دراهم": "AED MAD",
    "ليرة ليرات": "TRY LBP SYP",
    "جنيه جنيها جنيهات": "EGP GBP SDG",
    "fr francs franchi francos franków 法郎": "CHF XAF XOF XPF DJF GNF KMF RWF BIF CDF",
}
_DOLLARS = "AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD NAD NZD SBD SGD SRD TTD TWD XCD"
# In its own country a dollar is of that country.
_ALSO = _SHARED | {"$ dollar dollars": _DOLLARS}
ALSO = {mark: frozenset(codes.split()) for marks, codes in _ALSO.items() for mark in marks.split()}
_MARKS = {
    "EUR": "€ euro euros eu€", "USD": "$ us$ usd$ dollar dollars bucks",
    "GBP": "£ gbp£ pound pounds quid",
    "INR": "₹ rs rs. rupee rupees", "JPY": "jp¥ yen 円", "CNY": "cn¥ rmb yuan 元 人民币",
    "RUB": "₽ руб руб. рублей", "TRY": "₺ tl lira", "KRW": "₩ won 원", "ILS": "₪ shekel shekels",
    "VND": "₫ dong", "UAH": "₴", "THB": "฿ baht", "NGN": "₦ naira", "PHP": "₱", "CRC": "₡",
    "PYG": "₲", "KZT": "₸", "GHS": "₵", "LAK": "₭", "MNT": "₮", "KHR": "៛", "BRL": "r$ reais real",
    "AUD": "a$ au$", "CAD": "c$ ca$", "NZD": "nz$", "HKD": "hk$", "SGD": "s$ sg$", "TWD": "nt$",
    "MXN": "mx$ mex$", "PLN": "zł zl zloty zlotys zlotych złotych", "CZK": "kč kc", "HUF": "ft",
    "RON": "lei leu", "BGN": "лв лв.", "CHF": "sfr sfr. fr. franken", "IDR": "rp rp. rupiah",
    "MYR": "rm ringgit", "ZAR": "rand", "AED": "dirham dirhams د.إ", "SAR": "﷼", "XAF": "fcfa",
    "EGP": "ج.م", "AZN": "₼", "GEL": "₾",
    "BTC": "₿ bitcoin bitcoins xbt", "ETH": "eth ether ethereum", "USDT": "tether", "USDC": "usdc",
    "SATS": "satoshi satoshis", "DOGE": "dogecoin", "LTC": "litecoin", "XRP": "xrp", "SOL": "sol",
}  # fmt: skip
# The same in the languages that sentences are recognised in, and in some more.
_NAMES = {
    "EUR": "€uro €uros avro يورو यूरो 欧元 歐元 欧 ユーロ 유로 ยูโร евро ευρώ ευρω",
    "USD": "dólar dólares dolar dolares dollari dollaro dolary dolara dolarów دولار دولارات دولارا "
    "डॉलर 美元 美金 ドル 달러 доллар доллара долларов δολάρια",
    "GBP": "pfund sterling sterline libras funty funtów sterlin إسترليني पाउंड 英镑 英鎊 ポンド "
    "파운드",
    "INR": "रुपये रुपए रुपया रुपयों rupien roupies rupias rupie roepies rupii rupaye روبية 卢比 盧比",
    "JPY": "日元 日圓 yenes ienes jenów ين येन 엔", "CNY": "人民幣 yuanes युआन يوان 元人民币",
    "RUB": "рубль рубля rubel rubli rubles rublos roubles 卢布", "KRW": "韩元", "KWD": "د.ك",
    "PLN": "złoty złote złotówek", "SAR": "ر.س", "CHF": "瑞士法郎", "THB": "บาท",
    "TRY": "lirası 里拉",
}  # fmt: skip
MARKS = (
    dict.fromkeys((mark for marks in _SHARED for mark in marks.split()), "")
    | {
        mark: code
        for named in (_MARKS, _NAMES)
        for code, marks in named.items()
        for mark in marks.split()
    }
    | {code.casefold(): code for code in (*CODES, *UNMISTAKABLE)}
    | {"xbt": "BTC"}
)
# Beside a sum these say which of several: `US dollars`, `Swiss francs`.
COUNTRIES = {
    "us": "USD", "u.s": "USD", "american": "USD", "canadian": "CAD", "australian": "AUD",
    "swiss": "CHF", "schweizer": "CHF", "suisses": "CHF", "swedish": "SEK", "norwegian": "NOK",
    "danish": "DKK", "mexican": "MXN", "indian": "INR", "turkish": "TRY", "japanese": "JPY",
    "british": "GBP", "kuwaiti": "KWD",
}  # fmt: skip


def _any_of(marks: Iterable[str]) -> str:
    """Each as a word of its own; a sign, or one of a language without spaces, anywhere."""
    known = sorted(marks, reverse=True)
    words = [mark for mark in known if _begins_a_word(mark)]
    signs = "|".join(re.escape(mark) for mark in known if mark not in words)
    named = "|".join(map(re.escape, words))
    return rf"(?<![^\W\d_])(?:{named})(?![^\W\d_])" + (f"|{signs}" if signs else "")


def _begins_a_word(mark: str) -> bool:
    return mark[0].isalpha() and not "\u0e00" <= mark[0] <= "\u0eff" and mark[0] < "\u3040"


_SURE_MARKS = [
    mark
    for mark in MARKS
    if mark not in _MEASURES and (mark.upper() not in CODES or mark.upper() in UNMISTAKABLE)
]
_SURE_CODES = (CODES | {"RM", "ETH", "SOL"}) - _OTHER_WORDS - {"PHP"}
_SURE = re.compile(_any_of(_SURE_MARKS), re.IGNORECASE)
# `PHP 8` is a version, and `8000 PHP` is money.
_SURE_CODE = re.compile(rf"{_any_of(_SURE_CODES)}|(?<=\d)\s?PHP\b")
# What is ASCII is looked up word by word, in a tenth of the time.
_ASCII_WORDS = frozenset(mark.strip(".") for mark in _SURE_MARKS if mark.isascii())
_ASCII_WORD = re.compile(r"[A-Za-z]+")


def is_told_in(text: str) -> bool:
    """Whether something in it means money, whatever it stands under: `€`, `euros`, `TL`, `SAR`."""
    if text.isascii() and "$" not in text:
        words = _ASCII_WORD.findall(text)
        if _ASCII_WORDS.isdisjoint(map(str.lower, words)) and _SURE_CODES.isdisjoint(words):
            return "PHP" in words and _SURE_CODE.search(text) is not None
        return True
    return _SURE.search(text) is not None or _SURE_CODE.search(text) is not None


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
    known = MARKS.get(value.strip().casefold(), "")
    if known:
        return known
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
