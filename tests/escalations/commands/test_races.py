"""Rights are those of the moment at which it counts: what is taken away while an act waits for the
lock of its case is not there any more when it has it."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from console.models import User
from console.people import managing
from console.people.viewers import viewer_of
from console.sqlite import base as sqlite
from escalations import access, commands
from escalations.commands import Command
from escalations.models import CommandAnswer, Decision, Escalation, Event, State, requirements
from escalations.record.lines import BATON
from escalations.refusals import NotAllowed, Refused
from routing.models import Proficiency, Team
from routing.people import teams
from routing.transfers import reassigning
from routing.transfers.reassigning import Wish
from tests.escalations.commands import test_table as table
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.escalations.rights_lost import (
    READS_ONLY,
    SIGNED_OUT,
    auditor,
    closed,
    new_password,
    signed_out,
)
from tests.factories import after, escalation, person, viewer
from tests.routing.floor.given import on_duty
from tests.routing.people.test_apart import case_of, of_team

pytestmark = pytest.mark.django_db(transaction=True)

WAIT_S = 20
JSON = {"Accept": "application/json"}
NOT_THEIRS = "There is no such case, or it is not one of yours."


def below(user):
    managing.grade(user, {"refunds": 2}, by=BATON, now=timezone.now())


def without_skill(user):
    Proficiency.objects.filter(person=user).delete()


LOST = {
    closed: SIGNED_OUT,
    signed_out: SIGNED_OUT,
    new_password: SIGNED_OUT,
    auditor: READS_ONLY,
    below: NOT_THEIRS,
    without_skill: NOT_THEIRS,
}


def signed_in(user):
    """Who they are by a session of theirs, as a socket asks at each command."""
    client = Client()
    client.force_login(user)
    return access.viewer_signed_in(User.objects.get(pk=user.pk), client.session.session_key)


def waits():
    """Whether somebody waits for what is locked here."""
    if connection.vendor == "sqlite":
        return any(len(turns._line) > 1 for turns in sqlite._turns.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return cursor.fetchone()[0] > 0


def in_thread(act):
    found = []

    def run():
        try:
            found.append(act())
        except Refused as refused:
            found.append(refused)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def until_it_waits(thread):
    until = time.monotonic() + WAIT_S
    while not waits():
        assert thread.is_alive()
        assert time.monotonic() < until
        time.sleep(0.002)


def while_it_waits(case, act, change):
    """What `act` came to where `change` was committed while it waited for the lock of the case."""
    with transaction.atomic():
        Escalation.objects.select_for_update().get(pk=case.pk)
        thread, found = in_thread(act)
        until_it_waits(thread)
        if connection.vendor == "sqlite":  # One writer: what is locked here is everything.
            change()
        else:
            other, _ = in_thread(change)
            other.join(WAIT_S)
            assert not other.is_alive(), "Who takes a right away waits for who waits."
    thread.join(WAIT_S)
    return found[0]


def pressed(by, case, name="approve", *, now=None, **arguments):
    sent = Command(name, str(uuid.uuid4()), case.id, case.version, arguments)
    return lambda: commands.perform(by, sent, now=now)


def a_case(**wishes):
    """One that only who has the skill may see."""
    case = escalation(now=timezone.now(), requested=wishes)
    Escalation.objects.update(requirement=requirements.id_for({"refunds": 3}))
    case.refresh_from_db()
    return case


def skilled(username="dana", **more):
    return person(username, skills={"refunds": 3, **more})


@pytest.mark.parametrize("people", [1, 2])
@pytest.mark.parametrize("lose", LOST, ids=lambda lose: lose.__name__)
def test_what_is_lost_while_a_decision_waits_decides_nothing(lose, people):
    """Where one decides by one statement, and where votes are weighed behind a lock."""
    dana = skilled()
    by, case = signed_in(dana), a_case(approvals_needed=people)
    found = while_it_waits(case, pressed(by, case), lambda: lose(dana))
    assert (str(found), isinstance(found, Refused)) == (LOST[lose], True)
    case.refresh_from_db()
    assert (case.state, Decision.objects.count()) == (State.WAITING, 0)
    assert not CommandAnswer.objects.exists()


@pytest.mark.parametrize("people", [1, 2])
def test_what_says_nothing_of_the_case_hinders_nothing(people):
    dana = skilled(fraud=2)
    by, case = signed_in(dana), a_case(approvals_needed=people)
    less = {"fraud": 1}
    found = while_it_waits(
        case, pressed(by, case), lambda: managing.grade(dana, less, by=BATON, now=timezone.now())
    )
    assert found["state"] == ("decided" if people == 1 else "second")


@pytest.mark.parametrize("people", [1, 2])
def test_what_is_just_being_taken_away_is_waited_for(people):
    dana = skilled()
    by, case = signed_in(dana), a_case(approvals_needed=people)
    with transaction.atomic():
        auditor(dana)
        thread, found = in_thread(pressed(by, case))
        until_it_waits(thread)
    thread.join(WAIT_S)
    assert [str(one) for one in found] == [READS_ONLY]
    assert Decision.objects.count() == 0


def test_who_comes_into_the_team_of_an_earlier_approver_meanwhile_may_not_approve():
    case = case_of(approvals_from="teams")
    one, other = of_team("dana", "A"), of_team("kofi", "B")
    case = decide(case, one)
    user, team = User.objects.get(pk=other.id), Team.objects.get(name="A")
    found = while_it_waits(
        case,
        pressed(other, case),
        lambda: teams.set_duty(user, team=team, time_zone="UTC", by=BATON, now=timezone.now()),
    )
    assert found.code == "same_group"
    assert Decision.objects.count() == 0


def whose(verb):
    """A case in a state in which somebody may do this, and that person."""
    people = {name: viewer(name, role) for name, role in table.ROLES.items()}
    for state in verb.states:
        case = table.brought_to(state, people, has_left=verb.name == "reverse")
        if verb.name == "extend":
            Escalation.objects.update(respond_by=after(3.5))
        for by in people.values():
            if table.refusal(by, verb, case) is None:
                return case, by
    raise AssertionError("Nobody may do this.")


# Whoever only reads may read all the same.
ACTS = [verb for verb in commands.every() if verb.name not in access.READING]


@pytest.mark.parametrize("verb", ACTS, ids=lambda verb: verb.name)
def test_no_verb_counts_by_a_role_that_is_lost_while_it_waits(verb):
    case, by = whose(verb)
    before = list(Event.objects.filter(escalation=case).values_list("kind", flat=True))
    found = while_it_waits(
        case,
        pressed(by, case, verb.name, now=after(3), **verb.example),
        lambda: User.objects.filter(pk=by.id).update(role="auditor"),
    )
    assert isinstance(found, NotAllowed), found
    assert list(Event.objects.filter(escalation=case).values_list("kind", flat=True)) == before


def test_a_form_is_refused_as_a_frame_is():
    dana, case = skilled(), a_case()
    client = Client()
    client.force_login(dana)
    fields = {"version": case.version, "id": "f", "digest": case.digest}
    found = while_it_waits(
        case,
        lambda: client.post(f"/escalations/{case.id}/approve/", fields, headers=JSON),
        lambda: closed(dana),
    )
    assert (found.status_code, found.json()["detail"]) == (403, SIGNED_OUT)
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("lose", [signed_out, auditor], ids=lambda lose: lose.__name__)
def test_what_a_lot_would_take_back_stays_where_the_right_is_lost_meanwhile(lose):
    dana, now = person("dana"), timezone.now()
    client = Client()
    client.force_login(dana)
    cases = [decide(escalation(now=now), viewer_of(dana), now=now) for _ in range(3)]
    Escalation.objects.update(effective_at=now + timedelta(hours=1))
    sent = {f"seen:{case.id}": f"{case.version} {case.digest}" for case in cases}
    sent |= {"form_id": "f"}
    found = while_it_waits(cases[0], lambda: client.post("/batch/undo/", sent), lambda: lose(dana))
    assert Decision.objects.filter(undone_at=None).count() == 3
    if lose is signed_out:
        assert found.headers["Location"] == "/accounts/login/?next=/batch/undo/"
    else:
        assert found.content.decode().count(READS_ONLY) == 3


def test_no_case_is_given_by_who_leads_no_longer():
    priya = on_duty("priya", "supervisor")
    on_duty("kofi")
    case = escalation(now=timezone.now())
    (given,) = while_it_waits(
        case,
        lambda: reassigning.reassign(
            [Wish(case.id, 1)], to="kofi", reason="", by=priya, now=timezone.now()
        ),
        lambda: User.objects.filter(pk=priya.id).update(role="reviewer"),
    )
    assert given.refused.detail == "Only supervisors give cases to others."
    assert Escalation.objects.get().state == State.WAITING
