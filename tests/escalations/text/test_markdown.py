import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.text import markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Refund**: *now*", "<p><strong>Refund</strong>: <em>now</em></p>\n"),
        ("# Big", "<p><strong>Big</strong></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("`a<b`", "<p><code>a&lt;b</code></p>\n"),
        ("```html\n<b>\n```", "<pre>&lt;b&gt;\n</pre>"),
        (
            "a\u202eb",
            '<p>a<span class="odd hidden" title="Right-to-left override (U+202E)">RLO</span>b</p>\n',
        ),
    ],
)
def test_render_draws_the_small_subset(text, html):
    assert markdown.render(text) == html


def test_render_shows_links_as_text_with_the_address():
    assert markdown.render("[click](https://evil.example/x) now") == (
        '<p>click <span class="address">(https://evil.example/x)</span> now</p>\n'
    )
    assert "<a" not in markdown.render("<https://evil.example>")


def test_render_shows_images_as_text():
    assert markdown.render("![photo](https://evil.example/p.png)") == (
        '<p>image: photo <span class="address">(https://evil.example/p.png)</span></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<b onclick=x>hi</b>",
        '[x](https://a.example "><script>alert(1)</script>")',
        '![<script>](https://a.example/"><script>)',
    ],
)
def test_render_leaves_no_markup_of_theirs(text):
    drawn = markdown.render(text)
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert "<a " not in drawn
    assert "<b " not in drawn


@given(st.text(alphabet="<>[]()!`*_#&\"' ab\n:/", max_size=200))
def test_render_makes_only_known_elements(text):
    drawn = markdown.render(text)
    names = {part.split(">")[0].split(" ")[0].strip("/") for part in drawn.split("<")[1:]}
    assert names <= {
        "p",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "code",
        "pre",
        "blockquote",
        "br",
        "span",
        "hr",
    }


@pytest.mark.parametrize(
    "text",
    [
        ">" * 20_000,
        "[" * 20_000,
        "*a " * 6_000,
        "![" * 9_000,
        "- " * 9_000,
        "`" * 20_000,
        "\u200b" * 50_000,
    ],
)
def test_render_survives_hostile_markdown(text):
    assert markdown.render(text)
