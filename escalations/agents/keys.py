"""API keys: how an agent proves who it is.

A key reads `btn_<8 characters>_<43 characters><6 characters>`: a public prefix, 256 random bits and
a checksum by which scanners (and we, before asking the database) tell a key from other text. Only
the prefix and the SHA-256 of the secret are stored, so a copy of the database opens nothing.
"""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from escalations import refusals
from escalations.models import Agent, ApiKey
from escalations.record import sheets
from escalations.record.lines import Actor

SCOPES = ("escalations", "policy", "metrics", "audit")
CHAIN = "keys"
OVERLAP = timedelta(hours=24)
USE_NOTED_EVERY = timedelta(minutes=1)

HOST = re.compile(r"(?!-)[\w-]+(?<!-)(\.(?!-)[\w-]+(?<!-))*")
_ALPHABET = string.ascii_letters + string.digits
_FORM = re.compile(r"(btn_[A-Za-z0-9]{8})_([A-Za-z0-9]{43})([A-Za-z0-9]{6})")
_NOBODY = hashlib.sha256(b"").hexdigest()


class Unknown(refusals.Refused):
    """No valid key was sent (401)."""


def is_host(text: str) -> bool:
    """Whether an address may name this host, in small letters and without a port."""
    return len(text) <= 253 and text == text.lower() and bool(HOST.fullmatch(text))


@transaction.atomic
def create(
    agent: Agent,
    *,
    scopes: Collection[str] = ("escalations",),
    callback_hosts: Sequence[str] = (),
    expires_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown this once. Raises Invalid for an unknown scope, and
    for a host that no callback could have."""
    for host in callback_hosts:
        if not is_host(host):
            raise refusals.Invalid(f"“{host}” is no name of a host: give shop.example.com.")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise refusals.Invalid(
            f"Scopes are {', '.join(SCOPES)}; {', '.join(unknown) or 'none'} cannot be given."
        )
    prefix, secret = f"btn_{_random(8)}", _random(43)
    key = ApiKey.objects.create(
        agent=agent,
        prefix=prefix,
        secret_sha256=_sha256(secret),
        scopes=sorted(scopes),
        callback_hosts=list(callback_hosts),
        created_at=now,
        expires_at=expires_at,
        lifetime=expires_at - now if expires_at else None,
    )
    _record(key, "created", by=by, now=now)
    return key, f"{prefix}_{secret}{_checksum(prefix, secret)}"


def find(text: str, *, now: datetime) -> ApiKey:
    """The key that this text is, with its agent. Raises Unknown, whatever the reason, alike."""
    found = _FORM.fullmatch(text)
    if found is None or found[3] != _checksum(found[1], found[2]):
        raise _unknown()
    key = ApiKey.objects.select_related("agent").filter(prefix=found[1]).first()
    # Compared in constant time also where there is no such key: the time must not tell which
    # prefixes exist.
    kept = key.secret_sha256 if key else _NOBODY
    if not secrets.compare_digest(kept, _sha256(found[2])) or key is None or not usable(key, now):
        raise _unknown()
    _note_use(key, now)
    return key


def usable(key: ApiKey, now: datetime) -> bool:
    """Neither revoked nor expired, and its agent not disabled."""
    ended = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)
    return not ended and key.agent.disabled_at is None


@transaction.atomic
def rotate(
    key: ApiKey, *, by: Actor, now: datetime, overlap: timedelta = OVERLAP
) -> tuple[ApiKey, str]:
    """A new key like this one, with a life as long as this one was given; this one ends after
    `overlap`. Raises Conflict if it ended."""
    # Only the key: the agent's row is shared by all its keys.
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("agent").get(pk=key.pk)
    if not usable(key, now):
        raise refusals.Conflict("key_ended", "This key has ended; create a new one.")
    # What was kept before it was known to be none lets nothing in.
    hosts = [host for host in key.callback_hosts if is_host(host)]
    ends = None if key.lifetime is None else now + key.lifetime
    made = create(
        key.agent, scopes=key.scopes, callback_hosts=hosts, expires_at=ends, by=by, now=now
    )
    end = now + overlap
    # Never later than it would have ended anyway.
    key.expires_at = min(key.expires_at, end) if key.expires_at else end
    key.save(update_fields=["expires_at"])
    _record(key, "rotated", by=by, now=now)
    return made


@transaction.atomic
def revoke(key: ApiKey, *, by: Actor, now: datetime) -> None:
    """End the key at once. Once more changes nothing."""
    # The condition makes it once: of two at the same moment one writes the line.
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        _record(key, "revoked", by=by, now=now)


def _unknown() -> Unknown:
    return Unknown("no_key", "Send a valid API key as: Authorization: Bearer btn_…")


def _note_use(key: ApiKey, now: datetime) -> None:
    """Kept coarse, so that reading does not write each time."""
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _record(key: ApiKey, kind: str, *, by: Actor, now: datetime) -> None:
    facts = {"agent": key.agent.name, "key": key.prefix, "scopes": list(key.scopes)}
    sheets.append(CHAIN, kind, actor=by, at=now, facts=facts)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(prefix: str, secret: str) -> str:
    number = zlib.crc32(f"{prefix}_{secret}".encode())
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, len(_ALPHABET))
        digits += _ALPHABET[digit]
    return digits
