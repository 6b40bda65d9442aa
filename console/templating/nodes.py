"""The nodes of a template as functions that say the same text as Django's, in the same order.

Names stand in one dictionary, copied where Django would push another onto its stack. A node that is
not known here is asked to draw itself, with a context of Django's.
"""

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.conf import settings
from django.template.base import (
    Node,
    NodeList,
    TextNode,
    VariableDoesNotExist,
    VariableNode,
    render_value_in_context,
)
from django.template.context import Context
from django.template.defaulttags import (
    CommentNode,
    CsrfTokenNode,
    ForNode,
    IfNode,
    LoadNode,
    URLNode,
    WithNode,
)
from django.template.library import SimpleNode
from django.template.loader_tags import (
    BLOCK_CONTEXT_KEY,
    BlockNode,
    ExtendsNode,
    IncludeNode,
    construct_relative_path,
)
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from template_partials.templatetags.partials import DefinePartialNode

from console.templating import addresses
from console.templating.values import Drawing, Names, condition, value

Say = Callable[[str], None]
Draw = Callable[[Names, Drawing, Say], None]


class _LeftToDjango(Exception):
    """This template does what only Django's own nodes can."""


@dataclass(frozen=True)
class _Making:
    """A template that is being made: its engine, the blocks of those that extend it, these, and the
    kinds of nodes that draw themselves."""

    engine: Any
    blocks: Mapping[str, BlockNode] = field(default_factory=dict)
    extended: tuple[Any, ...] = ()
    strange: set[type[Node]] = field(default_factory=set)


class QuickNodes(NodeList):
    """Nodes that are drawn by functions made of them at the first drawing. Where DEBUG is on,
    Django draws them, which can say in which line a fault stands."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        super().__init__(nodes)
        self._drawn: Draw | None = None
        self._is_left = False
        self._strange: frozenset[type[Node]] = frozenset()

    def render(self, context: Context) -> SafeString:
        """The same text as Django's."""
        engine: Any = context.template and context.template.engine
        # One that Django extends draws the blocks that Django keeps for it.
        if (
            engine.debug
            or engine.string_if_invalid
            or not context.autoescape
            or BLOCK_CONTEXT_KEY in context.render_context
        ):
            return super().render(context)
        draw = self._made(engine)
        if draw is None:
            return super().render(context)
        names: Names = {}
        for some in context.dicts:
            names.update(some)
        said: list[str] = []
        draw(names, Drawing(context), said.append)
        return SafeString("".join(said))

    def inside(self, engine: Any) -> Draw | None:
        """For a template that includes it: draws it, if nothing in it asks how it was included."""
        draw = self._made(engine)
        return draw if self._strange <= _HARMLESS else None

    def _made(self, engine: Any) -> Draw | None:
        if self._drawn is None and not self._is_left:
            making = _Making(engine)
            try:
                draw = _together(self, making)
            except _LeftToDjango:
                self._is_left = True
            else:
                # In this order, as others may draw meanwhile.
                self._strange = frozenset(making.strange)
                self._drawn = draw
        return self._drawn


# Kinds of this project that draw themselves and look at nothing but names.
_HARMLESS: Final[set[type[Node]]] = {StaticNode}


def harmless(kind: type[Node]) -> type[Node]:
    """Mark a kind of node that asks for names only, not for how its template was included."""
    _HARMLESS.add(kind)
    return kind


def _together(nodes: Iterable[Node], making: _Making) -> Draw:
    """All of them in their order, with the texts between."""
    parts: list[tuple[str, Draw]] = []
    text = ""
    for node in nodes:
        if isinstance(node, TextNode):
            text += node.s
        elif type(node) not in _SILENT:
            parts.append((text, _KINDS.get(type(node), _itself)(node, making)))
            text = ""
    last = text
    if not parts:
        return lambda names, drawing, say: say(last)

    def draw(names: Names, drawing: Drawing, say: Say) -> None:
        for before, part in parts:
            say(before)
            part(names, drawing, say)
        say(last)

    return draw


def _itself(node: Node, making: _Making) -> Draw:
    """Left to the node, as it is not known here."""
    if making.blocks and node.get_nodes_by_type(BlockNode):
        raise _LeftToDjango
    making.strange.add(type(node))
    return lambda names, drawing, say: say(str(node.render_annotated(drawing.seen(names))))


def _variable(node: VariableNode, making: _Making) -> Draw:
    expression = node.filter_expression
    # Only Django keeps what a block stands in the place of.
    if expression.is_var and expression.var.lookups and expression.var.lookups[0] == "block":
        raise _LeftToDjango
    found, grouped = value(expression), settings.USE_THOUSAND_SEPARATOR

    def draw(names: Names, drawing: Drawing, say: Say) -> None:
        shown: Any = found(names, drawing)
        kind: Any = type(shown)
        if kind is SafeString:
            say(shown)
        elif kind is str:
            say(html.escape(shown))
        elif kind is int and not grouped:
            say(str(shown))
        else:
            say(str(render_value_in_context(shown, drawing.context)))

    return draw


def _if(node: IfNode, making: _Making) -> Draw:
    arms = [
        (condition(one) if one is not None else None, _together(nodes, making))
        for one, nodes in node.conditions_nodelists
    ]

    def draw(names: Names, drawing: Drawing, say: Say) -> None:
        for holds, inside in arms:
            try:
                match = holds is None or holds(names, drawing)
            except VariableDoesNotExist:
                match = False
            if match:
                inside(names, drawing, say)
                return

    return draw


def _for(node: Any, making: _Making) -> Draw:
    sequence, each = value(node.sequence, missing=None), _together(node.nodelist_loop, making)
    empty, loop_names = _together(node.nodelist_empty, making), tuple(node.loopvars)
    only = loop_names[0] if len(loop_names) == 1 else None

    def draw(names: Names, drawing: Drawing, say: Say) -> None:
        inner = names.copy()
        values = sequence(inner, drawing)
        if values is None:
            values = []
        if not hasattr(values, "__len__"):
            values = list(values)
        length = len(values)
        if length < 1:
            empty(inner, drawing, say)
            return
        inner["forloop"] = loop = {"parentloop": names.get("forloop", {})}
        for place, item in enumerate(reversed(values) if node.is_reversed else values):
            loop.update(
                counter0=place, counter=place + 1, revcounter=length - place,
                revcounter0=length - place - 1, first=place == 0, last=place == length - 1,
            )  # fmt: skip
            if only is not None:
                inner[only] = item
                each(inner, drawing, say)
            else:
                each({**inner, **_unpacked(loop_names, item)}, drawing, say)

    return draw


def _unpacked(names: tuple[str, ...], item: Any) -> Names:
    length = len(item) if hasattr(item, "__len__") else 1
    if length != len(names):
        raise ValueError(f"Need {len(names)} values to unpack in for loop; got {length}. ")
    return dict(zip(names, item, strict=True))


def _with(node: WithNode, making: _Making) -> Draw:
    given = {name: value(one) for name, one in node.extra_context.items()}
    inside = _together(node.nodelist, making)

    def draw(names: Names, drawing: Drawing, say: Say) -> None:
        more = {name: one(names, drawing) for name, one in given.items()}
        inside({**names, **more}, drawing, say)

    return draw


def _include(node: Any, making: _Making) -> Draw:
    if node.isolated_context:
        return _itself(node, making)
    engine, own = making.engine, node.origin.template_name
    given = {name: value(one) for name, one in node.extra_context.items()}
    which = value(node.template)
    found: dict[str, Any] = {}

    def draw(names: Names, drawing: Drawing, say: Say) -> None:
        name = which(names, drawing)
        if not name or not isinstance(name, str):
            say(node.render(drawing.seen(names)))
            return
        template = found.get(name)
        if template is None:
            template = engine.select_template((construct_relative_path(own, name),))
            found[name] = template
        inner = names.copy()
        for key, one in given.items():
            inner[key] = one(names, drawing)
        nodes = template.nodelist
        inside = nodes.inside(engine) if isinstance(nodes, QuickNodes) else None
        if inside is None:
            say(template.render(drawing.seen(inner)))
        else:
            inside(inner, drawing, say)

    return draw


def _block(node: BlockNode, making: _Making) -> Draw:
    inside = _together(making.blocks.get(node.name, node).nodelist, making)
    return lambda names, drawing, say: inside(names.copy(), drawing, say)


def _extends(node: Any, making: _Making) -> Draw:
    if node.parent_name.is_var or node.parent_name.filters:
        raise _LeftToDjango
    extended = making.extended or (node.origin,)
    parent, origin = making.engine.find_template(node.parent_name.var, skip=[*extended])
    blocks = {**node.blocks, **making.blocks}
    return _together(parent.nodelist, replace(making, blocks=blocks, extended=(*extended, origin)))


def _inline(node: DefinePartialNode, making: _Making) -> Draw:
    return _together(node.nodelist if node.inline else (), making)


def _token(node: Any, making: _Making) -> Draw:
    return lambda names, drawing, say: say(node.render(names))


def _simple(node: SimpleNode, making: _Making) -> Draw:
    function, target, takes_context = node.func, node.target_var, node.takes_context
    values = [value(one) for one in node.args]
    named = {name: value(one) for name, one in node.kwargs.items()}

    def draw(names: Names, drawing: Drawing, say: Say) -> None:
        given = [one(names, drawing) for one in values]
        if takes_context:
            given.insert(0, drawing.seen(names))
        made = function(*given, **{name: one(names, drawing) for name, one in named.items()})
        if target is not None:
            names[target] = made
        else:
            say(made if type(made) is SafeString else conditional_escape(made))

    return draw


def _address(node: URLNode, making: _Making) -> Draw:
    name, target = value(node.view_name), node.asvar
    values = [value(one) for one in node.args]
    named = {key: value(one) for key, one in node.kwargs.items()}

    def draw(names: Names, drawing: Drawing, say: Say) -> None:
        given = [one(names, drawing) for one in values]
        also = {key: one(names, drawing) for key, one in named.items()}
        try:
            address = addresses.of(name(names, drawing), given, also, drawing)
        except NoReverseMatch:
            if target is None:
                raise
            address = ""
        if target is not None:
            names[target] = address
        else:
            say(html.escape(address))

    return draw


_SILENT = (CommentNode, LoadNode)
_KINDS: Mapping[type[Node], Callable[[Any, _Making], Draw]] = {
    VariableNode: _variable,
    IfNode: _if,
    ForNode: _for,
    WithNode: _with,
    IncludeNode: _include,
    BlockNode: _block,
    ExtendsNode: _extends,
    DefinePartialNode: _inline,
    CsrfTokenNode: _token,
    SimpleNode: _simple,
    URLNode: _address,
}
