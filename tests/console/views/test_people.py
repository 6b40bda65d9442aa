"""The screens about people: for admins, in place, and what was typed stays."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from console.models import User
from escalations import lifecycle
from tests.factories import NOW, PASSWORD, escalation, person, viewer_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    person("ada", "admin")
    assert client.login(username="ada", password=PASSWORD)
    return client


def text_of(response):
    return response.content.decode()


def secret_in(response):
    return re.search(r"data-secret>([^<]+)<", text_of(response))[1]


ADD = {"username": "omar", "first_name": "Omar", "last_name": "Haddad", "role": "reviewer"}


def form_id_in(response):
    return re.search(r'name="form_id" value="([^"]+)"', text_of(response))[1]


def test_who_decides_nothing_is_not_said_to_have_room(admin):
    ines = person("ines", "auditor")
    row = text_of(admin.get("/people/")).split("Ines Whitlock")[1].split("</tr>")[0]
    assert "no cases" in row
    assert "0 of 5" not in row
    own = text_of(admin.get("/people/ines/"))
    assert "holds no cases" in own
    User.objects.filter(pk=ines.pk).update(role="reviewer")
    assert "holds 0 of 5 units" in text_of(admin.get("/people/ines/"))


def test_everybody_is_listed_with_skills_and_load(admin, django_assert_num_queries):
    person("dana", skills={"refunds": 3, "fraud": 1})
    text = text_of(admin.get("/people/"))
    assert "Dana Whitlock" in text
    assert "refunds 3" in text
    assert "0 of 5" in text
    assert "2 people" in text


@pytest.mark.parametrize("address", ["/people/", "/people/dana/"])
def test_skills_stand_in_the_order_of_the_alphabet(admin, address):
    person("dana", skills={"refunds": 3, "fraud": 1, "French": 2})
    text = text_of(admin.get(address))
    assert text.index("fraud 1") < text.index("French 2") < text.index("refunds 3")


@pytest.mark.parametrize("more", [1, 3])
def test_list_takes_as_many_statements_for_one_as_for_three(admin, django_assert_num_queries, more):
    for number in range(more):
        person(f"dana{number}", skills={"refunds": 3})
    admin.get("/people/")
    with django_assert_num_queries(7):
        admin.get("/people/")


def test_many_people_are_pages_that_a_search_finds_through(admin):
    User.objects.bulk_create(
        User(username=f"p{n:03}", first_name=f"Given{n:03}", last_name="Family") for n in range(120)
    )
    first = text_of(admin.get("/people/"))
    assert "121 people" in first
    assert "1 to 50 of 121" in first
    assert ("Given000" in first, "Given119" in first) == (True, False)
    assert "Given119" in text_of(admin.get("/people/?page=3"))
    found = text_of(admin.get("/people/?words=family+given11"))
    assert ("Given117" in found, "Given000" in found) == (True, False)
    assert "10 people found" in " ".join(found.split())
    assert "Nobody is found." in text_of(admin.get("/people/?words=nobody"))
    assert "1 to 50 of 121" in text_of(admin.get("/people/?page=nonsense"))


def test_added_person_signs_in_with_the_password_on_the_page(admin):
    response = admin.post("/people/new/add/", ADD)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert Client().login(username="omar", password=secret_in(response)) is True


def test_wrong_input_keeps_what_was_typed(admin):
    person("omar")
    response = admin.post("/people/new/add/", ADD | {"last_name": "Haddad-Jones"})
    assert response.status_code == 422
    assert "There is already a person called omar." in text_of(response)
    assert 'value="Haddad-Jones"' in text_of(response)
    assert User.objects.count() == 2


def test_name_and_role_are_edited_in_place(admin):
    dana = person("dana")
    path = "/people/dana/"
    name = {"first_name": "Dana", "last_name": "West", "role": "supervisor"}
    name["email"] = "dana@example.org"
    assert admin.post(f"{path}name/", name).url == path
    dana.refresh_from_db()
    assert (dana.name, dana.role) == ("Dana West", "supervisor")
    assert dana.email == "dana@example.org"


def test_their_work_is_shown_and_changed_on_the_skills_pages(admin):
    dana = person("dana", skills={"refunds": 3})
    text = text_of(admin.get("/people/dana/"))
    assert "refunds 3" in text
    assert "holds 0 of 5 units" in text
    assert f'href="/skills/people/{dana.pk}/"' in text


def test_last_admin_is_kept(admin):
    ada = User.objects.get(username="ada")
    response = admin.post("/people/ada/account/", {"open": "0"})
    assert response.status_code == 422
    assert "Ada Whitlock is the last admin" in text_of(response)
    name = {"first_name": "Ada", "last_name": "W", "role": "reviewer"}
    assert admin.post("/people/ada/name/", name).status_code == 422
    ada.refresh_from_db()
    assert (ada.is_active, ada.role) == (True, "admin")


def test_nobody_loses_their_own_admin_role_unasked(admin):
    person("leo", "admin")
    name = {"first_name": "Ada", "last_name": "W", "email": "", "role": "reviewer"}
    asked = admin.post("/people/ada/name/", name)
    assert asked.status_code == 422
    assert "This is your own role." in text_of(asked)
    assert 'name="gives_up"' in text_of(asked)
    assert User.objects.get(username="ada").role == "admin"
    done = admin.post(
        "/people/ada/name/", name | {"gives_up": "on"}, headers={"HX-Request": "true"}
    )
    assert done.headers["HX-Redirect"] == "/inbox/"
    assert admin.get("/inbox/").status_code == 200
    assert User.objects.get(username="ada").role == "reviewer"


def test_the_role_of_another_is_changed_without_a_question(admin):
    person("leo", "admin")
    assert 'name="gives_up"' not in text_of(admin.get("/people/leo/"))
    name = {"first_name": "Leo", "last_name": "W", "email": "", "role": "reviewer"}
    assert admin.post("/people/leo/name/", name).url == "/people/leo/"


def test_account_is_closed_and_opened_again(admin):
    dana = person("dana")
    theirs = Client()
    theirs.login(username="dana", password=PASSWORD)
    admin.post("/people/dana/account/", {"open": "0"})
    assert theirs.get("/profile/").status_code == 302
    assert "The account is closed." in text_of(admin.get("/people/dana/"))
    admin.post("/people/dana/account/", {"open": "1"})
    dana.refresh_from_db()
    assert dana.is_active is True


def test_new_password_is_shown_once(admin):
    person("dana")
    response = admin.post("/people/dana/password/")
    assert Client().login(username="dana", password=secret_in(response)) is True
    assert "data-secret" not in text_of(admin.get("/people/dana/"))


def test_nobody_but_admins_may_change_anybody(client):
    dana = person("dana", "supervisor")
    client.login(username="dana", password=PASSWORD)
    acts = ("name", "password", "sessions", "account")
    codes = [client.get("/people/").status_code]
    codes += [client.post(f"/people/dana/{act}/").status_code for act in acts]
    codes += [client.post("/people/new/add/", ADD).status_code]
    assert set(codes) == {403}
    assert User.objects.count() == 1
    text = text_of(client.get("/people/dana/"))
    assert dana.name in text
    assert [
        word for word in ("Save name", "Make a new password", "/account/") if word in text
    ] == []


@pytest.mark.parametrize("name", ["add", "new", "a.b+c@d-e_f", ".", ".."])
def test_every_name_has_an_address(admin, name):
    made = person(name)
    path = reverse("person", args=[name])
    assert f'href="{path}"' in text_of(admin.get("/people/"))
    assert admin.get(path).context["person"] == made
    assert "/./" not in path
    assert "/../" not in path


def test_a_form_that_comes_twice_counts_once(admin):
    dana = person("dana")
    sent = {"form_id": form_id_in(admin.get("/people/dana/"))}
    password = secret_in(admin.post("/people/dana/password/", sent))
    again = admin.post("/people/dana/password/", sent)
    assert (again.status_code, "Nothing was done twice" in text_of(again)) == (409, True)
    assert Client().login(username="dana", password=password) is True
    dana.refresh_from_db()


def test_a_form_that_was_refused_may_come_again(admin):
    sent = ADD | {"form_id": form_id_in(admin.get("/people/")), "username": "ada"}
    assert admin.post("/people/new/add/", sent).status_code == 422
    assert admin.post("/people/new/add/", sent | {"username": "omar"}).status_code == 200
    assert User.objects.count() == 2


def test_closing_says_what_it_ends(admin):
    dana = person("dana")
    case = lifecycle.claim(escalation(), by=viewer_of(dana), now=NOW)
    assert case.held_by_id == dana.pk
    text = text_of(admin.get("/people/dana/"))
    assert "They hold 1 of their units; that work goes back." in text
