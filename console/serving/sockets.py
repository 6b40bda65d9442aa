"""Who may open a WebSocket: a signed-in person, from a page of our own.

The parts are Channels' middleware; where one of ours stands in place of theirs, it says why.
"""

from importlib import import_module
from typing import Any

from channels.auth import AuthMiddleware
from channels.middleware import BaseMiddleware
from channels.security.websocket import WebsocketDenier
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http.request import split_domain_port, validate_host
from django.utils.crypto import constant_time_compare

from console.models import User
from console.serving import threads

Scope = dict[str, Any]

opened = 0


def signed_in_sockets(inner: Any) -> Any:
    """What Channels' `AllowedHostsOriginValidator` and `AuthMiddlewareStack` are for: the consumer
    gets `scope["user"]` and `scope["session"]`, a foreign origin is refused before anything opens.
    """
    return SameOrigin(CookieMiddleware(SessionUser(inner)))


class SameOrigin(BaseMiddleware):  # type: ignore[misc]
    """Channels' validator compares hosts only, or a fixed list, and knows nothing of the request:
    it lets in a page of another scheme or port, which may be anybody's on a shared machine."""

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        if same_origin(dict(scope["headers"]), scheme):
            await super().__call__(scope, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)


class SessionUser(AuthMiddleware):  # type: ignore[misc]
    """Channels' own ends the session of whoever signed in under an older secret key, and its
    `SessionMiddleware` looks at the session again with every frame that goes out."""

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        global opened
        opened += 1
        try:
            # As `console.pages.unreadable` does it for pages: PostgreSQL could not be asked.
            if any("\0" in value for value in scope["cookies"].values()):
                await WebsocketDenier()(scope, receive, send)
            else:
                await super().__call__(scope, receive, send)
        finally:
            opened -= 1

    def populate_scope(self, scope: Scope) -> None:
        store = import_module(settings.SESSION_ENGINE).SessionStore
        scope["session"] = store(scope["cookies"].get(settings.SESSION_COOKIE_NAME))
        super().populate_scope(scope)

    async def resolve_scope(self, scope: Scope) -> None:
        from django.contrib.auth.models import AnonymousUser  # needs the models to be loaded

        user = await threads.run(signed_in, scope["session"])
        scope["user"]._wrapped = user or AnonymousUser()  # noqa: SLF001 - as Channels does it


def same_origin(headers: dict[bytes, bytes], scheme: str) -> bool:
    """Whether the page that opens the socket is ours: scheme, host and port, exactly.

    Browsers always say where they come from; a client that does not is no browser.
    """
    origin = headers.get(b"origin", b"").decode("latin1")
    host = headers.get(b"host", b"").decode("latin1")
    # First: with a host of their choice anybody's origin agrees.
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    return origin in ("", settings.BATON_URL, f"{scheme}://{host}")


def signed_in(session: SessionBase) -> User | None:
    """The person this session belongs to, if it is alive and they are still welcome."""
    known = session.get(SESSION_KEY)
    user = User.objects.filter(pk=known, is_active=True).first() if known else None
    if user is None:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    stored = session.get(HASH_SESSION_KEY, "")
    return user if any(constant_time_compare(stored, one) for one in hashes) else None
