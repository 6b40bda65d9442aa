"""Files that say how people write something in one language, and those that Baton ships."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from escalations.recognition import learnt
from escalations.recognition.learnt import Learnt
from escalations.text import formatting

SHIPPED_NAME = "shipped"
SHIPPED = Path(__file__).with_name("shipped")
Described = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]{1,64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Topic(_Strict):
    """How one thing is said, and what takes it back.

    `unless` takes back what it touches, but not where `despite` touches it; `unless_anywhere`
    takes back the whole sentence. `harmless` takes back like `unless`, and the second opinion does
    not hear it either; nor is that believed where an agent tells what names none of `names`.
    """

    says: list[Described] = Field(min_length=1)
    unless: list[Described] = Field(default_factory=list)
    despite: list[Described] = Field(default_factory=list)
    unless_anywhere: list[Described] = Field(default_factory=list)
    harmless: list[Described] = Field(default_factory=list)
    names: list[Described] = Field(default_factory=list)


class Language(_Strict):
    """One file."""

    schema_: Literal["handoff.sentences/1"] = Field(alias="schema")
    language: Described
    gap: Annotated[int, Field(ge=0, le=12)] = 4
    common: list[Described] = Field(default_factory=list)
    misspelt: list[Described] = Field(default_factory=list)
    lists: dict[Name, list[Described]] = Field(default_factory=dict)
    topics: dict[Name, Topic]


class Unusable(ValueError):
    """A file of sentences that cannot be used: where, and why."""


@dataclass(frozen=True)
class LanguageSet:
    """The languages of one file or folder, and what was learnt of them where that lies beside."""

    languages: list[Language]
    learnt: Learnt | None = None


def read_all(places: Iterable[str], beside: Path) -> list[LanguageSet]:
    """What is in these files and folders, beside a file; `shipped` are those of Baton.

    Raises Unusable with every fault of the first file that has any.
    """
    return [_place(SHIPPED if one == SHIPPED_NAME else beside / one) for one in places]


def _place(root: Path) -> LanguageSet:
    if not root.exists():
        raise Unusable(f"There is no file or folder {root} with sentences.")
    if not root.is_dir():
        return LanguageSet([_read(root)])
    weights = root / learnt.FILE
    try:
        known = learnt.read(weights) if weights.exists() else None
    except learnt.UnreadableWeights as error:
        raise Unusable(str(error)) from error
    return LanguageSet([_read(path) for path in sorted(root.glob("*.toml"))], known)


def _read(path: Path) -> Language:
    try:
        return Language.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = "; ".join(
            f"/{'/'.join(map(str, one['loc']))}: {formatting.cut(one['msg'])}"
            for one in error.errors(include_url=False)
        )
        raise Unusable(f"{path} cannot be used: {faults}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Unusable(f"{path} cannot be read: {error}.") from error
