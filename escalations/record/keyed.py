"""What only this deployment can write: digests under keys that are made of its secret key.

Who can write the database can work out every hash, but none of these.
"""

import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings

KEY_ID_LENGTH = 8
PURPOSE = b"baton record\x00"


def current() -> str:
    """The id of the key that is written with now; it tells nothing of the key."""
    return next(_keys())[0]


def is_known(key: str) -> bool:
    """Whether this deployment has the key of that id."""
    return key in dict(_keys())


def digest(key: str, written: bytes) -> str:
    """Under the key of that id, which must be known; 128 bits."""
    return hmac.new(dict(_keys())[key], written, hashlib.sha256).hexdigest()[:32]


def mark(written: bytes) -> str:
    """The id of the current key, and the digest under it."""
    key = current()
    return f"{key}:{digest(key, written)}"


def key_of(marked: str) -> str:
    return marked.partition(":")[0]


def fits(marked: str, written: bytes) -> bool:
    """Whether a mark under a known key is the one of these bytes."""
    key = key_of(marked)
    return hmac.compare_digest(marked.encode(), f"{key}:{digest(key, written)}".encode())


def _keys() -> Iterator[tuple[str, bytes]]:
    """The current one first, each with its id."""
    for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = hashlib.sha256(PURPOSE + secret_key.encode()).digest()
        yield hashlib.sha256(key).hexdigest()[:KEY_ID_LENGTH], key
