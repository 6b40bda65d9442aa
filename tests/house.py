"""The measures of the house: how full its rooms are, how long its lines, and what goes in circles.

`bin/house` prints them for this tree and for the commit before; `test_tidy.py` holds their limits.
Everything is read from the files alone, so that any tree can be measured.
"""

import ast
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("console", "escalations", "metrics", "routing")
# One noun has one shape for the database, one in JSON and one as it is typed; every management
# command is called Command.
OTHER_SHAPES = {"schemas", "forms", "management", "migrations"}

Graph = Mapping[str, Iterable[str]]


class House:
    """One tree of files, measured."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.code = {
            path: text
            for app in APPS
            for path, text in self._texts(f"{app}/**/*.py").items()
            if "migrations" not in path.parts
        }
        self.trees = {path: ast.parse(text) for path, text in self.code.items()}
        self.templates = self._texts("templates/**/*.html")
        self.scripts = self._texts("static/js/**/*.js")
        self.beside = [*self._texts("tests/**/*.py"), *self._texts("bench/**/*.py")]
        self.modules = {_dotted(path): path for path in self.code}

    def rooms(self) -> Counter[str]:
        """Modules in each folder of the apps, the scripts, the tests and the benches."""
        files = [*self.code, *self.scripts, *self.beside]
        return Counter(str(path.parent) for path in files if path.stem != "__init__")

    def longest_file(self) -> tuple[int, str]:
        """Lines of the longest module of the apps."""
        return max((text.count("\n"), str(path)) for path, text in self.code.items())

    def longest_function(self) -> tuple[int, str]:
        """Lines of the longest function of the apps."""
        return max(
            ((node.end_lineno or 0) - node.lineno + 1, f"{path} {node.name}")
            for path, tree in self.trees.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )

    def longest_template_line(self) -> tuple[int, str]:
        """Characters of the longest line of a template."""
        return max(
            (len(line), str(path))
            for path, text in self.templates.items()
            for line in text.splitlines()
        )

    def script_lines(self) -> int:
        """Lines of our own JavaScript."""
        return sum(text.count("\n") for text in self.scripts.values())

    def comments(self) -> float:
        """The share of lines of the apps that are a comment of their own, in percent."""
        lines = sum(text.count("\n") for text in self.code.values())
        own = sum(1 for text in self.code.values() for _ in _comments(text))
        return 100 * own / lines

    def module_circles(self) -> list[list[str]]:
        """Modules that import each other, by whatever way round, when they run."""
        return circles(self._imports())

    def room_circles(self) -> list[list[str]]:
        """Folders of `escalations` and `routing` whose modules import each other."""
        rooms: dict[str, set[str]] = defaultdict(set)
        for module, others in self._imports().items():
            rooms[self._room(module)] |= {self._room(other) for other in others}
        return circles({room: others - {room} for room, others in rooms.items()})

    def arrows(self) -> int:
        """Imports from one room of `escalations` and `routing` to another, each pair counted once."""
        return len({
            (self._room(module), self._room(other))
            for module, others in self._imports().items()
            for other in others
            if self._room(module) != self._room(other)
        })  # fmt: skip

    def classes_named_twice(self) -> dict[str, list[str]]:
        """Names of classes that stand in several modules, apart from the other shapes of a noun."""
        found = defaultdict(list)
        for path, tree in self.trees.items():
            if not OTHER_SHAPES & {*path.parts, path.stem}:
                for node in tree.body:
                    if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                        found[node.name].append(str(path))
        return {name: places for name, places in sorted(found.items()) if len(places) > 1}

    def _imports(self) -> dict[str, set[str]]:
        return {module: set(self._imported(module)) for module in self.modules}

    def _imported(self, module: str) -> Iterator[str]:
        for node in _running(self.trees[self.modules[module]]):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{one.name}" for one in node.names]
                found = {name if name in self.modules else node.module for name in names}
            elif isinstance(node, ast.Import):
                found = {one.name for one in node.names}
            else:
                continue
            yield from (other for other in found if other in self.modules and other != module)

    def _room(self, module: str) -> str:
        parts = module.split(".")
        roomy = parts[0] in {"escalations", "routing", "console"}
        return ".".join(parts[:2]) if roomy else parts[0]

    def _texts(self, pattern: str) -> dict[Path, str]:
        return {
            path.relative_to(self.root): path.read_text()
            for path in sorted(self.root.glob(pattern))
        }


def circles(graph: Graph) -> list[list[str]]:
    """The strongly connected parts of more than one node (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            part = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(part) > 1:
                found.append(sorted(part))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def table(houses: Mapping[str, House]) -> str:
    """The measures of each house, one column for each, as Markdown."""
    rows = [["", *houses], ["---"] * (len(houses) + 1)]
    for label, measure in MEASURES.items():
        rows.append([label, *(measure(house) for house in houses.values())])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def at(revision: str) -> House:
    """The house as it stood at a revision of git."""
    packed = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(packed)) as files:
        files.extractall(folder, filter="data")
        return House(Path(folder))


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _comments(text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#"):
            yield token.string


def _running(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node but those that only a type checker reads."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and re.search(r"\bTYPE_CHECKING\b", ast.unparse(node.test)):
            waiting += node.orelse
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _fullest(house: House) -> str:
    return ", ".join(f"{count} in {room}/" for room, count in house.rooms().most_common(3))


def _flat(house: House) -> str:
    rooms = house.rooms()
    return ", ".join(f"{rooms[app]} in {app}/" for app in APPS)


def _counted(found: "tuple[int, str]") -> str:
    return f"{found[0]} ({found[1]})"


def _listed(found: list[list[str]]) -> str:
    return "; ".join(f"{len(one)}: {', '.join(one[:4])}" for one in found) or "none"


MEASURES = {
    "flat modules": _flat,
    "fullest folders": _fullest,
    "longest file, lines": lambda house: _counted(house.longest_file()),
    "longest function, lines": lambda house: _counted(house.longest_function()),
    "longest template line, characters": lambda house: _counted(house.longest_template_line()),
    "own JavaScript, lines": lambda house: str(house.script_lines()),
    "comments, % of lines": lambda house: f"{house.comments():.1f}",
    "circles of modules": lambda house: _listed(house.module_circles()),
    "circles of rooms": lambda house: _listed(house.room_circles()),
    "arrows between rooms": lambda house: str(house.arrows()),
    "class names used twice": lambda house: str(len(house.classes_named_twice())),
}


if __name__ == "__main__":
    sys.stdout.write(table({**{one: at(one) for one in sys.argv[1:]}, "now": House(ROOT)}) + "\n")
