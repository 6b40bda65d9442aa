"""One GET at an address that an admin registered, through the one door to the outside."""

import json
from decimal import Decimal
from typing import Any

import orjson

from console import clock
from console.outside import failures, outbound
from escalations.deliveries import signing
from escalations.models import Receiver

WITHIN_S = 2.0
TOKEN_MAX = 500
EXACT_DIGITS = 15
PAUSED = "failed often just now and is left alone for some minutes"


class NotRead(failures.Failure):
    """Nothing was read; the text says why, for a person to read."""


def fetch(
    url: str,
    token: str,
    *,
    within_s: float = WITHIN_S,
    resolve: outbound.Resolver = outbound.system_resolver,
) -> Any:
    """The JSON that stands at this address, a number that has too many digits for one as a text;
    `token` as it is stored. Raises NotRead."""
    if Receiver.objects.filter(host=outbound.origin(url), paused_until__gt=clock.now()).exists():
        raise NotRead(f"It {PAUSED}.", PAUSED)
    try:
        reply = outbound.get(url, _headers(token), resolve=resolve, within_s=within_s)
    except outbound.AddressRefused as error:
        raise NotRead(str(error)) from error
    except outbound.NoAnswer as error:
        raise NotRead(str(error), error.told) from error
    if not 200 <= reply.status < 300:
        raise NotRead(*failures.of_status(reply.status))
    if len(reply.body) >= outbound.REPLY_BYTES_MAX:
        kib = outbound.REPLY_BYTES_MAX // 1024
        raise NotRead(f"Its answer has {kib} KiB or more.", failures.UNREAD)
    try:
        # The stricter one first; the other gives every digit as it stands.
        orjson.loads(reply.body)
        return json.loads(reply.body, parse_int=_whole, parse_float=_number)
    except (ValueError, RecursionError) as error:
        sentence = "Its answer is no JSON, or did not come whole in time."
        raise NotRead(sentence, failures.UNREAD) from error


def host_of(url: str) -> str:
    """Who is asked, as people and the record name it."""
    return outbound.origin(url).removesuffix(":443")


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= EXACT_DIGITS else digits


def _number(digits: str) -> float | str:
    return float(digits) if Decimal(digits) == Decimal(repr(float(digits))) else digits


def _headers(token: str) -> dict[str, str]:
    headers = {"accept": "application/json", "user-agent": "Baton"}
    if token:
        try:
            headers["authorization"] = f"Bearer {signing.opened(token)}"
        except signing.SecretUnreadable as error:
            raise NotRead("Its token cannot be read: register the address anew.") from error
    return headers
