"""What admins do about people, and what the record says of it."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from console import clock
from console.models import User
from console.people import managing
from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Event
from escalations.record import audit
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from routing.people import announcing, roster, units
from tests.factories import NOW, PASSWORD, after, escalation, person
from tests.routing.lines import told

pytestmark = pytest.mark.django_db
BY = Actor("person", "ada")


def lines():
    """The chain of people: what happened to whom."""
    events = Event.objects.filter(chain=announcing.CHAIN).order_by("position")
    return [(event.kind, told(event)) for event in events]


def create(username="dana", role="reviewer", **more):
    return managing.create(username, role=role, by=BY, now=NOW, **more)


def test_created_person_signs_in_with_the_password_shown():
    user, password = create(first_name="Dana", last_name="Whitlock", skills={"refunds": 3})
    assert Client().login(username="dana", password=password) is True
    assert (user.name, roster.skills_of(user.pk), units.load(user.pk)) == (
        "Dana Whitlock",
        {"refunds": 3},
        (0, 5),
    )
    assert lines() == [
        ("created", {"person": "dana", "role": "reviewer", "skills": {"refunds": 3}})
    ]
    assert audit.verify().findings == []


@pytest.mark.parametrize(
    ("keys", "pointer"),
    [
        ({"username": "da na"}, "/username"),
        ({"username": "x" * 151}, "/username"),
        ({"role": "boss"}, "/role"),
        ({"skills": {"refunds": 6}}, "/skills"),
        ({"skills": {"a,b": 1}}, "/skills"),
        ({"password": "short"}, "/password"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(keys, pointer):
    with pytest.raises(Invalid) as refused:
        create(**keys)
    assert [fault.pointer for fault in refused.value.errors] == [pointer]
    assert (User.objects.count(), lines()) == (0, [])


def test_same_username_is_refused():
    create()
    with pytest.raises(Invalid, match="already a person called dana"):
        create()
    assert User.objects.count() == 1


def test_role_and_name_are_changed():
    user, _ = create()
    changed = managing.change(
        user, first_name="Dana", last_name="W", role="supervisor", by=BY, now=NOW
    )
    assert (changed.name, viewer_of(changed).sees_all) == ("Dana W", True)
    facts = {"person": "dana", "role": "supervisor", "role_before": "reviewer"}
    assert lines()[-1] == ("changed", facts)


def test_an_address_is_kept_and_no_line_holds_it():
    user, _ = create()
    names = {"first_name": "Dana", "last_name": "W", "role": "reviewer", "by": BY, "now": NOW}
    changed = managing.change(user, email="dana@example.org", **names)
    assert changed.email == "dana@example.org"
    assert managing.change(user, **names).email == "dana@example.org"
    assert "example.org" not in str(lines())


def test_last_admin_stays():
    ada, _ = create("ada", "admin")
    with pytest.raises(Conflict, match="last admin"):
        managing.change(ada, first_name="", last_name="", role="auditor", by=BY, now=NOW)
    with pytest.raises(Conflict, match="last admin"):
        managing.deactivate(ada, by=BY, now=NOW)
    create("leo", "admin")
    managing.deactivate(ada, by=BY, now=NOW)
    with pytest.raises(Conflict, match="last admin"):
        managing.deactivate(User.objects.get(username="leo"), by=BY, now=NOW)


def test_grades_change_only_what_is_named():
    user, _ = create(skills={"refunds": 3, "fraud": 1})
    managing.grade(user, {"refunds": 0, "privacy": 2, "fraud": 1}, by=BY, now=NOW)
    assert roster.skills_of(user.pk) == {"privacy": 2, "fraud": 1}
    before = {"refunds": 3, "privacy": 0}
    facts = {"person": "dana", "skills": {"refunds": 0, "privacy": 2}, "skills_before": before}
    assert lines()[-1] == ("graded", facts)
    managing.grade(user, {"fraud": 1}, by=BY, now=NOW)
    assert len(lines()) == 2


def test_capacity_grows_and_shrinks_but_never_below_what_is_held():
    user, _ = create()
    managing.set_capacity(user, 7, by=BY, now=NOW)
    assert units.load(user.pk) == (0, 7)
    for _ in range(3):
        lifecycle.claim(escalation(), by=viewer_of(user), now=NOW)
    with pytest.raises(Conflict, match="holds more than 2"):
        managing.set_capacity(user, 2, by=BY, now=NOW)
    managing.set_capacity(user, 3, by=BY, now=NOW)
    assert units.load(user.pk) == (3, 3)
    managing.set_capacity(user, 3, by=BY, now=NOW)
    kinds = [kind for kind, _ in lines()]
    assert kinds == ["created", "capacity_set", "capacity_set"]
    with pytest.raises(Invalid):
        managing.set_capacity(user, 0, by=BY, now=NOW)


def signed_in(user, password=PASSWORD):
    client = Client()
    assert client.login(username=user.username, password=password)
    return client


def test_closed_account_ends_its_sessions_and_no_other():
    dana, omar = person("dana"), person("omar")
    theirs, other = signed_in(dana), signed_in(omar)
    managing.deactivate(dana, by=BY, now=clock.now())
    managing.deactivate(dana, by=BY, now=clock.now())
    assert theirs.get("/profile/").status_code == 302
    assert other.get("/profile/").status_code == 200
    assert Client().login(username="dana", password=PASSWORD) is False
    managing.reactivate(dana, by=BY, now=clock.now())
    assert Client().login(username="dana", password=PASSWORD) is True
    assert [kind for kind, _ in lines()] == ["deactivated", "reactivated"]


@pytest.mark.parametrize("how", ["auditor", "deactivated"])
def test_whoever_may_decide_no_more_loses_what_they_have(how):
    user, _ = create()
    dana = viewer_of(user)
    held = lifecycle.claim(escalation(), by=dana, now=NOW)
    offered = lifecycle.offer(escalation(), to=dana, until=after(30), now=NOW)
    ages = [(one.arrived_at, one.rank) for one in (held, offered)]
    if how == "auditor":
        managing.change(user, first_name="", last_name="", role=how, by=BY, now=after(5))
    else:
        managing.deactivate(user, by=BY, now=after(5))
    for case, age in zip((held, offered), ages, strict=True):
        case.refresh_from_db()
        assert (case.state, (case.arrived_at, case.rank)) == ("waiting", age)
    assert units.load(user.pk) == (0, 5)
    last = {case.events.order_by("position").last().kind for case in (held, offered)}
    assert last == {"lease_ended", "offer_withdrawn"}
    assert audit.verify().findings == []


def test_a_role_that_still_decides_keeps_what_is_held():
    user, _ = create(role="supervisor")
    case = lifecycle.claim(escalation(), by=viewer_of(user), now=NOW)
    managing.change(user, first_name="", last_name="", role="reviewer", by=BY, now=after(5))
    case.refresh_from_db()
    assert (case.state, case.held_by) == ("held", user)


def test_who_leads_no_more_loses_what_was_passed_on_to_a_supervisor():
    user, _ = create(role="supervisor")
    ruth = viewer_of(user)
    case = lifecycle.pass_on(escalation(), by=ruth, version=1, now=NOW)
    case = lifecycle.claim(case, by=ruth, now=NOW)
    managing.change(user, first_name="", last_name="", role="reviewer", by=BY, now=after(5))
    case.refresh_from_db()
    assert (case.state, case.wanted_by) == ("waiting", "supervisor")


def test_new_password_replaces_the_old_and_ends_sessions():
    dana = person("dana")
    client = signed_in(dana)
    new = managing.give_new_password(dana, by=BY, now=clock.now())
    assert client.get("/profile/").status_code == 302
    assert Client().login(username="dana", password=PASSWORD) is False
    assert Client().login(username="dana", password=new) is True
    assert lines() == [("password_set", {"person": "dana"})]


def test_sessions_end_everywhere():
    dana = person("dana")
    signed_in(dana), signed_in(dana)
    assert managing.end_sessions(dana, by=BY, now=clock.now()) == 2
    assert Session.objects.count() == 0
    assert lines() == [("sessions_ended", {"person": "dana", "sessions": 2})]
