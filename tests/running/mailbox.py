"""A real mail server on the loopback address, as bad as a test wants it."""

import email
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default


@dataclass
class Mailbox:
    """Takes mail for everybody; `refusals` gives an address the answer it gets instead."""

    refusals: dict[str, str] = field(default_factory=dict)
    received: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    @property
    def settings(self) -> dict:
        plain = {"username": "", "password": "", "use_ssl": False, "use_tls": False}
        return {"host": "127.0.0.1", "port": self.port, **plain}


@contextmanager
def mailbox(**refusals):
    box = Mailbox({name.replace("_at_", "@"): answer for name, answer in refusals.items()})

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self._say("220 mailbox")
            for line in iter(self.rfile.readline, b""):
                self._answer(line.decode().strip())

        def _answer(self, line):
            verb = line.upper()
            if verb.startswith("RCPT"):
                named = line.partition("<")[2].partition(">")[0]
                self._say(box.refusals.get(named, "250 ok"))
            elif verb == "DATA":
                self._say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                box.received.append(email.message_from_bytes(body, policy=default))
                self._say("250 taken")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")

        def _say(self, line):
            self.wfile.write(f"{line}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = allow_reuse_address = True

    with Server(("127.0.0.1", box.port), Handler) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
