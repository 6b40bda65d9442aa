"""Every kind of line that the code writes, found by following the calls to the record."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from escalations.models import State
from escalations.record import kinds, lines, sheets

ROOT = Path(__file__).resolve().parent.parent
APPS = ("console", "escalations", "metrics", "routing")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Writer(NamedTuple):
    """A function that writes a line whose kind is this argument, or lines of which it is a list of
    kinds and facts; no chain: its first argument."""

    argument: str
    chain: str | None


class Place(NamedTuple):
    """A function of a module."""

    module: ModuleType
    function: Function

    @property
    def name(self) -> str:
        return f"{self.module.__name__}.{self.function.name}"

    @property
    def arguments(self) -> list[str]:
        every = self.function.args
        return [one.arg for one in (*every.posonlyargs, *every.args, *every.kwonlyargs)]

    @property
    def defaults(self) -> dict[str, ast.expr]:
        every = self.function.args
        last = [one.arg for one in every.args][len(every.args) - len(every.defaults) :]
        named = zip((one.arg for one in every.kwonlyargs), every.kw_defaults, strict=True)
        return dict(zip(last, every.defaults, strict=True)) | {k: v for k, v in named if v}


@cache
def written() -> frozenset[tuple[str, str]]:
    """Chain and kind of every line that is written anywhere."""
    writers = {
        f"{lines.__name__}.line": Writer("kind", kinds.CASE),
        f"{lines.__name__}.append": Writer("kind", None),
        f"{lines.__name__}.append_marked": Writer("kind", None),
        f"{sheets.__name__}.append": Writer("kind", None),
        f"{sheets.__name__}.append_all": Writer("told", None),
    }
    found: set[tuple[str, str]] = set()
    known = 0
    while known != len(writers):
        known = len(writers)
        for place in places().values():
            for call in calls(place):
                wrote = callee(place, call)
                if wrote in writers and place.module not in (lines, sheets):
                    found |= told(place, call, writers[wrote], wrote, writers)
    return frozenset(found)


@cache
def places() -> dict[str, Place]:
    found = [
        Place(importlib.import_module(name), node)
        for path, nodes in trees().items()
        for name in [".".join(path.relative_to(ROOT).with_suffix("").parts)]
        if not name.endswith("__init__")
        for node in nodes
        if isinstance(node, Function)
    ]
    return {place.name: place for place in found}


@cache
def trees() -> dict[Path, list[ast.AST]]:
    """The nodes of every module; `asgi` and `wsgi` start the project when they are imported, and write nothing."""
    every = [path for app in APPS for path in sorted((ROOT / app).glob("**/*.py"))]
    skipped = {"migrations", "asgi.py", "wsgi.py"}
    return {
        path: list(ast.walk(ast.parse(path.read_text())))
        for path in every
        if not skipped & set(path.relative_to(ROOT).parts)
    }


def calls(place: Place) -> Iterator[ast.Call]:
    return (node for node in ast.walk(place.function) if isinstance(node, ast.Call))


def callee(place: Place, call: ast.Call) -> str:
    """The full name of what is called, as the module knows it; empty where it is something else."""
    target = call.func
    if isinstance(target, ast.Name):
        thing = getattr(place.module, target.id, None)
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        thing = getattr(getattr(place.module, target.value.id, None), target.attr, None)
    else:
        thing = None
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__name__', '')}"


def told(
    place: Place, call: ast.Call, writer: Writer, wrote: str, writers: dict[str, Writer]
) -> set[tuple[str, str]]:
    """The kinds that this call names; where it hands on its caller's, the caller is a writer."""
    value = kind_in(argument(call, writer.argument, wrote))
    chain = writer.chain or chain_of(place, call)
    own = handed_on(place, value)
    if own:
        writers.setdefault(place.name, Writer(own, chain))
        return set()
    return {(chain, kind) for kind in values(place, value)}


def argument(call: ast.Call, name: str, wrote: str) -> ast.expr:
    given = {one.arg: one.value for one in call.keywords}
    place = places()[wrote]
    at = place.arguments.index(name)
    return given.get(name) or (call.args[at] if at < len(call.args) else place.defaults[name])


def kind_in(value: ast.expr) -> ast.expr:
    """Of a list of lines that of its lines."""
    if isinstance(value, ast.List):
        (value,) = value.elts
    elif isinstance(value, ast.ListComp):
        value = value.elt
    return value.elts[0] if isinstance(value, ast.Tuple) else value


def chain_of(place: Place, call: ast.Call) -> str:
    """`CHAIN`, or `CHAIN.format(…)` for a chain of each person."""
    first = call.args[0]
    name = first.func.value if isinstance(first, ast.Call) else first
    return getattr(place.module, name.id).partition("/")[0]


def handed_on(place: Place, value: ast.expr) -> str:
    """The argument of the caller that is handed on as it is, or as the value of a choice."""
    if isinstance(value, ast.Attribute) and value.attr == "value":
        value = value.value
    return value.id if isinstance(value, ast.Name) and value.id in place.arguments else ""


def values(place: Place, value: ast.expr) -> set[str]:
    if isinstance(value, ast.Constant):
        return {value.value}
    elif isinstance(value, ast.IfExp):
        return values(place, value.body) | values(place, value.orelse)
    elif isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        assert value.value.id == "State", ast.unparse(value)
        return {State[value.attr].value}
    assert isinstance(value, ast.Name), f"{place.name} writes {ast.unparse(value)}."
    return set().union(*(values(place, one) for one in assigned(place, value.id)))


def assigned(place: Place, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(place.function):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            # What a call gives back names no kind.
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
                yield from (v for t, v in pairs if isinstance(t, ast.Name) and t.id == name)
