"""Names with their values in what programs run or pass on: the options of a command, the arguments
of a call in code, a statement of SQL, the columns of a table."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from escalations.money import currencies

Pairs = list[tuple[str, str]]
# Every run is taken whole, or a long text would take the square of its time.
_QUOTED = r"\"[^\"]*+\"|'[^']*+'"
_OPTION = re.compile(r"--?(?P<name>[A-Za-z][\w-]*+)(?:=(?P<value>.*+))?", re.DOTALL)
_HAS_OPTION = re.compile(r"(?<!\S)--?[A-Za-z]")
_IS_CODE = re.compile(
    r"^\s*+(?:update|insert|merge|select|call|exec|mutation|query)\b|\w\([^()=:]*+[=:]",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    rf"(?<![\w.])(?P<name>[A-Za-z_]\w*+)[\"'`]?\s*+(?::=|=>|[=:])\s*+(?P<value>{_QUOTED}|[\w.,-]++)"
)
# `Money(6000, 'EUR')`, and no `refund (of 6000)`.
_IN_ORDER = re.compile(r"(?<![\w.])(?P<name>[A-Za-z_]\w*+)\((?P<values>[^()=:]++)\)")
_INSERTED = re.compile(
    r"\((?P<names>[^()]*+)\)\s*+values\s*+\((?P<values>[^()]*+)\)", re.IGNORECASE
)
_CELLS = re.compile(r"[,;\t|]")
_RULED = re.compile(r"[|\t]")
_NAME = re.compile(r"\s*+[\"'`]?[A-Za-z_][\w.]*+[\"'`]?\s*+")
_RULE = re.compile(r"[\s|:+-]*+")


def pairs(text: str) -> Pairs:
    """Each name in such a text with what is given to it, quotes apart; nothing in any other."""
    found = options(text.split()) if _HAS_OPTION.search(text) else []
    return found or list(_in_code(text)) or list(_in_order(text)) or list(_in_table(text))


def options(words: Sequence[str]) -> Pairs:
    """`--amount 5000` and `--amount=5000` of a command in words."""
    found = []
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        option = _OPTION.fullmatch(word)
        if option is not None:
            value = option["value"]
            if value is None:
                value = "" if _OPTION.fullmatch(following) else following
            found.append((option["name"], value))
    return found


def _in_code(text: str) -> Iterator[tuple[str, str]]:
    if not _IS_CODE.search(text):
        return
    for one in _ASSIGNED.finditer(text):
        yield one["name"], one["value"].rstrip(",.")
    for one in _INSERTED.finditer(text):
        yield from zip(
            map(_bare, one["names"].split(",")), map(_bare, one["values"].split(",")), strict=False
        )


def _in_order(text: str) -> Iterator[tuple[str, str]]:
    """What a call in code is given without names."""
    for one in _IN_ORDER.finditer(text) if "(" in text else ():
        for value in map(_bare, one["values"].split(",")):
            yield "currency" if currencies.alone(value) else one["name"], value


def _in_table(text: str) -> Iterator[tuple[str, str]]:
    """Under a head of names, or beside a name each."""
    lines = [line for line in text.splitlines() if not _RULE.fullmatch(line)]
    rows = [_CELLS.split(line.strip().strip("|")) for line in lines]
    if not rows or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
        return
    head, *rest = rows
    if all(map(_NAME.fullmatch, head)):
        for row in rest:
            yield from zip(map(_bare, head), row, strict=True)
    # “Fine, whatever.” is a sentence.
    elif len(head) == 2 and _RULED.search(text) and all(_NAME.fullmatch(row[0]) for row in rows):
        for name, value in rows:
            yield _bare(name), value


def _bare(cell: str) -> str:
    return cell.strip().strip("\"'`")
