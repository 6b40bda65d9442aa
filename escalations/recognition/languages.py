"""Files that say how people write something in one language, and those that Baton ships."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from escalations.policy.part import Part, Text

SHIPPED = Path(__file__).with_name("shipped")
Described = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]{1,64}$")]


class Topic(Part):
    """How one thing is said, and what takes it back.

    `unless` takes back what it touches, but not where `despite` touches it; `unless_anywhere`
    takes back the whole sentence.
    """

    says: list[Described] = Field(min_length=1)
    unless: list[Described] = Field(default_factory=list)
    despite: list[Described] = Field(default_factory=list)
    unless_anywhere: list[Described] = Field(default_factory=list)


class Language(Part):
    """One file."""

    schema_: Literal["handoff.sentences/1"] = Field(alias="schema")
    language: Text
    gap: Annotated[int, Field(ge=0, le=12)] = 4
    common: list[Described] = Field(default_factory=list)
    lists: dict[Name, list[Described]] = Field(default_factory=dict)
    topics: dict[Name, Topic]


def paths(place: Path) -> list[Path]:
    """The files of a folder in the order of their names, or the file itself."""
    return sorted(place.glob("*.toml")) if place.is_dir() else [place]


def read(path: Path) -> Language:
    """What the file says. Raises what reading, TOML and the form raise."""
    return Language.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
