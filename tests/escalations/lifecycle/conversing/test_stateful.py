"""The life cycle driven at random with every way to decide: taken over, asked, said, handed back,
passed on, snoozed, extended and reversed, beside an agent that revises, speaks and cancels."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from escalations import intake, lifecycle
from escalations.lifecycle import guards
from escalations.lifecycle.conversing.taking_over import HandBack
from escalations.models import Decision, Escalation, State
from escalations.refusals import Refused
from routing.models import Unit
from tests.escalations.lifecycle.test_stateful import Desk
from tests.factories import REFUND

WHO = st.integers(0, 2)
ACTS = ("take_over", "hand_back", "ask", "pass_on", "snooze", "extend", "reverse", "say")


class Hands(Desk):
    """Everybody does everything at any moment, with the version that they last saw."""

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=WHO, act=st.sampled_from(ACTS), is_current=st.booleans())
    def act(self, data, who, act, is_current):
        case = data.draw(st.sampled_from(self.cases))
        stands = Escalation.objects.get(pk=case.pk)
        version = stands.version if is_current else self.seen.get((who, case.pk), 1)
        done = self._try(getattr(self, f"_{act}"), case, self.people[who], version)
        if done:
            assert act == "say" or version == stands.version
            self.seen[who, case.pk] = done.version

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), amount=st.sampled_from(["184.00", "92.00"]))
    def revise(self, data, amount):
        case = Escalation.objects.get(pk=data.draw(st.sampled_from(self.cases)).pk)
        body = json.loads(json.dumps(REFUND))
        body["proposed_actions"][0]["args"]["amount"] = amount
        self._try(intake.revise, self.mira, case, json.dumps(body).encode(), now=self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), number=st.integers(1, 3))
    def the_customer_writes(self, data, number):
        case = data.draw(st.sampled_from(self.cases))
        live = Escalation.objects.get(pk=case.pk).taken_over_at is not None
        said = {"their_id": f"m{number}", "author": "Inès", "agent": "mira", "now": self.now}
        heard = self._try(lifecycle.hear, case, f"Text {number}", **said)
        assert not (heard and heard[1]) or live

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=WHO)
    def undo_at_any_version(self, data, who):
        case = Escalation.objects.get(pk=data.draw(st.sampled_from(self.cases)).pk)
        more = {"version": case.version, "now": self.now}
        self._try(lifecycle.undo, case, by=self.people[who], **more)

    def _take_over(self, case, by, version):
        return lifecycle.take_over(case, by=by, version=version, now=self.now)

    def _hand_back(self, case, by, version):
        number = case.chat_messages.count()
        said = HandBack(resume_at="Report", promises=["A call"], read_to=number)
        return lifecycle.hand_back(case, said, by=by, version=version, now=self.now)

    def _ask(self, case, by, version):
        until = self.now + timedelta(minutes=3)
        more = {"wants": "more", "text": "Which card?", "until": until, "now": self.now}
        return lifecycle.ask(case, by=by, version=version, **more)

    def _pass_on(self, case, by, version):
        return lifecycle.pass_on(case, by=by, version=version, text="Yours", now=self.now)

    def _snooze(self, case, by, version):
        until = self.now + timedelta(minutes=3)
        return lifecycle.snooze(case, by=by, version=version, until=until, now=self.now)

    def _extend(self, case, by, version):
        return lifecycle.extend(case, by=by, version=version, now=self.now)

    def _reverse(self, case, by, version):
        return lifecycle.reverse(case, by=by, version=version, why="Wrong", now=self.now)

    def _say(self, case, by, version):
        return lifecycle.say(case, "We are on it.", by=by, now=self.now)

    @invariant()
    def nobody_holds_more_than_they_hold(self):
        holding = Escalation.objects.filter(state__in=[State.HELD, State.LIVE])
        held = dict(holding.exclude(held_by=None).values_list("pk", "held_by"))
        taken = dict(Unit.objects.exclude(escalation=None).values_list("escalation", "person"))
        assert held == taken

    @invariant()
    def one_standing_decision_at_most(self):
        """Each document has the next number; of an ended case the last one is how it ended."""
        for case in Escalation.objects.all():
            documents = list(case.decisions.order_by("id"))
            standing = [one for one in documents if one.undone_at is None]
            numbers = [one.sequence for one in standing]
            assert numbers == sorted(set(numbers))
            if case.state in {State.DECIDED, State.CANCELLED, State.EXPIRED}:
                assert standing[-1].outcome == case.outcome

    @invariant()
    def what_took_effect_stays(self):
        there = set(Decision.objects.filter(undone_at=None).values_list("id", flat=True))
        final = Decision.objects.filter(undone_at=None, effective_at__lte=self.now)
        for decision in final:
            self.winners.setdefault(decision.id, decision.escalation_id)
        assert self.winners.keys() <= there

    @invariant()
    def one_side_speaks(self):
        """From the taking over to the handing back only people and the customer write."""
        for case in self.cases:
            live = False
            for kind in case.events.order_by("position").values_list("kind", flat=True):
                if kind == "taken_over":
                    assert not live
                    live = True
                elif kind in {"returned", "resolved", "cancelled", "expired"}:
                    live = False
                elif kind in {"said", "heard"}:
                    assert live
                elif kind in {"decided", "revised", "vote", "reversed"}:
                    assert not live, kind

    @invariant()
    def who_speaks_is_told_alike(self):
        for case in Escalation.objects.exclude(taken_over_at=None):
            if case.state == State.LIVE or guards.is_with_people(case):
                with pytest.raises(Refused):
                    guards.require_agent_goes_on(case)


@pytest.mark.django_db
def test_every_way_to_decide_keeps_the_promises():
    run_state_machine_as_test(
        Hands,
        settings=settings(
            max_examples=15,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
