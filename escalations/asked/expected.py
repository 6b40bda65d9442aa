"""Which kind of answer a question expects, and whether one is of that kind: pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from escalations.text.blanks import is_blank

JSON = Mapping[str, Any]

TEXT, NUMBER, CHOICE, YES_NO, DATE = "text", "number", "choice", "yes_no", "date"
KINDS = {
    TEXT: "a text",
    NUMBER: "a number",
    CHOICE: "one of the choices",
    YES_NO: "yes or no",
    DATE: "a date",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def of(kind: str, options: Sequence[str] = ()) -> dict[str, Any] | None:
    """What is stored with the question; None for any text."""
    if kind == TEXT:
        return None
    return {"kind": kind, "options": list(options)} if kind == CHOICE else {"kind": kind}


def is_one(expects: JSON | None, answer: object) -> bool:
    """Whether this JSON value is an answer of that kind."""
    kind = (expects or {}).get("kind", TEXT)
    if kind == NUMBER:
        # `True` is an integer in Python.
        return isinstance(answer, int | float) and not isinstance(answer, bool)
    elif kind == YES_NO:
        return isinstance(answer, bool)
    elif kind == CHOICE:
        return isinstance(answer, str) and answer in (expects or {}).get("options", ())
    elif kind == DATE:
        return isinstance(answer, str) and _is_day(answer)
    else:
        return isinstance(answer, str) and not is_blank(answer)


def described(expects: JSON | None) -> str:
    """What is expected, in words: `a number`; of a choice all that there is to choose."""
    kind = (expects or {}).get("kind", TEXT)
    if kind == CHOICE:
        return "one of: " + ", ".join(f"“{one}”" for one in (expects or {}).get("options", ()))
    return KINDS.get(kind, KINDS[TEXT])


def written(answer: object) -> str:
    """An answer as people read it."""
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    return str(answer)


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False
