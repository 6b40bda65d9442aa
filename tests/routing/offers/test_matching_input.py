"""What matching is told of refusals, of ends that are near, and of who had work last."""

import pytest

from console.models import User
from escalations import lifecycle
from escalations.models import Escalation, State
from escalations.policy import check, versions
from escalations.record.lines import BATON
from routing.models import Offer, Presence
from routing.offers import dispatch
from routing.people import units
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db


def of_level(level):
    case = escalation()
    Escalation.objects.filter(pk=case.pk).update(level=level)
    return Escalation.objects.get(pk=case.pk)


class TestSpared:
    """How long a decliner or misser is spared is the policy's; what presses comes back soon."""

    def declined(self, level, due_min=60):
        kofi = on_duty("kofi")
        case = of_level(level)
        Escalation.objects.filter(pk=case.pk).update(respond_by=after(60 * due_min))
        assert dispatch.dispatch(NOW) == 1
        lifecycle.decline(
            Escalation.objects.get(pk=case.pk), by=kofi, reason="other", now=after(10)
        )
        return kofi

    def back_after(self, *minutes):
        return [dispatch.dispatch(after(10 + 60 * one)) for one in minutes]

    @pytest.mark.parametrize(
        ("level", "early", "late"), [(1, 9.9, 10.1), (2, 9.9, 10.1), (3, 4.9, 5.1), (4, 0.9, 1.1)]
    )
    def test_only_for_the_minutes_of_its_level(self, level, early, late):
        self.declined(level, due_min=600)
        assert self.back_after(early, late) == [0, 1]

    def test_what_is_over_time_comes_back_to_the_only_one_who_can(self):
        self.declined(2, due_min=-5)
        assert self.back_after(0.9, 1.1) == [0, 1]

    def test_another_who_cannot_take_it_now_does_not_keep_what_presses_from_them(self):
        self.declined(4)
        amara = on_duty("amara")
        units.resize(User.objects.get(pk=amara.user_id), 1)
        lifecycle.claim(escalation(by=key("other")), by=amara, now=after(5))
        assert self.back_after(1.1) == [1]
        assert Offer.objects.get(outcome="open").person.username == "kofi"

    def test_the_policy_says_how_long(self):
        now = versions.current()
        routing = {"spare_min": {"level_2": 2}}
        document = check.check({**now.document.dump(), "routing": routing})
        versions.publish(document, by=BATON, now=NOW, expected=now.number)
        self.declined(2, due_min=600)
        assert self.back_after(1.9, 2.1) == [0, 1]


class TestKeepingFree:
    """A unit is kept free for an end that is near, not for one that has been near for long."""

    @pytest.mark.parametrize(
        ("held_for_min", "offered_count"), [(8, 0), (20, 0), (60, 1), (240, 1)]
    )
    def test_not_for_who_takes_far_longer_than_usual(self, held_for_min, offered_count):
        start = -60 * held_for_min
        kofi = on_duty("kofi", now=after(start - 60))
        units.resize(User.objects.get(pk=kofi.user_id), 2)
        held = escalation(now=after(start - 30))
        lifecycle.claim(held, by=kofi, now=after(start))
        Escalation.objects.filter(pk=held.pk).update(lease_until=after(600))
        large = escalation()
        Escalation.objects.filter(pk=large.pk).update(units=2, respond_by=after(60))
        escalation()
        assert dispatch.dispatch(after(120)) == offered_count


class TestEvenly:
    """Equal people get work by load, then by who has been idle longest."""

    def team(self, count):
        return [on_duty(f"p{number}") for number in range(count)]

    def test_work_of_equal_people_goes_round(self):
        people, mira = self.team(3), key()
        who = {one.user_id: one for one in people}
        for number in range(9):
            at = after(100 * number)
            escalation(by=mira, now=at)
            assert dispatch.dispatch(at) == 1
            case = Escalation.objects.get(state=State.OFFERED)
            lifecycle.accept(case, by=who[case.offered_to_id], now=at)
        had = Escalation.objects.values_list("held_by", flat=True)
        assert sorted(list(had).count(one) for one in who) == [3, 3, 3]

    def test_the_less_loaded_goes_first_then_who_is_idle_longest(self):
        first, second, third = self.team(3)
        held = escalation()
        lifecycle.claim(held, by=first, now=NOW)
        Presence.objects.filter(person=second.user_id).update(idle_since=after(-60))
        Presence.objects.filter(person=third.user_id).update(idle_since=after(-600))
        asked = []
        for _ in range(3):
            escalation(now=after(100))
            assert dispatch.dispatch(after(100)) == 1
            asked.append(Offer.objects.order_by("pk").last().person_id)
        assert asked == [third.user_id, second.user_id, first.user_id]
