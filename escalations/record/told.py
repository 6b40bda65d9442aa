"""The lines of one case, read once for all who compare rows with them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from escalations.models import Escalation
from escalations.record import kinds
from escalations.record.chains import Line
from escalations.record.kind import Kind
from escalations.text import canonical

JSON = dict[str, Any]
# A position where it concerns one line, and a sentence.
Found = Iterable[tuple[int | None, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """What one line says; `salt` is that of the package which stood then, empty if it is gone."""

    position: int
    at: datetime
    kind: Kind
    actor: str
    said: JSON
    salt: str
    hash: str

    @property
    def brings_a_package(self) -> bool:
        return "task_type" in self.said and not self.kind.rejudges

    @property
    def person(self) -> str:
        """The username of who did it; empty for an agent, the policy and Baton."""
        kind, _, name = self.actor.partition(":")
        return name if kind == "person" else ""


def told(escalation: Escalation, lines: Sequence[Line]) -> list[Told]:
    """The lines of this case that can be read, in their order."""
    return list(_told(escalation, lines))


def digest(text: str) -> str:
    """The canonical digest of a JSON text; empty where it is none."""
    try:
        return canonical.digest(orjson.loads(text))
    # Told as changed, like any text that is not the one recorded: the check goes on.
    except (orjson.JSONDecodeError, ValueError):
        return ""


def parsed(body: str) -> JSON:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def is_as_written(body: str) -> bool:
    """Whether this JSON text stands as Baton wrote it: no key twice, of which readers take one or
    the other."""
    try:
        return orjson.dumps(orjson.loads(body)).decode() == body
    except orjson.JSONDecodeError:
        return False


def _told(escalation: Escalation, lines: Sequence[Line]) -> Iterator[Told]:
    salts = {one.version: one.salt for one in escalation.packages.all() if _is_salt(one.salt)}
    version = 0
    for line in lines:
        document = line.document
        said = document["facts"] if document else None
        if document is None or not isinstance(said, dict):
            continue
        if "task_type" in said:
            version = said.get("package_version", version)
        yield Told(
            line.position, line.at, kinds.of(line.kind), str(document["actor"]), said,
            salts.get(version, ""), line.hash,
        )  # fmt: skip


def _is_salt(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) > 0
    except ValueError:
        return False
