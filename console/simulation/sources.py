"""Where the packages come from: a file, or the demo world without end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from console.demo import stories

JSON = dict[str, Any]


class Unreadable(Exception):
    """The file holds something else than one package per line."""


@dataclass(frozen=True, slots=True)
class Source:
    """Packages, how many there are (None: without end), and under which agent each is posted."""

    packages: Iterator[tuple[str, JSON]]
    count: int | None


def from_file(path: Path) -> Source:
    """One package per line, posted by whoever simulates. Raises Unreadable, naming the line."""
    packages = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            packages.append(nameless(_parsed(path, number, line)))
    return Source(iter([("", package) for package in packages]), len(packages))


def from_demo(rng: Random) -> Source:
    """The stories of the demo world, each by its own agent, as they would happen now."""
    return Source(_told(rng), None)


def _told(rng: Random) -> Iterator[tuple[str, JSON]]:
    while True:
        case = stories.case(rng, datetime.now(UTC))
        yield case.agent, case.package


def _parsed(path: Path, number: int, line: str) -> JSON:
    try:
        package = json.loads(line)
    except json.JSONDecodeError as error:
        raise Unreadable(f"Line {number} of {path} is not JSON: {error}") from error
    if not isinstance(package, dict):
        raise Unreadable(f"Line {number} of {path} is not a package.")
    return package


def nameless(package: JSON) -> JSON:
    """Without the agent it was made by, because a key speaks for its own agent only."""
    if "agent" in (package.get("source") or {}):
        source = {name: value for name, value in package["source"].items() if name != "agent"}
        return {**package, "source": source}
    return package
