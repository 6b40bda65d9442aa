"""What time does to many cases at once is to the letter what it does to each alone."""

import itertools
import threading
from contextlib import suppress

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import TestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.hints import hub
from console.models import User
from escalations import identifiers, lifecycle, sweeps
from escalations.lifecycle import moves, writes
from escalations.lifecycle.waiting import at_once
from escalations.models import Decision, Delivery, Endpoint, Escalation, Event, requirements
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Refused
from routing.models import Notice, Presence, Unit
from routing.transfers import handovers
from tests.escalations.lifecycle.test_races import at_once as in_threads
from tests.factories import NOW, after, escalation, key, person, viewer

pytestmark = pytest.mark.django_db

ENDS = (None, 10, 40, 10_000)
SWEPT = (20, 90, 700)


def held(case, by, other):
    lifecycle.claim(case, by=by, now=after(1))


def voted(case, by, other):
    lifecycle.decide(case, Choice("approve"), by=by, version=1, reject_reasons=[], now=after(1))


def asked_for(case, by, other):
    held(case, by, other)
    handovers.ask(Escalation.objects.get(pk=case.pk), by=other, now=after(2))


def kept(case, by, other):
    held(case, by, other)
    lifecycle.keep([case.pk], now=after(650))


CAME_TO = {
    "free": lambda case, by, other: None,
    "held": held,
    "voted": voted,
    "asked for": asked_for,
    "idle": kept,
    "offered": lambda case, by, other: lifecycle.offer(case, to=by, until=after(45), now=after(1)),
    "put off": lambda case, by, other: lifecycle.snooze(
        case, by=by, version=1, until=after(15), now=after(1)
    ),
    "live": lambda case, by, other: lifecycle.take_over(case, by=by, version=1, now=after(1)),
}
ONE = st.fixed_dictionaries(
    {
        "state": st.sampled_from(sorted(CAME_TO)),
        "ends": st.sampled_from(ENDS),
        "on_timeout": st.sampled_from(["reject", "return_to_agent", "escalate", "keep_waiting"]),
        "who": st.integers(0, 2),
        "agent": st.sampled_from(["mira", "otto"]),
        "approvals": st.sampled_from([1, 1, 2]),
        "callback": st.sampled_from([{}, {"endpoint": "second"}, {"events": ["decided"]}]),
    }
)


class Desk:
    """Three reviewers, a supervisor and two agents, one of which listens in two places."""

    def __init__(self):
        requirements.forget()
        self.people = [viewer(name) for name in ("dana", "amara", "tomasz")]
        there = [person("priya", "supervisor"), person("sam", "supervisor")]
        there += User.objects.filter(pk__in=[one.user_id for one in self.people])
        Presence.objects.bulk_create(
            Presence(person=one, state="present", since=NOW, seen_at=after(600)) for one in there
        )
        self.keys = {name: key(name) for name in ("mira", "otto")}
        for name in ("first", "second"):
            Endpoint.objects.create(
                agent=self.keys["mira"].agent, name=name, url=f"https://{name}.example/hook",
                secret="", created_at=NOW,
            )  # fmt: skip

    def open(self, wanted):
        ends = after(wanted["ends"]).isoformat() if wanted["ends"] else None
        deadlines = {"expires_at": ends, "on_timeout": wanted["on_timeout"]} if ends else {}
        case = escalation(
            by=self.keys[wanted["agent"]],
            now=NOW,
            deadlines=deadlines,
            requested={"approvals_needed": wanted["approvals"]},
            **({"callback": wanted["callback"]} if wanted["agent"] == "mira" else {}),
        )
        by, other = (self.people[(wanted["who"] + step) % 3] for step in (0, 1))
        # Whoever has no room for another one leaves it as it is.
        with suppress(Refused):
            CAME_TO[wanted["state"]](case, by, other)


def alone(now):
    due = (
        (Escalation.objects.leases_over(now, now - lifecycle.IDLE_LIMIT), "lease_until"),
        (Escalation.objects.waking(now), "snoozed_until"),
        (Escalation.objects.expiring(now), "expires_at"),
    )
    acts = (lifecycle.lose_lease, lifecycle.wake, lifecycle.expire)
    for (found, by), act in zip(due, acts, strict=True):
        for case in found.order_by(by, "number"):
            act(case, now=now)


def rows():
    """Every row of ours, without the keys that the database counts up. Which of a person's units
    a case has is not told: they are alike, and go to cases in the order in which these end."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in {"escalations", "routing", "metrics"}:
            names = [
                field.attname
                for field in model._meta.concrete_fields
                if (not isinstance(field, models.AutoField) or field.name == "number")
                and (model, field.name) != (Unit, "number")
            ]
            found[model.__name__] = sorted(map(repr, model.objects.values_list(*names)))
    return found


def outcome(act, monkeypatch):
    """What the act leaves and whom it tells; then it is as if it had never been."""
    counted, told = itertools.count(), []
    with monkeypatch.context() as patched:
        patched.setattr(identifiers, "new", lambda prefix: f"{prefix}_{next(counted):032}")
        patched.setattr(hub, "publish", lambda message: told.append(repr(message)))
        with transaction.atomic():
            with TestCase.captureOnCommitCallbacks(execute=True):
                act()
            left = rows()
            assert audit.verify().findings == []
            transaction.set_rollback(True)
    return left, sorted(told)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(wanted=st.lists(ONE, min_size=1, max_size=9), swept=st.sampled_from(SWEPT))
def test_many_at_once_leave_what_each_leaves_alone(wanted, swept):
    now, fell_back = after(swept), []
    with pytest.MonkeyPatch.context() as patched, transaction.atomic():
        patched.setattr(sweeps, "BATCH", 4)
        patched.setattr(sweeps, "GOES_ON_S", 600)
        patched.setattr(sweeps.log, "warning", lambda *said, **more: fell_back.append(more))
        desk = Desk()
        for one in wanted:
            desk.open(one)
        each = outcome(lambda: alone(now), patched)
        many = outcome(lambda: sweeps._sweep.at(now), patched)
        transaction.set_rollback(True)
    assert many == each
    assert fell_back == []


def over(*on_timeout):
    """A case of each kind whose time is over."""
    mira = Desk().keys["mira"]
    ends = {"expires_at": after(10).isoformat()}
    return [escalation(by=mira, deadlines=ends | {"on_timeout": one}) for one in on_timeout]


def kinds(case):
    return list(case.events.order_by("position").values_list("kind", flat=True))[1:]


def test_many_are_one_transaction_with_their_lines_answers_and_messages(
    django_assert_max_num_queries,
):
    over(*["reject"] * 30)
    with django_assert_max_num_queries(15):
        done = at_once.expire(Escalation.objects.expiring(after(20)), now=after(20))
    assert done[:2] == (30, 30)
    expired = Event.objects.filter(kind="expired").count()
    assert [expired, Decision.objects.count(), Delivery.objects.count()] == [30, 30, 60]
    again = at_once.expire(Escalation.objects.expiring(after(20)), now=after(20))
    assert again[:2] == (0, 0)


def test_who_dies_in_between_has_done_none_and_the_next_does_all(monkeypatch):
    cases = over(*["reject"] * 5)

    written = writes.update_all

    def killed(changes):
        written(changes)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(writes, "update_all", killed)
        with pytest.raises(SystemExit):
            at_once.expire(Escalation.objects.expiring(after(20)), now=after(20))
    assert not Decision.objects.exists()
    assert sweeps._sweep.at(after(20))["expired"] == 5
    assert [kinds(case) for case in cases] == [["expired"]] * 5


def test_one_that_cannot_be_ended_holds_up_no_other():
    cases = over(*["reject"] * 5)
    cases[1].packages.update(expanded="no JSON", received='"callback"')
    with pytest.raises(ExceptionGroup):
        sweeps._sweep.at(after(20))
    assert [kinds(case) for case in cases] == [["expired"], [], *[["expired"]] * 3]


def test_what_moved_since_it_was_read_voids_them_all():
    cases = over(*["reject"] * 3)
    Escalation.objects.filter(pk=cases[1].pk).update(chain_length=2)
    for case in cases:
        case.version += 1
        case.chain_length += 1
    changes = [writes.WrittenChange(case, [], [], moves.COLUMNS) for case in cases]
    with transaction.atomic():
        assert not writes.update_all(changes)
        transaction.set_rollback(True)
    assert set(Escalation.objects.values_list("version", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_sweepers_at_once_do_each_case_once(monkeypatch):
    monkeypatch.setattr(sweeps, "BATCH", 5)
    cases = over(*["reject"] * 10, *["escalate"] * 10)
    in_threads(*[lambda: sweeps._sweep.at(after(20))] * 3)
    sweeps._sweep.at(after(20))
    assert [kinds(case) for case in cases] == [["expired"]] * 10 + [["timed_out"]] * 10
    assert Notice.objects.count() == 20
    assert audit.verify().findings == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer.")
def test_what_somebody_just_writes_is_left_to_the_next_sweep():
    cases = over(*["reject"] * 4)
    locked, done = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            Escalation.objects.select_for_update().get(pk=cases[2].pk)
            locked.set()
            done.wait(30)

    def sweep():
        locked.wait(30)
        sweeps._sweep.at(after(20))
        done.set()

    in_threads(write, sweep)
    assert [kinds(case) for case in cases] == [["expired"], ["expired"], [], ["expired"]]
    assert sweeps._sweep.at(after(20))["expired"] == 1
