"""Webhook secrets and the Standard Webhooks signature over the bytes that are sent.

A secret has to be read back to sign with, so it is stored encrypted under a key that is derived
from the deployment's own: a copy of the database alone signs nothing.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from standardwebhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32


class SecretUnreadable(Exception):
    """The stored secret was encrypted under a key that this deployment does not have."""


def new_secret() -> str:
    """A fresh `whsec_…` of 256 bits, to be shown once and stored sealed."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sealed(secret: str) -> str:
    """`secret` as it is stored: encrypted under the current key of the deployment."""
    return _keys().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """The secret itself. Raises SecretUnreadable where no key of the deployment opens it."""
    try:
        return _keys().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable(
            "The signing secret cannot be read; give this endpoint a new one."
        ) from error


def headers(stored: str, message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks for exactly this body. Raises SecretUnreadable."""
    return signed(opened(stored), message_id, body, now=now)


def signed(secret: str, message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """The same under a secret that is not stored sealed."""
    signature = Webhook(secret).sign(message_id, now, body.decode())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _derived()])


def _derived() -> Iterator[bytes]:
    # The current one first: MultiFernet encrypts under the first and opens under any.
    for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        # The words keep this key apart from whatever else is derived from SECRET_KEY.
        digest = hashlib.sha256(b"baton webhook secrets\x00" + secret_key.encode()).digest()
        yield base64.urlsafe_b64encode(digest)
