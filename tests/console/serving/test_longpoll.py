import asyncio
import time
from datetime import timedelta

import orjson
import pytest

from console import clock
from console.hints import hub
from console.serving import longpoll
from console.serving.longpoll import LongPoll


@pytest.fixture(autouse=True)
def _one_process(settings):
    settings.REDIS_URL = ""


class Inner:
    """Stands for Django: gives one answer after another, the last one for ever."""

    def __init__(self, *answers):
        self.answers, self.scopes = list(answers), []

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        status, document = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": orjson.dumps(document)})


WAITING = (202, {"state": "waiting"})
DECIDED = (200, {"proceed": True})


def scope(query=b"wait=5", path="/api/v1/escalations/esc_1/decision", method="GET"):
    return {"type": "http", "method": method, "path": path, "query_string": query, "headers": []}


async def ask(front, question, gone=None):
    sent = []
    gone = gone or asyncio.Event()

    async def receive():
        if not sent and not getattr(receive, "read", False):
            receive.read = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await front(question, receive, send)
    return (sent[0]["status"], orjson.loads(sent[1]["body"])) if sent else None


async def until_asked(inner, times=1):
    async with asyncio.timeout(10):
        while len(inner.scopes) < times:
            await asyncio.sleep(0.005)


async def test_who_waits_for_a_case_of_another_agent_hears_only_of_those():
    found = (200, {"items": [{"id": "dec_1"}]})
    inner = Inner((202, {"items": []}), found)
    waits = asyncio.ensure_future(ask(LongPoll(inner), scope(path="/api/v1/handed")))
    await until_asked(inner)
    hub.publish({"type": "escalation", "escalation": "esc_1", "number": 1, "version": 2})
    await asyncio.sleep(0.2)
    assert len(inner.scopes) == 1
    hub.publish({"type": "handed", "escalation": "handed"})
    assert await waits == found


async def test_a_decision_that_is_there_is_answered_at_once():
    inner = Inner(DECIDED)
    assert await ask(LongPoll(inner), scope()) == DECIDED
    assert len(inner.scopes) == 1


@pytest.mark.parametrize(
    "question",
    [
        scope(query=b""), scope(query=b"wait=0"), scope(query=b"wait=soon"),
        scope(query=b"wait=-1"), scope(query="wait=²".encode()), scope(query=b"wait=9999999999"),
        scope(method="POST"), scope(path="/api/v1/escalations/esc_1"), scope(path="/"),
    ],
)  # fmt: skip
async def test_everything_else_passes_through(question):
    inner = Inner(WAITING)
    assert await ask(LongPoll(inner), question) == WAITING
    assert inner.scopes == [question]


async def test_a_hint_wakes_the_question():
    inner = Inner(WAITING, DECIDED)
    question = asyncio.create_task(ask(LongPoll(inner), scope()))
    await until_asked(inner)
    started = time.monotonic()
    hub.publish({"type": "changed", "escalation": "esc_1"})
    assert await question == DECIDED
    assert time.monotonic() - started < 4


async def test_a_hint_between_subscribing_and_reading_is_not_missed():
    class Racing(Inner):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            if len(self.scopes) == 1:
                hub.publish({"type": "changed", "escalation": "esc_1"})

    assert await ask(LongPoll(Racing(WAITING, DECIDED)), scope()) == DECIDED


async def test_a_hint_about_another_escalation_wakes_nobody():
    inner = Inner(WAITING)
    question = asyncio.create_task(ask(LongPoll(inner), scope(b"wait=1")))
    await until_asked(inner)
    hub.publish({"type": "changed", "escalation": "esc_2"})
    await asyncio.sleep(0.2)
    assert len(inner.scopes) == 1
    await question


async def test_the_end_of_the_wait_gives_the_answer_of_the_moment():
    inner = Inner(WAITING)
    started = time.monotonic()
    assert await ask(LongPoll(inner), scope(b"wait=1")) == WAITING
    assert 0.9 < time.monotonic() - started < 10
    assert len(inner.scopes) == 2


async def test_messages_are_waited_for_in_the_same_way():
    inner = Inner(WAITING, (200, {"items": [{"number": 2}]}))
    question = scope(path="/api/v1/escalations/esc_1/messages", query=b"after=1&wait=5")
    asking = asyncio.ensure_future(ask(LongPoll(inner), question))
    await until_asked(inner)
    hub.publish({"type": "spoken", "escalation": "esc_1", "message": 2})
    assert await asking == (200, {"items": [{"number": 2}]})
    assert inner.scopes[1]["query_string"] == b"after=1&wait=5"


async def test_the_question_is_asked_again_when_the_decision_becomes_effective():
    started = time.monotonic()
    effective_at = (clock.now() + timedelta(seconds=0.4)).isoformat()
    inner = Inner((202, {"state": "decided", "effective_at": effective_at}), DECIDED)
    assert await ask(LongPoll(inner), scope()) == DECIDED
    assert 0.3 < time.monotonic() - started < 4


async def test_an_overdue_decision_is_not_asked_for_without_pause():
    past = (clock.now() - timedelta(seconds=9)).isoformat()
    inner = Inner((202, {"state": "decided", "effective_at": past}))
    await ask(LongPoll(inner), scope(b"wait=1"))
    assert 2 <= len(inner.scopes) <= 4


async def test_an_agent_that_leaves_is_let_go():
    inner, gone, front = Inner(WAITING), asyncio.Event(), None
    front = LongPoll(inner)
    question = asyncio.create_task(ask(front, scope(b"wait=60"), gone))
    await until_asked(inner)
    assert longpoll.waiting == 1
    gone.set()
    async with asyncio.timeout(10):
        assert await question is None
    await asyncio.sleep(0)
    assert longpoll.waiting == 0
    assert asyncio.get_running_loop() not in hub._rooms


async def test_stopping_lets_everybody_go_with_the_answer_of_the_moment():
    inner = Inner(WAITING)
    front = LongPoll(inner)
    questions = [asyncio.create_task(ask(front, scope(b"wait=60"))) for _ in range(5)]
    await until_asked(inner, 5)
    front.stop()
    async with asyncio.timeout(10):
        assert await asyncio.gather(*questions) == [WAITING] * 5


async def test_resync_asks_again(monkeypatch):
    monkeypatch.setattr(longpoll, "RESYNC_SPREAD_S", 0.01)
    inner = Inner(WAITING, DECIDED)
    question = asyncio.create_task(ask(LongPoll(inner), scope()))
    await until_asked(inner)
    hub.spread(hub.RESYNC)
    assert await question == DECIDED


async def test_too_many_waiting_are_answered_without_waiting(monkeypatch):
    monkeypatch.setattr(longpoll, "WAITING_MAX", 0)
    assert await ask(LongPoll(Inner(WAITING)), scope(b"wait=60")) == WAITING


async def test_only_the_front_can_mark_a_repetition():
    inner = Inner(WAITING, DECIDED)
    question = asyncio.create_task(ask(LongPoll(inner), scope()))
    await until_asked(inner)
    hub.publish({"escalation": "esc_1"})
    await question
    first, second = (dict(one["headers"]).get(b"x-baton-again", b"") for one in inner.scopes)
    assert not longpoll.is_repeat({longpoll.AGAIN_HEADER: first.decode()})
    assert longpoll.is_repeat({longpoll.AGAIN_HEADER: second.decode()})
    assert not longpoll.is_repeat({longpoll.AGAIN_HEADER: "1"})
    assert not longpoll.is_repeat({})


async def test_an_error_behind_is_raised_not_swallowed():
    async def broken(scope, receive, send):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await ask(LongPoll(broken), scope())


@pytest.mark.parametrize(
    ("query", "by", "wakes"),
    [
        (b"wait=1&typing=true", "person", True),
        (b"wait=1&typing=true", "customer", False),
        (b"wait=1", "person", False),
    ],
)
async def test_who_waits_for_it_hears_that_a_person_types(query, by, wakes):
    inner = Inner(WAITING)
    question = scope(path="/api/v1/escalations/esc_1/messages", query=query)
    asking = asyncio.ensure_future(ask(LongPoll(inner), question))
    await until_asked(inner)
    hub.publish({"type": "typing", "escalation": "esc_1", "by": by})
    await asyncio.sleep(0.3)
    asked = len(inner.scopes)
    await asking
    assert asked == 1 + wakes
    assert [(b"x-baton-typed", b"1") in one["headers"] for one in inner.scopes[1:2]] == [wakes]
