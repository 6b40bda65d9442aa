"""Offers that respect work: who is at work is neither interrupted nor set away by one."""

from datetime import timedelta

import pytest

from console.models import User
from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Escalation, State
from routing.attendance import presence
from routing.models import Offer, Presence, Team
from routing.offers import cards, dispatch, explanations, making, pulling
from routing.transfers import reassigning
from tests.factories import NOW, after, escalation, person, viewer
from tests.routing.floor.given import on_duty
from tests.routing.lines import lines
from tests.routing.presence import (
    AWAY,
    BUSY,
    OFFLINE,
    PRESENT,
    accepted,
    bears,
    now_of,
    offered,
    there,
)

pytestmark = pytest.mark.django_db

MISSES = 3  # `missed_offers_max`, as the policy has it where nothing else is stated.


def beats(user_id, *seconds, active=False, **keys):
    for second in seconds:
        presence.beat({user_id: active}, after(second), **keys)


def of_level(level):
    case = escalation()
    Escalation.objects.filter(pk=case.pk).update(level=level)
    return Escalation.objects.get(pk=case.pk)


def miss(who, start, *, active=False):
    """An offer that is not answered, while their screen beats."""
    case = offered(who, at=after(start))
    beats(who.pk, start + 5, start + 20, active=active)
    making.sweep(after(start + 31))
    case.refresh_from_db()
    assert case.state == State.WAITING
    return Presence.objects.get(person=who)


def state_of(user_id):
    row = Presence.objects.get(person=user_id)
    return row.state, row.set_by


class TestMissing:
    """An offer that nobody answers."""

    def test_whoever_works_is_never_set_away(self):
        dana = there(person("dana"))
        rows = [miss(dana, 60 * n, active=True) for n in range(1, 11)]
        assert {(row.state, row.missed) for row in rows} == {(PRESENT, 0)}
        assert set(Offer.objects.values_list("outcome", flat=True)) == {"missed"}

    def test_whoever_is_still_is_away_after_as_many_as_the_policy_bears(self):
        dana = there(person("dana"))
        states = [miss(dana, 60 * n).state for n in range(1, MISSES + 1)]
        assert states == [PRESENT] * (MISSES - 1) + [AWAY]

    def test_work_between_two_begins_the_count_anew(self):
        dana = there(person("dana"))
        moved = [False, False, True, False, False]
        rows = [miss(dana, 60 * n, active=one) for n, one in enumerate(moved, 1)]
        assert [(row.state, row.missed) for row in rows][-1] == (PRESENT, MISSES - 1)

    @pytest.mark.parametrize("how", ["typing", "deciding"])
    def test_work_on_a_case_is_work_though_no_screen_told_of_a_hand(self, how):
        dana = there(person("dana"), at=after(-300))
        held = accepted(dana, at=after(-200))
        case = offered(dana)
        if how == "typing":
            lifecycle.beat(held, by=viewer_of(dana), active=True, now=after(10))
        else:
            Escalation.objects.filter(pk=held.pk).update(
                state=State.DECIDED, decided_by=dana, decided_at=after(10), held_by=None
            )
        beats(dana.pk, 20)
        making.sweep(after(31))
        row = Presence.objects.get()
        assert (row.state, row.missed) == (PRESENT, 0)
        case.refresh_from_db()
        assert case.state == State.WAITING

    def test_a_hand_that_is_told_of_too_late_undoes_it(self):
        dana = there(person("dana"), at=after(-300))
        for start in (-200, -100, 0):
            miss(dana, start)
        assert state_of(dana.pk) == (AWAY, "missed")
        beats(dana.pk, 35)
        assert state_of(dana.pk) == (AWAY, "missed")
        beats(dana.pk, 40, active=True)
        assert state_of(dana.pk) == (PRESENT, "shift")

    def test_a_hand_much_later_leaves_it_to_the_click(self):
        dana = there(person("dana"), at=after(-300))
        for start in (-200, -100, 0):
            miss(dana, start)
        beats(dana.pk, 90, active=True)
        assert state_of(dana.pk) == (AWAY, "missed")


class TestLostConnection:
    """A lost connection is no refusal."""

    def test_an_offer_lost_with_it_is_neither_missed_nor_declined(self):
        dana = there(person("dana"))
        case = offered(dana)
        assert making.sweep(after(31)) == 1
        assert Offer.objects.get().outcome == "withdrawn"
        assert state_of(dana.pk) == (OFFLINE, "lost")
        beats(dana.pk, 45, active=True)
        assert (state_of(dana.pk), Presence.objects.get().missed) == ((PRESENT, "shift"), 0)
        case.refresh_from_db()
        assert case.state == State.WAITING

    def test_who_was_lost_comes_back_as_available_and_is_asked_again_at_once(self):
        kofi, case = on_duty("kofi"), escalation()
        dispatch.dispatch(NOW)
        making.sweep(after(31))
        beats(kofi.user_id, 40)
        assert dispatch.dispatch(after(41)) == 1
        case.refresh_from_db()
        assert case.offered_to_id == kofi.user_id

    def test_away_by_an_offer_that_outlived_the_connection_is_forgotten(self):
        dana = there(person("dana"), at=after(-300))
        for start in (-200, -100):
            miss(dana, start)
        offered(dana)
        beats(dana.pk, 10)
        making.sweep(after(31))
        assert state_of(dana.pk) == (AWAY, "missed")
        presence.sweep(after(71))
        assert state_of(dana.pk) == (OFFLINE, "lost")
        beats(dana.pk, 80)
        assert state_of(dana.pk) == (PRESENT, "shift")


class TestWorking:
    """Nothing comes while a case in hand was touched a moment ago."""

    def hold(self, level):
        kofi = on_duty("kofi")
        held = of_level(level)
        lifecycle.claim(held, by=kofi, now=NOW)
        return kofi, held

    def test_nothing_comes_within_a_minute_of_a_touch(self):
        kofi, held = self.hold(2)
        waits = of_level(2)
        assert dispatch.dispatch(after(59)) == 0
        lifecycle.beat(held, by=kofi, active=True, now=after(59))
        assert dispatch.dispatch(after(100)) == 0
        assert explanations.why_nobody(waits.number, after(100)) == (
            "Kofi who can take it is working on another case just now."
        )
        assert explanations.why_nothing(kofi.user_id, after(100)) == (
            "You are working on a case; what waits is no more urgent, and comes when you pause."
        )
        assert dispatch.dispatch(after(120)) == 1

    @pytest.mark.parametrize(("level", "comes"), [(1, 0), (2, 0), (3, 1), (4, 1)])
    def test_unless_it_is_of_a_higher_level(self, level, comes):
        self.hold(2)
        of_level(level)
        assert dispatch.dispatch(after(30)) == comes

    def test_others_are_asked_meanwhile(self):
        self.hold(2)
        amara, waits = on_duty("amara"), of_level(2)
        assert dispatch.dispatch(after(30)) == 1
        waits.refresh_from_db()
        assert waits.offered_to_id == amara.user_id


class TestPausing:
    """Declining as too much, or for a break, pauses offers."""

    @pytest.mark.parametrize(
        ("reason", "state", "said"),
        [
            ("busy", BUSY, "Too much at once"),
            ("break", AWAY, "Break"),
        ],
    )
    def test_nothing_more_comes_until_they_say_so(self, client, reason, state, said):
        kofi = on_duty("kofi")
        escalation()
        escalation()
        dispatch.dispatch(NOW)
        first = Escalation.objects.get(offered_to=kofi.user_id)
        lifecycle.decline(first, by=kofi, reason=reason, now=after(3))
        row = Presence.objects.select_related("person").get()
        user = row.person
        assert (row.state, row.set_by, row.reason) == (state, "paused", said)
        assert dispatch.dispatch(after(60)) == 0
        client.force_login(user)
        page = client.get("/presence/", headers={"HX-Request": "true"}).content.decode()
        assert "Offers are paused" in page
        assert "Take offers again" in page
        client.post("/presence/", {"state": "present"})
        assert state_of(user.pk) == (PRESENT, "self")
        assert dispatch.dispatch(after(61)) == 1

    @pytest.mark.parametrize("reason", ["skill", "conflict", "other"])
    def test_other_reasons_pause_nothing(self, reason):
        kofi, case = on_duty("kofi"), escalation()
        dispatch.dispatch(NOW)
        lifecycle.decline(case, by=kofi, reason=reason, now=after(3))
        assert state_of(kofi.user_id)[0] == PRESENT


class TestDialogs:
    """An open dialog does not eat the time of an offer."""

    def test_the_time_stands_while_a_dialog_lies_over_it(self):
        dana = there(person("dana"))
        case = offered(dana)
        beats(dana.pk, 10, 20, 30, in_dialog={dana.pk})
        assert making.sweep(after(45)) == 0
        case.refresh_from_db()
        assert case.offer_until == after(60)
        assert cards.of(dana.pk, now=after(45)).open[0].until == after(60)
        assert lifecycle.accept(case, by=viewer_of(dana), now=after(58)).state == State.HELD

    def test_only_so_long(self):
        dana = there(person("dana"))
        case = offered(dana)
        beats(dana.pk, *range(10, 600, 10), in_dialog={dana.pk})
        case.refresh_from_db()
        assert case.offer_until == NOW + timedelta(seconds=30) + presence.DIALOG_MAX

    def test_a_dialog_of_somebody_else_gives_no_time(self):
        dana, leo = there(person("dana")), there(person("leo"))
        case = offered(dana)
        beats(leo.pk, 20, in_dialog={leo.pk})
        case.refresh_from_db()
        assert case.offer_until == after(30)

    def test_what_is_over_stays_over(self):
        dana = there(person("dana"))
        case = offered(dana)
        beats(dana.pk, 40, in_dialog={dana.pk})
        case.refresh_from_db()
        assert case.offer_until == after(30)
        assert now_of(dana)[0] == PRESENT


class TestGiven:
    """What a supervisor gave stands for its own time, on top, and says who and why."""

    def give(self, to, *, at=NOW, reason="You know the shop."):
        ruth = viewer("ruth", "supervisor")
        case = escalation()
        wish = reassigning.Wish(case.id, case.version)
        to_name = Presence.objects.select_related("person").get(person=to).person.username
        given = reassigning.reassign([wish], to=to_name, reason=reason, by=ruth, now=at)
        assert [one.refused for one in given] == [None]
        return Escalation.objects.get(pk=case.pk)

    def test_it_outlives_another_that_is_missed(self, django_capture_on_commit_callbacks):
        bears(1)
        dana = there(person("dana"), at=after(-60))
        missed_one = offered(dana)
        given = self.give(dana.pk, at=after(15))
        beats(dana.pk, 5, 20)
        with django_capture_on_commit_callbacks(execute=True):
            making.sweep(after(31))
        presence.sweep(after(32))
        missed_one.refresh_from_db()
        given.refresh_from_db()
        assert (state_of(dana.pk), missed_one.state) == ((AWAY, "missed"), State.WAITING)
        assert (given.state, given.offered_to_id) == (State.OFFERED, dana.pk)
        beats(dana.pk, 90, 120)
        assert making.sweep(after(134)) == 0
        assert lifecycle.accept(given, by=viewer_of(dana), now=after(134)).state == State.HELD

    @pytest.mark.parametrize("reason", ["busy", "break"])
    def test_it_outlives_a_pause(self, reason, django_capture_on_commit_callbacks):
        dana = there(person("dana"))
        other, given = offered(dana), self.give(dana.pk)
        with django_capture_on_commit_callbacks(execute=True):
            lifecycle.decline(other, by=viewer_of(dana), reason=reason, now=after(3))
        presence.sweep(after(4))
        given.refresh_from_db()
        assert given.state == State.OFFERED

    def test_whoever_leaves_gives_it_back(self):
        dana = there(person("dana"))
        given = self.give(dana.pk)
        presence.set_state(dana, AWAY, by=viewer_of(dana), reason="Lunch", now=after(3))
        given.refresh_from_db()
        assert given.state == State.WAITING

    def test_it_lies_on_top_and_says_who_and_why(self, client):
        dana = there(person("dana"))
        first, given = offered(dana), self.give(dana.pk, at=after(2))
        shown = cards.of(dana.pk, now=after(3)).open
        assert [card.escalation.pk for card in shown] == [given.pk, first.pk]
        assert (shown[0].offer.why, shown[0].reason) == (
            "Ruth Whitlock gave you this.",
            "You know the shop.",
        )
        assert shown[1].reason == ""
        client.force_login(dana)
        page = client.get("/offers/", headers={"HX-Request": "true"}).content.decode()
        assert page.index("Given to you") < page.index("You know the shop.")
        assert page.index("You know the shop.") < page.index("Offered to you")


class TestLeads:
    """Supervisors and admins are offered work only where their team says so."""

    @pytest.mark.parametrize("role", ["supervisor", "admin"])
    def test_they_are_offered_nothing_unless_the_team_says_so(self, role):
        ruth, case = on_duty("ruth", role), escalation()
        assert pulling.may_take(ruth)
        assert dispatch.dispatch(NOW) == 0
        Team.objects.update(offers_leads=True)
        assert dispatch.dispatch(NOW) == 1
        case.refresh_from_db()
        assert case.offered_to_id == ruth.user_id

    def test_who_is_only_offered_work_by_a_team_that_offers_them_none_takes_from_the_list(self):
        ruth, kofi = on_duty("ruth", "supervisor"), on_duty("kofi")
        Team.objects.update(mode="push")
        assert (pulling.may_take(ruth), pulling.may_take(kofi)) == (True, False)
        escalation()
        assert pulling.take_next(ruth, now=NOW) is not None

    def test_a_team_chooses_it_on_screen_and_in_the_record(self, client):
        ruth = viewer("ruth", "supervisor")
        client.force_login(User.objects.get(pk=ruth.user_id))
        client.post("/skills/teams/add/", {"name": "Nights", "mode": "both", "offers_leads": "on"})
        team = Team.objects.get(name="Nights")
        assert team.offers_leads
        client.post(f"/skills/teams/{team.pk}/", {"name": "Nights", "mode": "both"})
        team.refresh_from_db()
        assert not team.offers_leads
        assert [facts["offers_leads"] for _, facts in lines()][-2:] == [True, False]
