"""manage.py create_agent."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from console import clock
from escalations.agents import keys
from escalations.models import Agent, ApiKey


def run(*words):
    out = StringIO()
    call_command("create_agent", *words, stdout=out)
    return out.getvalue()


def test_it_prints_a_working_key_once(db):
    lines = run("mira").splitlines()

    key = keys.find(lines[1], now=clock.now())
    assert lines[0] == "The key of mira (escalations), shown this once:"
    assert (key.agent.name, key.scopes) == ("mira", ["escalations"])


def test_it_prints_json_for_scripts(db):
    said = json.loads(
        run("mira", "--scope", "policy", "--scope=metrics", "--callback-host=a.example", "--json")
    )

    key = keys.find(said["key"], now=clock.now())
    assert (said["agent"], said["scopes"]) == ("mira", ["metrics", "policy"])
    assert said["webhook_secret"].startswith("whsec_")
    assert key.callback_hosts == ["a.example"]


def test_it_gives_an_agent_one_more_key(db):
    run("mira")
    run("mira")

    assert (Agent.objects.count(), ApiKey.objects.count()) == (1, 2)


def test_a_name_in_another_case_is_the_same_agent(db, capsys):
    run("Mira")

    assert run(" mira").splitlines()[0] == "The key of Mira (escalations), shown this once:"
    assert capsys.readouterr().err == "Mira is there already: this is one more key for it.\n"
    assert (Agent.objects.count(), ApiKey.objects.count()) == (1, 2)


@pytest.mark.parametrize("words", [["", "--json"], ["mira", "--scope", "root"]])
def test_it_refuses_what_cannot_be(db, words):
    with pytest.raises(CommandError):
        run(*words)
    assert Agent.objects.count() == 0
