"""What the bench has other processes run is there; only `bench all` runs every part itself."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bench

SOURCES = sorted(Path(bench.__file__).parent.rglob("*.py"))
MODULES = [found.name for found in pkgutil.walk_packages(bench.__path__, "bench.")]
CALL = re.compile(r"from ([\w.]+) import (\w+); \2\.(\w+)\(")


@pytest.mark.parametrize("name", [one for one in MODULES if not one.endswith("__main__")])
def test_every_part_can_be_imported(name):
    importlib.import_module(name)


def test_what_is_run_elsewhere_is_there():
    calls = [CALL.match(text) for path in SOURCES for text in _texts(path)]
    assert all(calls), "Code for another process is one call of a function of the bench."
    for call in calls:
        module = importlib.import_module(f"{call[1]}.{call[2]}")
        assert callable(getattr(module, call[3]))
    assert len(calls) >= 6


def _texts(path: Path) -> Iterator[str]:
    """The texts in a module, or their beginnings, that are code with a part of the bench in it."""
    tree = ast.parse(path.read_text())
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for text in texts:
        if isinstance(text, str) and re.search(r"^(from|import) bench\b", text, re.MULTILINE):
            yield text
