"""Which values of an answer count, and what each is called: a line each, such as `Order total =
total.amount`. Pure."""

from collections.abc import Sequence

from escalations.lookups import templates
from escalations.text import formatting

FIELDS_MAX = 20
TITLE_MAX = 120
# A title, and the path in the answer.
Field = tuple[str, str]


def written(typed: str) -> list[Field]:
    """The fields of such a text. Raises ValueError with a sentence."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, typed.splitlines())):
        title, equals, path = (part.strip() for part in line.rpartition("="))
        if not equals or not title or not templates.is_path(path):
            shown = formatting.cut(line)
            raise ValueError(f"“{shown}” is no field: write a line like “Order total = total”.")
        if len(title) > TITLE_MAX:
            raise ValueError(f"A title has at most {TITLE_MAX} characters.")
        if title in found:
            raise ValueError(f"“{formatting.cut(title)}” is there twice.")
        found[title] = path
    if len(found) > FIELDS_MAX:
        raise ValueError(f"There are at most {FIELDS_MAX} fields.")
    return list(found.items())


def lines(fields: Sequence[Sequence[str]]) -> str:
    """As they are written."""
    return "\n".join(f"{title} = {path}" for title, path in fields)
