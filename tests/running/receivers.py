"""Other people's servers: small, real, on the loopback address, and as bad as a test wants them."""

import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers each request with the next of `answers`, the last one for ever: a status, with its
    headers, or what makes the bytes of a reply from those of the request."""

    answers: list = field(default_factory=lambda: [200])
    port: int = 0
    answering: threading.Event = field(default_factory=threading.Event)
    received: list[Received] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> "Receiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                receiver.arrived.append(self.headers.get("webhook-id", ""))
                receiver.answering.wait()
                answer = (
                    receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                )
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                if callable(status):
                    status, said = 200, status(body)
                else:
                    said = b""
                receiver.received.append(
                    Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                )
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def stop(self) -> None:
        self.answering.set()
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def receiving(*answers, port=0, holding=False):
    """With `holding` it answers nothing before `answering` is set."""
    receiver = Receiver(list(answers) or [200], port=port).start()
    if not holding:
        receiver.answering.set()
    try:
        yield receiver
    finally:
        receiver.stop()


@contextmanager
def raw_server(serve: Callable[[socket.socket], None]):
    """A server whose every connection is handed to `serve` as it is; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_served, args=(serve, connection), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _served(serve, connection):
    with connection:
        try:
            serve(connection)
        except OSError:
            pass


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
