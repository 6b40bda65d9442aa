from datetime import UTC, datetime

from django.template import Context, Template

AT = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def shown(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_an_icon_is_for_the_eye_and_named_safely():
    assert shown('{% icon "x" %}') == ('<svg class="i" aria-hidden="true"><use href="#i-x"/></svg>')
    assert 'class="i warn-t"' in shown('{% icon "x" "warn-t" %}')
    assert "&quot;&gt;" in shown("{% icon name %}", name='">')


def test_a_key_is_a_single_one():
    assert shown("{% key 3 %}") == '<kbd class="key single" aria-hidden="true">3</kbd>'


def test_a_time_is_the_servers_until_the_browser_knows_better():
    assert shown('{% moment at "H:i" "UTC" %}', at=AT) == (
        '<baton-time><time datetime="2026-11-22T09:05:00+00:00">09:05 UTC</time></baton-time>'
    )
    assert shown("{% ago at %}", at=AT) == (
        '<baton-ago><time datetime="2026-11-22T09:05:00+00:00">09:05</time></baton-ago>'
    )
    assert shown("{% moment at %}", at=None) == (
        '<baton-time><time datetime=""></time></baton-time>'
    )
