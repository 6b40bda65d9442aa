"""How levels, shares, times and names of work are written in sentences for people."""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

CUT_AT = 80
# Not within an address, a path or an id.
_CODE = re.compile(r"(?<![\w@./-])[a-z]+(?:_[a-z]+)+(?!\w|[@/]|[.-]\w)")
_TOOL_IN_FRONT = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*(?:_[a-z0-9]+)+: (?=\S)")
LEVELS = {
    1: "the agent acts alone",
    2: "a person approves",
    3: "a person takes over",
    4: "people are alerted at once",
}


def percent(share: float | Decimal) -> str:
    """`58 %`; never rounded up, so that 69.999 % does not read as the 70 % it misses."""
    hundredths = int(Decimal(str(share)) * 10_000)
    return f"{hundredths / 100:g} %"


def duration(seconds: int) -> str:
    """`10 s`, `5 min`, `1 h 30 min`, `2 days`."""
    if seconds < 60:
        return f"{seconds} s"
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    parts = [("1 day" if days == 1 else f"{days} days", days), (f"{hours} h", hours)]
    parts += [(f"{minutes} min", minutes), (f"{rest} s", rest)]
    return " ".join(text for text, number in parts if number)


def number(value: Decimal | float) -> str:
    """A number as people write it: `3`, `-0.6`."""
    return f"{Decimal(str(value)).normalize():f}"


def title(task_type: str) -> str:
    """What a task type is called on screen when the policy gives it no title."""
    words = task_type.replace("_", " ").replace("-", " ").replace("/", ", ").strip()
    return words[:1].upper() + words[1:]


def event(kind: str) -> str:
    """What a webhook is called on screen: “Taken over” for `escalation.taken_over`."""
    return capitalised(kind.removeprefix("escalation.").replace("_", " ").replace(".", " "))


def code_in_words(text: str) -> str:
    """The text with its codes as words: `missing_information` is “missing information”."""
    return _CODE.sub(lambda code: code[0].replace("_", " "), text)


def value_in_words(value: str) -> str:
    """A value that is nothing but a code or a time as people write it: `store_credit` is “store
    credit”, `2026-06-28` is “28 Jun 2026”. Whatever else it is stays as it is."""
    return value.replace("_", " ") if _CODE.fullmatch(value) else date_in_words(value)


def date_in_words(iso: str) -> str:
    """A date or time of ISO 8601: `1 Nov 2026`, `1 Nov 2026, 14:03 UTC`. What is neither stays."""
    at = read_moment(iso)
    if at is None:
        return iso
    day = f"{at.day} {at:%b %Y}"
    if not isinstance(at, datetime):
        return day
    return f"{day}, {at:%H:%M} UTC" if at.tzinfo else f"{day}, {at:%H:%M}"


def read_moment(text: str) -> date | datetime | None:
    """What a date or a time of ISO 8601 says, in UTC where it names its zone."""
    # A zone may lead out of the years that Python counts: such a text says no more than it says.
    with suppress(ValueError, OverflowError):
        if len(text) == 10 and text[4] == text[7] == "-":
            return date.fromisoformat(text)
        elif 16 <= len(text) <= 35 and text[4] == "-" and text[10] in "T ":
            at = datetime.fromisoformat(text)
            return at.astimezone(UTC) if at.tzinfo else at
    return None


def without_tool(summary: str) -> str:
    """The summary of a case without the name of a tool that its agent put in front of it."""
    return _TOOL_IN_FRONT.sub("", summary, count=1) if _TOOL_IN_FRONT.match(summary) else summary


def capitalised(text: str) -> str:
    """The text with a capital at its start, whatever comes after."""
    return text[:1].upper() + text[1:]


def inside(name: str) -> str:
    """A title in the middle of a sentence: `Refunds` becomes `refunds`, `IBAN change` stays."""
    if name[:1].isupper() and not name[1:2].isupper():
        return name[:1].lower() + name[1:]
    else:
        return name


def with_verb(name: str, plural: str, singular: str) -> str:
    """The name inside a sentence with its verb: `refunds need`, `address change needs`."""
    return f"{inside(name)} {plural if is_plural(name) else singular}"


def is_plural(name: str) -> bool:
    """Whether this title speaks of many: `refunds` does, `address change` and `status` do not."""
    return name.endswith("s") and not name.endswith(("ss", "us", "is"))


def cut(text: object) -> str:
    """Words from outside, short and without control or direction characters."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(text)[: CUT_AT + 1])
    return kept if len(kept) <= CUT_AT else kept[: CUT_AT - 1] + "…"


def listed(words: list[str], joint: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    else:
        return f"{', '.join(words[:-1])} {joint} {words[-1]}"
