"""The whole web process over real connections."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import httpx
import orjson
import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from console import clock
from console.serving import longpoll
from escalations import commands
from escalations.agents import keys, registry
from escalations.record.lines import Actor
from tests import factories
from tests.running.live import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent(server):
    """An agent with a key and a keep-alive connection to the server."""
    with _calling(server.url) as client:
        yield client


@contextmanager
def _calling(url):
    now, operator = clock.now(), Actor("operator", "test")
    mira = registry.create("mira", now=now)
    _, text = keys.create(mira, scopes=["escalations"], callback_hosts=[], by=operator, now=now)
    headers = {"Authorization": f"Bearer {text}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        yield client


def escalate(agent):
    answer = agent.post("/api/v1/escalations", json=factories.REFUND)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def decide(escalation, viewer, name="reject", **arguments):
    shown = _version(escalation)
    command = commands.Command(name, str(uuid4()), escalation, shown, arguments)
    return commands.perform(viewer, command, now=clock.now())


def _version(escalation):
    from escalations.models import Escalation

    return Escalation.objects.get(id=escalation).version


def waits(agent, escalation, wait_s):
    """The answer to a question that waits, and how long it took."""
    started = time.monotonic()
    answer = agent.get(f"/api/v1/escalations/{escalation}/decision", params={"wait": wait_s})
    return answer, time.monotonic() - started


def test_pages_and_files(server):
    with httpx.Client(base_url=server.url, timeout=30) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        head = client.head("/healthz")
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "16")
        login = client.get("/accounts/login/")
        assert login.status_code == 200
        assert "default-src 'none'" in login.headers["content-security-policy"]
        style = client.get(f"{settings.STATIC_URL}css/tokens.css")
        assert style.headers["content-type"] == 'text/css; charset="utf-8"'
        assert style.headers["cache-control"] == "max-age=315360000, public, immutable"
        assert client.get("/nowhere/").status_code == 404


def test_a_body_in_chunks_reaches_the_api_whole(agent):
    body = orjson.dumps(factories.REFUND)
    pieces = (body[start : start + 50] for start in range(0, len(body), 50))
    answer = agent.post(
        "/api/v1/escalations", content=pieces, headers={"Content-Type": "application/json"}
    )
    assert answer.request.headers["transfer-encoding"] == "chunked"
    assert answer.status_code == 201


def test_a_body_over_the_limit_is_refused_as_a_problem(agent):
    answer = agent.post("/api/v1/escalations", content=b"x" * (settings.PACKAGE_BYTES_MAX + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "The body may have at most 1048576 bytes."


def test_a_question_waits_and_is_answered_by_the_decision(agent):
    escalation, dana = escalate(agent), factories.viewer()
    with ThreadPoolExecutor(1) as pool:
        question = pool.submit(waits, agent, escalation, 20)
        while not longpoll.waiting:
            time.sleep(0.01)
        decided_at = time.monotonic()
        done = decide(escalation, dana, reason_code="other")
        assert done["state"] == "decided"
        answer, _ = question.result(25)
    took_s = time.monotonic() - decided_at
    assert answer.status_code == 200, answer.text
    assert (answer.json()["outcome"], answer.json()["proceed"]) == ("rejected", False)
    # The undo window of a fresh policy is 10 s, and not a moment of it is cut off.
    assert 10 <= took_s < 19


def test_a_question_without_decision_ends_with_the_wait(agent):
    answer, took_s = waits(agent, escalate(agent), 1)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert 1 <= took_s < 10


def test_many_questions_hold_no_thread_and_no_connection(agent, server):
    """Forty agents wait, and pages are answered as quickly as ever by four threads."""
    escalation = escalate(agent)
    with ThreadPoolExecutor(40) as pool:
        questions = [pool.submit(waits, agent, escalation, 4) for _ in range(40)]
        until = time.monotonic() + 10
        while longpoll.waiting < 40 and time.monotonic() < until:
            time.sleep(0.01)
        assert longpoll.waiting == 40
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert {question.result()[0].status_code for question in questions} == {202}
    assert longpoll.waiting == 0


def test_an_agent_that_hangs_up_is_forgotten(agent, server):
    escalation = escalate(agent)
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as impatient:
        key = agent.headers["Authorization"]
        impatient.sendall(
            f"GET /api/v1/escalations/{escalation}/decision?wait=60 HTTP/1.1\r\n"
            f"Host: {host}\r\nAuthorization: {key}\r\n\r\n".encode()
        )
        while not longpoll.waiting:
            time.sleep(0.01)
    until = time.monotonic() + 5
    while longpoll.waiting and time.monotonic() < until:
        time.sleep(0.01)
    assert longpoll.waiting == 0


def _cookie(user):
    client = Client()
    client.force_login(user)
    return {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    }


def test_a_socket_says_hello_without_compression(server):
    headers = _cookie(factories.person())
    with connect(server.ws_url, additional_headers=headers, origin=server.url) as ws:
        assert orjson.loads(ws.recv(5))["type"] == "hello"
        assert ws.response.headers.get("Sec-WebSocket-Extensions") is None


def test_a_socket_without_session_is_closed_as_signed_out(server):
    with connect(server.ws_url, origin=server.url) as ws, pytest.raises(ConnectionClosed) as closed:
        ws.recv(5)
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize(("path", "origin"), [("/ws/", "http://evil.example"), ("/other/", None)])
def test_a_foreign_origin_or_path_opens_no_socket(server, path, origin):
    headers = _cookie(factories.person())
    address = server.ws_url.replace("/ws/", path)
    with pytest.raises(InvalidStatus) as refused:
        connect(address, additional_headers=headers, origin=origin)
    assert refused.value.response.status_code == 403


def test_the_server_stops_at_once_though_agents_wait(transactional_db):
    answers = []
    with LiveServer() as stopping, _calling(stopping.url) as agent:
        escalation = escalate(agent)
        question = threading.Thread(target=lambda: answers.append(waits(agent, escalation, 60)[0]))
        question.start()
        while not longpoll.waiting:
            time.sleep(0.01)
        started = time.monotonic()
        stopping.__exit__(None, None, None)
        question.join(5)
        assert time.monotonic() - started < 10
    assert answers[0].status_code == 202
