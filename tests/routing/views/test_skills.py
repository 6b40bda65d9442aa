"""The Skills page over HTTP: who sees what, and what a plain form does."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.models import User
from routing.models import Duty, Proficiency, Skill, Team
from routing.people import roster
from tests.factories import PASSWORD, person
from tests.routing.lines import lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara():
    return person("amara", skills={"refunds": 3})


@pytest.fixture
def lead(client):
    person("priya", "supervisor")
    client.login(username="priya", password=PASSWORD)
    return client


def text_of(answer):
    return answer.content.decode()


def set_cell(client, who, grade, skill="refunds", **headers):
    return client.post("/skills/grade/", {"cell": f"{who}:{grade}:{skill}"}, headers=headers)


def test_a_reviewer_reads_their_own_row_only(client, amara):
    person("kofi", skills={"refunds": 5})
    client.login(username="amara", password=PASSWORD)
    text = text_of(client.get("/skills/"))
    assert ("Amara Whitlock, Refunds: 3, working" in text, "Kofi" in text) == (True, False)
    assert 'name="cell"' not in text


def test_a_lead_sees_everybody_who_decides(lead, amara):
    person("olga", "auditor")
    text = text_of(lead.get("/skills/"))
    assert ("Amara Whitlock" in text, "Priya Whitlock" in text, "Olga" in text) == (
        True,
        True,
        False,
    )


def test_a_cell_is_saved_and_told(lead, amara):
    answer = set_cell(lead, amara.pk, 4, accept="application/json")
    label = "Amara Whitlock, Refunds: 4, strong"
    assert answer.json() == {"type": "saved", "grade": 4, "label": label}
    assert roster.skills_of(amara.pk) == {"refunds": 4}
    said = {"person": "amara", "skills": {"refunds": 4}, "skills_before": {"refunds": 3}}
    assert lines() == [("graded", said)]


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("", "This person has no open account any more."),
        ("999999:3:refunds", "This person has no open account any more."),
        ("9" * 5000 + ":3:refunds", "This person has no open account any more."),
        ("{}:3:magic", "There is no skill called “magic” any more."),
        ("{}:6:refunds", "Use a number from 0 to 5."),
        ("{}:x:refunds", "Use a number from 0 to 5."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(lead, amara, cell, detail):
    fields = {"cell": cell.format(amara.pk)}
    answer = lead.post("/skills/grade/", fields, headers={"accept": "application/json"})
    told = {"type": "refused", "code": "invalid", "detail": detail}
    assert (answer.status_code, answer.json()) == (422, told)
    page = lead.post("/skills/grade/", fields)
    assert (page.status_code, detail in text_of(page)) == (422, True)
    assert roster.skills_of(amara.pk) == {"refunds": 3}


def test_skills_come_and_go(lead):
    lead.post("/skills/add/", {"name": "French", "kind": "language"})
    assert Skill.objects.get().kind == "language"
    refused = lead.post("/skills/add/", {"name": "french", "kind": "trade"})
    assert "There is already a skill called French." in text_of(refused)
    lead.post("/skills/remove/", {"skill": "French"})
    assert Skill.objects.count() == 0
    again = lead.post("/skills/remove/", {"skill": "French"})
    assert "There is no such skill any more" in text_of(again)


def test_teams_come_change_and_go(lead, amara):
    lead.post("/skills/teams/add/", {"name": "Service", "mode": "push"})
    team = Team.objects.get()
    lead.post(f"/skills/teams/{team.pk}/", {"name": "Homes", "mode": "pull"})
    team.refresh_from_db()
    assert (team.name, team.mode) == ("Homes", "pull")
    duty = Duty.objects.create(person=amara, team=team)
    kept = lead.post(
        f"/skills/teams/{team.pk}/", {"act": "remove", "name": "Homes", "mode": "pull"}
    )
    assert "1 person is in Homes; move them to another team first." in text_of(kept)
    duty.delete()
    lead.post(f"/skills/teams/{team.pk}/", {"act": "remove", "name": "Homes", "mode": "pull"})
    assert Team.objects.count() == 0


def test_a_team_form_keeps_what_was_typed(lead):
    Team.objects.create(name="Service")
    refused = lead.post("/skills/teams/add/", {"name": "service", "mode": "pull"})
    assert 'value="service"' in text_of(refused)
    assert "There is already a team called service." in text_of(refused)


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_people(lead, count, django_assert_max_num_queries):
    for number in range(count):
        person(f"p{number}", skills={"refunds": 1})
    lead.get("/skills/")
    with django_assert_max_num_queries(24):
        lead.get("/skills/")


@pytest.fixture
def crowd():
    """Five hundred people with forty skills."""
    skills = Skill.objects.bulk_create(Skill(name=f"skill {n:02}") for n in range(40))
    people = User.objects.bulk_create(
        User(username=f"p{n:03}", first_name=f"Given{n:03}", last_name="Family") for n in range(500)
    )
    Proficiency.objects.bulk_create(
        Proficiency(person=one, skill=skill, grade=(one.pk + skill.pk) % 6)
        for one in people
        for skill in skills
        if (one.pk + skill.pk) % 6
    )
    return people


def test_five_hundred_people_with_forty_skills_are_small_pages(lead, crowd):
    with CaptureQueriesContext(connection) as few:
        page = lead.get("/skills/").content
    assert page.count(b'name="cell"') == 40 * 40
    assert len(page) < 300_000
    # Where a statement names people it names some hundred of them.
    assert len(few) < 30
    assert "Given041" in text_of(lead.get("/skills/?page=2"))


def test_what_is_counted_and_searched_is_all_of_them(lead, crowd):
    page = text_of(lead.get("/skills/"))
    assert "1 to 40 of 501 people" in " ".join(page.split())
    able = Proficiency.objects.filter(skill__name="skill 07", grade__gte=3).count()
    foot = page[page.index('data-able="skill 07"') :]
    assert re.search(r"<b>(\d+)</b>", foot)[1] == str(able)
    team = Team.objects.create(name="Nights")
    for one in crowd[490:]:
        Duty.objects.create(person=one, team=team)
    assert names(lead, "team=Nights") == {one.name for one in crowd[490:]}
    assert names(lead, "words=given495") == {crowd[495].name}
    none = Proficiency.objects.filter(skill__name="skill 07").values("person")
    without = {one.name for one in User.objects.exclude(pk__in=none)}
    found = names(lead, "skill=skill+07&team=Nights")
    assert found == {one.name for one in crowd[490:]} - without
    assert "Nobody is found." in text_of(lead.get("/skills/?words=nobody"))
    assert lead.get("/skills/?words=%00&page=x&team=%00").status_code in {200, 400}


def names(lead, query):
    return set(re.findall(r'data-name="([^"]+)"', text_of(lead.get(f"/skills/?{query}"))))
