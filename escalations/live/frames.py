"""Frames of the WebSocket that the plain forms answer in as well."""

from datetime import datetime
from typing import Any

import orjson

from escalations.refusals import Invalid, Refused

Frame = dict[str, Any]


def text(frame: Frame) -> Frame:
    """The frame as the ASGI message that carries it; made once, sent to many."""
    return {"type": "websocket.send", "text": orjson.dumps(frame).decode()}


def refusal(refused: Refused, sent: Frame) -> Frame:
    """The `refused` frame: why, and who was first and when."""
    answer: Frame = {
        "type": "refused",
        "id": sent.get("id"),
        "escalation": sent.get("escalation"),
        "code": refused.code,
        "detail": refused.detail,
        "by": {"id": refused.by.id, "name": refused.by.name} if refused.by else None,
        "at": refused.at.isoformat() if refused.at else None,
    }
    if isinstance(refused, Invalid) and refused.errors:
        answer["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in refused.errors]
    return answer


def moment(written: Any) -> datetime | None:
    """The time in an `issued_at`, if it is one with a time zone. Raises Invalid otherwise."""
    if written in (None, ""):
        return None
    try:
        at = datetime.fromisoformat(str(written))
    except ValueError:
        raise Invalid("`issued_at` is not a time.", code="malformed") from None
    if at.tzinfo is None:
        raise Invalid("`issued_at` needs a time zone.", code="malformed")
    return at
