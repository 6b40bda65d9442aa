"""`manage.py create_person`."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from console.models import User
from routing.people import roster

pytestmark = pytest.mark.django_db


def create(*arguments):
    out = StringIO()
    call_command("create_person", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _password(monkeypatch):
    monkeypatch.setenv("BATON_PASSWORD", "correct horse battery")


def test_person_with_skills_can_sign_in():
    told = create("dana", "--role", "reviewer", "--skill", "refunds:3", "--name", "Dana Whitlock")
    assert told == "Dana Whitlock can sign in as dana (reviewer).\n"
    assert roster.skills_of(User.objects.get().pk) == {"refunds": 3}
    assert Client().login(username="dana", password="correct horse battery") is True


def test_answer_for_scripts():
    told = json.loads(create("ada", "--role", "admin", "--json"))
    assert told == {"username": "ada", "role": "admin", "skills": {}}


def test_weak_password_and_known_name_are_refused(monkeypatch):
    create("dana", "--role", "reviewer")
    with pytest.raises(CommandError, match="already a person"):
        create("dana", "--role", "reviewer")
    monkeypatch.setenv("BATON_PASSWORD", "1234")
    with pytest.raises(CommandError, match="too short"):
        create("omar", "--role", "reviewer")
    assert User.objects.count() == 1


def test_skill_without_proficiency_is_refused():
    with pytest.raises(CommandError, match="NAME:PROFICIENCY"):
        create("dana", "--role", "reviewer", "--skill", "refunds")


def test_without_password_and_terminal_it_says_what_to_set(monkeypatch):
    monkeypatch.delenv("BATON_PASSWORD")
    monkeypatch.setattr("console.management.commands.create_person.getpass", _no_terminal)
    with pytest.raises(CommandError, match="Set BATON_PASSWORD"):
        create("dana", "--role", "reviewer")


def _no_terminal(prompt):
    raise EOFError
