"""The whole main job on real packages: agents' POSTs, decided by a reviewer who follows the
answers, partly through the real page, and every waiting agent gets a valid document.

The extremes of 300 packages stand for them; `--all` takes them all.
"""

import asyncio
import json
import threading
import uuid
from datetime import UTC, datetime

import httpx
import pytest
import websockets.sync.client
from playwright.sync_api import expect

from escalations.agents import keys, registry
from escalations.models import Escalation, State
from escalations.policy import versions
from escalations.policy.document import PolicyDocument
from escalations.record.lines import BATON
from escalations.schemas.decision import Decision
from tests import extremes
from tests.factories import person
from tests.screens.hand.pressing import NOT_YET, press

pytestmark = [pytest.mark.services, pytest.mark.long]

THROUGH_THE_PAGE = {"approve": 2, "edit": 2, "reject": 2}
ALL_THROUGH_THE_PAGE = {"approve": 12, "edit": 8, "reject": 10}


class Agent:
    """Posts packages and waits for every decision, many at once, as agents do."""

    def __init__(self, url, key):
        self.url, self.documents, self.failure = url, {}, None
        self.headers = {"Authorization": f"Bearer {key}"}

    def post(self, packages):
        """The id of each escalation, by the package's correlation id."""
        ids = {}
        with httpx.Client(base_url=self.url, headers=self.headers, timeout=30) as client:
            for package in packages:
                answer = client.post("/api/v1/escalations", json=package)
                assert answer.status_code == 201, answer.text
                ids[package["correlation_id"]] = answer.json()["id"]
        return ids

    def wait_for(self, ids):
        self._thread = threading.Thread(target=lambda: asyncio.run(self._wait_for_all(ids)))
        self._thread.start()

    def done(self):
        self._thread.join(120)
        assert self.failure is None
        return self.documents

    async def _wait_for_all(self, ids):
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(
            base_url=self.url, headers=self.headers, limits=limits, timeout=90
        ) as client:
            try:
                await asyncio.gather(*(self._wait_for(client, one) for one in ids))
            except Exception as error:
                self.failure = error

    async def _wait_for(self, client, escalation):
        for _ in range(60):
            address = f"/api/v1/escalations/{escalation}/decision"
            answer = await client.get(address, params={"wait": 60})
            if answer.status_code == 200:
                self.documents[escalation] = answer.json()
                return
            assert answer.status_code == 202, answer.text


@pytest.fixture
def packages(shared_data, every):
    """Those of the story; the extremes are of every task type with every verdict."""
    packages, right = _lines(shared_data, "packages"), _right(shared_data)
    if not every:
        packages = extremes.of(
            packages, lambda one: (one["task_type"], right[one["correlation_id"]]["verdict"])
        )
    return {package["correlation_id"]: package for package in packages}


@pytest.fixture
def answers(shared_data, packages):
    return [answer for name, answer in _right(shared_data).items() if name in packages]


def _right(shared_data):
    return {answer["correlation_id"]: answer for answer in _lines(shared_data, "answers")}


def _lines(shared_data, what):
    return [
        json.loads(line) for line in (shared_data / f"retail-{what}.jsonl").read_text().splitlines()
    ]


@pytest.fixture
def without_undo(transactional_db):
    """Nobody waits for an undo window in this story."""
    document = PolicyDocument.model_validate({"defaults": {"undo_s": 0}})
    in_force = versions.current()
    versions.publish(document, by=BATON, now=datetime.now(UTC), expected=in_force.number)


def test_retail_packages_are_decided_as_the_answers_say(
    server, without_undo, desk, packages, answers, settings, every
):
    settings.CALLS_PER_MINUTE = 100_000
    agent_row = registry.create("mira", now=datetime.now(UTC))
    scopes = ["escalations", "metrics"]
    _, key = keys.create(agent_row, scopes=scopes, by=BATON, now=datetime.now(UTC))
    dana = person("dana")
    agent = Agent(server.url, key)
    ids = agent.post(packages.values())
    assert len(ids) == len(packages) == len(answers)
    agent.wait_for(ids.values())

    page = desk(dana)
    through_the_page, over_the_socket = _split(
        answers, packages, ALL_THROUGH_THE_PAGE if every else THROUGH_THE_PAGE
    )
    for answer in through_the_page:
        _decide_on_page(page, ids[answer["correlation_id"]], answer, packages)
    _decide_over_socket(
        server, page, [(ids[a["correlation_id"]], a) for a in over_the_socket], packages
    )

    documents = agent.done()
    assert len(documents) == len(packages)
    for answer in answers:
        document = documents[ids[answer["correlation_id"]]]
        Decision.model_validate(document)
        assert (
            document["outcome"]
            == {"approve": "approved", "edit": "edited", "reject": "rejected"}[answer["verdict"]]
        )
        assert document["proceed"] is (answer["verdict"] != "reject")
        if answer["verdict"] == "edit":
            assert document["actions"][0]["call"] == answer["correct_action"]
    assert Escalation.objects.decided().count() == len(packages)

    overridden = sum(answer["verdict"] != "approve" for answer in answers)
    figures = httpx.get(f"{server.url}/api/v1/metrics", headers=agent.headers).json()
    rate = figures["total"]["override_rate"]
    assert (rate["numerator"], rate["denominator"]) == (overridden, len(packages))
    page.goto("/metrics/")
    expect(page.locator("main")).to_contain_text(f"{overridden} of {len(packages)}")


def _split(answers, packages, through_the_page):
    left, page, socket = dict(through_the_page), [], []
    for answer in answers:
        takes = left[answer["verdict"]] > 0 and _has_same_shape(answer, packages)
        left[answer["verdict"]] -= takes
        (page if takes else socket).append(answer)
    assert len(page) == sum(through_the_page.values())
    return page, socket


def _has_same_shape(answer, packages):
    """An edit that changes values in place: one that adds, removes or changes nothing goes over
    the socket, as the screen sends no edit of nothing."""
    if answer["verdict"] != "edit":
        return True
    before = packages[answer["correlation_id"]]["proposed_actions"][0]["args"]
    after = answer["correct_action"]["args"]
    if before == after:
        return False
    shape = [len(value) if isinstance(value, list) else 0 for value in before.values()]
    return shape == [len(value) if isinstance(value, list) else 0 for value in after.values()]


def _decide_on_page(page, escalation, answer, packages):
    page.goto(f"/escalations/{escalation}/")
    expect(page.locator("header.top")).to_contain_text("Live")
    if answer["verdict"] == "approve":
        _until_it_counts(page, escalation, lambda: press(page, "a"))
    elif answer["verdict"] == "reject":
        press(page, "r")
        page.keyboard.press("1")
    else:
        press(page, "e")
        _fill_in(page, answer, packages[answer["correlation_id"]]["proposed_actions"][0])
        send = page.locator("#edit-form").get_by_role("button", name="Send edit")
        _until_it_counts(page, escalation, send.click)
    page.wait_for_function(
        "id => !document.querySelector(`#briefing[data-escalation='${id}']:not([data-state='decided'])`)",
        arg=escalation,
    )


def _until_it_counts(page, escalation, act):
    """What would leave unseen comes into view first, by a press that does not count."""
    for _ in range(20):
        expect(page.locator(NOT_YET)).to_have_count(0)
        act()
        expect(page.locator("#briefing [data-ui-busy]")).to_have_count(0)
        if Escalation.objects.get(id=escalation).state == State.DECIDED:
            break


def _fill_in(page, answer, action):
    for key, value in answer["correct_action"]["args"].items():
        proposed = action["args"].get(key)
        if isinstance(value, list):
            for place, entry in enumerate(value):
                if entry != proposed[place]:
                    page.locator(f'[name="edit:{action["id"]}:/{key}/{place}"]').fill(entry)
        elif value != proposed:
            page.locator(f'[name="edit:{action["id"]}:/{key}"]').fill(str(value))


def _decide_over_socket(server, page, decisions, packages):
    """Pipelined: all commands are sent before the answers are read."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    headers = {"Cookie": f"sessionid={cookies['sessionid']}", "Origin": server.url}
    with websockets.sync.client.connect(
        server.ws_url, additional_headers=headers, compression=None, max_size=None
    ) as socket:
        waiting = set()
        versions = dict(Escalation.objects.values_list("id", "version"))
        for escalation, answer in decisions:
            frame = _frame(escalation, answer, packages) | {"version": versions[escalation]}
            socket.send(json.dumps(frame))
            waiting.add(frame["id"])
        while waiting:
            heard = json.loads(socket.recv(60))
            assert heard["type"] != "refused", heard
            if heard["type"] == "ack":
                waiting.remove(heard["id"])


def _frame(escalation, answer, packages):
    frame = {
        "type": "command",
        "command": answer["verdict"],
        "id": str(uuid.uuid4()),
        "escalation": escalation,
    }
    if answer["verdict"] == "edit":
        action = packages[answer["correlation_id"]]["proposed_actions"][0]
        edit = {"action_id": action["id"], "type": "edit", "edited": answer["correct_action"]}
        frame["actions"] = [edit]
    return frame
