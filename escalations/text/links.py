"""Which links from outside people may open: https, to a host that the deployment names. Pure."""

from collections.abc import Collection
from urllib.parse import urlsplit

# What browsers read otherwise than it is written, or what hides where a link leads.
_ODD = frozenset("\\@") | {chr(code) for code in (*range(33), 127)}


def host_to_open(href: str, allowed: Collection[str]) -> str:
    """The host that this leads to, if it may be opened; empty otherwise."""
    if not allowed or not href.isascii() or _ODD & set(href):
        return ""
    try:
        parts = urlsplit(href)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme != "https" or port not in (None, 443):
        return ""
    return host if any(_is_named(host, one.lower()) for one in allowed) else ""


def _is_named(host: str, allowed: str) -> bool:
    """`*.example.org` names every host below it, not itself."""
    if allowed.startswith("*."):
        return host.endswith(allowed[1:]) and host != allowed[1:]
    return host == allowed
