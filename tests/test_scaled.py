"""Many processes on PostgreSQL and Redis, as a deployment runs them; some of them killed."""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import orjson
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from websockets.sync.client import connect

from console import clock
from escalations.agents import keys, registry
from escalations.models import Delivery, Escalation
from escalations.record.lines import Actor
from tests import factories
from tests.running import receivers
from tests.running.cluster import Cluster
from tests.running.listening import endpoint, verified
from tests.running.ports import free_port, wait_for_port

pytestmark = [pytest.mark.scaled, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cluster(transactional_db, redis_url, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL: bin/test runs it with DATABASE_URL and REDIS_URL.")
    running = Cluster(redis_url, tmp_path)
    yield running
    running.stop()


@pytest.fixture
def mira(transactional_db):
    """An agent's key and the header it calls with."""
    now = clock.now()
    key, text = keys.create(
        registry.create("mira", now=now),
        scopes=["escalations"],
        callback_hosts=[],
        by=Actor("operator", "test"),
        now=now,
    )
    return key, {"Authorization": f"Bearer {text}"}


def escalate(url, headers):
    answer = httpx.post(
        f"{url}/api/v1/escalations", headers=headers, json=factories.REFUND, timeout=30
    )
    assert answer.status_code == 201, answer.text
    # Decisions are effective at once, so that no test sits through an undo window.
    Escalation.objects.filter(id=answer.json()["id"]).update(undo_s=0)
    return answer.json()["id"]


@pytest.fixture
def signed_in():
    """Gives the browser of a person at one web process."""
    opened = []

    def sign_in(url, person):
        client = Client()
        client.force_login(person)
        browser = httpx.Client(base_url=url, headers={"Accept": "application/json"}, timeout=30)
        opened.append(browser)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        browser.cookies.set(settings.SESSION_COOKIE_NAME, session)
        browser.cookies.set(settings.CSRF_COOKIE_NAME, "t" * 32)
        browser.headers.update({"X-CSRFToken": "t" * 32, "Origin": url})
        return browser

    yield sign_in
    for browser in opened:
        browser.close()


def reject(browser, escalation):
    version = Escalation.objects.get(id=escalation).version
    form = {"id": str(uuid4()), "version": version, "reason_code": "other"}
    answer = browser.post(f"/escalations/{escalation}/reject/", data=form)
    assert answer.status_code == 200, answer.text


def until(holds, within_s=30):
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "It did not come about in time."
        time.sleep(0.05)


def test_a_decision_on_one_process_answers_on_another_and_leaves_by_a_worker(
    cluster, mira, signed_in
):
    key, headers = mira
    one, two = cluster.web("one"), cluster.web("two")
    cluster.worker()
    cluster.beat()
    dana = signed_in(two, factories.person())
    with receivers.receiving() as hooks:
        endpoint(key, hooks.url)
        session = f"{settings.SESSION_COOKIE_NAME}={dana.cookies[settings.SESSION_COOKIE_NAME]}"
        socket = two.replace("http", "ws") + "/ws/"
        with connect(socket, additional_headers={"Cookie": session}, origin=two) as screen:
            assert orjson.loads(screen.recv(10))["type"] == "hello"
            escalation = escalate(one, headers)
            frames = iter(lambda: orjson.loads(screen.recv(10)), None)
            row = next(frame for frame in frames if frame["type"] == "row")
            assert row["escalation"] == escalation
        question = f"{one}/api/v1/escalations/{escalation}/decision"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(
                httpx.get, question, params={"wait": 30}, headers=headers, timeout=40
            )
            time.sleep(0.5)
            decided_at = time.monotonic()
            reject(dana, escalation)
            answer = waiting.result()
            took_s = time.monotonic() - decided_at
        assert (answer.status_code, answer.json()["outcome"]) == (200, "rejected")
        assert took_s < 10
        until(lambda: hooks.received)
        event = verified(hooks.received[0])
    assert event["type"] == "escalation.decided"
    assert event["data"]["id"] == answer.json()["id"]


def test_work_goes_on_after_a_worker_and_a_web_process_were_killed(cluster, mira, signed_in):
    key, headers = mira
    one, two = cluster.web("one"), cluster.web("two")
    cluster.worker()
    cluster.beat()
    person = factories.person()
    with receivers.receiving() as hooks:
        endpoint(key, hooks.url)
        escalation = escalate(one, headers)
        cluster.kill("worker")
        cluster.kill("one")
        reject(signed_in(two, person), escalation)
        answer = httpx.get(
            f"{two}/api/v1/escalations/{escalation}/decision", headers=headers, timeout=30
        )
        assert (answer.status_code, answer.json()["outcome"]) == (200, "rejected")
        assert Delivery.objects.get().state == Delivery.State.DUE
        cluster.worker("second")
        until(lambda: hooks.received)
        until(lambda: Delivery.objects.get().state != Delivery.State.DUE)
    assert len(hooks.received) == 1


def test_forked_web_processes_answer_and_one_that_is_killed_comes_back(cluster, mira, signed_in):
    _, headers = mira
    one, two = cluster.webs("webs", 2)
    escalation = escalate(one, headers)
    reject(signed_in(two, factories.person()), escalation)
    answer = httpx.get(
        f"{one}/api/v1/escalations/{escalation}/decision", headers=headers, timeout=30
    )
    assert (answer.status_code, answer.json()["outcome"]) == (200, "rejected")
    forked = cluster.children("webs")
    os.kill(forked[0], signal.SIGKILL)
    until(lambda: set(cluster.children("webs")) - set(forked))
    # Whoever comes meanwhile waits for it, and is not refused.
    assert httpx.get(f"{one}/healthz", timeout=60).status_code == 200
    assert httpx.get(f"{two}/healthz", timeout=60).status_code == 200


def test_without_redis_everything_is_accepted_and_decided(mira, tmp_path, signed_in):
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL: bin/test runs it with DATABASE_URL and REDIS_URL.")
    port = free_port()
    redis = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port)
    running = Cluster(f"redis://127.0.0.1:{port}/0", tmp_path)
    try:
        one, two = running.web("one"), running.web("two")
        _, headers = mira
        redis.kill()
        redis.wait(5)
        escalation = escalate(one, headers)
        with ThreadPoolExecutor(1) as pool:
            question = f"{one}/api/v1/escalations/{escalation}/decision"
            waiting = pool.submit(
                httpx.get, question, params={"wait": 30}, headers=headers, timeout=40
            )
            time.sleep(0.5)
            started = time.monotonic()
            reject(signed_in(two, factories.person()), escalation)
            answer = waiting.result()
        assert (answer.status_code, answer.json()["outcome"]) == (200, "rejected")
        assert time.monotonic() - started < 25
        assert httpx.get(f"{two}/readyz", timeout=30).json()["broker"] == "missing"
    finally:
        running.stop()
        redis.kill()
        redis.wait(5)


def test_a_web_process_starts_without_redis_and_without_a_data_folder(mira, tmp_path, signed_in):
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL: bin/test runs it with DATABASE_URL and REDIS_URL.")
    running = Cluster(f"redis://127.0.0.1:{free_port()}/0", tmp_path, data=tmp_path / "nowhere")
    try:
        one = running.web("one")
        answer = httpx.get(f"{one}/readyz", timeout=30)
        wanted = {"database": "ok", "migrations": "ok", "broker": "missing", "disk": "missing"}
        assert (answer.status_code, answer.json()) == (200, wanted | {"status": "ok"})
        _, headers = mira
        escalation = escalate(one, headers)
        reject(signed_in(one, factories.person()), escalation)
        question = f"{one}/api/v1/escalations/{escalation}/decision"
        answer = httpx.get(question, headers=headers, timeout=30)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "rejected")
        until(lambda: running.log("one").count('"event": "part_missing"') == 2)
        assert "Redis does not answer at REDIS_URL" in running.log("one")
        assert f"There is no data folder {tmp_path / 'nowhere'}" in running.log("one")
    finally:
        running.stop()


def test_commands_are_not_broken_off_by_the_time_outs_of_the_web(cluster):
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    asked = "; ".join(f"c.execute('SHOW {name}'); print(c.fetchone()[0])" for name in names)
    code = f"from django.db import connection; c = connection.cursor(); {asked}"
    assert cluster.manage("shell", "--no-imports", "--command", code).split() == ["0", "1min", "0"]
    limited = cluster.manage(
        "shell", "--no-imports", "--command", code, BATON_STATEMENT_TIMEOUT_S="5"
    )
    assert limited.split() == ["5s", "2s", "10s"]
