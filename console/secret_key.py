"""The key with which Baton signs: a given one, or one of its own beside the embedded database."""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from console import private_files
from console.environment import KEY_LENGTH_MIN, Environment


def of(environment: Environment) -> str:
    """The given key, or in the embedded default one made once and kept in the data folder.

    Raises ImproperlyConfigured where what is kept there cannot be a key: a new one in its place
    would sign out everybody and vouch for nothing that was recorded.
    """
    if environment.secret_key:
        return environment.secret_key
    path = environment.data / "secret_key"
    private_files.folder(path.parent)
    if not path.exists():
        private_files.write_once(path, secrets.token_urlsafe(50))
    private_files.file(path)
    return _read(path)


def _read(path: Path) -> str:
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise ImproperlyConfigured(f"The key {path} cannot be read ({why}).") from None
    if len(key) < KEY_LENGTH_MIN:
        raise ImproperlyConfigured(
            f"The key {path} is too short to be one. Bring back the file from a backup, or set "
            "BATON_SECRET_KEY to the key that was in it."
        )
    return key
