"""Who may open a WebSocket: a signed-in person, from a page of our own.

Channels' own middleware accepts origins of another scheme or port, and deletes sessions signed
with an older secret key; this one does neither.
"""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.crypto import constant_time_compare

from console import threads
from console.models import User

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

SIGNED_OUT = 4401

opened = 0


class SessionSockets:
    """ASGI middleware: sets `scope["user"]` and `scope["session_key"]`, or closes the socket.

    A foreign origin is refused before the socket opens; whoever is not signed in sees it close
    with 4401, because a page cannot read the status of a refused one.
    """

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        if not same_origin(headers, "https" if scope["scheme"] == "wss" else "http"):
            await send({"type": "websocket.close", "code": 4403})
            return
        session_key = _session_key(headers)
        user = await threads.run(signed_in, session_key)
        if user is None:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": SIGNED_OUT})
        else:
            await self._serve({**scope, "user": user, "session_key": session_key}, receive, send)

    async def _serve(self, scope: Scope, receive: Any, send: Any) -> None:
        global opened
        opened += 1
        try:
            await self._inner(scope, receive, send)
        finally:
            opened -= 1


def same_origin(headers: dict[bytes, bytes], scheme: str) -> bool:
    """Whether the page that opens the socket is ours: scheme, host and port, exactly.

    Browsers always say where they come from; a client that does not is no browser.
    """
    origin = headers.get(b"origin", b"").decode("latin1")
    host = headers.get(b"host", b"").decode("latin1")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    return origin in ("", settings.BATON_URL, f"{scheme}://{host}")


def signed_in(session_key: str) -> User | None:
    """The person this session belongs to, if it is alive and they are still welcome."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    if user is None:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    stored = session.get(HASH_SESSION_KEY, "")
    return user if any(constant_time_compare(stored, one) for one in hashes) else None


def _session_key(headers: dict[bytes, bytes]) -> str:
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin1"))
    return cookies.get(settings.SESSION_COOKIE_NAME, "")
