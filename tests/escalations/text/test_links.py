"""What leads outside is text, but for https links to hosts that the deployment names."""

import pytest
from django.template import Context, Template

from escalations.text import links

ALLOWED = ("files.example.org", "*.docs.example.com")


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("https://files.example.org/a?b=1#c", "files.example.org"),
        ("https://FILES.example.org:443/", "files.example.org"),
        ("https://a.b.docs.example.com/x", "a.b.docs.example.com"),
    ],
)
def test_named_hosts_open(href, host):
    assert links.host_to_open(href, ALLOWED) == host
    assert links.host_to_open(href, ()) == ""


@pytest.mark.parametrize(
    "href",
    [
        "http://files.example.org/", "https://files.example.org.evil.test/", "//files.example.org/",
        "https://files.example.org@evil.test/", "https://evil.test/?files.example.org",
        "https://user:pw@files.example.org/", "https://files.example.org:8443/",
        "https://evil.test\\.files.example.org/", "https://evil.test\\@files.example.org/",
        "https://docs.example.com/", "https://notdocs.example.com/", "https://.docs.example.com/",
        "javascript:alert(1)//files.example.org", "data:text/html,x", "", "https://[::1/",
        " https://files.example.org/", "https://files.exa\tmple.org/", "https://files.example.org:x/",
        "https://fi\u0142es.example.org/", "https://files.example.org\u3002evil.test/",
    ],
)  # fmt: skip
def test_everything_else_stays_text(href):
    assert links.host_to_open(href, ALLOWED) == ""


def shown(href):
    return Template("{% load outside %}{{ href|address }}").render(Context({"href": href}))


def test_an_open_link_shows_its_host_and_tells_nobody_where_it_came_from(settings):
    settings.LINK_HOSTS = ALLOWED
    page = shown('https://files.example.org/a?x="><script>')
    assert page == (
        '<a class="address" href="https://files.example.org/a?x=&quot;&gt;&lt;script&gt;"'
        ' target="_blank" rel="noopener noreferrer nofollow external"'
        ' referrerpolicy="no-referrer"><b>files.example.org</b>'
        " <span>https://files.example.org/a?x=&quot;&gt;&lt;script&gt;</span></a>"
    )
    assert shown("https://evil.test/") == '<span class="address">https://evil.test/</span>'


def test_without_a_list_nothing_is_a_link(settings):
    assert settings.LINK_HOSTS == ()
    assert "<a" not in shown("https://files.example.org/a")
