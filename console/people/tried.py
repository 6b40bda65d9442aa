"""Where failed sign-ins are counted: Django's cache on a table of plain numbers.

Django's own cache in the database stores pickles, and reading one runs whatever code it names. Then
whoever can write the database would run code in Baton.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import DatabaseError, IntegrityError, models, transaction

from console import clock

ROWS_MAX = 20_000
ENDLESS = datetime(9999, 12, 31, tzinfo=UTC)


class TriedSignIns(BaseCache):
    """What is read are lists of numbers, and a row that holds anything else counts as not there;
    `add` asks only whether there is one."""

    def __init__(self, table: str, params: Mapping[str, Any]) -> None:
        super().__init__(dict(params))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        rows = _rows().filter(pk=self._key(key, version), expires__gt=clock.now())
        value = rows.values_list("value", flat=True).first()
        known = None if value is None else _read(value)
        return default if known is None else known

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        row = self._row(key, value, timeout, version)
        # Where it cannot be written the count of one try is lost, and nobody is kept out.
        try:
            with transaction.atomic():
                self._make_room()
                _rows().bulk_create(
                    [row], update_conflicts=True,
                    unique_fields=["cache_key"], update_fields=["value", "expires"],
                )  # fmt: skip
        except DatabaseError:
            return

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Only where there is none. Of two at once the unique key lets one through."""
        row = self._row(key, value, timeout, version)
        try:
            with transaction.atomic():
                self._make_room()
                _rows().filter(pk=row.pk, expires__lte=clock.now()).delete()
                row.save(force_insert=True)
        except IntegrityError:
            return False
        # As for `set`: a full disk is not said to be too many tries.
        except DatabaseError:
            return True
        else:
            return True

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        kept = _rows().filter(pk=self._key(key, version), expires__gt=clock.now())
        return bool(kept.update(expires=self._expires(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(_rows().filter(pk=self._key(key, version)).delete()[0])

    def clear(self) -> None:
        _rows().all().delete()

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> models.Model:
        row: models.Model = _rows().model(
            cache_key=self._key(key, version),
            value=orjson.dumps(value).decode(),
            expires=self._expires(timeout),
        )
        return row

    def _key(self, key: str, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _expires(self, timeout: Any) -> datetime:
        until = self.get_backend_timeout(timeout)
        return ENDLESS if until is None else datetime.fromtimestamp(until, tz=UTC)

    def _make_room(self) -> None:
        """What is over goes first: only a flood from many addresses forgets what still counts."""
        if _rows().count() <= ROWS_MAX:
            return
        _rows().filter(expires__lte=clock.now()).delete()
        left = _rows().count()
        if left > ROWS_MAX:
            soonest = _rows().order_by("expires").values("pk")[: left // 3]
            _rows().filter(pk__in=list(soonest.values_list("pk", flat=True))).delete()


def _read(text: str) -> list[float] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    plain = isinstance(value, list) and all(isinstance(one, int | float) for one in value)
    return value if plain else None


def _rows() -> Any:
    # Django makes caches before it has read the models.
    from console.models import TriedSignIn

    return TriedSignIn.objects
