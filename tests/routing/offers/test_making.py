"""An offer from the moment that matching makes it to whatever ends it."""

from datetime import timedelta

import pytest

from console.models import User
from escalations import access, lifecycle
from escalations.models import Escalation, State, requirements
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Conflict
from routing.alerts import ladder_steps
from routing.attendance import presence
from routing.matching import rounds
from routing.models import Offer, Presence, Unit
from routing.offers import dispatch, explanations, making, pulling
from routing.people import units
from tests.factories import NOW, after, escalation, key, viewer
from tests.routing.floor.given import on_duty
from tests.routing.presence import bears

pytestmark = pytest.mark.django_db


def offered(case):
    case.refresh_from_db()
    return case.offered_to and case.offered_to.username


def outcomes(case):
    return list(
        Offer.objects.filter(escalation=case)
        .order_by("pk")
        .values_list("person__username", "outcome")
    )


def test_case_is_offered_with_its_reasons():
    kofi, case = on_duty("kofi"), escalation()
    assert dispatch.dispatch(NOW) == 1
    assert (offered(case), case.state) == ("kofi", State.OFFERED)
    made = making.open_for(kofi.user_id)[0]
    assert (made.place, made.of, made.ring, made.runner_up, made.until) == (
        1,
        1,
        0,
        None,
        after(30),
    )
    assert made.why == (
        "60 min to its deadline: waiting costs most on this one, and you are the only one who can "
        "be asked for it just now (about 10 min of work)."
    )
    assert made.value > 0


def test_nobody_is_asked_two_things_at_once_or_offered_more_than_they_can_hold():
    kofi, mira = on_duty("kofi"), key()
    for _ in range(7):
        escalation(by=mira)
    for count in range(1, 6):
        at = after(60 * count)
        assert (dispatch.dispatch(at), dispatch.dispatch(at)) == (1, 0)
        lifecycle.accept(making.open_for(kofi.user_id)[0].escalation, by=kofi, now=at)
        assert Unit.objects.filter(escalation__isnull=False).count() == count
    assert dispatch.dispatch(after(360)) == 0


def test_accepted_offer_is_held_and_says_so():
    kofi, case = on_duty("kofi"), escalation()
    dispatch.dispatch(NOW)
    held = lifecycle.accept(case, by=kofi, now=after(5))
    assert (held.state, held.held_by_id, held.offered_to_id) == (State.HELD, kofi.user_id, None)
    assert outcomes(case) == [("kofi", "accepted")]
    assert Unit.objects.get(escalation=case).person_id == kofi.user_id


def test_deciding_an_offered_case_accepts_it():
    kofi, case = on_duty("kofi"), escalation()
    dispatch.dispatch(NOW)
    case.refresh_from_db()
    lifecycle.decide(
        case, Choice("approve"), by=kofi, version=case.version, reject_reasons=[], now=after(5)
    )
    assert outcomes(case) == [("kofi", "accepted")]
    assert not Unit.objects.filter(escalation=case).exists()


def test_decliner_is_asked_again_only_after_the_others():
    kofi, case = on_duty("kofi"), escalation()
    dispatch.dispatch(NOW)
    lifecycle.decline(case, by=kofi, reason="busy", now=after(3))
    assert dispatch.dispatch(after(4)) == 0
    on_duty("amara", now=after(5))
    # As long as Kofi may take it up again it stays where it is.
    assert dispatch.dispatch(after(8)) == 0
    assert dispatch.dispatch(after(9)) == 1
    assert (offered(case), outcomes(case)) == ("amara", [("kofi", "declined"), ("amara", "open")])
    assert Offer.objects.get(outcome="declined").reason == "busy"


def test_missed_offer_goes_back_with_its_age_and_sets_the_person_away():
    kofi, case = on_duty("kofi"), escalation()
    rank = case.rank
    bears(1)
    dispatch.dispatch(NOW)
    presence.beat({kofi.user_id: False}, after(15))
    assert making.sweep(after(30)) == 0
    assert (making.sweep(after(31)), making.sweep(after(31))) == (1, 0)
    assert (offered(case), case.state, case.rank) == (None, State.WAITING, rank)
    assert outcomes(case) == [("kofi", "missed")]
    there = Presence.objects.get(person=kofi.user_id)
    assert (there.state, there.set_by) == ("away", "missed")


def test_answer_after_the_time_is_refused_even_before_the_sweep():
    kofi, case = on_duty("kofi"), escalation()
    dispatch.dispatch(NOW)
    with pytest.raises(Conflict) as refused:
        lifecycle.accept(case, by=kofi, now=after(31))
    assert refused.value.code == "offer_over"


def test_cancelled_case_withdraws_its_offer():
    on_duty("kofi")
    case = escalation()
    dispatch.dispatch(NOW)
    lifecycle.cancel(case, agent="mira", now=after(5))
    made = Offer.objects.get()
    assert (made.outcome, made.reason, made.answered_at) == ("withdrawn", "cancelled", after(5))
    assert not Unit.objects.filter(escalation=case).exists()


def test_what_the_agent_adds_leaves_the_offer_open():
    kofi, case = on_duty("kofi"), escalation()
    dispatch.dispatch(NOW)
    lifecycle.add_context(case, {"environment": {}}, agent="mira", now=after(3))
    assert (offered(case), outcomes(case)) == ("kofi", [("kofi", "open")])
    lifecycle.accept(case, by=kofi, now=after(5))
    assert outcomes(case) == [("kofi", "accepted")]


def test_supervisor_takes_an_offered_case():
    on_duty("kofi")
    priya = on_duty("priya", role="supervisor", team=None)
    case = escalation()
    dispatch.dispatch(NOW)
    lifecycle.claim(case, by=priya, now=after(5))
    assert outcomes(case) == [("kofi", "withdrawn")]
    assert Unit.objects.get(escalation=case).person_id == priya.user_id


def test_recall_takes_back_what_is_not_answered():
    kofi, case = on_duty("kofi"), escalation()
    dispatch.dispatch(NOW)
    assert (presence.recall(kofi.user_id, reason="busy", now=after(2)), offered(case)) == (1, None)
    made = Offer.objects.get()
    assert (made.outcome, made.reason) == ("withdrawn", "busy")


def test_case_given_back_goes_to_somebody_else_first():
    kofi, amara, case = on_duty("kofi"), on_duty("amara"), escalation()
    dispatch.dispatch(NOW)
    first = access.viewer_by_id(case.__class__.objects.get(pk=case.pk).offered_to_id)
    held = lifecycle.accept(case, by=first, now=after(1))
    lifecycle.release(held, by=first, version=held.version, now=after(2))
    assert dispatch.dispatch(after(8)) == 1
    assert offered(case) == ({"kofi", "amara"} - {first.username}).pop()
    assert {kofi.username, amara.username} == {"kofi", "amara"}


def test_case_that_a_supervisor_takes_back_goes_to_somebody_else_first():
    kofi, _, lead = on_duty("kofi"), on_duty("amara"), viewer("lea", "supervisor")
    case = lifecycle.claim(escalation(), by=kofi, now=NOW)
    lifecycle.reassign(case, by=lead, version=2, to=None, until=after(120), now=NOW)
    assert dispatch.dispatch(NOW) == 1
    assert offered(case) == "amara"
    lifecycle.reassign(case, by=lead, version=4, to=None, until=after(120), now=NOW)
    assert dispatch.dispatch(NOW) == 0
    lifecycle.reassign(case, by=lead, version=5, to=kofi, until=after(120), now=NOW)
    lifecycle.reassign(
        Escalation.objects.get(pk=case.pk), by=lead, version=6, to=kofi, until=after(120), now=NOW
    )
    assert outcomes(case) == [
        ("kofi", "released"),
        ("amara", "withdrawn"),
        ("amara", "released"),
        ("kofi", "withdrawn"),
        ("kofi", "open"),
    ]


def test_given_case_is_an_offer_with_its_giver():
    kofi, case = on_duty("kofi"), escalation()
    priya = on_duty("priya", role="supervisor", team=None)
    until = NOW + timedelta(minutes=2)
    lifecycle.reassign(
        case, by=priya, version=1, to=kofi, until=until, text="Kofi is free", now=NOW
    )
    made = making.open_for(kofi.user_id)[0]
    assert (made.given_by_id, made.why, made.until) == (
        priya.user_id,
        "Priya Whitlock gave you this.",
        until,
    )


def test_missed_deadline_opens_the_next_ring():
    """Nobody of the level is free for it; at the breach the ladder asks those below it too."""
    kofi = on_duty("kofi", refunds=1)
    amara = on_duty("amara", refunds=3)
    units.resize(User.objects.get(pk=amara.user_id), 1)
    case = escalation(requested={"skills": ["refunds"]})
    Escalation.objects.filter(pk=case.pk).update(requirement=requirements.id_for({"refunds": 3}))
    other = escalation()
    lifecycle.claim(other, by=amara, now=NOW)
    assert dispatch.dispatch(NOW) == 0
    breach = case.respond_by + timedelta(seconds=1)
    Presence.objects.update(seen_at=breach)
    for _ in range(3):
        ladder_steps.sweep(breach)
    assert dispatch.dispatch(breach) == 1
    made = Offer.objects.get(escalation=case, outcome="open")
    assert (made.person_id, made.ring) == (kofi.user_id, 1)
    assert made.why.endswith("(ring 1).")


def test_case_that_asks_for_somebody_goes_to_them_whatever_their_skills():
    kofi, amara = on_duty("kofi"), on_duty("amara", refunds=3)
    case = escalation(requested={"skills": ["refunds"], "assignee": "kofi"})
    assert dispatch.dispatch(NOW) == 1
    made = making.open_for(kofi.user_id)[0]
    assert (made.escalation_id, making.open_for(amara.user_id)) == (case.pk, [])
    assert "it is kept for you" in made.why


def test_case_that_asks_for_somebody_full_goes_to_others_once_it_alerts():
    kofi, amara, mira = on_duty("kofi"), on_duty("amara"), key()
    Unit.objects.filter(person=kofi.user_id, number__gt=1).delete()
    lifecycle.claim(escalation(by=mira), by=kofi, now=NOW)
    case = escalation(by=mira, requested={"assignee": "kofi"})
    assert dispatch.dispatch(NOW) == 0
    Escalation.objects.filter(pk=case.pk).update(alert_step=1)
    assert dispatch.dispatch(NOW) == 1
    assert making.open_for(amara.user_id)[0].escalation_id == case.pk


def test_case_that_asks_for_somebody_is_seen_behind_any_number_of_others(monkeypatch):
    """Who is asked has not the skill, and nobody else is free."""
    monkeypatch.setattr(rounds, "FIRST_OF_EACH", 1)
    kofi, mira = on_duty("kofi"), key()
    case = escalation(by=mira, requested={"skills": ["refunds"], "assignee": "kofi"})
    later = escalation(by=mira, requested={"skills": ["refunds"], "assignee": "kofi"})
    for rank, one in enumerate((escalation(by=mira), case, later)):
        Escalation.objects.filter(pk=one.pk).update(rank=rank, units=9 if rank == 0 else 1)
    assert dispatch.dispatch(NOW) == 1
    assert making.open_for(kofi.user_id)[0].escalation_id == case.pk


def test_case_that_asks_for_somebody_who_takes_from_the_list_is_kept_for_them():
    kofi, lee = on_duty("kofi"), on_duty("lee", team=None)
    case = escalation(requested={"assignee": "lee"})
    assert dispatch.dispatch(NOW) == 0
    assert explanations.why_nobody(case.pk, NOW) == "Kept for Lee."
    assert pulling.take_next(lee, now=NOW) == case
    lifecycle.release(case, by=lee, version=2, now=NOW)
    assert dispatch.dispatch(after(6)) == 1
    assert making.open_for(kofi.user_id)[0].escalation_id == case.pk


@pytest.mark.parametrize(("quiet_for", "offered"), [(70, 1), (700, 0)])
def test_a_lost_connection_is_no_refusal_and_ten_idle_minutes_are(quiet_for, offered):
    kofi = on_duty("kofi")
    case = lifecycle.claim(escalation(), by=kofi, now=NOW)
    if quiet_for > 600:
        lifecycle.beat(case, by=kofi, active=False, now=after(quiet_for - 10))
    assert lifecycle.lose_lease(case, now=after(quiet_for))
    assert dispatch.dispatch(after(quiet_for + 10)) == offered
    assert audit.verify(case.id).findings == []


def test_whose_hold_ended_by_itself_hears_of_it_on_every_page(django_capture_on_commit_callbacks):
    kofi = viewer("kofi")
    case = lifecycle.claim(escalation(), by=kofi, now=NOW)
    with django_capture_on_commit_callbacks() as hints:
        assert lifecycle.lose_lease(case, now=after(700))
    told = [one.args[0] for one in hints if getattr(one, "args", ())]
    notice = {"type": "notice", "person": kofi.user_id, "kind": "offer", "escalation": case.id}
    assert notice in told
