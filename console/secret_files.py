"""The folder that holds secrets as files named like the variables, such as Docker's.

Pydantic only warns of a file that it cannot take and goes on without that setting; here it is
refused.
"""

from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

USUAL = Path("/run/secrets")


def folder(named: str, known: Collection[str]) -> Path | None:
    """The folder to read, its files of those names found whole; None where there is none.

    Raises ImproperlyConfigured naming what cannot be read.
    """
    place = Path(named.strip()).expanduser() if named.strip() else USUAL
    if place is USUAL and not _exists(place):
        return None
    try:
        files = sorted(place.iterdir())
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder of secrets {place} cannot be read ({error.strerror}). Let Baton read it, "
            "or set BATON_SECRETS_DIR to a folder that it may read."
        ) from None
    for path in files:
        if path.name in known:
            _refuse_useless(path)
    return place


def _exists(place: Path) -> bool:
    """A folder that may not be looked at is there all the same."""
    try:
        return place.exists()
    except OSError:
        return True


def _refuse_useless(path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise ImproperlyConfigured(
            f"The secret {path} cannot be read ({why}). Correct or remove it."
        ) from None
    if not text.strip():
        raise ImproperlyConfigured(f"The secret {path} is empty. Write its value or remove it.")
    if path.parent.resolve() not in path.resolve().parents:
        raise ImproperlyConfigured(
            f"The secret {path} is a link to a file outside of its folder. Put the file there."
        )
