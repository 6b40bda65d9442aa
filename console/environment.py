"""Reads every setting from the environment and refuses what is wrong or half set.

This is the only module that reads `os.environ`; `docs/operating.md` lists the same variables.
"""

import os
import re
import secrets
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from console.addresses import Network

PROJECT = Path(__file__).resolve().parent.parent
YES = {"1", "true", "yes", "on"}
NO = {"", "0", "false", "no", "off"}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
ANY_NETWORK: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))
KNOWN = {
    "BATON_ALLOWED_HOSTS",
    "BATON_CALLBACK_PRIVATE_ADDRESSES",
    "BATON_CALLS_PER_MINUTE",
    "BATON_DATA",
    "BATON_DEBUG",
    "BATON_HARD_RULES",
    "BATON_KEY",
    "BATON_LOG_LEVEL",
    "BATON_MAIL_FROM",
    "BATON_METRICS_TOKEN",
    "BATON_PACKAGE_BYTES_MAX",
    "BATON_PAGING_SECRET",
    "BATON_PAGING_URL",
    "BATON_PASSWORD",
    "BATON_SECRET_KEY",
    "BATON_SECRET_KEY_FALLBACKS",
    "BATON_SMTP_URL",
    "BATON_STATEMENT_TIMEOUT_S",
    "BATON_URL",
}
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
EXAMPLES = {
    "DATABASE_URL": "postgresql://user:password@host:5432/baton",
    "REDIS_URL": "redis://host:6379/0",
    "BATON_SMTP_URL": "smtps://user:password@mail.example.org",
    "BATON_PAGING_URL": "https://alerts.example.org/baton",
}
_MAIL_FROM = re.compile(r"(?:[^<>@\r\n]*<)?[^<>@\s]+@[^<>@\s]+>?")


@dataclass(frozen=True)
class Environment:
    """Everything the deployment chose, checked."""

    data: Path
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    url: str
    database_url: str
    redis_url: str
    allowed_hosts: tuple[str, ...]
    package_bytes_max: int
    calls_per_minute: int
    callback_private_addresses: tuple[Network, ...]
    hard_rules: str
    metrics_token: str
    smtp_url: str
    mail_from: str
    paging_url: str
    paging_secret: str
    statement_timeout_s: int
    log_level: str
    debug: bool

    @property
    def scaled(self) -> bool:
        """PostgreSQL and Redis instead of the embedded default."""
        return bool(self.database_url)

    @property
    def https(self) -> bool:
        return self.url.startswith("https://")


def read(variables: Mapping[str, str] | None = None) -> Environment:
    """The checked environment. Raises ImproperlyConfigured saying what to set."""
    variables = os.environ if variables is None else variables
    _refuse_misspelt(variables)
    url = _url(variables)
    environment = Environment(
        data=Path(variables.get("BATON_DATA") or PROJECT / "var").expanduser().resolve(),
        secret_key=variables.get("BATON_SECRET_KEY", ""),
        secret_key_fallbacks=_words(variables, "BATON_SECRET_KEY_FALLBACKS"),
        url=url,
        database_url=_address(variables, "DATABASE_URL", ("postgresql", "postgres")),
        redis_url=_address(variables, "REDIS_URL", ("redis", "rediss", "unix")),
        allowed_hosts=_words(variables, "BATON_ALLOWED_HOSTS") or _hosts_of(url),
        package_bytes_max=_number(variables, "BATON_PACKAGE_BYTES_MAX", 1_048_576, at_least=1_024),
        calls_per_minute=_number(variables, "BATON_CALLS_PER_MINUTE", 12_000, at_least=1),
        callback_private_addresses=_networks(variables, "BATON_CALLBACK_PRIVATE_ADDRESSES"),
        hard_rules=variables.get("BATON_HARD_RULES", ""),
        metrics_token=variables.get("BATON_METRICS_TOKEN", ""),
        smtp_url=_address(variables, "BATON_SMTP_URL", ("smtp", "smtps")),
        mail_from=variables.get("BATON_MAIL_FROM", ""),
        paging_url=_address(variables, "BATON_PAGING_URL", ("https", "http")),
        paging_secret=variables.get("BATON_PAGING_SECRET", ""),
        statement_timeout_s=_number(variables, "BATON_STATEMENT_TIMEOUT_S", 5, at_least=0),
        log_level=_one_of(variables, "BATON_LOG_LEVEL", "WARNING", LOG_LEVELS),
        debug=_switch(variables, "BATON_DEBUG"),
    )
    _refuse_half_set(environment)
    _refuse_half_set_alerts(environment)
    return environment


def variable(name: str) -> str:
    """What only a command needs, such as BATON_PASSWORD and BATON_KEY; empty if it is not set."""
    return os.environ.get(name, "")


def secret_key(environment: Environment) -> str:
    """The given key, or in the embedded default one made once and kept in the data folder."""
    if environment.secret_key:
        return environment.secret_key
    path = environment.data / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def postgres(url: str) -> dict[str, str]:
    """The parts of DATABASE_URL under the names Django's DATABASES uses."""
    parts = urlsplit(url)
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


def smtp(url: str) -> dict[str, Any]:
    """The parts of BATON_SMTP_URL under the names of Django's SMTP backend.

    `smtps://` is encrypted from the first byte; `smtp://` turns to encryption before it names a
    user, and stays plain where there is none.
    """
    parts = urlsplit(url)
    username, secure = unquote(parts.username or ""), parts.scheme == "smtps"
    return {
        "host": parts.hostname,
        "port": parts.port or (465 if secure else 587 if username else 25),
        "username": username,
        "password": unquote(parts.password or ""),
        "use_ssl": secure,
        "use_tls": bool(username) and not secure,
    }


def _refuse_misspelt(variables: Mapping[str, str]) -> None:
    """A name of ours with a slip would silently leave its setting at the default."""
    for name in sorted(set(variables) - KNOWN):
        meant = (
            get_close_matches(name, KNOWN, n=1, cutoff=0.85) if name.startswith("BATON_") else []
        )
        if meant:
            raise ImproperlyConfigured(
                f"{name} is not a setting of Baton. Did you mean {meant[0]}? Correct or remove it."
            )


def _refuse_half_set(environment: Environment) -> None:
    if environment.database_url and not environment.redis_url:
        raise ImproperlyConfigured(
            "DATABASE_URL is set but REDIS_URL is not. Set REDIS_URL=redis://host:6379/0 as well, "
            "or remove DATABASE_URL to run on the embedded default."
        )
    if environment.redis_url and not environment.database_url:
        raise ImproperlyConfigured(
            "REDIS_URL is set but DATABASE_URL is not. Set "
            "DATABASE_URL=postgresql://user:password@host:5432/baton as well, "
            "or remove REDIS_URL to run on the embedded default."
        )
    if environment.scaled and not environment.secret_key:
        raise ImproperlyConfigured(
            "BATON_SECRET_KEY is not set. With DATABASE_URL every process needs the same key: set "
            "BATON_SECRET_KEY to at least 32 random characters."
        )
    if environment.secret_key and len(environment.secret_key) < 32:
        raise ImproperlyConfigured(
            "BATON_SECRET_KEY is too short. Set it to at least 32 random characters."
        )


def _refuse_half_set_alerts(environment: Environment) -> None:
    if bool(environment.smtp_url) != bool(environment.mail_from):
        raise ImproperlyConfigured(
            "BATON_SMTP_URL and BATON_MAIL_FROM belong together. Set both, such as "
            "smtps://user:password@mail.example.org and baton@example.org, or neither to send no "
            "mail."
        )
    if environment.mail_from and not _MAIL_FROM.fullmatch(environment.mail_from):
        raise ImproperlyConfigured(
            f"BATON_MAIL_FROM is {environment.mail_from!r}. Set it to an address such as "
            "baton@example.org or Baton <baton@example.org>."
        )
    if bool(environment.paging_url) != bool(environment.paging_secret):
        raise ImproperlyConfigured(
            "BATON_PAGING_URL and BATON_PAGING_SECRET belong together. Set both, such as "
            "https://alerts.example.org/baton and whsec_… of at least 24 bytes, or neither to page "
            "nobody."
        )
    if environment.paging_secret and not _is_signing_secret(environment.paging_secret):
        raise ImproperlyConfigured(
            "BATON_PAGING_SECRET is not a signing secret. Set it to whsec_ and at least 24 random "
            "bytes in base64."
        )


def _is_signing_secret(text: str) -> bool:
    try:
        return text.startswith("whsec_") and len(b64decode(text[6:], validate=True)) >= 24
    except ValueError:
        return False


def _url(variables: Mapping[str, str]) -> str:
    url = variables.get("BATON_URL") or "http://127.0.0.1:8000"
    parts = _split("BATON_URL", url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"BATON_URL is {url!r}. Set it to the public address without a path, such as "
            "https://baton.example.org."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _address(variables: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    value = variables.get(name, "")
    if not value:
        return ""
    parts = _split(name, value)
    if parts.scheme not in schemes or (not parts.hostname and parts.scheme != "unix"):
        raise ImproperlyConfigured(
            f"{name} does not begin with {schemes[0]}:// and a host. Set it to an address such as "
            f"{EXAMPLES[name]}."
        )
    if name == "DATABASE_URL" and not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "DATABASE_URL names no database. Add its name after the host, such as "
            "postgresql://user:password@host:5432/baton."
        )
    return value


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not an address ({error}). Correct it.") from error
    return parts


def _hosts_of(url: str) -> tuple[str, ...]:
    host = urlsplit(url).hostname or "localhost"
    return tuple(dict.fromkeys((f"[{host}]" if ":" in host else host, *LOCAL_HOSTS)))


def _words(variables: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in variables.get(name, "").split(",") if word.strip())


def _networks(variables: Mapping[str, str], name: str) -> tuple[Network, ...]:
    if variables.get(name, "").strip().lower() in YES | NO:
        return ANY_NETWORK if _switch(variables, name) else ()
    try:
        return tuple(ip_network(word) for word in _words(variables, name))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} does not name networks ({error}). Set it to the networks whose addresses "
            "webhooks may reach, such as 10.20.0.0/16,127.0.0.0/8, or to 1 for all."
        ) from error


def _number(variables: Mapping[str, str], name: str, default: int, *, at_least: int) -> int:
    def refuse(value: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(
            f"{name} is {value!r}. Set it to a whole number of at least {at_least}."
        )

    value = variables.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < at_least:
        raise refuse(value)
    return int(value)


def _switch(variables: Mapping[str, str], name: str) -> bool:
    value = variables.get(name, "").strip().lower()
    if value in YES | NO:
        return value in YES
    raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")


def _one_of(variables: Mapping[str, str], name: str, default: str, among: tuple[str, ...]) -> str:
    value = (variables.get(name) or default).upper()
    if value in among:
        return value
    raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of {', '.join(among)}.")


def _write_once(path: Path, text: str) -> None:
    """Leaves exactly one whole file even when two processes start at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    opener: Callable[[str, int], int] = lambda name, flags: os.open(name, flags, 0o600)  # noqa: E731
    with open(draft, "w", opener=opener) as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
