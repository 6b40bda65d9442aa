"""The simulated agent against the real server."""

import asyncio
import json
from datetime import timedelta

import pytest

from console import clock
from console.serving import threads
from console.simulation import agent, credentials, sources
from console.simulation.agent import Simulation
from escalations import lifecycle
from escalations.lifecycle.conversing.taking_over import HandBack
from escalations.models import ApiKey, ChatMessage, Escalation, Report
from escalations.proposal.choices import Choice
from tests.factories import REFUND, viewer
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db(transaction=True)


def simulate(server, packages, *, meanwhile=None, count=None, at_once=10):
    """Runs it to its end; `meanwhile` plays the people."""
    told = []

    async def run(keys):
        simulation = Simulation(
            server.url, keys, rate_per_minute=None, at_once=at_once, tell=told.append
        )
        people = asyncio.create_task(meanwhile(simulation)) if meanwhile else None
        summary = await asyncio.wait_for(
            simulation.run(iter([("", package) for package in packages]), count), 40
        )
        if people:
            people.cancel()
        return summary

    with credentials.borrowed(()) as keys:
        summary = asyncio.run(run(keys))
    return summary, told


async def answering(simulation):
    """Approves what waits, one after the other, and rejects the third."""
    dana = await threads.run(viewer)
    number = 0
    while True:
        for case in await threads.run(lambda: list(Escalation.objects.waiting())):
            number += 1
            choice = Choice("reject" if number == 3 else "approve")
            await threads.run(decide, case, choice, dana)
        await asyncio.sleep(0.05)


def decide(case, choice, by):
    lifecycle.decide(case, choice, by=by, version=case.version, reject_reasons=[], now=clock.now())


def test_every_package_is_posted_answered_and_reported(server):
    publish(refund={"level": 2, "undo_s": 0})
    summary, told = simulate(server, [REFUND] * 4, meanwhile=answering)
    assert (summary.posted, summary.answered, summary.refused, summary.invalid) == (4, 4, 0, 0)
    assert summary.decided == {"approved": 3, "rejected": 1}
    assert sorted(Report.objects.values_list("result", flat=True)) == ["executed"] * 3 + ["refused"]
    assert [one.event for one in told].count("decided") == 4


def test_automatic_decisions_come_at_once(server):
    publish(refund={"level": 1, "amount_from": {"refund": {"amount": "/amount"}}})
    sure = {**REFUND, "context": {"reasoning": {"confidence": 0.99}}}
    sure.pop("trigger")
    summary, _ = simulate(server, [sure] * 2)
    assert summary.decided == {"approved": 2}


def test_package_that_is_refused_is_told_and_the_rest_goes_on(server):
    publish(refund={"level": 1})
    sure = {"task_type": "refund", "summary": "Ok", "context": {"reasoning": {"confidence": 0.99}}}
    summary, told = simulate(server, [{"task_type": "refund"}, sure])
    assert (summary.refused, summary.answered) == (1, 1)
    assert told[0].sentence.startswith("refused with 422") or told[1].sentence.startswith(
        "refused with 422"
    )


def test_stop_ends_it_cleanly_and_keys_end_with_it(server):
    async def stop_soon(simulation):
        while simulation.summary.posted < 2:
            await asyncio.sleep(0.02)
        simulation.stop()

    summary, _ = simulate(server, [REFUND] * 2, meanwhile=stop_soon)
    assert (summary.posted, summary.answered) == (2, 0)
    assert ApiKey.objects.filter(revoked_at=None).count() == 0


def test_no_more_than_so_many_wait_at_once(server):
    async def stop_soon(simulation):
        await asyncio.sleep(1.5)
        simulation.stop()

    summary, _ = simulate(server, [REFUND] * 5, meanwhile=stop_soon, at_once=2)
    assert summary.posted == 2


def test_file_is_read_line_by_line_and_the_agent_left_out(tmp_path):
    file = tmp_path / "packages.jsonl"
    named = {**REFUND, "source": {"agent": {"id": "somebody"}, "environment": "test"}}
    file.write_text(f"{json.dumps(named)}\n\n{json.dumps(REFUND)}\n")
    source = sources.from_file(file)
    assert source.count == 2
    assert [package for _, package in source.packages] == [
        {**REFUND, "source": {"environment": "test"}},
        REFUND,
    ]


@pytest.mark.parametrize(("text", "line"), [('{"a": 1}\nno', "Line 2"), ("[1]", "Line 1")])
def test_file_that_is_none_is_refused_by_its_line(tmp_path, text, line):
    file = tmp_path / "packages.jsonl"
    file.write_text(text)
    with pytest.raises(sources.Unreadable, match=line):
        sources.from_file(file)


async def until(found):
    """What there is, as soon as there is anything."""
    while True:
        if there := await threads.run(found):
            return there
        await asyncio.sleep(0.05)


async def talking(simulation):
    """Takes over, speaks, hears the customer, and closes the case."""
    dana = await threads.run(viewer)
    (case,) = await until(lambda: list(Escalation.objects.waiting()))
    case = await threads.run(take_over, case, dana)
    await until(lambda: case.chat_messages.filter(role="customer").exists())
    await threads.run(say, case, dana)
    await until(lambda: case.chat_messages.filter(role="customer").count() == 2)
    await threads.run(close, case, dana)


def take_over(case, by):
    return lifecycle.take_over(case, by=by, version=case.version, now=clock.now())


def say(case, by):
    lifecycle.say(case, "I am Dana.", by=by, now=clock.now())


def close(case, by):
    told = HandBack(closes=True)
    lifecycle.hand_back(case, told, by=by, version=case.version, now=clock.now())


def test_its_customer_speaks_with_whoever_takes_over(server, monkeypatch):
    monkeypatch.setattr(agent, "THINKS_S", 0)
    summary, _ = simulate(server, [REFUND], meanwhile=talking)
    assert summary.decided == {"taken_over": 1}
    spoken = ChatMessage.objects.order_by("number").values_list("role", "text")
    assert list(spoken)[1:] == [
        ("customer", agent.CUSTOMER[0]),
        ("operator", "I am Dana."),
        ("customer", agent.CUSTOMER[1]),
    ]


async def asking(simulation):
    """Asks, and approves what comes back."""
    dana = await threads.run(viewer)
    (case,) = await until(lambda: list(Escalation.objects.waiting()))
    await threads.run(ask, case, dana)
    (back,) = await until(lambda: list(Escalation.objects.waiting()))
    assert await threads.run(lambda: back.additions.get().context["messages"][0]["text"])
    await threads.run(decide, back, Choice("approve"), dana)


def ask(case, by):
    lifecycle.ask(
        case, by=by, version=case.version, wants="more", text="Which order?",
        until=clock.now() + timedelta(minutes=5), now=clock.now(),
    )  # fmt: skip


def test_it_answers_what_it_is_asked(server, monkeypatch):
    monkeypatch.setattr(agent, "WAIT_S", 1)
    publish(refund={"level": 2, "undo_s": 0})
    summary, _ = simulate(server, [REFUND], meanwhile=asking)
    assert summary.decided == {"approved": 1}
