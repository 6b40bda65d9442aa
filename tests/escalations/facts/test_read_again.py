"""Facts that are read at an address which an admin registered, in the place of asking the agent."""

import json
import time

import pytest

from console import clock
from console.models import User
from escalations import commands, tasks
from escalations.agents import facts_address
from escalations.commands import Command
from escalations.commands.holding_back import Asking
from escalations.facts import checks, read_again, sending
from escalations.models import Event, FactCheck
from escalations.record import audit
from escalations.record.lines import Actor
from escalations.refusals import Conflict
from tests.escalations.facts.asking import ACTION, case_of, last, press
from tests.factories import key, person, viewer
from tests.running.listening import endpoint, loopback  # noqa: F401
from tests.running.receivers import free_port, receiving

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback"),
]  # fmt: skip
ADMIN = Actor("person", "rhea")
VALUES = [("Order total", "total.amount"), ("Refunded before", "refunded")]
SAME = {"total": {"amount": 184.0}, "refunded": False}
OTHER = {"total": {"amount": "92.00"}, "refunded": False}


@pytest.fixture(autouse=True)
def _back():
    yield
    sending.rest()


def reply(said):
    return lambda body: json.dumps(said).encode()


def registered(url, *, path="/orders/{args.order_id}", values=VALUES, agent=None):
    agent = agent or key()
    address = url.removesuffix("/hook") + path
    facts_address.put(
        agent.agent, url=address, token="t0ken", values=values, by=ADMIN, now=clock.now()
    )
    agent.agent.refresh_from_db()
    return agent


def asked(mira, **keys):
    case = case_of(mira, now=clock.now(), listens=False, **keys)
    check = checks.ask(case, case.packages.get(), by=viewer("ines"), now=clock.now())
    tasks.deliver_due()
    sending.rest()
    check.refresh_from_db()
    return check


def with_args(number, **args):
    return ACTION | {
        "id": f"a{number}",
        "args": {"order_id": f"HP-{number}", "amount": "1.00", **args},
    }


def test_the_address_is_read_and_the_agent_is_not_asked():
    with receiving(200) as hook, receiving((reply(OTHER), {})) as orders:
        mira = key()
        endpoint(mira, hook.url)
        check = asked(registered(orders.url, agent=mira))
        (received,) = orders.received
        assert hook.received == []
    order = check.escalation.packages.get().document["proposed_actions"][0]["args"]["order_id"]
    assert received.path == f"/orders/{order}"
    assert received.headers["authorization"] == "Bearer t0ken"
    assert checks.values(check) == {
        ("a1", "Order total"): "92.00", ("a1", "Refunded before"): False,
    }  # fmt: skip
    assert (check.read_from, check.not_read) == (f"127.0.0.1:{orders.port}", "")
    assert audit.verify().findings == []


def test_each_call_is_read_by_its_own_arguments_and_one_address_once():
    actions = [with_args(1), with_args(2), with_args(1) | {"id": "a3"}]
    with receiving((reply(SAME), {})) as orders:
        check = asked(registered(orders.url), proposed_actions=actions)
        paths = sorted(one.path for one in orders.received)
    assert paths == ["/orders/HP-1", "/orders/HP-2"]
    assert {action for action, _ in checks.values(check)} == {"a1", "a2", "a3"}


def test_without_fields_it_answers_as_an_agent_does():
    said = {"facts": [
        {"label": "Order total", "value": "92.00"},
        {"label": "Refunded before", "value": True, "action_id": "a1"},
        {"label": "Refunded before", "value": False, "action_id": "a9"}, 5,
    ]}  # fmt: skip
    with receiving((reply(said), {})) as orders:
        check = asked(registered(orders.url, values=[]))
    assert list(checks.values(check).values()) == ["92.00", True]


@pytest.mark.parametrize(
    ("answer", "values", "said"),
    [
        (404, [], "It answered with an error (404)."),
        ((reply([]), {}), [], "no text, number or truth value for “Order total”"),
        ((reply({"total": {"amount": [1]}, "refunded": False}), {}), [False], "for “Order total”"),
        ((reply({"total": {"amount": "a\x00b"}, "refunded": None}), {}), [], "for “Order total”"),
    ],
)
def test_what_cannot_be_read_blocks_nobody_and_is_told(client, answer, values, said):
    with receiving(answer) as orders:
        check = asked(registered(orders.url))
    assert list(checks.values(check).values()) == values
    assert not checks.is_open(check, now=check.asked_at)
    assert said in check.not_read
    client.force_login(person("ada", "admin"))
    assert "Facts that could not be read" in client.get("/deliveries/").content.decode()
    assert audit.verify().findings == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (500, "answered with an error (500)"),
        ((lambda body: b"<html>no</html>", {}), "gave no answer that can be read"),
        ((reply([]), {}), "gave no value"),
        ((reply({"total": {"amount": 184}}), {}), "gave no value for some of it"),
        (None, "could not be reached"),
    ],
)
def test_what_went_wrong_there_is_what_whoever_decides_is_told(client, answer, told):
    if answer is None:
        check = asked(registered(f"http://127.0.0.1:{free_port()}/hook"))
    else:
        with receiving(answer) as orders:
            check = asked(registered(orders.url))
    client.force_login(person("amara"))
    page = client.get(f"/escalations/{check.escalation.id}/facts/").content.decode()
    assert f"{check.read_from} {told}, so whether this still holds is not known" in " ".join(
        page.split()
    )


def test_a_case_that_fills_in_nothing_is_not_waited_for():
    action = ACTION | {"args": {"amount": "1.00"}}
    with receiving(200) as orders:
        check = asked(registered(orders.url), proposed_actions=[action])
        assert orders.received == []
    assert (check.answer, check.answered_at is None) == ([], False)
    assert check.not_read == "This case has no text or number for {args.order_id}."


def test_an_address_that_is_gone_or_away_is_not_waited_for():
    mira = registered(f"http://127.0.0.1:{free_port()}/hook")
    assert "No connection" in asked(mira).not_read
    case = case_of(mira, now=clock.now(), listens=False)
    check = checks.ask(case, case.packages.get(), by=viewer(), now=clock.now())
    facts_address.remove(mira.agent, by=ADMIN, now=clock.now())
    tasks.deliver_due()
    sending.rest()
    check.refresh_from_db()
    assert (check.not_read, check.answered_at is None) == (read_again.GONE, False)


def test_a_slow_call_does_not_take_the_word_of_a_quick_one():
    def serve(body):
        return json.dumps(OTHER).encode()

    with receiving((serve, {})) as quick:
        # The second order is nowhere: its address does not answer in time.
        mira = registered(quick.url, path="/orders/{args.order_id}")
        actions = [with_args(1), ACTION | {"id": "a2", "args": {"amount": "1.00"}}]
        check = asked(mira, proposed_actions=actions)
    assert [action for action, _ in checks.values(check)] == ["a1", "a1"]
    assert "{args.order_id}" in check.not_read


def test_who_is_slow_holds_nobody_beyond_the_two_seconds():
    with receiving(holding=True) as orders:
        began = time.monotonic()
        check = asked(registered(orders.url))
        took = time.monotonic() - began
    assert 1.2 < took < 5
    assert check.answered_at - check.asked_at < checks.WITHIN
    assert "No answer within" in check.not_read


def test_another_value_stops_the_first_press_and_shows_both(client):
    with receiving((reply(OTHER), {})) as orders:
        mira, dana = registered(orders.url), viewer()
        host = f"127.0.0.1:{orders.port}"
        case = case_of(mira, now=clock.now(), listens=False)
        with pytest.raises(Asking, match=f"{host} is asked"):
            press(dana, case, now=clock.now(), id="press")
        tasks.deliver_due()
        sending.rest()
        with pytest.raises(Conflict, match=r"Order total was 184\.00, is 92\.00 now"):
            press(dana, case, now=clock.now(), id="press")
    client.force_login(User.objects.get(pk=dana.user_id))
    page = " ".join(client.get(f"/escalations/{case.id}/").content.decode().split())
    assert f"as {host} said at" in page
    assert "said <del>184.00</del>, is <ins>92.00</ins> now" in page
    page = client.get(f"/audit/{case.id}/").content.decode()
    assert f"Asked {host} when approving whether the agent’s facts still hold" in page
    assert f"Read at {host} what the facts are now" in page


def test_the_press_goes_on_where_it_still_holds():
    with receiving((reply(SAME), {})) as orders:
        case, dana = case_of(registered(orders.url), now=clock.now(), listens=False), viewer()
        command = Command("approve", "press", case.id, 1)
        with pytest.raises(Asking):
            commands.perform(dana, command)
        tasks.deliver_due()
        sending.rest()
        assert commands.perform(dana, command)["state"] == "decided"
    line = json.loads(bytes(Event.objects.filter(kind="decided").get().body))["facts"]
    assert (line["facts"], line["facts_from"]) == ("same", f"127.0.0.1:{orders.port}")
    assert audit.verify().findings == []


def test_whoever_goes_on_without_an_answer_is_told_whose():
    case = case_of(
        registered(f"http://127.0.0.1:{free_port()}/hook"), now=clock.now(), listens=False
    )
    dana = viewer()
    with pytest.raises(Asking):
        press(dana, case, now=clock.now(), id="press")
    tasks.deliver_due()
    sending.rest()
    done = press(dana, case, now=clock.now(), id="press")
    assert done["warning"].endswith(
        "could not be reached, so whether the facts still hold is not known."
    )
    assert done["warning"].startswith("127.0.0.1:")


def test_a_row_that_names_another_host_is_found():
    with receiving((reply(SAME), {})) as orders:
        asked(registered(orders.url))
    FactCheck.objects.update(read_from="orders.example.com")
    (finding,) = audit.verify().findings
    assert "asked the agent otherwise than its row says" in finding.sentence
    assert last().read_from == "orders.example.com"
