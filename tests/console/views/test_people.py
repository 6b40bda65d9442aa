"""The screens about people: for admins, in place, and what was typed stays."""

import re

import pytest
from django.test import Client

from console.models import User
from tests.factories import PASSWORD, person

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


def test_everybody_is_listed_with_skills_and_load(admin, django_assert_num_queries):
    person("dana", skills={"refunds": 3, "fraud": 1})
    text = text_of(admin.get("/people/"))
    assert "Dana Whitlock" in text
    assert "refunds 3" in text
    assert "0 of 5" in text
    assert "2 people" in text


@pytest.mark.parametrize("more", [1, 3])
def test_list_takes_as_many_statements_for_one_as_for_three(admin, django_assert_num_queries, more):
    for number in range(more):
        person(f"dana{number}", skills={"refunds": 3})
    admin.get("/people/")
    with django_assert_num_queries(6):
        admin.get("/people/")


def test_added_person_signs_in_with_the_password_on_the_page(admin):
    response = admin.post("/people/add/", ADD)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert Client().login(username="omar", password=secret_in(response)) is True


def test_wrong_input_keeps_what_was_typed(admin):
    person("omar")
    response = admin.post("/people/add/", ADD | {"last_name": "Haddad-Jones"})
    assert response.status_code == 422
    assert "There is already a person called omar." in text_of(response)
    assert 'value="Haddad-Jones"' in text_of(response)
    assert User.objects.count() == 2


def test_name_and_role_are_edited_in_place(admin):
    dana = person("dana")
    path = f"/people/{dana.pk}/"
    name = {"first_name": "Dana", "last_name": "West", "role": "supervisor"}
    name["email"] = "dana@example.org"
    assert admin.post(f"{path}name/", name).url == path
    dana.refresh_from_db()
    assert (dana.name, dana.role) == ("Dana West", "supervisor")
    assert dana.email == "dana@example.org"


def test_their_work_is_shown_and_changed_on_the_skills_pages(admin):
    dana = person("dana", skills={"refunds": 3})
    text = text_of(admin.get(f"/people/{dana.pk}/"))
    assert "refunds 3" in text
    assert "holds 0 of 5 units" in text
    assert f'href="/skills/people/{dana.pk}/"' in text


def test_last_admin_is_kept(admin):
    ada = User.objects.get(username="ada")
    response = admin.post(f"/people/{ada.pk}/account/", {"open": "0"})
    assert response.status_code == 422
    assert "Ada Whitlock is the last admin" in text_of(response)
    name = {"first_name": "Ada", "last_name": "W", "role": "reviewer"}
    assert admin.post(f"/people/{ada.pk}/name/", name).status_code == 422
    ada.refresh_from_db()
    assert (ada.is_active, ada.role) == (True, "admin")


def test_account_is_closed_and_opened_again(admin):
    dana = person("dana")
    theirs = Client()
    theirs.login(username="dana", password=PASSWORD)
    admin.post(f"/people/{dana.pk}/account/", {"open": "0"})
    assert theirs.get("/profile/").status_code == 302
    assert "The account is closed." in text_of(admin.get(f"/people/{dana.pk}/"))
    admin.post(f"/people/{dana.pk}/account/", {"open": "1"})
    dana.refresh_from_db()
    assert dana.is_active is True


def test_new_password_is_shown_once(admin):
    dana = person("dana")
    response = admin.post(f"/people/{dana.pk}/password/")
    assert Client().login(username="dana", password=secret_in(response)) is True
    assert "data-secret" not in text_of(admin.get(f"/people/{dana.pk}/"))


def test_nobody_but_admins_may(client):
    dana = person("dana", "supervisor")
    client.login(username="dana", password=PASSWORD)
    acts = ("name", "password", "sessions", "account")
    codes = [client.get("/people/").status_code, client.get(f"/people/{dana.pk}/").status_code]
    codes += [client.post(f"/people/{dana.pk}/{act}/").status_code for act in acts]
    codes += [client.post("/people/add/", ADD).status_code]
    assert set(codes) == {403}
    assert User.objects.count() == 1


def test_nobody_there_is_not_found(admin):
    assert admin.get("/people/999/").status_code == 404
    assert admin.post("/people/999/password/").status_code == 404
