"""Nothing acts on a case whose time is over as if it went on, whether or not a sweep has come."""

import json
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils.timezone import localtime

from console import clock
from console.models import User
from escalations import commands, intake, lifecycle
from escalations.commands.command import Command
from escalations.lifecycle.conversing.calling import SaidOnPhone
from escalations.models import Escalation, State
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Conflict, Refused
from tests.factories import NOW, REFUND, after, escalation, key, person, viewer

pytestmark = pytest.mark.django_db

ENDS, ACTED = 20, 30
ADDED = {"messages": [{"role": "customer", "text": "Any news?"}]}


def free(**deadlines):
    ends = {"expires_at": after(ENDS).isoformat(), "on_timeout": "reject"} | deadlines
    return escalation(by=key(), deadlines=ends)


def held(by, **deadlines):
    return lifecycle.claim(free(**deadlines), by=by, now=after(1))


def offered(by, **deadlines):
    return lifecycle.offer(free(**deadlines), to=by, until=after(45), now=after(1))


def snoozed(by, **deadlines):
    case = free(**deadlines)
    return lifecycle.snooze(case, by=by, version=1, until=after(15), now=after(1))


def alerted(by, **deadlines):
    case = free(**deadlines)
    Escalation.objects.update(alert_at=after(10))
    return case


def reminded(by, **deadlines):
    return free(remind_at=[after(10).isoformat()], **deadlines)


def voted(by, **deadlines):
    ends = {"expires_at": after(ENDS).isoformat(), "on_timeout": "reject"} | deadlines
    case = escalation(by=key(), deadlines=ends, requested={"approvals_needed": 2})
    case = lifecycle.decide(
        case, Choice("approve"), by=by, version=1, reject_reasons=[], now=after(1)
    )
    User.objects.update(is_active=False)
    return case


def revised(case, now):
    package = case.packages.get()
    package.pk, package.received_at = None, now
    return lifecycle.revise(case, package, {}, agent="mira", now=now)


# How the case came there, the act, and when it is done where that is not shortly after the end.
ACTS = {
    "accept": (offered, lambda case, by, now: lifecycle.accept(case, by=by, now=now)),
    "add_context": (
        held,
        lambda case, by, now: lifecycle.add_context(case, ADDED, agent="mira", now=now),
    ),
    "ask": (
        held,
        lambda case, by, now: lifecycle.ask(
            case, by=by, version=2, wants="more", text="Which?", until=after(99), now=now
        ),
    ),
    "beat": (held, lambda case, by, now: lifecycle.beat(case, by=by, active=True, now=now)),
    "call": (
        held,
        lambda case, by, now: lifecycle.call(
            case, SaidOnPhone("no_answer"), by=by, version=2, now=now
        ),
    ),
    "cancel": (held, lambda case, by, now: lifecycle.cancel(case, agent="mira", now=now)),
    "claim": (None, lambda case, by, now: lifecycle.claim(case, by=by, now=now)),
    "decide": (
        held,
        lambda case, by, now: lifecycle.decide(
            case, Choice("approve"), by=by, version=2, reject_reasons=[], now=now
        ),
    ),
    "decline": (
        offered,
        lambda case, by, now: lifecycle.decline(case, by=by, reason="busy", now=now),
    ),
    "end_offer": (offered, lambda case, by, now: lifecycle.end_offer(case, now=now), 50),
    "extend": (
        held,
        # Late enough for it, but for the end of its time.
        lambda case, by, now: lifecycle.extend(case, by=by, version=2, now=now),
    ),
    "hand_over": (
        held,
        lambda case, by, now: lifecycle.hand_over(
            case, holder=by.user_id, to=viewer("amara"), now=now
        ),
    ),
    "lapse": (voted, lambda case, by, now: lifecycle.lapse(case, now=now)),
    "locked": (held, lambda case, by, now: _released_after_locking(case, by, now)),
    "lose_lease": (held, lambda case, by, now: lifecycle.lose_lease(case, now=now), 90),
    "offer": (
        None,
        lambda case, by, now: lifecycle.offer(case, to=by, until=after(60), now=now),
    ),
    "pass_on": (held, lambda case, by, now: lifecycle.pass_on(case, by=by, version=2, now=now)),
    "prolong": (
        offered,
        lambda case, by, now: lifecycle.prolong(case, whose=by.user_id, until=after(60), now=now),
    ),
    "raise_alert": (alerted, lambda case, by, now: lifecycle.raise_alert(case, now=now)),
    "reassign": (
        held,
        lambda case, by, now: lifecycle.reassign(
            case, by=viewer("priya", "supervisor"), version=2, to=None, until=after(99), now=now
        ),
    ),
    "remark": (
        held,
        lambda case, by, now: lifecycle.remark(case, "Mind.", mentions=[], by=by, now=now),
    ),
    "remind": (
        reminded,
        lambda case, by, now: lifecycle.remind(case, now=now, tell=lambda _: {}),
    ),
    "release": (held, lambda case, by, now: lifecycle.release(case, by=by, version=2, now=now)),
    "revise": (held, lambda case, by, now: revised(case, now)),
    "snooze": (
        held,
        lambda case, by, now: lifecycle.snooze(case, by=by, version=2, until=after(99), now=now),
    ),
    "take_back": (
        held,
        lambda case, by, now: lifecycle.take_back(case, whose=by.user_id, reason="rights", now=now),
    ),
    "take_over": (held, lambda case, by, now: lifecycle.take_over(case, by=by, version=2, now=now)),
    "wake": (snoozed, lambda case, by, now: lifecycle.wake(case, now=now)),
    "withdraw": (
        offered,
        lambda case, by, now: lifecycle.withdraw(case, whose=by.user_id, reason="away", now=now),
    ),
}
# What changes no state of an open case, is the end itself, or is done in a conversation, which ends
# only by those who have it.
OTHERS = {
    "arrive", "expire", "hand_back", "hear", "keep", "moved", "note", "raise_alerts",
    "require_cancellable", "reverse", "say", "undo", "undo_all",
}  # fmt: skip


def _released_after_locking(case, by, now):
    with transaction.atomic():
        case = lifecycle.locked(case, now=now)
        return lifecycle.release(case, by=by, version=case.version, now=now)


def acted(name, on_timeout):
    """The kinds of lines that the act leaves on a case that nobody swept."""
    prepare, act, *at = ACTS[name]
    dana = viewer()
    case = prepare(dana, on_timeout=on_timeout) if prepare else free(on_timeout=on_timeout)
    before = case.events.count()
    with suppress(Conflict):
        act(Escalation.objects.get(), dana, after(*(at or [ACTED])))
    lines = Escalation.objects.get().events.order_by("position")[before:]
    assert audit.verify().findings == [] or name == "raise_alert"
    return [line.kind for line in lines]


def test_every_act_is_tried():
    acts = {name for name in lifecycle.__all__ if not name.isupper()}
    assert acts == set(ACTS) | OTHERS


@pytest.mark.parametrize("on_timeout", ["reject", "return_to_agent"])
@pytest.mark.parametrize("name", [*ACTS])
def test_a_case_that_is_over_ends_and_nothing_else_is_done(name, on_timeout):
    kinds = acted(name, on_timeout)
    # What was done in one transaction with the refusal is undone with it; the sweep comes.
    assert kinds == ([] if name == "locked" else ["expired"])
    assert Escalation.objects.get().state in {State.EXPIRED, State.HELD}


@pytest.mark.parametrize("name", [*ACTS])
def test_a_case_that_goes_a_level_up_does_so_before_anything_is_done(name):
    kinds = acted(name, "escalate")
    assert kinds[:1] == ["timed_out"]
    assert "timed_out" not in kinds[1:]
    assert Escalation.objects.get().timed_out_at is not None


def test_a_new_version_is_judged_on_the_level_that_its_case_went_up_to():
    case = free(on_timeout="escalate")
    level = case.level
    revised = intake.revise(
        case.agent.keys.get(), case, json.dumps(REFUND).encode(), now=after(ACTED)
    ).escalation
    assert (revised.level, revised.timed_out_at) == (level + 1, after(ACTED))


@pytest.mark.parametrize("name", ["claim", "heartbeat", "pass_on", "release", "snooze"])
def test_a_verb_that_comes_after_the_end_is_refused(name):
    dana = viewer()
    case = free() if name == "claim" else held(dana)
    row = Escalation.objects.values().get()
    arguments = {"to": "supervisor"} if name == "pass_on" else {"minutes": 1}
    command = Command(name, "c1", case.id, case.version, arguments=arguments)
    with pytest.raises(Refused, match="already expired"):
        commands.perform(dana, command, now=after(ACTED))
    assert Escalation.objects.values().get() == row


def test_a_case_that_waits_without_end_goes_on():
    case = free(on_timeout="keep_waiting")
    assert lifecycle.claim(case, by=viewer(), now=after(ACTED)).state == State.HELD


class Waited:
    """A decision that comes in time and has the case's row only after its end."""

    def __init__(self, **keys):
        self.case = escalation(by=key(), now=clock.now(), **keys)
        self.locked = threading.Event()

    def decided(self, by, for_s):
        holding = threading.Thread(target=self._hold, args=[for_s])
        holding.start()
        assert self.locked.wait(5)
        try:
            lifecycle.decide(self.case, Choice("approve"), by=by, version=1, reject_reasons=[])
        except Refused as refused:
            return str(refused)
        finally:
            holding.join()
        return Escalation.objects.get().state

    def _hold(self, for_s):
        with transaction.atomic():
            # As a beat does: the version stays.
            Escalation.objects.select_for_update().get(pk=self.case.pk)
            Escalation.objects.update(active_at=NOW)
            self.locked.set()
            time.sleep(for_s)
        connection.close()


def soon(seconds):
    return (clock.now() + timedelta(seconds=seconds)).isoformat()


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_waits_past_the_end_of_the_case_does_not_count():
    ends = {"expires_at": soon(0.5), "on_timeout": "reject"}
    assert Waited(deadlines=ends).decided(viewer(), 0.8) == "This case is already expired."


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_waits_past_the_end_of_an_action_does_not_clear_it():
    actions = [REFUND["proposed_actions"][0] | {"expires_at": soon(0.5)}]
    assert "has expired" in Waited(proposed_actions=actions).decided(viewer(), 0.8)


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_waits_and_is_in_time_counts():
    ends = {"expires_at": soon(60), "on_timeout": "reject"}
    assert Waited(deadlines=ends).decided(viewer(), 0.3) == State.DECIDED


ACTION = REFUND["proposed_actions"][0]


def expiring(**seconds):
    """Actions that expire in so many seconds, by their ids; None never."""
    ends = {
        name: {"expires_at": after(at).isoformat()} if at else {} for name, at in seconds.items()
    }
    return [ACTION | {"id": name} | end for name, end in ends.items()]


@pytest.mark.parametrize(
    ("ends_s", "verdicts", "in_s"),
    [
        ({"a1": 60}, {}, 10),
        ({"a1": 7}, {}, 5),
        ({"a1": 2}, {}, 0),
        ({"a1": 1}, {}, 0),
        ({"a1": None, "a2": 7}, {}, 5),
        # What is turned down may expire meanwhile.
        ({"a1": None, "a2": 7}, {"a1": "approve", "a2": "reject"}, 10),
        ({"a1": 9, "a2": 7}, {"a1": "edit", "a2": "reject"}, 7),
        ({"a1": 7}, {"a1": "reject"}, 10),
    ],
)
def test_an_answer_takes_effect_before_what_it_clears_expires(ends_s, verdicts, in_s):
    case = escalation(by=key(), proposed_actions=expiring(**ends_s))
    edit = {"edited": {"args": ACTION["args"] | {"amount": "9.00"}}}
    actions = [
        {"action_id": name, "type": verdict} | (edit if verdict == "edit" else {})
        for name, verdict in verdicts.items()
    ]
    case = lifecycle.decide(
        case, Choice("approve", actions=actions or None), by=viewer(), version=1,
        reject_reasons=[], now=NOW,
    )  # fmt: skip
    assert case.effective_at == after(in_s)
    decision = case.decisions.get()
    assert decision.effective_at == case.effective_at
    assert [row.next_at for row in case.deliveries.all()] == []
    assert audit.verify().findings == []


def test_the_second_of_two_is_held_to_it_as_well():
    asked = {"approvals_needed": 2}
    case = escalation(by=key(), proposed_actions=expiring(a1=30), requested=asked)
    for name, at in (("dana", 1), ("amara", 25)):
        case = lifecycle.decide(
            case, Choice("approve"), by=viewer(name), version=case.version, reject_reasons=[],
            now=after(at),
        )  # fmt: skip
    assert case.effective_at == after(28)


def test_it_is_said_before_the_click(client):
    ends = clock.now() + timedelta(seconds=90)
    case = escalation(
        by=key(), now=clock.now(), proposed_actions=[ACTION | {"expires_at": ends.isoformat()}]
    )
    client.force_login(person("dana"))
    page = " ".join(client.get(f"/escalations/{case.id}/").content.decode().split())
    said = (
        f'a call that expires before that (<baton-time><time datetime="{localtime(ends):%Y-%m-%d}'
    )
    assert f"Sent 10 s after you decide, {said}" in page
