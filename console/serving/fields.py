"""The header fields of a request as WSGI has them, and what of them WSGI could not tell."""

from collections.abc import Iterable, Mapping
from typing import Any

# By RFC 9110, section 5.6.3; some servers leave them at the end of a value.
BLANKS = " \t"
# These have one value. Sent twice, they are not a list of two.
OF_ONE_VALUE = frozenset({"AUTHORIZATION", "CONTENT_TYPE", "IDEMPOTENCY_KEY", "IF_MATCH"})
LEFT_OUT, AT_ODDS = "baton.left_out", "baton.at_odds"


def environ(sent: Iterable[tuple[bytes, bytes]]) -> dict[str, Any]:
    """Headers under their WSGI names. One with an underscore could pose as another: left out."""
    found: dict[str, list[str]] = {}
    left_out: dict[str, str] = {}
    for raw, written in sent:
        name, value = raw.decode("latin1"), written.decode("latin1").strip(BLANKS)
        if "_" in name:
            left_out[name] = value
        else:
            found.setdefault(name.upper().replace("-", "_"), []).append(value)
    single = {name: list(dict.fromkeys(found[name])) for name in OF_ONE_VALUE & found.keys()}
    return {
        **{_key(name): _joined(name, values) for name, values in {**found, **single}.items()},
        LEFT_OUT: left_out,
        AT_ODDS: sorted(_title(name) for name, values in single.items() if len(values) > 1),
    }


def left_out(environ: Mapping[str, Any]) -> dict[str, str]:
    """The headers with an underscore, which nothing reads."""
    return dict(environ.get(LEFT_OUT, {}))


def at_odds(environ: Mapping[str, Any]) -> list[str]:
    """The names of headers of one value that came with several."""
    return list(environ.get(AT_ODDS, ()))


def _key(name: str) -> str:
    return name if name == "CONTENT_TYPE" else f"HTTP_{name}"


def _title(name: str) -> str:
    return name.replace("_", "-").title()


def _joined(name: str, values: list[str]) -> str:
    # Cookies are parted by a semicolon; a comma may be part of one.
    return ("; " if name == "COOKIE" else ",").join(values)
