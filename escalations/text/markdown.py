"""Markdown from agents, shown as a small subset: no raw HTML, no images, no active links.

A link becomes its text with the address behind it, an image its description with the address, so
that nothing on the page leads or loads anywhere.
"""

import html
import re
from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from escalations.text import untrusted

# Beyond this a text is shown as it was written: no reader needs formatting, a parser may hang.
MARKDOWN_MAX = 20_000
# What is written from right to left: Hebrew, Arabic, Syriac, Thaana, N’Ko and their like.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_TAGS = {"p", "em", "strong", "ul", "ol", "li", "code", "pre", "blockquote", "br", "span", "hr"}
_ATTRIBUTES = {"span": {"class", "title"}}
# Each runs as its own first letter does.
_BLOCKS = ("p", "li", "pre", "blockquote")


class _Renderer(RendererHTML):
    """Text through the marks of `untrusted`; links and images as text."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return pieces(untrusted.show(tokens[idx].content))

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return format_html("<code>{}</code>", pieces(untrusted.show(tokens[idx].content)))

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return format_html("<pre>{}</pre>", pieces(untrusted.show(tokens[idx].content)))

    fence = code_block

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</strong></p>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return ""

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        depth, at = 1, idx
        while depth:
            at -= 1
            depth += {"link_close": 1, "link_open": -1}.get(tokens[at].type, 0)
        return _address(str(tokens[at].attrGet("href") or ""))

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        told = pieces(untrusted.show(token.content or "without a description"))
        return format_html("image: {}{}", told, _address(str(token.attrGet("src") or "")))


_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 12}, renderer_cls=_Renderer)


def pieces(shown: untrusted.Shown) -> SafeString:
    """The pieces of a text as HTML: text escaped, marks in a span that says what they are."""
    return SafeString("".join([_piece(piece) for piece in shown.pieces]))


def whole(shown: untrusted.Shown) -> SafeString:
    """The pieces of a text that is all that somebody wrote there: one that runs from right to left
    does so by itself, and turns nothing that stands around it."""
    return isolated(pieces(shown), *(piece.text for piece in shown.pieces))


def isolated(drawn: SafeString, *texts: str) -> SafeString:
    """The same of a text that was drawn otherwise."""
    if any(map(_RIGHT_TO_LEFT.search, texts)):
        return format_html("<bdi>{}</bdi>", drawn)
    return drawn


def render(text: str) -> SafeString:
    """Markdown as a few harmless elements; over-long texts as plain paragraphs."""
    if len(text) > MARKDOWN_MAX:
        return whole(untrusted.show(text))
    by_itself = {tag: {"dir": "auto"} for tag in _BLOCKS} if _RIGHT_TO_LEFT.search(text) else None
    drawn = nh3.clean(
        _PARSER.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        set_tag_attribute_values=by_itself,
        link_rel=None,
        url_schemes=set(),
    )
    # Every text in it was escaped above and nh3 has just removed all but the elements of _TAGS.
    return mark_safe(drawn)  # noqa: S308


def _piece(piece: untrusted.Piece) -> SafeString:
    if piece.kind == "text" and not piece.title:
        return SafeString(html.escape(piece.text))
    elif piece.kind == "quote":
        return format_html("<mark>{}</mark>", piece.text)
    elif piece.kind == "masked":
        # Read aloud and copied as one: what it is, and by whom.
        return format_html(
            '<span class="masked" title="{}">masked<span class="sr"> by the agent</span></span>',
            piece.title,
        )
    elif piece.title:
        return format_html(
            '<span class="odd {}" title="{}">{}</span>', piece.kind, piece.title, piece.text
        )
    return escape(piece.text)


def _address(href: str) -> str:
    shown = pieces(untrusted.show(href, limit=200))
    return format_html(' <span class="address">({})</span>', shown) if href else ""
