"""What stands in no case: accounts with their rights, agents with their keys.

Each account is one sheet. Seals keep a digest of every sheet, and a sheet may become another only
where a line about it was written meanwhile. The digest is made with a key of the deployment, as a
sheet holds names and the seals stay when a person is erased.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import orjson
from django.conf import settings

from escalations.models import ChainHead, Event

JSON = dict[str, Any]
LOOKS_MAX = 5
KEY_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class SheetSource:
    """A group of sheets: how their names begin, the chains whose lines explain their changes, how
    they are read, and which of them the facts of such a line are about; None where it may be any.
    """

    prefix: str
    chains: tuple[str, ...]
    read: Callable[[], Mapping[str, JSON]]
    about: Callable[[JSON], Collection[str] | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """The digest of every sheet, and how long the chains were that explain them."""

    digests: dict[str, str]
    lengths: dict[str, int]


def add(*sources: SheetSource) -> None:
    """Sheets of an app."""
    _SOURCES.update({source.prefix: source for source in sources})


def read(key: str = "") -> Reading | None:
    """All sheets under the deployment's current key, or the one of that id; None where they change
    faster than they are read."""
    secret = dict(_keys())[key] if key else next(_keys())[1]
    name = key or next(_keys())[0]
    for _ in range(LOOKS_MAX):
        before = _lengths()
        sheets = {
            one: sheet for source in _SOURCES.values() for one, sheet in source.read().items()
        }
        # A change is written together with its line, so that without a new line all of it is one
        # moment.
        if _lengths() == before:
            digests = {one: f"{name}:{_digest(sheet, secret)}" for one, sheet in sheets.items()}
            return Reading(digests, before)
    return None


def is_known(key: str) -> bool:
    """Whether this deployment has the key of that id."""
    return key in dict(_keys())


def key_of(digest: str) -> str:
    return digest.partition(":")[0]


class Explained:
    """Which sheets the lines of the chains are about, and at which positions."""

    def __init__(self) -> None:
        self._about: dict[str, list[tuple[str, int]]] = {}
        # By how their names begin, where a line is about any of them.
        self._any: dict[str, list[tuple[str, int]]] = {}
        for source in _SOURCES.values():
            events = Event.objects.filter(chain__in=source.chains).order_by("chain", "position")
            for event in events.iterator(chunk_size=2000):
                self._note(source, event)

    def changed(self, name: str, after: Mapping[str, int], until: Mapping[str, int] | None) -> bool:
        """Whether a line between these lengths may have changed this sheet."""
        of_any = (places for prefix, places in self._any.items() if name.startswith(prefix))
        places = [*self._about.get(name, ()), *chain.from_iterable(of_any)]
        return any(
            after.get(name, 0) < position and (until is None or position <= until.get(name, 0))
            for name, position in places
        )

    def _note(self, source: SheetSource, event: Event) -> None:
        try:
            names = source.about(orjson.loads(bytes(event.body))["facts"])
        # Told already by whoever reads the chain itself.
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return
        place = event.chain, event.position
        if names is None:
            self._any.setdefault(source.prefix, []).append(place)
        for name in names or ():
            self._about.setdefault(name, []).append(place)


def chain_of(name: str) -> str:
    """The first chain that explains this sheet."""
    return next((s.chains[0] for s in _SOURCES.values() if name.startswith(s.prefix)), "seal")


def _lengths() -> dict[str, int]:
    chains = [name for source in _SOURCES.values() for name in source.chains]
    return dict(ChainHead.objects.filter(chain__in=chains).values_list("chain", "length"))


def _digest(sheet: JSON, secret: bytes) -> str:
    written = orjson.dumps(sheet, option=orjson.OPT_SORT_KEYS)
    return hmac.new(secret, written, hashlib.sha256).hexdigest()[:32]


def _keys() -> Iterator[tuple[str, bytes]]:
    """The current one first, each with its id."""
    for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = hashlib.sha256(b"baton sealed sheets\x00" + secret_key.encode()).digest()
        yield hashlib.sha256(key).hexdigest()[:KEY_ID_LENGTH], key


_SOURCES: dict[str, SheetSource] = {}
