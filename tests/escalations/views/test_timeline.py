import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escalations import lifecycle
from escalations.models import Event, Package
from tests import factories
from tests.factories import NOW, after
from tests.running import listening
from tests.running.kept import lifted

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return factories.person()


def get(client, person, address):
    client.force_login(person)
    return client.get(address)


def page(client, person, case, query=""):
    response = get(client, person, f"/audit/{case.id}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def edited(key, by):
    """A case whose amount a person has changed."""
    case = factories.escalation(by=key)
    actions = [
        {
            "action_id": "a1",
            "type": "edit",
            "edited": {
                "name": "refund",
                "args": {"order_id": "HP-20931", "amount": "68.00", "currency": "EUR"},
            },
        }
    ]
    choice = listening.Choice("edit", actions=actions)
    return lifecycle.decide(case, choice, by=by, version=1, reject_reasons=[], now=after(107))


def test_reviewer_reads_what_happened_in_order(client, dana):
    from console.people.viewers import viewer_of

    case = edited(factories.key(), viewer_of(dana))
    html = page(client, dana, case)
    assert "<b>Chain is whole.</b> 2 of 2 entries match" in html
    happened = html[html.index("What happened") :]
    assert happened.index("Asked for a person") < happened.index("Approved with edits")
    assert "amount <del>184.00</del> <ins>68.00</ins>" in html
    assert "in 1 min 47 s" in html
    assert "&quot;kind&quot;:&quot;decided&quot;" in html
    assert case.chain_hash in html


def test_page_shows_one_group(client, dana):
    from console.people.viewers import viewer_of

    case = edited(factories.key(), viewer_of(dana))
    html = page(client, dana, case, "?show=people")
    happened = html[html.index("What happened") :]
    assert ("Asked for a person" in happened, "Approved with edits" in happened) == (False, True)
    assert "2 of 2 entries match" in html
    assert "Nothing here by baton" in page(client, dana, case, "?show=baton")


def test_changed_entry_is_marked_and_said(client, dana):
    case = factories.escalation()
    event = Event.objects.get(chain=case.id)
    event.body = bytes(event.body).replace(b'"level":2', b'"level":3')
    with lifted(connection):
        event.save()
    html = page(client, dana, case)
    assert "The record of this case was changed." in html
    assert "Entry 1: It was changed: its bytes do not match its hash." in html
    assert "Chain is whole" not in html
    assert 'class="broken"' in html


def test_changed_package_is_said_although_every_entry_matches(client, dana):
    case = factories.escalation()
    Package.objects.update(received="{}")
    assert "Package 1 was changed after it was received." in page(client, dana, case)


def test_text_of_the_agent_stays_text(client, dana):
    case = factories.escalation(summary="<script>alert(1)</script> \u202eevil")
    html = page(client, dana, case)
    assert "<script>alert" not in html
    assert "\u202e" not in html


@pytest.mark.parametrize(
    ("role", "skills", "status"),
    [
        ("reviewer", {}, 404),
        ("reviewer", {"refunds": 1}, 404),
        ("reviewer", {"refunds": 2}, 200),
        ("supervisor", {}, 200),
        ("admin", {}, 200),
        ("auditor", {}, 200),
    ],
)
def test_timeline_is_read_by_whoever_may_see_the_case(role, skills, status, client):
    from escalations.models import requirements

    case = factories.escalation()
    case.requirement_id = requirements.id_for({"refunds": 2})
    case.save()
    person = factories.person("amara", role, skills)
    assert get(client, person, f"/audit/{case.id}/").status_code == status


def test_stranger_is_sent_to_sign_in(client):
    case = factories.escalation()
    for address in ("/audit/", f"/audit/{case.id}/"):
        response = client.get(address)
        assert (response.status_code, response.url) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize(
    ("role", "status"), [("reviewer", 403), ("supervisor", 200), ("admin", 200), ("auditor", 200)]
)
def test_list_is_for_those_who_watch(role, status, client):
    assert get(client, factories.person("amara", role), "/audit/").status_code == status


def test_list_finds_by_number_id_and_words(client):
    ada = factories.person("ada", "admin")
    key = factories.key()
    first = factories.escalation(by=key, summary="Broken grinder")
    second = factories.escalation(by=key, summary="Late parcel")

    def found(search):
        html = get(client, ada, f"/audit/?search={search}").content.decode()
        return [case.case_number for case in (first, second) if f"/audit/{case.id}/" in html]

    assert found("") == [first.case_number, second.case_number]
    assert found(first.case_number.lower()) == [first.case_number]
    assert found(second.id) == [second.case_number]
    assert found("grinder") == [first.case_number]
    assert found("nothing") == []


@pytest.mark.parametrize("cases", [1, 3])
def test_list_takes_the_same_statements_for_any_number(cases, client):
    ada = factories.person("ada", "admin")
    key = factories.key()
    for _ in range(cases):
        factories.escalation(by=key)
    client.force_login(ada)
    client.get("/audit/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/audit/")
    # The cases of this page, and how many there are.
    assert len(captured) == 5


def test_an_offer_is_told_with_names_reasons_and_words_as_text(client, dana):
    from console.people.viewers import viewer_of
    from routing.offers import dispatch
    from tests.routing.floor.given import on_duty

    kofi, case = on_duty("kofi"), factories.escalation()
    assert dispatch.dispatch(NOW) == 1
    words = "<b>Mine</b> to skip."
    lifecycle.decline(case, by=kofi, reason="skill", text=words, now=after(5))
    lifecycle.claim(case, by=viewer_of(dana), now=after(6))
    html = page(client, dana, case)
    happened = html[html.index("What happened") :]
    for said in (
        "<b>Baton</b>. Offered the case to Kofi Whitlock",
        "Theirs to answer until 14:00:30 on 19 Nov.",
        "<b>Kofi Whitlock</b>. Declined the case",
        "Reason: Not my skill. It was offered to them by Baton until 14:00:30 on 19 Nov.",
        "“&lt;b&gt;Mine&lt;/b&gt; to skip.”",
    ):
        assert said in happened
    why = case.offers.get().why.partition(":")[0]
    assert why in happened


def test_each_name_in_the_timeline_leads_to_the_person_for_whoever_may_open_them(client, dana):
    """Only whoever did something was a link, nobody to whom it was done."""
    from routing.offers import dispatch
    from tests.routing.floor.given import on_duty

    kofi, case = on_duty("kofi"), factories.escalation()
    assert dispatch.dispatch(NOW) == 1
    lifecycle.decline(case, by=kofi, reason="skill", text="Kofi Whitlock & I", now=after(5))
    link = '<a class="name" href="/people/kofi/">Kofi Whitlock</a>'
    html = page(client, factories.person("ines", "auditor"), case)
    happened = html[html.index("What happened") :]
    assert f"<b>Baton</b>. Offered the case to {link}" in happened
    assert f"<b>{link}</b>. Declined the case" in happened
    # What somebody typed is no name of the record's.
    assert "“Kofi Whitlock &amp; I”" in happened
    plain = page(client, dana, case)
    assert "Offered the case to Kofi Whitlock" in plain
    assert "/people/kofi/" not in plain
    assert not re.search("[\ufdd0-\ufdd2]", html + plain)


@pytest.mark.parametrize("reads", [1, 3])
def test_timeline_takes_the_same_statements_for_any_length(reads, client, dana):
    from escalations.record import readings
    from escalations.record.lines import Actor

    case = factories.escalation()
    for number in range(reads):
        readings.note(case, f"part {number}", by=Actor("person", "dana"), now=after(number))
    client.force_login(dana)
    client.get("/audit/")
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/audit/{case.id}/")
    assert len(captured) == 35


def test_pages_of_the_list_follow_each_other(client, settings):
    from escalations.record_screen import cases
    from escalations.record_screen.cases import CaseFilter

    key = factories.key()
    numbers = [factories.escalation(by=key, now=NOW).number for _ in range(3)]
    first = cases.page(CaseFilter())
    assert ([case.number for case in first.cases], first.next) == (numbers[::-1], None)
    later = cases.page(CaseFilter(before=numbers[1]))
    assert [case.number for case in later.cases] == [numbers[0]]
