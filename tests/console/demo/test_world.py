"""The demo world: whole, believable, the same each time, and only where nobody else works."""

from collections import Counter
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from console import clock
from console.demo import people, staff, world
from console.models import User
from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.lifecycle import offering
from escalations.models import Decision, Escalation, Event
from escalations.policy import versions
from escalations.record import audit
from metrics import fold, reports
from metrics.models import Fact
from routing.attendance import calendar, weeks
from routing.models import Skill, Team
from routing.people import units
from tests.factories import person

pytestmark = pytest.mark.django_db


def test_it_refuses_a_database_in_use(db):
    """Comes first, because the others share one world that stays until the last of them."""
    person("ana")
    with pytest.raises(world.Taken):
        world.build(now=clock.now())
    assert Escalation.objects.count() == 0
    assert world.others() == ["the person ana"]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Built once; what a test changes is rolled back by its own transaction inside this one."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(world, "PAST", 60)
        now = clock.now()
        world.build(now=now)
        yield now
        transaction.set_rollback(True)


def test_record_of_it_is_whole(built):
    verified = audit.verify()
    assert verified.findings == []
    assert verified.chains > 60


@pytest.mark.parametrize("days", range(7))
def test_shifts_lie_around_the_hour_at_which_it_is_looked_at(built, days):
    """Also at night, on a Sunday, and when the clocks change."""
    simulated = User.objects.in_bulk(people.SIMULATED, field_name="username")
    number = {name: user.pk for name, user in simulated.items()}
    laid_at = built
    for hour in range(0, 24, 7):
        now = built.replace(hour=hour) + timedelta(days=days)
        staff.move_shifts(laid_at, by=world.DEMO, now=now)
        laid_at = now
        on = calendar.on_duty(number.values(), now)
        assert sum(one.on or one.on_break for one in on.values()) >= 5
        assert timedelta(hours=5) < on[number["meilin"]].back_at - now < timedelta(hours=6.1)
        assert timedelta(hours=1) <= on[number["sofia"]].until - now <= timedelta(hours=2)


def test_a_week_that_somebody_changed_stays(built):
    user = User.objects.get(username="amara")
    weeks.replace(user, [weeks.Day(1, "09:00-12:00")], by=world.DEMO, now=built)
    later = built + timedelta(days=3)
    staff.move_shifts(built, by=world.DEMO, now=later)
    assert [day.work for day in weeks.written(weeks.rows_of([user.pk])[user.pk]) if day.work] == [
        "09:00-12:00"
    ]


def test_nothing_waits_for_skills_that_nobody_at_work_has(built):
    """Simulated people on shift can answer every task type, with as many as have to agree, so that
    nothing piles up unless a visitor takes it."""
    simulated = User.objects.filter(username__in=people.SIMULATED)
    on = calendar.on_duty([user.pk for user in simulated], built)
    there = [user for user in simulated if on[user.pk].on or on[user.pk].on_break]
    has = {one.username: one.skills for one in people.PEOPLE}
    policy = versions.current().document
    lacking = {}
    for name, task_type in policy.task_types.items():
        able = [
            user.username
            for user in there
            if all(
                has[user.username].get(skill, 0) >= least
                for skill, least in task_type.skills.items()
            )
        ]
        needed = max(
            [1, task_type.approvals or 1, *(rule.approvals or 1 for rule in task_type.rules)]
        )
        if len(able) < needed:
            lacking[name] = (task_type.skills, needed, able)
    assert lacking == {}


def test_after_a_night_nothing_is_long_late_and_the_queue_is_full(built):
    morning = built + timedelta(hours=14)
    assert world.freshen(now=morning) > 10
    waiting = Escalation.objects.waiting()
    assert waiting.count() == world.OPEN
    assert waiting.filter(respond_by__lt=morning).count() <= 2
    assert audit.verify().findings == []
    again = world.freshen(now=morning + timedelta(minutes=1))
    assert again <= 2
    assert waiting.count() == world.OPEN - again


def test_what_was_in_somebodys_hands_when_it_was_stopped_is_not_left_late(built):
    amara, dana = (viewer_of(User.objects.get(username=name)) for name in ("amara", "dana"))
    offered, held, opened = Escalation.objects.waiting().filter(level=2).order_by("number")[:3]
    later = built + timedelta(days=26)
    offering.offer(offered, to=amara, until=built + timedelta(seconds=30), now=built)
    lifecycle.claim(held, by=amara, now=built)
    lifecycle.claim(opened, by=dana, now=later)
    world.freshen(now=later)
    late = Escalation.objects.late(later)
    assert opened.number in late
    assert len(late) <= 3
    assert Escalation.objects.open().filter(number__in=[offered.number, held.number]).count() == 0


def test_teams_work_in_every_way_and_nobody_holds_too_much(built):
    assert dict(Team.objects.values_list("name", "mode")) == {
        "Service": "both",
        "Finance": "both",
        "Homes": "pull",
    }
    languages = Skill.objects.filter(kind="language").values_list("name", flat=True)
    assert set(languages) == {"French", "German", "Italian"}
    assert [units.load(user.pk) for user in User.objects.filter(username="tomasz")] == [(0, 3)]


def test_nothing_happens_in_the_future(built):
    assert Event.objects.filter(at__gt=built).count() == 0
    assert Decision.objects.filter(effective_at__gt=built).count() == 0


def test_open_cases_are_of_every_level_and_mostly_not_late(built):
    waiting = Escalation.objects.waiting()
    assert waiting.count() == world.OPEN
    assert set(waiting.values_list("level", flat=True)) == {2, 3, 4}
    assert waiting.filter(respond_by__lte=built).count() <= 2


def test_history_is_varied(built):
    fold.catch_up()
    outcomes = Counter(Fact.objects.values_list("outcome", flat=True))
    assert outcomes["approved"] > outcomes["rejected"] > 0
    assert set(outcomes) >= {"", "approved", "edited", "rejected"}
    total = reports.report(reports.last_days(built), now=built).total
    assert 0.05 < total.override_rate.value < 0.4
    assert total.automatic > 0


def test_everybody_can_sign_in(built, client):
    for person_ in people.PEOPLE:
        assert client.login(username=person_.username, password=people.PASSWORD) is True


def test_same_chance_tells_the_same_stories():
    from random import Random

    from console.demo import stories

    now = datetime(2026, 11, 19, 14, tzinfo=clock.UTC)
    first, second = Random(world.SEED), Random(world.SEED)
    told = [stories.case(first, now).body for _ in range(30)]
    assert told == [stories.case(second, now).body for _ in range(30)]
    assert len(set(told)) == 30


def test_second_time_makes_no_second_world(built):
    before = (Escalation.objects.count(), User.objects.count())
    out = StringIO()
    call_command("demo", stdout=out)
    assert (Escalation.objects.count(), User.objects.count()) == before
    assert out.getvalue().splitlines()[1] == "  dana    Dana Whitlock, reviewer"
    assert "  amara   Amara Osei (sim), reviewer" in out.getvalue()


def test_agents_of_the_past_have_no_open_key(built):
    from escalations.models import ApiKey

    assert ApiKey.objects.filter(revoked_at=None).count() == 0


def test_stories_make_valid_packages():
    from random import Random

    from console.demo import showpieces, stories
    from escalations.schemas import package as packages

    rng, now = Random(1), datetime(2026, 11, 19, 14, tzinfo=clock.UTC)
    told = [story.story for story in stories.TOLD] * 5 + list(showpieces.SHOWPIECES)
    for story in told:
        case = story(rng, now)
        assert packages.read(case.body).document["summary"]
