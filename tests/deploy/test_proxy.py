"""deploy/Caddyfile in front of a real server: what it passes on, and where it ends patience."""

import os
import re
import shutil
import socket
import subprocess
import time

import httpx
import orjson
import pytest
from django.conf import settings
from django.test import Client
from websockets.sync.client import connect

from tests import factories
from tests.deploy import image
from tests.running.ports import free_port, wait_for_port

CADDYFILE = image.ROOT / "deploy" / "Caddyfile"


def caddy(*arguments: str, url: str = "https://baton.example.org", web: str = "") -> list[str]:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("caddy is not installed: apt-get install caddy")
    return ["env", f"BATON_URL={url}", *([f"BATON_WEB={web}"] if web else []), program, *arguments]


def test_configuration_is_valid_and_names_the_web_processes():
    command = caddy("adapt", "--config", str(CADDYFILE), "--adapter", "caddyfile", "--validate")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    dialled = re.findall(r'"dial":"([^"]+)"', done.stdout)
    assert dialled == ["web-1:8000", "web-2:8000"]


def test_proxy_waits_longer_than_agents_and_shorter_than_the_web_processes():
    from console import server
    from console.serving.longpoll import WAIT_S_MAX

    said = dict(re.findall(r"^\s*(\w+) (\d+)s$", CADDYFILE.read_text(), re.MULTILINE))
    assert int(said["response_header_timeout"]) >= WAIT_S_MAX + 15
    assert int(said["keepalive"]) < server.KEEP_ALIVE_S


@pytest.fixture
def proxy(server, tmp_path):
    """The proxy before one web process that serves and one that is being replaced."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    web = f"127.0.0.1:{free_port()} {server.url.removeprefix('http://')}"
    # Nobody wants to sit through the whole patience.
    config = tmp_path / "Caddyfile"
    config.write_text(CADDYFILE.read_text().replace("read_header 10s", "read_header 1s"))
    command = caddy("run", "--config", str(config), "--adapter", "caddyfile", url=url, web=web)
    with (tmp_path / "caddy.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for_port(port)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.django_db(transaction=True)
def test_proxy_passes_pages_and_sockets_and_keeps_figures_inside(proxy):
    assert httpx.get(f"{proxy}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{proxy}/-/metrics").status_code == 404
    assert "server" not in httpx.get(f"{proxy}/accounts/login/").headers
    signed_in = Client()
    signed_in.force_login(factories.person("dana"))
    name = settings.SESSION_COOKIE_NAME
    cookie = {"Cookie": f"{name}={signed_in.cookies[name].value}"}
    # Longer than the proxy gives a request's header, to see that it leaves sockets alone.
    with connect(
        f"{proxy.replace('http', 'ws')}/ws/", additional_headers=cookie, origin=proxy
    ) as ws:
        assert orjson.loads(ws.recv(10))["type"] == "hello"
        time.sleep(1.5)
        ws.send('{"type": "here", "active": true}')
        assert ws.ping().wait(10)


@pytest.mark.django_db(transaction=True)
def test_proxy_refuses_what_is_too_large_and_ends_what_is_too_slow(proxy):
    large = httpx.get(f"{proxy}/healthz", headers={"X-Large": "x" * 32_000})
    assert large.status_code == 431
    with socket.create_connection(("127.0.0.1", int(proxy.rpartition(":")[2]))) as slow:
        slow.settimeout(30)
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        began = time.monotonic()
        assert slow.recv(1000) == b""
        assert time.monotonic() - began < 20
    # How long a body may be is for Baton to say.
    too_long = b"x" * (settings.PACKAGE_BYTES_MAX + 1)
    answer = httpx.post(f"{proxy}/api/v1/escalations", content=too_long)
    assert (answer.status_code, answer.json()["title"]) == (413, "Content Too Large")
