"""What the value of a setting may be, where its type alone does not say so.

Most raise ImproperlyConfigured with a sentence that names the setting and says what to set.
"""

import re
from base64 import b64decode
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A name that is looked up; those of containers have underscores.
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?", re.IGNORECASE)
_MAIL_FROM = re.compile(r"(?:[^<>@\r\n]*<)?[!-;=?A-~]+@[!-;=?A-~]+>?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def plain(name: str, value: str) -> None:
    """Holds no control character, which some readers drop and others stumble over."""
    if _CONTROL.search(value):
        raise ImproperlyConfigured(
            f"{name} holds a line break or another control character. Take it out."
        )


def address(name: str, value: str) -> SplitResult:
    """The parts of a URL whose host and port can be called."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not an address ({error}). Correct it.") from error
    if re.search(r"\s", value):
        raise ImproperlyConfigured(f"{name} is not an address (it has a blank). Correct it.")
    if port == 0:
        raise ImproperlyConfigured(f"{name} is not an address (there is no port 0). Correct it.")
    # PostgreSQL may be called over a socket, whose path is written with percent signs.
    host = unquote(parts.hostname or "")
    if host and not host.startswith("/") and not _is_host(host):
        raise ImproperlyConfigured(f"{name} is not an address ({host!r} is no host). Correct it.")
    return parts


def public_url(url: str) -> str:
    """The public address as browsers write it."""
    parts = address("BATON_URL", url)
    beside = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    host = parts.hostname or ""
    # Django answers no host with an underscore.
    if parts.scheme not in ("http", "https") or not host or "_" in host or beside:
        raise ImproperlyConfigured(
            f"BATON_URL is {url!r}. Set it to the public address without a path, such as "
            "https://baton.example.org."
        )
    port = ":443" if parts.scheme == "https" else ":80"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(port)}"


def server(name: str, url: str, schemes: tuple[str, ...], example: str) -> None:
    """The address of another server, without anything that would not be read."""
    parts = address(name, url)
    if parts.scheme not in schemes or (not parts.hostname and parts.scheme != "unix"):
        raise ImproperlyConfigured(
            f"{name} does not begin with {schemes[0]}:// and a host. Set it to an address such "
            f"as {example}."
        )
    path = parts.path.strip("/")
    if name == "DATABASE_URL" and not path:
        raise ImproperlyConfigured(
            f"DATABASE_URL names no database. Add its name after the host, such as {example}."
        )
    if name == "DATABASE_URL" and (parts.query or parts.fragment):
        raise ImproperlyConfigured(
            "DATABASE_URL has parameters after its name, which are not read. Take them out; what "
            "they say can be set by the variables of PostgreSQL, such as PGSSLMODE."
        )
    if name == "REDIS_URL" and (not path if parts.scheme == "unix" else path and not _digits(path)):
        raise ImproperlyConfigured(
            f"REDIS_URL does not end with the number of a database, or the path of a socket. "
            f"Set it to an address such as {example}."
        )
    if name == "BATON_SMTP_URL" and (path or parts.query or parts.fragment):
        raise ImproperlyConfigured(
            "BATON_SMTP_URL has more than a host and a port. Set it to an address such as "
            f"{example}."
        )


def hosts(name: str, words: tuple[str, ...], before: str) -> None:
    """Names of hosts, or addresses, which something may stand before."""
    for word in words:
        host = word.removeprefix(before)
        if not (word == "*" and before == ".") and not _is_host(host.strip("[]")):
            raise ImproperlyConfigured(
                f"{name} names {word!r}, which is no host. Set it to names of hosts without scheme "
                "and port, separated by commas, such as baton.example.org."
            )


def proxies(value: str) -> None:
    """Addresses and networks, or `*`, as uvicorn reads them; another word it would never match."""
    for word in filter(None, map(str.strip, value.split(","))):
        try:
            _ = word == "*" or ip_network(word)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"FORWARDED_ALLOW_IPS does not name addresses ({error}). Set it to those of your "
                "proxies, separated by commas, such as 10.0.0.5, or to * for whoever connects."
            ) from error


def token(name: str, value: str) -> None:
    """What can be sent in a header as it is."""
    if not re.fullmatch(r"[!-~]*", value):
        raise ImproperlyConfigured(
            f"{name} has blanks or letters that no header carries. Set it to letters, digits and "
            "signs of ASCII."
        )


def mail_from(value: str) -> None:
    """An address, alone or behind a name in pointed brackets."""
    if not _MAIL_FROM.fullmatch(value) or ("<" in value) != value.endswith(">"):
        raise ImproperlyConfigured(
            f"BATON_MAIL_FROM is {value!r}. Set it to an address such as "
            "baton@example.org or Baton <baton@example.org>."
        )


def is_signing_secret(text: str) -> bool:
    """`whsec_` and at least 24 bytes in base64."""
    try:
        return text.startswith("whsec_") and len(b64decode(text[6:], validate=True)) >= 24
    except ValueError:
        return False


def _is_host(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return bool(_NAME.fullmatch(text)) and ".." not in text


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
