"""Offers driven at random: whatever is answered, missed, taken or given, the promises hold.

A clock that only this machine moves, people who come and go, a dispatcher and a sweeper apart.
"""

from collections import Counter
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

from console.models import User
from escalations import lifecycle
from escalations.models import Escalation, State, requirements
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.record.lines import BATON
from escalations.refusals import Refused
from routing.attendance import presence
from routing.models import Offer, Presence, Unit
from routing.offers import dispatch, making
from routing.people import units
from tests.factories import NOW, escalation, key
from tests.routing.floor.given import on_duty

PEOPLE = {"kofi": {"refunds": 3}, "amara": {"refunds": 1}, "tomasz": {}}
CAPACITY = 2
SKILLS = ({}, {"refunds": 1}, {"refunds": 3})
PRESENCE = ("present", "busy", "away")
OF_SOMEBODY = (State.OFFERED, State.HELD)


class Offering(RuleBasedStateMachine):
    """Three reviewers with two units each, one supervisor, a few cases."""

    def __init__(self):
        super().__init__()
        self.cases = []
        self.arrived = {}
        self.run = transaction.atomic()
        self.run.__enter__()

    @initialize()
    def open_the_desk(self):
        requirements.forget()
        versions.forget()
        self.now = NOW
        kinds = {
            f"kind_{place}_{size}": {"title": "Work", "skills": skills, "units": size}
            for place, skills in enumerate(SKILLS)
            for size in (1, 2)
        }
        current = versions.current()
        document = check.check({**current.document.dump(), "task_types": kinds})
        versions.publish(document, by=BATON, now=NOW, expected=current.number)
        self.people = [on_duty(name, **skills) for name, skills in PEOPLE.items()]
        for person in self.people:
            units.resize(User.objects.get(pk=person.user_id), CAPACITY)
        self.priya = on_duty("priya", role="supervisor", team=None)
        self.mira = key()

    @rule(skills=st.sampled_from(SKILLS), size=st.sampled_from([1, 1, 2]))
    def arrive(self, skills, size):
        # By the policy, as a case whose row was written past its door is no longer whole.
        kind = f"kind_{SKILLS.index(skills)}_{size}"
        case = escalation(by=self.mira, now=self.now, task_type=kind)
        assert (case.requirement.skills, case.units) == (skills, size)
        self.cases.append(case)
        self.arrived[case.pk] = (case.arrived_at, case.rank)

    @rule()
    def look(self):
        dispatch.dispatch(self.now)

    @rule(seconds=st.sampled_from([1, 10, 31, 120]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        Presence.objects.update(seen_at=self.now)

    @rule()
    def sweep(self):
        making.sweep(self.now)
        presence.sweep(self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def accept(self, data, who):
        self._try(lifecycle.accept, self._case(data), by=self.people[who], now=self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def decline(self, data, who):
        case = self._case(data)
        self._try(lifecycle.decline, case, by=self.people[who], reason="busy", now=self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def decide(self, data, who):
        case = self._case(data)
        self._try(
            lifecycle.decide, case, Choice("approve"), by=self.people[who], version=case.version,
            reject_reasons=[], now=self.now,
        )  # fmt: skip

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def give(self, data, who):
        case = self._case(data)
        until = self.now + timedelta(minutes=2)
        self._try(
            lifecycle.reassign, case, by=self.priya, version=case.version,
            to=self.people[who], until=until, now=self.now,
        )  # fmt: skip

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=st.integers(0, 2))
    def release(self, data, who):
        case, by = self._case(data), self.people[who]
        self._try(lifecycle.release, case, by=by, version=case.version, now=self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def cancel(self, data):
        self._try(lifecycle.cancel, self._case(data), agent="mira", now=self.now)

    @rule(who=st.integers(0, 2), state=st.sampled_from(PRESENCE))
    def come_or_go(self, who, state):
        user = User.objects.get(pk=self.people[who].user_id)
        self._try(presence.set_state, user, state, by=self.people[who], now=self.now)

    @invariant()
    def nobody_holds_more_than_they_can(self):
        taken = Counter(
            Unit.objects.filter(escalation__isnull=False).values_list("person", flat=True)
        )
        assert all(
            count <= CAPACITY for person, count in taken.items() if person != self.priya.user_id
        )
        by_case = Counter(
            Unit.objects.filter(escalation__isnull=False).values_list("escalation", "person")
        )
        expected = {
            (case.pk, case.offered_to_id or case.held_by_id): case.units
            for case in Escalation.objects.filter(state__in=OF_SOMEBODY)
        }
        assert dict(by_case) == expected

    @invariant()
    def an_open_offer_is_of_an_offered_case(self):
        open_ones = dict(Offer.objects.filter(outcome="open").values_list("escalation", "person"))
        offered = Escalation.objects.filter(state=State.OFFERED)
        assert open_ones == dict(offered.values_list("pk", "offered_to"))

    @invariant()
    def nobody_unable_is_offered_by_matching(self):
        for offer in Offer.objects.filter(outcome="open", given_by=None, ring=0):
            wanted = offer.escalation.requirement.skills
            has = PEOPLE[offer.person.username]
            assert all(has.get(skill, 0) >= grade for skill, grade in wanted.items())

    @invariant()
    def age_is_never_lost(self):
        for case in Escalation.objects.all():
            assert (case.arrived_at, case.rank) == self.arrived[case.pk]

    def teardown(self):
        try:
            assert audit.verify().findings == []
        finally:
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)
            versions.forget()

    def _case(self, data):
        case = data.draw(st.sampled_from(self.cases))
        case.refresh_from_db()
        return case

    def _try(self, act, *args, **more):
        """A refusal is an answer; it changes nothing."""
        try:
            with transaction.atomic():
                return act(*args, **more)
        except Refused:
            return None


@pytest.mark.django_db
def test_offers_keep_their_promises():
    run_state_machine_as_test(
        Offering,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
