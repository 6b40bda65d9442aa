"""Who a case can be passed on to, as the dialog shows it."""

import pytest
from django.test import Client

from console.models import User
from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Escalation, requirements
from routing.models import Offer, Presence
from routing.transfers import colleagues
from tests.factories import NOW, PASSWORD, after, escalation, person, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    made = escalation()
    Escalation.objects.update(requirement_id=requirements.id_for({"refunds": 3}))
    made.refresh_from_db()
    return made


@pytest.fixture
def dana():
    return viewer("dana", refunds=3)


def colleague(name, role="reviewer", state="present", **skills):
    user = person(name, role, skills)
    Presence.objects.create(person=user, state=state, since=NOW, seen_at=NOW)
    return viewer_of(user)


def test_who_has_the_skill_and_is_there_comes_first(case, dana):
    colleague("zoe", state="away", refunds=5)
    busy = colleague("amara", refunds=4)
    colleague("kofi")
    colleague("bo", refunds=3)
    for _ in range(5):
        lifecycle.claim(escalation(), by=busy, now=NOW)
    found = colleagues.whom(case, dana, now=NOW)
    assert [(one.username, one.has_skills, one.is_full, one.skills) for one in found] == [
        ("bo", True, False, "refunds 3 of 5"),
        ("amara", True, True, "refunds 4 of 5"),
        ("zoe", True, False, "refunds 5 of 5"),
        ("kofi", False, False, "refunds 0 of 5"),
    ]
    assert (found[0].there, found[1].boxes) == ("Available", [True] * 5)


def test_it_says_why_nothing_is_offered_to_who_is_there_with_room(case, dana):
    """As matching has it: whoever works, or has an offer to answer, cannot be asked just now."""
    at_work, asked = colleague("amara", refunds=3), colleague("bo", refunds=3)
    colleague("zoe", refunds=3)
    lifecycle.claim(escalation(), by=at_work, now=NOW)
    given = lifecycle.offer(escalation(), to=asked, until=after(30), now=NOW)
    Offer.objects.create(escalation=given, person_id=asked.user_id, offered_at=NOW, until=after(30))
    found = {one.username: one.in_hand for one in colleagues.whom(case, dana, now=NOW)}
    assert found == {"amara": "works on a case", "bo": "has an offer to answer", "zoe": ""}
    later = {one.username: one.in_hand for one in colleagues.whom(case, dana, now=after(61))}
    assert later["amara"] == ""


def test_search_by_name_and_nobody_who_may_not(case, dana):
    colleague("amara", refunds=3)
    colleague("amos", refunds=3)
    colleague("amira", role="auditor", refunds=3)
    Escalation.objects.update(excluded=["amos"])
    case.refresh_from_db()
    assert [one.username for one in colleagues.whom(case, dana, search="AM", now=NOW)] == ["amara"]
    assert colleagues.whom(case, dana, search="nobody", now=NOW) == []
    User.objects.filter(username="amara").update(username="AW7", first_name="", last_name="")
    assert [one.username for one in colleagues.whom(case, dana, search="aw7", now=NOW)] == ["AW7"]


def test_strict_work_names_nobody_below_it(case, dana):
    colleague("amara", refunds=3)
    colleague("kofi", refunds=2)
    Escalation.objects.update(strict=True)
    case.refresh_from_db()
    assert [one.username for one in colleagues.whom(case, dana, now=NOW)] == ["amara"]


def test_how_many_who_are_there_have_a_skill(dana):
    colleague("zoe", state="offline", refunds=5)
    colleague("amara", refunds=4)
    colleague("kofi", refunds=2, german=5)
    found = {one.name: one.there for one in colleagues.skills(dana, NOW)}
    assert found == {"refunds": (2, 2, 1, 1, 0), "german": (1, 1, 1, 1, 1)}
    refunds = colleagues.SkillChoice("refunds", found["refunds"])
    assert [refunds.says(least) for least in (2, 3, 5)] == [
        "2 others who are there have it at 2 or better.",
        "1 other person who is there has it at 3 or better.",
        "Nobody else who is there has it at 5 or better.",
    ]


def test_other_supervisors_who_are_there(dana):
    colleague("bo", "supervisor", state="offline")
    ruth = colleague("ruth", "supervisor")
    colleague("ada", "admin")
    assert colleagues.leads_there(dana, NOW) == 2
    assert colleagues.leads_there(ruth, NOW) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_statements_are_constant(case, dana, count, django_assert_num_queries):
    for number in range(count):
        colleague(f"amara{number}", refunds=4)
    with django_assert_num_queries(10):
        colleagues.whom(case, dana, now=NOW)


def test_the_page_of_it_needs_the_right_to_see_the_case(case):
    for name, role, skills, status in (
        ("kofi", "reviewer", {}, 404), ("amara", "reviewer", {"refunds": 3}, 200),
        ("ruth", "supervisor", {}, 200), ("vera", "auditor", {}, 403),
    ):  # fmt: skip
        person(name, role, skills)
        client = Client()
        client.login(username=name, password=PASSWORD)
        address = f"/escalations/{case.id}/pass_on/people/"
        assert client.get(address).status_code == status, name


def test_of_it_only_what_was_asked_for_is_read_again(case, dana):
    colleague("amara", refunds=4)
    colleague("kofi", refunds=2)
    client = Client()
    client.login(username="dana", password=PASSWORD)
    address = f"/escalations/{case.id}/pass_on/people/"

    def read(**query):
        return " ".join(client.get(address, query).content.decode().split())

    whole = read()
    assert 'form="whom-find"' in whole
    assert "1 other person who is there has it at 3 or better." in whole
    found = read(search="kof")
    assert found.startswith('<div class="opts" id="whom-people"')
    assert ("Kofi Whitlock" in found, "Amara Whitlock" in found) == (True, False)
    assert "autofocus" not in found
    assert "autofocus>" in read(search="kof", first="1")
    assert "is called “nobody”." in read(search="nobody", first="1")
    assert (
        read(skill="refunds", proficiency="2") == "2 others who are there have it at 2 or better."
    )
    assert (
        read(skill="refunds", proficiency="x")
        == "1 other person who is there has it at 3 or better."
    )
    assert read(skill="sailing") == ""
