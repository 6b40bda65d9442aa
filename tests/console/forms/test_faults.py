"""What is too long for a field is refused in words and stays as it was typed."""

import pytest
from django import forms

from console.forms.agents import AgentForm, EndpointForm, FactsForm, KeyForm
from console.forms.faults import Focusing
from console.forms.look_ups import LookUpForm
from console.forms.people import NameForm, PersonForm
from escalations.forms.levels import NewTaskTypeForm, RuleForm
from escalations.lookups import templates
from escalations.models import Agent
from routing.forms.skills import SkillForm, TeamForm
from routing.forms.staff import TimeOffForm
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
FORMS = [
    AgentForm, EndpointForm, FactsForm, KeyForm, LookUpForm, NameForm, NewTaskTypeForm, PersonForm,
    RuleForm, SkillForm, TeamForm, TimeOffForm,
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_no_browser_cuts_what_is_pasted_and_the_server_says_how_long_it_is(form):
    assert issubclass(form, Focusing)
    limited = [
        (name, field.max_length)
        for name, field in form().fields.items()
        if isinstance(field, forms.CharField) and field.max_length
    ]
    assert limited
    for name, most in limited:
        typed = "a" * (most + 1)
        filled = form({name: typed})
        assert f"Use at most {most:,} characters; this has {most + 1}." in filled.errors[name]
        assert "maxlength" not in str(filled[name])
        # A token is never written back.
        assert typed in str(filled[name]) or name == "token"


def test_an_address_that_is_too_long_comes_back_whole(client):
    person("ada", "admin")
    assert client.login(username="ada", password=PASSWORD)
    client.post("/agents/new/add/", {"name": "Mira"})
    address = "https://orders.example.com/" + "x" * templates.URL_MAX
    said = client.post("/agents/Mira/facts/", {"url": address, "values": "Total = total"})
    page = said.content.decode()
    assert said.status_code == 422
    assert address in page
    assert f"Use at most 1,000 characters; this has {len(address)}." in page
    assert Agent.objects.get().facts_url == ""
