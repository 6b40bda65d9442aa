"""Variables, filters and conditions of a template as functions, which say what Django's would.

What is not plain (a method, an error, a name that is not there) is left to Django's own code.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.template.base import FilterExpression, Variable, VariableDoesNotExist
from django.template.context import Context
from django.template.defaulttags import TemplateLiteral
from django.utils import timezone
from django.utils.safestring import SafeData, mark_safe

Names = dict[str, Any]
# Not among those that Django documents.
_localtime: Any = timezone.template_localtime  # type: ignore[attr-defined]
_BUILT_IN = {"True": True, "False": False, "None": None}
_NOT_THERE = object()
# Kinds that have attributes only; asking each time adds up.
_WHOLE: set[type] = set()
_KINDS_KNOWN = 1000
# What a variable is that is not there: nothing, or an error where a filter is given it.
_FAILS = object()


class Drawing:
    """One drawing: what tags and Django's own nodes are given beside the names."""

    __slots__ = ("_seen", "context", "place")

    def __init__(self, context: Context) -> None:
        self.context = context
        # Where addresses are looked up, once one was.
        self.place: tuple[Any, str, Any] | None = None
        self._seen: Context | None = None

    def seen(self, names: Names) -> Context:
        """Django's context with these names; what is set in it is set in them."""
        seen = self._seen
        if seen is None or seen.dicts[-1] is not names:
            seen = self._seen = object.__new__(type(self.context))
            seen.__dict__.update(self.context.__dict__)
            seen.dicts = [_BUILT_IN, names]
        return seen


Value = Callable[[Names, Drawing], Any]


def value(expression: FilterExpression, *, missing: Any = "") -> Value:
    """What it resolves to; `missing` where its variable is not there."""
    base = _variable(expression.var, missing) if expression.is_var else partial(_is, expression.var)
    steps = tuple(_filter(function, given) for function, given in expression.filters)
    if not steps:
        return base

    def filtered(names: Names, drawing: Drawing) -> Any:
        found = base(names, drawing)
        for step in steps:
            found = step(found, names, drawing)
        return found

    return filtered


def condition(token: Any) -> Value:
    """Whether the condition of an `if` holds."""
    if type(token) is TemplateLiteral:
        said: Any = token.value
        return value(said, missing=None)
    make = _OPERATORS.get(token.id)
    if make is None:
        return lambda names, drawing: token.eval(drawing.seen(names))
    holds = make(*(condition(one) for one in (token.first, token.second) if one is not None))

    def never_fails(names: Names, drawing: Drawing) -> Any:
        try:
            return holds(names, drawing)
        # As in Django: what cannot be compared is not so.
        except Exception:
            return False

    return never_fails


_OPERATORS: Mapping[str, Callable[..., Value]] = {
    "or": lambda one, other: lambda n, d: one(n, d) or other(n, d),
    "and": lambda one, other: lambda n, d: one(n, d) and other(n, d),
    "not": lambda one: lambda n, d: not one(n, d),
    "in": lambda one, other: lambda n, d: one(n, d) in other(n, d),
    "not in": lambda one, other: lambda n, d: one(n, d) not in other(n, d),
    "is": lambda one, other: lambda n, d: one(n, d) is other(n, d),
    "is not": lambda one, other: lambda n, d: one(n, d) is not other(n, d),
    "==": lambda one, other: lambda n, d: one(n, d) == other(n, d),
    "!=": lambda one, other: lambda n, d: one(n, d) != other(n, d),
    ">": lambda one, other: lambda n, d: one(n, d) > other(n, d),
    ">=": lambda one, other: lambda n, d: one(n, d) >= other(n, d),
    "<": lambda one, other: lambda n, d: one(n, d) < other(n, d),
    "<=": lambda one, other: lambda n, d: one(n, d) <= other(n, d),
}


def _is(value: Any, names: Names, drawing: Drawing) -> Any:
    return value


def _variable(variable: Variable, missing: Any) -> Value:
    if variable.lookups is None:
        if variable.translate:
            return partial(_by_django, variable, missing)
        return partial(_is, variable.literal)
    first, *bits = variable.lookups
    if bits:
        return _path(variable, missing, first, bits)

    def name(names: Names, drawing: Drawing) -> Any:
        found = names.get(first, _NOT_THERE)
        if found is _NOT_THERE or callable(found):
            return _by_django(variable, missing, names, drawing)
        return found

    return name


def _path(variable: Variable, missing: Any, first: str, bits: Sequence[str]) -> Value:
    def path(names: Names, drawing: Drawing) -> Any:
        found = names.get(first, _NOT_THERE)
        for bit in bits:
            if found is None and missing is not _FAILS:
                return missing
            # Django knows what to do about every kind of failure, and what may be called.
            if found is _NOT_THERE or callable(found):
                return _by_django(variable, missing, names, drawing)
            kind = type(found)
            try:
                if kind is dict or (kind not in _WHOLE and _has_parts(kind)):
                    found = found[bit]
                else:
                    found = getattr(found, bit)
            except Exception:
                found = _attribute(found, bit)
        if found is _NOT_THERE or callable(found):
            return _by_django(variable, missing, names, drawing)
        return found

    return path


def _attribute(whole: Any, bit: str) -> Any:
    try:
        return getattr(whole, bit)
    # Of whatever kind: then it is asked for again.
    except Exception:
        return _NOT_THERE


def _has_parts(kind: type) -> bool:
    """Whether one of this kind is asked for its parts as `x[…]` first."""
    if hasattr(kind, "__getitem__"):
        return True
    if len(_WHOLE) < _KINDS_KNOWN:
        _WHOLE.add(kind)
    return False


def _by_django(variable: Variable, missing: Any, names: Names, drawing: Drawing) -> Any:
    """The same by Django's own rules."""
    lookups = variable.lookups
    if (
        missing is _FAILS
        or lookups is None
        or lookups[0] in names
        # The context itself has names too, such as its request.
        or hasattr(drawing.context, lookups[0])
    ):
        try:
            return variable.resolve(drawing.seen(names))
        except VariableDoesNotExist:
            if missing is _FAILS:
                raise
    return missing


def _filter(function: Callable[..., Any], given: Any) -> Callable[[Any, Names, Drawing], Any]:
    """One filter, applied as `FilterExpression.resolve` does."""
    values = tuple(
        _variable(one, _FAILS) if looked_up else partial(_is, mark_safe(one))  # noqa: S308 - a word of the template
        for looked_up, one in given
    )
    localtime = getattr(function, "expects_localtime", False)
    named = {"autoescape": True} if getattr(function, "needs_autoescape", False) else {}
    stays_safe = getattr(function, "is_safe", False)

    def step(found: Any, names: Names, drawing: Drawing) -> Any:
        arguments = [one(names, drawing) for one in values]
        if localtime:
            found = _localtime(found, drawing.context.use_tz)
        made = function(found, *arguments, **named)
        return mark_safe(made) if stays_safe and isinstance(found, SafeData) else made  # noqa: S308

    return step
