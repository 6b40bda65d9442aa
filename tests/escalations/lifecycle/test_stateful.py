"""The life cycle driven at random beside a small model of it (reference: seed defects, find all).

Two rules are adversarial on purpose: one person playing both parts of the two-person rule, and an
old tab that still commands after somebody else claimed.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from escalations import lifecycle, sweeps
from escalations.models import Decision, Escalation, State, Vote, requirements
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Refused
from routing.models import Unit
from tests.factories import NOW, escalation, key, viewer

PEOPLE = ("dana", "amara", "tomasz")
CHOICES = (
    Choice("approve"),
    Choice("reject"),
    Choice("respond", reply="Ask for a photo first."),
    Choice(
        "edit", actions=[{"action_id": "a1", "type": "edit", "edited": {"args": {"amount": "1"}}}]
    ),
)


class Desk(RuleBasedStateMachine):
    """Three people, a few cases, a clock that only this machine moves, a sweeper apart from it."""

    def __init__(self):
        super().__init__()
        self.cases = []
        self.run = transaction.atomic()
        self.run.__enter__()

    @initialize()
    def open_the_desk(self):
        requirements.forget()
        self.now = NOW
        self.people = [viewer(name) for name in PEOPLE]
        self.mira = key()
        self.seen = {}
        self.winners = {}

    @rule(people_needed=st.sampled_from([1, 1, 2]))
    def arrive(self, people_needed):
        requested = {"approvals_needed": people_needed}
        case = escalation(by=self.mira, now=self.now, requested=requested)
        self.cases.append(case)
        self._read(case)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def read(self, data, who):
        case = data.draw(st.sampled_from(self.cases))
        case.refresh_from_db()
        self.seen[who, case.pk] = case.version

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def claim(self, data, who):
        case = data.draw(st.sampled_from(self.cases))
        done = self._try(lifecycle.claim, case, by=self.people[who], now=self.now)
        if done:
            self.seen[who, case.pk] = done.version

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2), choice=st.sampled_from(CHOICES))
    def decide(self, data, who, choice):
        """With whatever version this person last saw: current or from an old tab."""
        case = data.draw(st.sampled_from(self.cases))
        before = Escalation.objects.get(pk=case.pk)
        version = self.seen.get((who, case.pk), 1)
        done = self._try(
            lifecycle.decide,
            case,
            choice,
            by=self.people[who],
            version=version,
            reject_reasons=[],
            now=self.now,
        )
        if done:
            assert version == before.version
            assert before.state in {State.WAITING, State.SECOND, State.HELD}
            if before.state == State.HELD:
                assert before.held_by_id == self.people[who].user_id
                assert before.lease_until >= self.now
            self.seen[who, case.pk] = done.version

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def one_person_plays_both(self, data, who):
        case = data.draw(st.sampled_from(self.cases))
        for _ in range(2):
            case.refresh_from_db()
            self._try(
                lifecycle.decide,
                case,
                Choice("approve"),
                by=self.people[who],
                version=case.version,
                reject_reasons=[],
                now=self.now,
            )

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def undo(self, data, who):
        case = data.draw(st.sampled_from(self.cases))
        case.refresh_from_db()
        effective_at, part = case.effective_at, case.state == State.SECOND
        done = self._try(
            lifecycle.undo, case, by=self.people[who], version=case.version, now=self.now
        )
        # Without an answer, something was given up just now.
        assert not done or part or effective_at is None or effective_at > self.now

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def release(self, data, who):
        case = data.draw(st.sampled_from(self.cases))
        version = self.seen.get((who, case.pk), 1)
        self._try(lifecycle.release, case, by=self.people[who], version=version, now=self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2), active=st.booleans())
    def beat(self, data, who, active):
        case = data.draw(st.sampled_from(self.cases))
        self._try(lifecycle.beat, case, by=self.people[who], active=active, now=self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def cancel(self, data):
        case = data.draw(st.sampled_from(self.cases))
        self._try(lifecycle.cancel, case, agent="mira", now=self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def add_context(self, data):
        case = data.draw(st.sampled_from(self.cases))
        self._try(lifecycle.add_context, case, {"environment": {}}, agent="mira", now=self.now)

    @rule(seconds=st.sampled_from([1, 5, 11, 59, 61, 200]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def sweep(self):
        sweeps.sweep(self.now)

    @invariant()
    def nobody_holds_more_than_they_hold(self):
        held = dict(Escalation.objects.filter(state=State.HELD).values_list("pk", "held_by"))
        taken = dict(Unit.objects.exclude(escalation=None).values_list("escalation", "person"))
        assert held == taken

    @invariant()
    def one_standing_decision_at_most(self):
        for case in Escalation.objects.all():
            standing = case.decisions.filter(undone_at=None)
            closed = case.state in {State.DECIDED, State.CANCELLED, State.EXPIRED}
            assert standing.count() == int(closed)

    @invariant()
    def what_took_effect_stays(self):
        for decision in Decision.objects.filter(undone_at=None, effective_at__lte=self.now):
            first = self.winners.setdefault(decision.escalation_id, decision.id)
            assert first == decision.id

    @invariant()
    def two_people_are_two_people(self):
        for decision in Decision.objects.filter(undone_at=None, outcome="approved"):
            if decision.escalation.approvals > 1:
                votes = Vote.objects.filter(escalation=decision.escalation, void_at=None)
                assert votes.filter(verdict="approve").values("person").distinct().count() >= 2

    @invariant()
    def silence_never_approves(self):
        assert not Decision.objects.filter(proceed=True, decided_by=None).exists()

    def teardown(self):
        try:
            self._check_the_record()
        finally:
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    def _check_the_record(self):
        for case in self.cases:
            case.refresh_from_db()
            last = case.events.order_by("position").last()
            assert (case.chain_length, case.chain_hash) == (last.position, last.hash)
        assert audit.verify().findings == []

    def _read(self, case):
        for who in range(3):
            self.seen[who, case.pk] = case.version

    def _try(self, act, *args, **kwargs):
        """The escalation after the act, or None where it was refused."""
        try:
            return act(*args, **kwargs)
        except Refused:
            return None


@pytest.mark.django_db
def test_the_life_cycle_keeps_its_promises():
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
