"""Values that nobody means well, and documents and texts made worse by one of them."""

import json
import random
import string
from typing import Any
from urllib.parse import quote, quote_from_bytes

HOLE = "the-hole-of-the-bench"
DEEP = 3_000
# JSON as text, because some of it no Python value is written as.
VALUES = (
    *("null", "true", "false", "0", "-1", "1.5", "-0.0", "1e400", "-1e400", "NaN", "Infinity"),
    *("9007199254740993", "9" * 20, "9" * 400, "1e-400", "00", "0x10", "[]", "{}", "[[]]", '""'),
    *('" "', r'"\u0000"', r'"a\u0000b"', r'"\ud800"', r'"\udc00\ud800"', r'"\uffff"', r'"\u202e"'),
    *('"\u2028\u200b\u202e"', '"\U0001f926\U0001f3fd"', '"%00%s%n{0}"', '"{{7*7}}{% x %}"'),
    *('"<script>alert(1)</script>"', "\"' OR 1=1 --\"", '"../../etc/passwd"', '"javascript:1"'),
    *('"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59Z"', '"9999-12-31T23:59:59-12:00"'),
    *('"0000-00-00T00:00:00Z"', '"2026-02-30T25:61:61Z"', '"2026-11-22T10:00:00+99:99"', '"12"'),
    *('"2026-11-22"', '"https://[::1"', '"http://a:99999/"'),
    *('"https://\\u0000/"', '"P1D"', '"1e400"'),
    *('{"": ""}', r'{"\u0000": 1}', '{"a": 1, "a": 2}', '{"$ref": "#"}', '{"type": "object"}'),
    *('[null]', "[1, [2, [3, {}]]]", '"' + "x" * 70_000 + '"', "[" + "0," * 3_000 + "0]"),
    *("[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "[" * 31 + "]" * 31),
    *('{"pattern": "(a+)+$"}', '{"$ref": "http://127.0.0.1:9/"}'),
    *('"1.005"', '"-5"', '"99999999.99"'),
    *('"1' + "0" * 400 + '"', '"٣"', '"²"', '"½"', '"1,000.00"'),
    *('"€184"', '"ＮＡＮ"', '"a\\r\\nb: c"'),
)  # fmt: skip
# What a form, a query or a path may hold, in the bytes of an address.
ESCAPES = (
    *("%00", "a%00b", "%ED%A0%80", "%ED%B0%80", "%FF", "%C0%AF"),
    *("%F4%90%80%80", "%E2%80%AE", "%0D%0A"),
    *("%", "%zz", "%2F%2E%2E", "..%2f..%2fetc", "+", "%20"),
    *("", "0", "-1", "1e400", "9" * 400, "1.5"),
    *("null", "true", "[]", "%7B%7D", "%5B%5D=1", "esc_", "esc_%00", "a" * 9_000, "%F0%9F%A4%A6"),
    *("0001-01-01", "9999-12-31T23%3A59%3A59Z", "2026-02-30", "9999-12-31T23%3A59%3A59-23%3A59"),
    *("%D9%A3", "%C2%B2", "%C2%BD", "NaN", "Infinity", "-Infinity"),
    *("2147483648", "9223372036854775808"),
    *("%7B%22a%22%3A1e400%7D", "%5B%22%5Cud800%22%5D", "%22%5Cu0000%22"),
    *("javascript%3A1", "%7B%7B7*7%7D%7D"),
)  # fmt: skip


def document(package: Any, chance: random.Random, *, times: int = 1) -> bytes:
    """The document as JSON with so many places made worse: replaced, left out, doubled, renamed."""
    package = json.loads(json.dumps(package))
    raw = []
    for _ in range(times):
        places = list(_places(package))
        if not places:
            break
        holder, place = chance.choice(places)
        if (value := _spoil(holder, place, chance)) is not None:
            raw.append(value)
    text = json.dumps(package, ensure_ascii=chance.random() < 0.5)
    for value in raw:
        text = text.replace(f'"{HOLE}"', value, 1)
    return text.encode("utf-8", "surrogatepass")


def body(package: Any, chance: random.Random) -> bytes:
    """A document made worse, now and then as good as it was, or bytes that are none at all."""
    draw = chance.random()
    if draw < 0.15:
        return json.dumps(package).encode()
    elif draw < 0.9:
        return document(package, chance, times=chance.choice((1, 1, 1, 2, 4)))
    elif draw < 0.94:
        return chance.choice(VALUES).encode("utf-8", "surrogatepass")
    else:
        return bytes_of(json.dumps(package).encode(), chance)


def bytes_of(good: bytes, chance: random.Random) -> bytes:
    """The bytes with some cut out, doubled or replaced by any."""
    start = chance.randrange(len(good) + 1)
    end = min(len(good), start + chance.choice((1, 2, 8, 200)))
    middle = chance.choice((b"", good[start:end] * 2, chance.randbytes(4), b"\0", b"\xed\xa0\x80"))
    return good[:start] + middle + good[end:]


def escape(chance: random.Random) -> str:
    """A value for a path, a query or a form, escaped as in an address."""
    if chance.random() < 0.1:
        return quote_from_bytes(chance.randbytes(chance.randrange(1, 40)))
    elif chance.random() < 0.2:
        value = chance.choice(VALUES).encode("utf-8", "surrogatepass")[:4_000]
        return quote_from_bytes(value)
    else:
        return chance.choice(ESCAPES)


def form(fields: dict[str, str], chance: random.Random) -> bytes:
    """A form with one field or none made worse, left out, doubled or unknown."""
    pairs = [(quote(name, safe=""), quote(value, safe="")) for name, value in fields.items()]
    draw, turn = chance.random(), chance.randrange(len(pairs)) if pairs else 0
    if pairs and draw < 0.7:
        pairs[turn] = (pairs[turn][0], escape(chance))
    elif pairs and draw < 0.75:
        del pairs[turn]
    elif pairs and draw < 0.8:
        pairs.append((pairs[turn][0], escape(chance)))
    elif draw < 0.9:
        pairs.append((escape(chance), escape(chance)))
    return "&".join(f"{name}={value}" for name, value in pairs).encode("latin1")


def _places(part: Any) -> "list[tuple[Any, Any]]":
    """Every holder and key or index in it."""
    found, left = [], [part]
    while left:
        holder = left.pop()
        items = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for place, value in items:
            found.append((holder, place))
            if isinstance(value, dict | list):
                left.append(value)
    return found


def _spoil(holder: Any, place: Any, chance: random.Random) -> str | None:
    """Change the document there; the JSON text that goes into the hole, if there is one now."""
    draw = chance.random()
    if draw < 0.75:
        holder[place] = HOLE
        return chance.choice(VALUES)
    elif draw < 0.8:
        del holder[place]
    elif draw < 0.85 and isinstance(holder, list):
        holder.append(holder[place])
    elif draw < 0.9 and isinstance(holder, dict):
        name = "".join(chance.choices(string.ascii_lowercase + "\0\ud800/~", k=6))
        holder[name] = holder.pop(place)
    elif isinstance(holder[place], str):
        text = holder[place]
        at = chance.randrange(len(text) + 1)
        holder[place] = text[:at] + chance.choice(("\0", "\ud800", "\u202e", "😀")) + text[at:]
    else:
        holder[place] = [holder[place]]
    return None
