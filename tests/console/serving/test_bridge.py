import asyncio

import orjson
import pytest

from console.serving.bridge import Bridge
from console.serving.threads import Pool

SCOPE = {
    "type": "http", "method": "POST", "path": "/é", "root_path": "", "query_string": b"a=1",
    "http_version": "1.1", "scheme": "https", "server": ("baton.example.org", 443),
    "client": ("192.0.2.7", 5000), "headers": [],
}  # fmt: skip


class Response:
    def __init__(self, parts):
        self.parts, self.closed = parts, 0

    def __iter__(self):
        return iter(self.parts)

    def close(self):
        self.closed += 1


class Wsgi:
    def __init__(self, *parts):
        self.response, self.environ, self.body = Response(parts), None, None

    def __call__(self, environ, start_response):
        self.environ, self.body = environ, environ["wsgi.input"].read()
        start_response("201 Created", [("Content-Type", "text/plain"), ("Set-Cookie", "a=é")])
        return self.response


@pytest.fixture
def pool():
    pool = Pool("test")
    yield pool
    pool.close()


async def ask(wsgi, pool, *messages, headers=(), bytes_max=10):
    queue, sent = list(messages), []

    async def receive():
        return queue.pop(0) if queue else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    await Bridge(wsgi, pool, bytes_max)({**SCOPE, "headers": list(headers)}, receive, send)
    return sent


def body(content=b"", more=False):
    return {"type": "http.request", "body": content, "more_body": more}


async def test_answer_passes_through_and_is_closed_once(pool):
    wsgi = Wsgi(b"hello ", b"world")
    assert await ask(wsgi, pool, body()) == [
        {
            "type": "http.response.start",
            "status": 201,
            "headers": [(b"content-type", b"text/plain"), (b"set-cookie", "a=é".encode("latin1"))],
        },
        {"type": "http.response.body", "body": b"hello world"},
    ]
    assert wsgi.response.closed == 1


async def test_environ_is_what_wsgi_expects(pool):
    wsgi = Wsgi()
    headers = [
        (b"host", b"baton.example.org"), (b"content-type", b"text/plain"), (b"content-length", b"4"),
        (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y"),
    ]  # fmt: skip
    await ask(wsgi, pool, body(b"body"), headers=headers)
    expected = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/é".encode().decode("latin1"), "SCRIPT_NAME": "",
        "QUERY_STRING": "a=1", "SERVER_NAME": "baton.example.org", "SERVER_PORT": "443",
        "REMOTE_ADDR": "192.0.2.7", "wsgi.url_scheme": "https", "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "4", "HTTP_HOST": "baton.example.org", "HTTP_COOKIE": "a=1; b=2",
        "HTTP_ACCEPT": "x,y",
    }  # fmt: skip
    assert {name: wsgi.environ[name] for name in expected} == expected
    assert wsgi.body == b"body"


async def test_a_header_cannot_pose_as_another(pool):
    wsgi = Wsgi()
    await ask(wsgi, pool, body(), headers=[(b"x_forwarded_proto", b"https")])
    assert "HTTP_X_FORWARDED_PROTO" not in wsgi.environ


async def test_a_body_in_chunks_without_length_is_whole(pool):
    wsgi = Wsgi()
    await ask(wsgi, pool, body(b"one", more=True), body(b"two"))
    assert wsgi.body == b"onetwo"
    assert wsgi.environ["CONTENT_LENGTH"] == "6"


async def test_a_body_of_exactly_the_limit_is_accepted(pool):
    wsgi = Wsgi()
    await ask(wsgi, pool, body(b"x" * 10))
    assert wsgi.body == b"x" * 10


async def test_a_larger_body_is_refused_and_never_reaches_django(pool):
    wsgi = Wsgi()
    sent = await ask(wsgi, pool, body(b"x" * 6, more=True), body(b"x" * 5))
    assert sent[0]["status"] == 413
    assert (b"content-type", b"application/problem+json") in sent[0]["headers"]
    assert orjson.loads(sent[1]["body"]) == {
        "type": "about:blank",
        "title": "Content Too Large",
        "status": 413,
        "detail": "The body may have at most 10 bytes.",
    }
    assert wsgi.environ is None


async def test_an_enormous_length_is_refused_unread(pool):
    sent = await ask(Wsgi(), pool, headers=[(b"content-length", b"99999999999")])
    assert sent[0]["status"] == 413


async def test_a_client_that_leaves_half_way_changes_nothing(pool):
    wsgi = Wsgi()
    assert await ask(wsgi, pool, body(b"half", more=True), {"type": "http.disconnect"}) == []
    assert wsgi.environ is None


async def test_a_body_that_never_ends_is_refused(pool, monkeypatch):
    monkeypatch.setattr("console.serving.bridge.BODY_TIMEOUT_S", 0.05)
    sent = await ask(Wsgi(), pool, body(b"half", more=True))
    assert sent[0]["status"] == 408


async def test_a_large_answer_arrives_whole_in_pieces(pool):
    parts = [bytes([n]) * 100_000 for n in range(30)]
    sent = await ask(Wsgi(*parts), pool, body())
    assert b"".join(message["body"] for message in sent[1:]) == b"".join(parts)
    assert [message.get("more_body", False) for message in sent[1:]] == [True] * 45 + [False]


async def test_slow_readers_hold_no_thread(pool):
    """Five readers that never read, and a sixth is still answered by four threads."""
    never = asyncio.Event()

    async def receive():
        return body()

    async def stuck(message):
        await never.wait()

    bridge = Bridge(Wsgi(b"hello"), pool, 10)
    readers = [asyncio.create_task(bridge(SCOPE, receive, stuck)) for _ in range(5)]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(10):
        sent = await ask(Wsgi(b"hello"), pool, body())
    assert sent[1]["body"] == b"hello"
    never.set()
    await asyncio.gather(*readers)


async def test_an_error_in_wsgi_is_raised(pool):
    def broken(environ, start_response):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await ask(broken, pool, body())
