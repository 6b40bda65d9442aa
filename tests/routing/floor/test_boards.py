"""The board: what it says of a moment, at a price that does not grow."""

from datetime import timedelta

import pytest

from console.models import User
from escalations import lifecycle
from escalations.models import Escalation, Remark, Requirement
from routing.floor import boards, history
from routing.models import Alert, Notice, Offer, Pace, Presence, Sending, Shift, WorkLimit
from routing.offers import pace
from routing.people import units
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty
from tests.running import listening

pytestmark = pytest.mark.django_db

STATEMENTS = 24


@pytest.fixture(autouse=True)
def _nothing_remembered():
    history.forget()
    yield
    history.forget()


def case(due=-100, *, skills=None, by=None, now=NOW, **columns):
    """A case that is due so many seconds after NOW."""
    made = escalation(by=by, now=now)
    wished = "+".join(f"{name}:{grade}" for name, grade in (skills or {}).items())
    found, _ = Requirement.objects.get_or_create(key=wished, defaults={"skills": skills or {}})
    changed = {"respond_by": after(due), "requirement": found, **columns}
    Escalation.objects.filter(pk=made.pk).update(**changed)
    made.refresh_from_db()
    return made


def board(now=NOW, person=0, team=""):
    return boards.board(now, person=person, team=team)


def said(found):
    return [
        " ".join(filter(None, [fact.strong, fact.text, fact.small, fact.rest]))
        for fact in found.facts
    ]


@pytest.mark.parametrize("many", [3, 30])
def test_any_number_of_people_and_cases_costs_the_same(many, django_assert_num_queries):
    mira = key()
    for n in range(many):
        who = on_duty(f"dana{n}", refunds=3, fraud=2)
        lifecycle.claim(case(by=mira), by=who, now=NOW)
        case(skills={"refunds": 3}, by=mira)
    board(person=1)
    history.forget()
    with django_assert_num_queries(STATEMENTS):
        board(person=1)


def test_an_empty_floor_says_so():
    found = board()
    assert said(found) == ["Nothing is over time or close to it.", "Nothing waits."]
    assert (found.rows, found.queues, found.late) == ([], [], [])
    assert (found.outlook.sentence, found.outlook.act) == ("Nothing is open.", None)


def test_the_first_sentences_name_lateness_and_shortage():
    on_duty("kofi", refunds=3)
    case(-130, skills={"refunds": 3})
    case(120, skills={"refunds": 3})
    case(3000, skills={"privacy": 3})
    assert said(board()) == [
        "1 case is over time and 1 is due in the next 5 minutes. The worst is refund, over by 2 min.",
        "Nobody with room can take what needs privacy 3. 1 waits.",
        "Only 1 person with room can take what needs refunds 3. 2 wait.",
        "3 wait.",
    ]


def test_it_says_from_when_on_nobody_has_the_skill():
    kofi = on_duty("kofi", refunds=3)
    Shift.objects.create(person_id=kofi.user_id, weekday=3, starts="09:00", ends="16:00")
    for _ in range(2):
        case(3000, skills={"refunds": 3})
    fact = board().facts[1]
    assert (fact.small, fact.moment, fact.rest) == (
        "From",
        NOW.replace(hour=16),
        "nobody on shift has refunds at 3 or more.",
    )


def test_what_waits_is_set_beside_the_same_time_last_week():
    mira = key()
    for n in range(3):
        old = escalation(by=mira, now=NOW - timedelta(days=7, minutes=n))
        Escalation.objects.filter(pk=old.pk).update(state="cancelled", closed_at=NOW)
    case(3000, by=mira)
    assert said(board())[-1] == "1 waits, 2 fewer than at this time last Thursday."


def test_why_it_is_stuck():
    dana, kofi, amara = on_duty("dana"), on_duty("kofi"), on_duty("amara")
    mira = key()
    opened = lifecycle.claim(case(by=mira), by=dana, now=after(-360))
    offered = lifecycle.offer(case(by=mira), to=kofi, until=after(20), now=after(-10))
    tried = case(by=mira)
    for who in (amara, dana):
        Offer.objects.create(
            escalation=tried,
            person_id=who.user_id,
            offered_at=NOW,
            until=NOW,
            why="",
            outcome="missed",
        )
    nobody = case(by=mira, skills={"privacy": 3})
    why = {one.case.number: one.why for one in board().late}
    assert why == {
        opened.number: "Kept, not opened for 6 min",
        offered.number: "Offered to Kofi, 20 s to answer",
        tried.number: "Offered to Amara and Dana, no answer; 3 can take it now",
        nobody.number: "Needs privacy 3; nobody here has it",
    }


def test_what_is_open_and_what_is_only_kept_is_told_of_each_case():
    """Nine held cases shared the clock of whoever held them: all nine were being worked on."""
    dana, mira = on_duty("dana"), key()
    held = [lifecycle.claim(case(by=mira), by=dana, now=after(-720)) for _ in range(3)]
    lifecycle.beat(held[0], by=dana, active=False, now=after(-15))
    lifecycle.beat(held[1], by=dana, active=True, now=after(-300))
    lifecycle.keep([one.pk for one in held], now=NOW)
    why = {one.case.number: one.why for one in board().late}
    assert [why[one.number] for one in held] == [
        "Open now, taken 12 min ago",
        "Kept, not opened for 5 min",
        "Kept, not opened for 12 min",
    ]


def test_who_has_a_unit_free_is_not_said_to_be_full():
    kofi = on_duty("kofi")
    units.resize(User.objects.get(pk=kofi.user_id), 2)
    WorkLimit.objects.create(person_id=kofi.user_id, task_type="refund", units=1)
    mira = key()
    lifecycle.claim(case(3000, by=mira), by=kofi, now=NOW)
    case(60, by=mira)
    assert [one.why for one in board().late] == ["Kofi could take it and has no room for it"]
    WorkLimit.objects.all().delete()
    lifecycle.claim(case(3000, by=mira), by=kofi, now=NOW)
    assert [one.why for one in board().late] == ["Kofi could take it and is full"]


def test_the_best_next_person_fits_and_has_room():
    on_duty("kofi", identity=3)
    sofia, dana = on_duty("sofia", identity=5), on_duty("dana", identity=4)
    late = lifecycle.claim(case(skills={"identity": 4}), by=sofia, now=NOW)
    assert [(one.case.number, one.best.first) for one in board().late] == [(late.number, "Dana")]
    units.resize(User.objects.get(pk=dana.user_id), 1)
    lifecycle.claim(escalation(by=key()), by=dana, now=NOW)
    assert [one.best for one in board().late] == [None]


def test_people_with_state_load_and_work():
    kofi, amara = on_duty("kofi", identity=4, deliveries=4, refunds=1), on_duty("amara")
    units.resize(User.objects.get(pk=kofi.user_id), 2)
    held = [lifecycle.claim(case(3000), by=kofi, now=after(-60 * n)) for n in (2, 1)]
    Presence.objects.filter(person=amara.user_id).update(
        state="away", set_by="missed", reason="Missed an offer", since=after(-240)
    )
    first, second = board().rows
    assert (first.mark, first.state, first.note, first.boxes) == (
        "away",
        "Away",
        "set by missed offer, 4 min",
        ["", "", "", "", ""],
    )
    assert (second.state, second.boxes, second.doing, second.skills) == (
        "Available",
        ["full", "full"],
        "and 1 more",
        "Deliveries 4, identity 4",
    )
    assert [one.number for one in second.cases] == [one.number for one in held]


def test_queues_by_required_skills():
    on_duty("kofi", refunds=3), on_duty("amara", refunds=5)
    case(3000, skills={"refunds": 3}, now=after(-500))
    case(3000, skills={"refunds": 3})
    (line,) = board().queues
    assert (line.name, line.need, line.queue.waiting, line.able, line.free, line.mood) == (
        "Refunds",
        "refunds 3 or more",
        2,
        2,
        2,
        "",
    )
    assert line.queue.oldest_at == after(-500)


def test_the_half_hour_ahead_is_honest_about_what_it_rests_on():
    kofi = on_duty("kofi")
    for _ in range(7):
        case(300)
    found = board().outlook
    assert found.sentence == "Of 7 open cases, 7 will be answered late."
    assert found.basis == (
        "New cases are not in it; how many come cannot be said yet: "
        "too few days were seen at this hour. "
        "Handle times are not measured yet for all of those that wait; 10 min assumed."
    )
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=2, count=9)
    pace.forget()
    assert board().outlook.sentence == "All 7 open cases will be answered in time."


def test_what_is_raised_to_a_supervisor():
    priya, dana = on_duty("priya", "supervisor"), on_duty("dana")
    asked = lifecycle.claim(case(3000), by=dana, now=after(-120))
    lifecycle.pass_on(asked, by=dana, version=asked.version, text="May I?", now=after(-120))
    late = case()
    alert = Alert.objects.create(
        escalation=late, step=1, kind="breach", audience="supervisors", due_at=NOW, raised_at=NOW
    )
    for _ in range(2):
        Notice.objects.create(
            person_id=priya.user_id, escalation=late, kind="breach", text="Late.", at=NOW
        )
    Sending.objects.create(
        id="snd_1",
        alert=alert,
        channel="email",
        target="x",
        state="dead",
        created_at=NOW,
        next_at=NOW,
        give_up_at=NOW,
        last_error="No route",
    )
    raised = board(person=priya.user_id).raised
    assert sorted((one.text, one.who, one.case_number) for one in raised) == sorted(
        [
            ("May I?", "Dana Whitlock", asked.case_number),
            ("Late.", "", late.case_number),
            ("An alert by email could not be sent: No route.", "", late.case_number),
        ]
    )
    assert Remark.objects.get().text == "May I?"
    assert [one.text for one in board(person=dana.user_id).raised].count("Late.") == 0
    lifecycle.claim(late, by=dana, now=NOW)
    lifecycle.decide(
        late, listening.Choice("approve"), by=dana, version=2, reject_reasons=[], now=NOW
    )
    # What is settled disappears by itself, seen or not.
    raised = board(person=priya.user_id).raised
    assert "Late." not in [one.text for one in raised]


@pytest.fixture
def for_priya():
    """Refunds that nobody but Priya has, to whom no team offers work, three of them waiting."""
    priya = on_duty("priya", "supervisor", team=None, refunds=4)
    units.resize(User.objects.get(pk=priya.user_id), 2)
    on_duty("dana", fraud=3)
    mira = key()
    return priya, [case(3000, skills={"refunds": 3}, by=mira) for _ in range(3)]


@pytest.mark.usefixtures("for_priya")
def test_who_leads_and_could_take_it_is_named_by_row_queue_and_head():
    found = boards.board(NOW, person=0, show="all")
    assert {one.why for one in found.late} == {"Only who leads can take it: Priya"}
    (line,) = found.queues
    assert (line.free, line.able, line.beyond, line.leads) == (0, 0, 3, 3)
    head = (
        "Nobody with room can take what needs refunds 3. 3 wait; only who leads can take 3 of them."
    )
    assert head in said(found)
    assert "nobody who takes work now can take 3" in found.outlook.sentence


def test_who_reads_the_advice_is_not_asked_to_ask_themselves(for_priya):
    """Priya read "Ask Priya", and her status, which the button opened, would have changed nothing."""
    priya, waiting = for_priya
    told, own = board(person=0).outlook.act, board(person=priya.user_id).outlook.act
    first = [one.id for one in waiting[:2]]
    more = "3 more would be answered and 3 more in time."
    assert told.text == f"Priya Whitlock is not offered work. With Priya {more}"
    assert told.button == "Give to Priya"
    assert (own.text, own.button) == (
        "You are not offered work. With you 3 more would be answered and 3 more in time.",
        "Give to me",
    )
    for act in (told, own):
        assert (list(act.cases), act.to, act.person) == (first, "priya", 0)
    Presence.objects.filter(person=priya.user_id).update(state="away")
    act = board(person=priya.user_id).outlook.act
    assert (act.text[:12], act.button, act.person) == (
        "You are away",
        "Change your status",
        priya.user_id,
    )


def test_head_and_queue_say_how_many_of_its_cases_nobody_free_can_take():
    kofi = on_duty("kofi", refunds=3)
    for excluded in ([], [], ["kofi"]):
        case(3000, skills={"refunds": 3}, excluded=excluded)
    found = board()
    (line,) = found.queues
    assert (line.free, line.beyond, line.leads) == (1, 1, 0)
    head = "Only 1 person with room can take what needs refunds 3. 3 wait; nobody with room can take 1 of them."
    assert head in said(found)
    assert kofi


def test_who_is_there_stands_before_who_is_not():
    on_duty("zoe")
    who = on_duty("adam")
    Presence.objects.filter(person=who.user_id).update(state="offline")
    Shift.objects.create(person_id=who.user_id, weekday=3, starts="08:00", ends="18:00")
    assert [one.member.username for one in board().rows] == ["zoe", "adam"]


def test_one_team():
    on_duty("kofi", refunds=3), on_duty("amara", team="Finance", payments=4)
    case(skills={"refunds": 3})
    case(skills={"payments": 4})
    found = board(team="Finance")
    assert [row.member.first for row in found.rows] == ["Amara"]
    assert [line.name for line in found.queues] == ["Payments"]
    assert len(found.late) == 1
    assert board(team="Nonsense").team == "Nonsense"
    assert len(board(team="Nonsense").rows) == 2
