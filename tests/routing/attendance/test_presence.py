"""Who is there: said by themselves, by a supervisor, or found by Baton from beats and shifts."""

import json
from datetime import timedelta

import pytest

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Escalation, Event, State
from escalations.proposal.choices import Choice
from escalations.refusals import Conflict, Invalid, NotAllowed
from routing.attendance import presence
from routing.models import Offer, Presence, TimeOff
from tests.factories import NOW, after, escalation, person, viewer
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
    works,
)

pytestmark = pytest.mark.django_db


def state_of(case) -> str:
    return Escalation.objects.get(pk=case.pk).state


def lease_of(case):
    return Escalation.objects.get(pk=case.pk).lease_until


def over(now):
    found = Escalation.objects.leases_over(now, now - lifecycle.IDLE_LIMIT)
    return list(found.values_list("id", flat=True))


class TestSaid:
    def test_away_with_a_reason_is_a_line_and_takes_offers_back(self):
        dana = there(person("dana"))
        case = offered(dana)
        presence.set_state(
            dana, AWAY, by=viewer_of(dana), reason="Lunch", back_at=after(1800), now=after(5)
        )
        assert now_of(dana) == (AWAY, "self", "Lunch", False)
        assert presence.of([dana.pk])[dana.pk].back_at == after(1800)
        assert state_of(case) == State.WAITING
        line = Event.objects.filter(chain="presence/dana").latest("position")
        assert (line.kind, json.loads(line.body)["actor"]) == ("presence_set", "person:dana")
        assert json.loads(line.body)["facts"] == {
            "state": "away",
            "reason": "Lunch",
            "set_by": "self",
            "draining": False,
        }

    def test_own_words_stay_out_of_the_record(self):
        dana = there(person("dana"))
        presence.set_state(dana, AWAY, by=viewer_of(dana), reason="At the dentist", now=NOW)
        assert now_of(dana) == (AWAY, "self", "At the dentist", False)
        line = Event.objects.filter(chain="presence/dana").latest("position")
        assert json.loads(line.body)["facts"]["reason"] == "other"

    def test_the_same_again_is_no_line(self):
        dana = there(person("dana"))
        for _ in range(2):
            presence.set_state(dana, BUSY, by=viewer_of(dana), now=NOW)
        assert Event.objects.filter(chain="presence/dana").count() == 2

    def test_a_supervisor_sets_others_and_a_reviewer_may_not(self):
        dana = there(person("dana"))
        lead, kofi = viewer("amara", "supervisor"), viewer("kofi")
        presence.set_state(dana, AWAY, by=lead, reason="Meeting", now=NOW)
        assert now_of(dana) == (AWAY, "lead", "Meeting", False)
        with pytest.raises(NotAllowed) as refused:
            presence.set_state(dana, PRESENT, by=kofi, now=NOW)
        assert refused.value.detail == "Only supervisors set the status of others."
        assert now_of(dana)[0] == AWAY

    def test_nobody_is_made_available_who_is_not_there(self):
        dana, lead = person("dana"), viewer("amara", "supervisor")
        with pytest.raises(Conflict) as refused:
            presence.set_state(dana, PRESENT, by=lead, now=NOW)
        assert refused.value.detail == "Dana Whitlock has no screen of Baton open."

    def test_auditors_have_no_status(self):
        ines = person("ines", "auditor")
        with pytest.raises(NotAllowed):
            presence.set_state(ines, PRESENT, by=viewer_of(ines), now=NOW)
        presence.beat({ines.pk: True}, NOW)
        assert presence.of([ines.pk]) == {}

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"state": "asleep"}, "/state"),
            ({"state": AWAY, "reason": "x" * 101}, "/reason"),
            ({"state": AWAY, "back_at": after(-1)}, "/back_at"),
        ],
    )
    def test_what_cannot_be_used_is_named(self, wrong, pointer):
        dana = there(person("dana"))
        with pytest.raises(Invalid) as refused:
            presence.set_state(dana, **wrong, by=viewer_of(dana), now=NOW)
        assert [fault.pointer for fault in refused.value.errors] == [pointer]
        assert now_of(dana)[0] == PRESENT


class TestBeats:
    def test_the_first_beat_makes_somebody_present(self):
        dana = there(person("dana"))
        assert now_of(dana) == (PRESENT, "shift", "", False)
        assert presence.takes_work(presence.of([dana.pk])[dana.pk])
        assert not presence.takes_work(None)

    def test_who_is_not_on_shift_stays_offline_until_it_begins(self):
        dana = person("dana")
        works(dana, "15:00-18:00")
        there(dana)
        assert now_of(dana) == (OFFLINE, "shift", "Not on shift", False)
        there(dana, after(3599))
        assert now_of(dana)[0] == OFFLINE
        there(dana, after(3600))
        assert now_of(dana) == (PRESENT, "shift", "", False)

    def test_who_arrives_in_a_break_is_away_until_it_ends(self):
        dana = person("dana")
        works(dana)
        works(dana, "13:55-14:10", "break")
        there(dana)
        assert now_of(dana) == (AWAY, "shift", "Break", False)
        assert presence.of([dana.pk])[dana.pk].back_at == after(600)
        there(dana, after(600))
        presence.sweep(after(600))
        assert now_of(dana) == (PRESENT, "shift", "", False)

    def test_no_beat_for_a_minute_is_offline_and_recalls(self):
        dana = there(person("dana"))
        case = offered(dana)
        assert presence.sweep(after(60)) == 0
        assert presence.sweep(after(61)) == 1
        assert presence.sweep(after(61)) == 0
        assert (now_of(dana)[:2], state_of(case)) == ((OFFLINE, "lost"), State.WAITING)

    @pytest.mark.parametrize("state", [PRESENT, BUSY, AWAY])
    def test_who_was_lost_is_again_what_they_were(self, state):
        dana = there(person("dana"))
        presence.set_state(dana, state, by=viewer_of(dana), reason="Training", now=NOW)
        presence.sweep(after(100))
        assert now_of(dana)[:2] == (OFFLINE, "lost")
        there(dana, after(101))
        assert now_of(dana) == (state, "self", "Training", False)

    def test_who_ended_their_day_is_not_revived_by_an_open_tab(self):
        dana = there(person("dana"))
        presence.end_shift(dana, by=viewer_of(dana), now=NOW)
        for seconds in range(15, 1800, 15):
            there(dana, after(seconds))
        assert now_of(dana) == (OFFLINE, "self", "Shift over", False)
        there(dana, after(8 * 3600))
        assert now_of(dana)[0] == PRESENT

    def test_a_beat_of_many_writes_in_few_statements(self, django_assert_num_queries):
        people = [there(person(f"p{number}")) for number in range(3)]
        with django_assert_num_queries(5):
            presence.beat(dict.fromkeys([one.pk for one in people], True), after(15))
        seen = Presence.objects.values_list("seen_at", flat=True)
        assert set(seen) == {after(15)}


class TestLeases:
    def test_a_beat_keeps_all_that_is_held(self):
        dana = there(person("dana"))
        first, second = accepted(dana), accepted(dana)
        opened = lifecycle.claim(escalation(), by=viewer_of(dana), now=NOW)
        there(dana, after(45))
        assert [lease_of(one) for one in (first, second, opened)] == [
            after(105),
            after(105),
            after(105),
        ]

    def test_a_beat_renews_a_lease_that_nobody_has_ended(self):
        dana = there(person("dana"))
        case = accepted(dana)
        there(dana, after(361))
        assert lease_of(case) == after(421)

    def test_a_beat_revives_no_lease_that_was_ended(self):
        dana = there(person("dana"))
        case = accepted(dana)
        lifecycle.lose_lease(case, now=after(61))
        there(dana, after(62))
        assert lease_of(case) is None

    def test_what_was_opened_from_the_list_is_kept_as_well(self):
        dana = there(person("dana"))
        case = accepted(dana)
        case = lifecycle.release(case, by=viewer_of(dana), version=case.version, now=after(1))
        lifecycle.claim(case, by=viewer_of(dana), now=after(10))
        there(dana, after(40))
        assert lease_of(case) == after(100)

    def test_each_case_is_idle_by_itself(self):
        dana = there(person("dana"))
        open_, left = (lifecycle.claim(escalation(), by=viewer_of(dana), now=NOW) for _ in "12")
        for minute in range(1, 11):
            presence.beat({dana.pk: True}, after(60 * minute - 30))
            presence.beat({dana.pk: True}, after(60 * minute))
            lifecycle.beat(open_, by=viewer_of(dana), active=True, now=after(60 * minute))
            assert over(after(60 * minute)) == []
        presence.beat({dana.pk: True}, after(601))
        assert over(after(601)) == [left.id]
        assert lifecycle.lose_lease(left, now=after(601))
        assert (state_of(open_), state_of(left)) == (State.HELD, State.WAITING)


class TestMissed:
    def test_who_missed_an_offer_is_away_until_they_say_so(self):
        bears(1)
        dana = there(person("dana"))
        presence.missed(dana.pk, since=after(1), now=NOW)
        assert now_of(dana) == (AWAY, "missed", "Missed an offer", False)
        presence.beat({dana.pk: False}, after(15))
        presence.sweep(after(15))
        assert now_of(dana)[0] == AWAY
        presence.set_state(dana, PRESENT, by=viewer_of(dana), now=after(20))
        assert now_of(dana) == (PRESENT, "self", "", False)

    @pytest.mark.parametrize("people", [1, 2])
    def test_misses_in_a_row_are_counted_until_something_is_answered(self, people):
        dana = there(person("dana"))
        bears(1)
        counts = []
        for number in range(4):
            at = after(100 * number)
            if number == 2:
                case = escalation(now=at, requested={"approvals_needed": people})
                lifecycle.decide(
                    case,
                    Choice("approve"),
                    by=viewer_of(dana),
                    version=1,
                    reject_reasons=[],
                    now=at,
                )
            Offer.objects.create(
                escalation=escalation(now=at), person=dana, offered_at=at, until=at, why="",
                outcome="missed", answered_at=at + timedelta(seconds=30),
            )  # fmt: skip
            presence.missed(
                dana.pk, since=at + timedelta(seconds=1), now=at + timedelta(seconds=30)
            )
            counts.append(Presence.objects.get(person=dana).missed)
        assert counts == [1, 2, 1, 2]

    def test_the_other_offers_go_back_on_commit(self, django_capture_on_commit_callbacks):
        bears(1)
        dana = there(person("dana"))
        case = offered(dana)
        with django_capture_on_commit_callbacks(execute=True):
            presence.missed(dana.pk, since=after(1), now=NOW)
        assert state_of(case) == State.WAITING


class TestShifts:
    def at_the_end(self, user):
        there(user, after(3600))
        return presence.sweep(after(3600))

    def test_the_shift_ends_for_who_holds_nothing(self):
        dana = person("dana")
        works(dana)
        there(dana)
        assert self.at_the_end(dana) == 1
        assert now_of(dana) == (AWAY, "shift", "Shift over", False)
        assert presence.sweep(after(3601)) == 0

    def test_who_holds_something_finishes_it(self):
        dana = person("dana")
        works(dana)
        there(dana)
        case = accepted(dana, after(3590))
        self.at_the_end(dana)
        assert now_of(dana) == (BUSY, "shift", "Shift over", True)
        lifecycle.release(case, by=viewer_of(dana), version=case.version, now=after(3602))
        presence.sweep(after(3603))
        assert now_of(dana) == (AWAY, "shift", "Shift over", False)

    def test_who_says_available_after_the_shift_stays_so(self):
        dana = person("dana")
        works(dana)
        there(dana)
        self.at_the_end(dana)
        presence.set_state(dana, PRESENT, by=viewer_of(dana), now=after(3700))
        there(dana, after(3710))
        assert presence.sweep(after(3710)) == 0
        assert now_of(dana) == (PRESENT, "self", "", False)

    def test_a_break_of_the_persons_own_is_not_ended_by_the_shift(self):
        dana = person("dana")
        works(dana)
        there(dana)
        presence.set_state(dana, AWAY, by=viewer_of(dana), reason="Break", now=NOW)
        assert presence.sweep(after(30)) == 0
        assert now_of(dana)[:2] == (AWAY, "self")

    def test_time_off_ends_the_work_too(self):
        dana = there(person("dana"))
        TimeOff.objects.create(person=dana, starts_at=after(20), ends_at=after(9000))
        assert presence.sweep(after(19)) == 0
        assert presence.sweep(after(20)) == 1
        assert now_of(dana) == (AWAY, "shift", "Shift over", False)

    def test_back_at_passed_changes_nothing(self):
        dana = there(person("dana"))
        presence.set_state(
            dana, AWAY, by=viewer_of(dana), reason="Lunch", back_at=after(10), now=NOW
        )
        there(dana, after(15))
        assert presence.sweep(after(20)) == 0
        assert now_of(dana) == (AWAY, "self", "Lunch", False)


def test_an_offer_made_while_somebody_went_is_taken_back():
    dana = there(person("dana"))
    presence.set_state(dana, AWAY, by=viewer_of(dana), now=NOW)
    case = offered(dana)
    assert presence.recall_all(after(1)) == 1
    assert state_of(case) == State.WAITING
    assert presence.recall_all(after(2)) == 0


def test_idle_since_follows_the_units():
    dana = there(person("dana"))
    presence.sweep(NOW)
    assert Presence.objects.get().idle_since == NOW
    accepted(dana, after(1))
    presence.sweep(after(2))
    assert Presence.objects.get().idle_since is None
