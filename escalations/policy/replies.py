"""Texts that people keep for what they write often, with variables that the case fills in.

Pure. `{customer.name}` and the others are named here; any other name in braces is refused when
the policy is read, so that nobody sends a hole to a customer.
"""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from escalations.policy.part import Part, Text
from escalations.text import formatting

# Each variable, and what stands in its place.
VARIABLES = {
    "customer.name": "the name of the customer",
    "customer.id": "what the agent calls the customer by",
    "case.number": "the number of the case",
    "case.reference": "the reference that the agent gave",
    "agent.name": "the name of the agent",
    "person.name": "the name of whoever writes",
}
LENGTH_MAX = 5_000
_VARIABLE = re.compile(r"\{([^{}\n]*)\}")


def known(text: str) -> str:
    """The text, if every variable in it is known. Raises PydanticCustomError."""
    for name in _VARIABLE.findall(text):
        if name not in VARIABLES:
            raise PydanticCustomError("variable", "{said}", {"said": _unknown(name)})
    if any(line.startswith("#") for line in text.splitlines()):
        # So titles are written on the Levels screen.
        raise PydanticCustomError("heading", "No line of a reply may begin with #.")
    return text


Words = Annotated[
    str, StringConstraints(min_length=1, max_length=LENGTH_MAX, pattern=r"\S"),
    AfterValidator(known),
]  # fmt: skip


class CannedReply(Part):
    """One text, and what it is called where it is chosen."""

    title: Text
    text: Words


def filled(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with these values, and the variables that have none; in their place they stand."""
    missing = [name for name in _VARIABLE.findall(text) if not values.get(name)]
    told = _VARIABLE.sub(lambda found: values.get(found[1]) or found[0], text)
    return told, list(dict.fromkeys(missing))


def lines(replies: list[CannedReply]) -> str:
    """As they are written on the Levels screen: each under its title, which begins with #."""
    return "\n\n".join(f"# {reply.title}\n{reply.text}" for reply in replies)


def written(typed: str) -> list[dict[str, str]]:
    """The replies of such a text. Raises ValueError with a sentence for what stands under no title
    and for a title without a text."""
    found: list[tuple[str, list[str]]] = []
    for line in typed.splitlines():
        if line.startswith("#"):
            found.append((line.lstrip("#").strip(), []))
        elif found:
            found[-1][1].append(line.rstrip())
        elif line.strip():
            raise ValueError("Begin each reply with a line such as “# On its way”.")
    read = [{"title": title, "text": "\n".join(text).strip()} for title, text in found]
    for one in read:
        if not one["title"] or not one["text"]:
            raise ValueError(f"“# {one['title']}” needs a title and, below it, its text.")
    return read


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, VARIABLES, n=1)
    meant = f" Did you mean {{{near[0]}}}?" if near else ""
    listed = formatting.listed([f"{{{one}}}" for one in VARIABLES])
    return f"No case fills in {{{formatting.cut(name)}}}.{meant} There are {listed}."
