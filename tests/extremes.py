"""What stands for all: of many real packages, and of the cases of a test on its second database."""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import pytest

Package = dict[str, Any]
CASES_MAX = 4


def _messages(package: Package) -> list[Package]:
    return package["context"]["conversation"]["messages"]


def _arguments(package: Package) -> Package:
    return package["proposed_actions"][0]["args"]


# What makes a page long, wide or dense, and a request large.
MEASURES: dict[str, Callable[[Package], int]] = {
    "whole package": lambda package: len(json.dumps(package)),
    "summary": lambda package: len(package["summary"]),
    "longest word of the summary": lambda package: max(map(len, package["summary"].split())),
    "reason": lambda package: len(package["trigger"]["reason"]),
    "draft of the reply": lambda package: len(package.get("draft_response", {}).get("text", "")),
    "arguments": lambda package: len(json.dumps(_arguments(package))),
    "number of values": lambda package: json.dumps(_arguments(package)).count(",") + 1,
    "turns of the conversation": lambda package: len(_messages(package)),
    "longest turn": lambda package: max(len(turn.get("text") or "") for turn in _messages(package)),
}


def of(packages: Iterable[Package], kind: Callable[[Package], Hashable]) -> list[Package]:
    """The largest and the smallest by each measure, and the largest of every kind, as they came."""
    packages = list(packages)
    measured = [
        extreme(packages, key=measure) for measure in MEASURES.values() for extreme in (max, min)
    ]
    by_size = sorted(packages, key=MEASURES["whole package"])
    largest = {kind(package): package for package in by_size}.values()
    chosen = {package["correlation_id"] for package in (*measured, *largest)}
    return [package for package in packages if package["correlation_id"] in chosen]


def of_each_test(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """Of the cases of each test so many, from the first to the last; all of one that is about
    what a database does."""
    cases: dict[Hashable, list[pytest.Item]] = defaultdict(list)
    for one in items:
        whole = one.get_closest_marker("each_database")
        cases[one.nodeid if whole else (one.path, one.nodeid.partition("[")[0])].append(one)
    last = CASES_MAX - 1
    return {
        some[(len(some) - 1) * place // last]
        for some in cases.values()
        for place in range(CASES_MAX)
    }
