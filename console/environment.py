"""Every setting, declared once; what is wrong or half set is refused with a sentence.

A setting comes from the environment, or else from a file of its name in the folder of secrets.
This is the only module that reads `os.environ`; `docs/operating.md` lists the same variables.
"""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args
from urllib.parse import unquote, urlsplit

from annotated_types import Ge, Le
from django.core.exceptions import ImproperlyConfigured
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from console import env_values, secret_files
from console.outside.addresses import Network

KEY_LENGTH_MIN = 32
PROJECT = Path(__file__).resolve().parent.parent
YES = {"1", "true", "yes", "on"}
NO = {"", "0", "false", "no", "off"}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
ANY_NETWORK: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))
# How the address of each other server begins, and one to go by.
SERVERS = {
    "DATABASE_URL": (("postgresql", "postgres"), "postgresql://user:password@host:5432/baton"),
    "REDIS_URL": (("redis", "rediss", "unix"), "redis://host:6379/0"),
    "BATON_SMTP_URL": (("smtp", "smtps"), "smtps://user:password@mail.example.org"),
    "BATON_PAGING_URL": (("https", "http"), "https://alerts.example.org/baton"),
}
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def _digits(value: str) -> str:
    """Pydantic alone would read 1_000, +5 and 5.0 as whole numbers too."""
    if not value.strip().isascii() or not value.strip().isdigit():
        raise ValueError(value)
    return value


def _switch(value: str) -> bool:
    if value.strip().lower() in YES | NO:
        return value.strip().lower() in YES
    raise ValueError(value)


def _words(value: str | tuple[str, ...]) -> tuple[str, ...]:
    words = value.split(",") if isinstance(value, str) else value
    found = tuple(word.strip() for word in words if word.strip())
    # Commas alone name nothing, which is another thing than not to be set.
    if words and not found:
        raise ValueError(value)
    return found


def _networks(value: str) -> tuple[Network, ...]:
    if value.strip().lower() in YES | NO:
        return ANY_NETWORK if _switch(value) else ()
    try:
        return tuple(ip_network(word) for word in _words(value))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"BATON_CALLBACK_PRIVATE_ADDRESSES does not name networks ({error}). Set it to the "
            "networks whose addresses webhooks may reach, such as 10.20.0.0/16,127.0.0.0/8, or to "
            "1 for all."
        ) from error


def _whole_path(path: Path) -> Path:
    try:
        return path.expanduser().resolve()
    except (RuntimeError, OSError) as error:
        raise ImproperlyConfigured(
            f"BATON_DATA is {str(path)!r}, which is no folder ({error}). Set it to one."
        ) from error


Number = Annotated[int, BeforeValidator(_digits)]
Switch = Annotated[bool, PlainValidator(_switch)]
Words = Annotated[tuple[str, ...], PlainValidator(_words)]


class Environment(BaseSettings):
    """Everything the deployment chose, checked. A secret does not show in its `repr`."""

    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=True,
        enable_decoding=False,
        validate_default=False,
        hide_input_in_errors=True,
    )

    data: Annotated[Path, AfterValidator(_whole_path)] = Field(
        PROJECT / "var", validation_alias="BATON_DATA", validate_default=True
    )
    secret_key: str = Field("", validation_alias="BATON_SECRET_KEY", repr=False)
    secret_key_fallbacks: Words = Field(
        (), validation_alias="BATON_SECRET_KEY_FALLBACKS", repr=False
    )
    url: str = Field("http://127.0.0.1:8000", validation_alias="BATON_URL")
    database_url: str = Field("", validation_alias="DATABASE_URL", repr=False)
    redis_url: str = Field("", validation_alias="REDIS_URL", repr=False)
    # After `url`, which its validator reads: fields are checked in this order.
    allowed_hosts: Words = Field((), validation_alias="BATON_ALLOWED_HOSTS", validate_default=True)
    # uvicorn reads it by the same name.
    forwarded_allow_ips: str = Field("", validation_alias="FORWARDED_ALLOW_IPS")
    package_bytes_max: Number = Field(
        1_048_576, ge=1_024, le=1_073_741_824, validation_alias="BATON_PACKAGE_BYTES_MAX"
    )
    calls_per_minute: Number = Field(
        12_000, ge=1, le=1_000_000_000, validation_alias="BATON_CALLS_PER_MINUTE"
    )
    keep_attempts_days: Number = Field(
        90, ge=30, le=3_650, validation_alias="BATON_KEEP_ATTEMPTS_DAYS"
    )
    callback_private_addresses: Annotated[tuple[Network, ...], PlainValidator(_networks)] = Field(
        (), validation_alias="BATON_CALLBACK_PRIVATE_ADDRESSES"
    )
    hard_rules: str = Field("", validation_alias="BATON_HARD_RULES")
    link_hosts: Words = Field((), validation_alias="BATON_LINK_HOSTS")
    metrics_token: str = Field("", validation_alias="BATON_METRICS_TOKEN", repr=False)
    smtp_url: str = Field("", validation_alias="BATON_SMTP_URL", repr=False)
    mail_from: str = Field("", validation_alias="BATON_MAIL_FROM")
    paging_url: str = Field("", validation_alias="BATON_PAGING_URL", repr=False)
    paging_secret: str = Field("", validation_alias="BATON_PAGING_SECRET", repr=False)
    statement_timeout_s: Number = Field(
        5, ge=0, le=86_400, validation_alias="BATON_STATEMENT_TIMEOUT_S"
    )
    log_level: Annotated[LogLevel, BeforeValidator(str.upper)] = Field(
        "WARNING", validation_alias="BATON_LOG_LEVEL"
    )
    debug: Switch = Field(False, validation_alias="BATON_DEBUG")

    @property
    def scaled(self) -> bool:
        """PostgreSQL and Redis instead of the embedded default."""
        return bool(self.database_url)

    @property
    def https(self) -> bool:
        return self.url.startswith("https://")

    @property
    def lock_timeout_s(self) -> int:
        """Commands may work on a statement for ever and wait longer for a lock, but not for ever:
        whoever comes after waits behind them."""
        return 2 if self.statement_timeout_s else 60

    @property
    def idle_timeout_s(self) -> int:
        """A migration in Python may leave its transaction alone for a while."""
        return 10 if self.statement_timeout_s else 0

    @property
    def behind_proxy(self) -> bool:
        """Whether somebody stands in front who tells the addresses of clients."""
        return self.https or bool(self.forwarded_allow_ips)

    @field_validator("url")
    @classmethod
    def _as_browsers_write_it(cls, url: str) -> str:
        # What is refused so is no ValueError, which pydantic would put into words of its own.
        return env_values.public_url(url)

    @field_validator("database_url", "redis_url", "smtp_url", "paging_url")
    @classmethod
    def _server(cls, url: str, info: ValidationInfo) -> str:
        name = _variable(cls, info.field_name or "")
        env_values.server(name, url, *SERVERS[name])
        return url

    @field_validator("link_hosts")
    @classmethod
    def _names(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        env_values.hosts("BATON_LINK_HOSTS", hosts, "*.")
        return hosts

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _addresses(cls, value: str) -> str:
        env_values.proxies(value)
        return value

    @field_validator("metrics_token")
    @classmethod
    def _for_a_header(cls, value: str) -> str:
        env_values.token("BATON_METRICS_TOKEN", value)
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _or_the_host_of_the_url(
        cls, hosts: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        env_values.hosts("BATON_ALLOWED_HOSTS", hosts, ".")
        return hosts or _hosts_of(info.data["url"])

    @model_validator(mode="after")
    def _whole(self) -> "Environment":
        _refuse_half_set(self)
        _refuse_half_set_alerts(self)
        return self


class ForCommands(BaseSettings):
    """What only a command needs, so that no server keeps it."""

    model_config = Environment.model_config

    key: str = Field("", validation_alias="BATON_KEY", repr=False)
    password: str = Field("", validation_alias="BATON_PASSWORD", repr=False)


def _variable(settings: type[BaseSettings], field: str) -> str:
    return str(settings.model_fields[field].validation_alias)


KNOWN = {
    "BATON_SECRETS_DIR",
    *(
        _variable(known, field)
        for known in (Environment, ForCommands)
        for field in known.model_fields
    ),
}

Settings = TypeVar("Settings", bound=BaseSettings)


def read(variables: Mapping[str, str] | None = None) -> Environment:
    """The checked environment. Raises ImproperlyConfigured saying what to set."""
    return _read(Environment, os.environ if variables is None else variables)


def read_for_commands(variables: Mapping[str, str] | None = None) -> ForCommands:
    """What only a command needs; empty where it is not set."""
    return _read(ForCommands, os.environ if variables is None else variables)


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


def _read(settings: type[Settings], variables: Mapping[str, str]) -> Settings:
    """A variable wins over a file of its name; a blank one counts as not set."""
    _refuse_misspelt(variables)
    given = EnvSettingsSource(settings)
    given.env_vars = {name: value for name, value in variables.items() if value.strip()}
    for name in KNOWN & given.env_vars.keys():
        env_values.plain(name, given.env_vars[name] or "")
    folder = secret_files.folder(variables.get("BATON_SECRETS_DIR", ""), KNOWN)
    _refuse_misspelt(os.listdir(folder) if folder else ())
    files = SecretsSettingsSource(settings, secrets_dir=folder)
    try:
        return settings(_build_sources=((given, files), {}))
    except ValidationError as error:
        raise ImproperlyConfigured(_sentence(settings, error)) from None


def _sentence(settings: type[BaseSettings], error: ValidationError) -> str:
    """What to set, of the first fault."""
    fault = error.errors()[0]
    name, value = str(fault["loc"][0]), str(fault["input"])
    field = next(f for key, f in settings.model_fields.items() if _variable(settings, key) == name)
    if field.annotation is bool:
        wanted = "1 or 0"
    elif field.annotation is int:
        least = next(bound.ge for bound in field.metadata if isinstance(bound, Ge))
        most = next(bound.le for bound in field.metadata if isinstance(bound, Le))
        wanted = f"a whole number from {least} to {most}"
    elif name == "BATON_LOG_LEVEL":
        wanted = f"one of {', '.join(get_args(LogLevel))}"
    else:
        wanted = "names separated by commas, or remove it"
    return f"{name} is {value!r}. Set it to {wanted}."


def _refuse_misspelt(names: Iterable[str]) -> None:
    """A name of ours with a slip would silently leave its setting at the default."""
    for name in sorted(set(names) - KNOWN):
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
    if environment.secret_key and len(environment.secret_key) < KEY_LENGTH_MIN:
        raise ImproperlyConfigured(
            "BATON_SECRET_KEY is too short. Set it to at least 32 random characters."
        )
    if any(len(key) < KEY_LENGTH_MIN for key in environment.secret_key_fallbacks):
        raise ImproperlyConfigured(
            "A key of BATON_SECRET_KEY_FALLBACKS is too short to have been one. Set it to the "
            "earlier values of BATON_SECRET_KEY, with commas between them."
        )


def _refuse_half_set_alerts(environment: Environment) -> None:
    if bool(environment.smtp_url) != bool(environment.mail_from):
        raise ImproperlyConfigured(
            "BATON_SMTP_URL and BATON_MAIL_FROM belong together. Set both, such as "
            "smtps://user:password@mail.example.org and baton@example.org, or neither to send no "
            "mail."
        )
    if environment.mail_from:
        env_values.mail_from(environment.mail_from)
    if bool(environment.paging_url) != bool(environment.paging_secret):
        raise ImproperlyConfigured(
            "BATON_PAGING_URL and BATON_PAGING_SECRET belong together. Set both, such as "
            "https://alerts.example.org/baton and whsec_… of at least 24 bytes, or neither to page "
            "nobody."
        )
    if environment.paging_secret and not env_values.is_signing_secret(environment.paging_secret):
        raise ImproperlyConfigured(
            "BATON_PAGING_SECRET is not a signing secret. Set it to whsec_ and at least 24 random "
            "bytes in base64."
        )


def _hosts_of(url: str) -> tuple[str, ...]:
    host = urlsplit(url).hostname or "localhost"
    return tuple(dict.fromkeys((f"[{host}]" if ":" in host else host, *LOCAL_HOSTS)))
