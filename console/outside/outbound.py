"""The one place that opens connections to others: receivers of webhooks, addresses that are read,
and the mail server.

An address is checked at the moment of connecting, on what the name resolved to just now, so that
neither a name that changes its answer nor a redirect leads inside. Nothing is followed, nothing is
kept, and no proxy setting of the environment is read.
"""

import functools
import ipaddress
import queue
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, urlsplit

import certifi
import httpcore
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from console.outside import addresses, failures
from console.outside.addresses import Address, Network

CONNECT_S = 3.0
TOTAL_S = 10.0
REPLY_BYTES_MAX = 64 * 1024
PORTS = (443, 8443)
MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
MAILBOX_GONE = range(550, 560)

Resolver = Callable[[str, int], list[str]]

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_VISIBLE = re.compile(r"[!-\[\]-~]{1,2000}")  # ASCII without spaces and backslashes.
_UNSPECIFIED = ipaddress.IPv4Address(0)


class AddressRefused(Exception):
    """Baton does not call this address; the text says why, for a person to read."""


class NoAnswer(failures.Failure):
    """The call was made, and no whole answer came; the text says what happened."""


class NotTaken(Exception):
    """The mail server answered, and did not take the mail. `for_good`: nor will it later."""

    def __init__(self, code: int, answer: bytes | str, *, for_good: bool = False) -> None:
        words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
        super().__init__(f"The mail server answered {code} {' '.join(words.split())}")
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side said: status, headers in lower case, how long it took to its head, and
    as much of its body as was read."""

    status: int
    headers: Mapping[str, str]
    took_s: float
    body: bytes = b""


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of `host`, asked once. Raises OSError where there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    resolve: Resolver = system_resolver,
    tls: ssl.SSLContext | None = None,
    within_s: float = TOTAL_S,
) -> Reply:
    """Send `body` and return the reply, within 10 s altogether or as long as is said, and 64 KiB of
    it read at most.

    Raises Refused where the address is not allowed, NoAnswer where no answer came.
    """
    call = _Call(check(url), resolve, within_s)
    return _called(call, "POST", url, body=body, headers=headers, tls=tls)


def get(
    url: str,
    headers: Mapping[str, str],
    *,
    resolve: Resolver = system_resolver,
    tls: ssl.SSLContext | None = None,
    within_s: float = TOTAL_S,
) -> Reply:
    """Read what stands there, under the same rules. Raises as `post` does."""
    call = _Call(check(url), resolve, within_s)
    return _called(call, "GET", url, body=None, headers=headers, tls=tls)


def mails() -> bool:
    """Whether the deployment has a mail server; it is its own, so no address of it is refused."""
    return bool(settings.SMTP)


def mail(to: str, subject: str, text: str, *, message_id: str) -> None:
    """Hand one mail over, waiting at most 10 s for each answer of the server.

    The same `message_id` again is the same mail again. Raises Refused, NoAnswer or NotTaken.
    """
    if not mails():
        raise AddressRefused("There is no mail server: set BATON_SMTP_URL and BATON_MAIL_FROM.")
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{message_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    letter = EmailMessage(subject, text, settings.MAIL_FROM, [to], headers=headers)
    letter.connection = get_connection(MAIL_BACKEND, timeout=TOTAL_S, **settings.SMTP)
    try:
        letter.send()
    # From the narrow to the wide: each error of smtplib is an OSError too.
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise NotTaken(code, answer, for_good=code in MAILBOX_GONE) from error
    except smtplib.SMTPResponseException as error:
        raise NotTaken(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NoAnswer(failures.of_mail(error)) from error


def mail_host() -> str:
    """The mail server as the limits for each receiver count it."""
    return f"{settings.SMTP['host']}:{settings.SMTP['port']}"


def check(url: str) -> SplitResult:
    """The parts of an address that may be called, as far as can be said before resolving its name.

    Raises Refused with a sentence. What it lets through is checked again on every connection.
    """
    target = _split(url)
    host = target.hostname or ""
    inside = _private_networks()
    literal = _literal(host)
    if target.scheme not in ("http", "https"):
        raise AddressRefused("The address must begin with https://.")
    if target.username is not None or target.password is not None:
        raise AddressRefused("The address must not hold a user name or password.")
    if target.fragment:
        raise AddressRefused("The address must not hold a fragment (#).")
    if literal is not None and not addresses.is_within(literal, inside):
        raise AddressRefused(f"{host} is a number, not a name; receivers are called by name.")
    if literal is None and not _NAME.fullmatch(host):
        raise AddressRefused(f"{host!r} is not a name that can be looked up.")
    if target.scheme == "http" and not inside:
        raise AddressRefused("The address must begin with https://.")
    if literal is None and not inside and (target.port or 443) not in PORTS:
        raise AddressRefused(f"Port {target.port} is not called; only 443 and 8443 are.")
    return target


def origin(url: str) -> str:
    """Whom an address belongs to: its name and port, as the limits for each receiver count it."""
    target = _split(url)
    return f"{(target.hostname or '').rstrip('.')}:{target.port or _port(target)}"


def _called(
    call: "_Call",
    method: str,
    url: str,
    *,
    body: bytes | None,
    headers: Mapping[str, str],
    tls: ssl.SSLContext | None,
) -> Reply:
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=tls or _tls(), network_backend=call, max_keepalive_connections=0
            ) as pool,
            pool.stream(method, url, headers=[*headers.items()], content=body) as response,
        ):
            # Before the body is read: it is timed to its head, and nothing in the body may undo it.
            status, headers, took_s = response.status, _plain(response.headers), call.took_s
            return Reply(status, headers, took_s, _drain(response))
    except (OSError, httpcore.NetworkError) as error:
        raise NoAnswer(*failures.of_call(error, after_s=call.took_s)) from error
    except httpcore.ProtocolError as error:
        raise NoAnswer(*failures.NO_HTTP) from error


class _Call(httpcore.NetworkBackend):
    """Connects one call to a checked address, and holds everything in it to one deadline."""

    def __init__(self, target: SplitResult, resolve: Resolver, within_s: float = TOTAL_S) -> None:
        self.target = target
        self.within_s = within_s
        self.resolve = resolve
        self.started_at = time.monotonic()

    @property
    def took_s(self) -> float:
        """How long it has lasted."""
        return time.monotonic() - self.started_at

    def left_s(self, of_s: float | None = None) -> float:
        """What is left of the time allowed. Raises TimeoutError where nothing is."""
        left = min(self.within_s, TOTAL_S if of_s is None else of_s) - self.took_s
        if left <= 0:
            raise TimeoutError
        return left

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """The connection to the first address that answers, all of them checked beforehand."""
        found = _looked_up(self.resolve, host, port, self.left_s(CONNECT_S))
        problem: OSError = failures.NameNotFound("the name has no address")
        for address in _allowed(self.target, found):
            try:
                return _Stream(self._connected(address, port), self)
            except OSError as error:
                problem = error
        raise problem

    def _connected(self, address: Address, port: int) -> socket.socket:
        connection = socket.create_connection((str(address), port), self.left_s(CONNECT_S))
        # What was checked is worth nothing unless it is what was connected to.
        peer = ipaddress.ip_address(connection.getpeername()[0])
        if peer != address:
            connection.close()
            raise AddressRefused(f"The connection led to {peer} instead of {address}.")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends at the deadline of its call."""

    def __init__(self, connection: socket.socket, call: _Call) -> None:
        self.connection = connection
        self.call = call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.connection.settimeout(self.call.left_s())
        return self.connection.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.connection.settimeout(self.call.left_s())
        try:
            self.connection.sendall(buffer)
        except ConnectionError as error:
            # httpcore then still reads the answer of a server that closed early.
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self.connection.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        self.connection.settimeout(self.call.left_s())
        try:
            secured = ssl_context.wrap_socket(self.connection, server_hostname=server_hostname)
        except BaseException:
            self.close()
            raise
        return _Stream(secured, self.call)

    def get_extra_info(self, info: str) -> Any:
        return None


def _looked_up(resolve: Resolver, host: str, port: int, within_s: float) -> list[str]:
    """The resolver's answer, or TimeoutError: it knows no time limit of its own."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError):
            answers.put(failures.NameNotFound(f"{host} was not found"))

    # A daemon, so that a resolver that hangs does not keep the process from ending.
    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=within_s)
    except queue.Empty as error:
        raise TimeoutError from error
    if isinstance(answer, OSError):
        raise answer
    return answer


def _allowed(target: SplitResult, found: list[str]) -> list[Address]:
    """The addresses, if every one may be called. Raises Refused for the first that may not."""
    inside = _private_networks()
    everything_inside = True
    parsed = [ipaddress.ip_address(text) for text in found]
    for address in parsed:
        if addresses.is_within(address, inside):
            continue
        everything_inside = False
        words = addresses.why_not_public(address)
        if words:
            raise AddressRefused(f"{target.hostname} is at {address}, {words} address.")
    if not everything_inside and target.scheme != "https":
        raise AddressRefused("The address must begin with https://.")
    if not everything_inside and _port(target) not in PORTS:
        raise AddressRefused(f"Port {_port(target)} is not called; only 443 and 8443 are.")
    return parsed


def _private_networks() -> tuple[Network, ...]:
    return tuple(settings.CALLBACK_PRIVATE_ADDRESSES)


def _split(url: str) -> SplitResult:
    """The parts of an address. Raises Refused for one that two readers could read differently."""
    try:
        target = urlsplit(url)
        # A port that is none is only found out when it is asked for.
        _port(target)
    except ValueError as error:
        raise AddressRefused("That is not an address.") from error
    if not _VISIBLE.fullmatch(url) or not target.hostname:
        raise AddressRefused("That is not an address.")
    return target


def _port(target: SplitResult) -> int:
    return target.port or (80 if target.scheme == "http" else 443)


def _literal(host: str) -> Address | None:
    """The address that `host` is when it is written in numbers, in any of the ways libc reads."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return _UNSPECIFIED
    return None


def _plain(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _drain(response: httpcore.Response) -> bytes:
    """A polite part of the body; the status is known, so nothing here can fail the call."""
    body = bytearray()
    try:
        for chunk in response.iter_stream():
            body += chunk[: REPLY_BYTES_MAX - len(body)]
            if len(body) >= REPLY_BYTES_MAX:
                break
    except (OSError, httpcore.NetworkError, httpcore.ProtocolError):
        pass
    return bytes(body)


@functools.cache
def _tls() -> ssl.SSLContext:
    """The system's authorities, so that a company's own count, and those everybody trusts."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
