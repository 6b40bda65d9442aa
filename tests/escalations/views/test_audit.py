"""Audit of everything: each tab, each filter, and an address behind every name and version."""

import re
from datetime import timedelta

import pytest
from django.db import connection

from console import clock
from console.models import User
from console.people import managing
from escalations import lifecycle
from escalations.agents import keys, registry
from escalations.lifecycle.answers import Choice
from escalations.lookups import registered
from escalations.models import Event
from escalations.policy import versions
from escalations.policy_screen import policy_draft
from escalations.record import readings
from escalations.record.lines import Actor
from escalations.record_screen import doers, timeline
from routing.attendance import presence, weeks
from tests import factories
from tests.factories import NOW, viewer_of
from tests.running import listening
from tests.running.kept import lifted

pytestmark = pytest.mark.django_db
ADA = Actor("person", "ada")


@pytest.fixture
def auditor(client):
    client.force_login(factories.person("ines", "auditor"))
    return client


def told(client, query):
    answer = client.get(f"/audit/?{query}")
    assert answer.status_code == 200
    rows = re.findall(r"<tr>.*?</tr>", answer.content.decode(), re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def cases(client, query):
    return [row.split()[0] for row in told(client, query)]


@pytest.fixture
def happened():
    """A change in each of the chains that stand beside the cases."""
    ada, dana = factories.person("ada", "admin"), factories.person("dana")
    managing.grade(dana, {"refunds": 3}, by=ADA, now=NOW)
    key = factories.key("Mira")
    keys.revoke(key, by=ADA, now=NOW)
    assert versions.current().number == 1
    policy_draft.change(viewer_of(ada), "defaults", {"act_at": 0.9}, now=NOW)
    policy_draft.publish(viewer_of(ada), note="More care", expected=1, now=NOW)
    presence.set_state(dana, "busy", by=viewer_of(dana), now=clock.now())
    return dana


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("policy", "Published a version of the policy Policy 2"),
        ("people", "Ada Whitlock Set the proficiencies of a person Dana Whitlock"),
        ("keys", "Ada Whitlock Took a key back Mira"),
        ("presence", "Dana Whitlock Set the status of a person Dana Whitlock"),
    ],
)
def test_each_tab_tells_its_chain(auditor, happened, tab, said):
    assert said in " | ".join(told(auditor, f"tab={tab}"))


def test_every_name_and_version_leads_somewhere(auditor, happened):
    case = factories.escalation()
    pages = ["/audit/", *(f"/audit/?tab={tab}" for tab in ("policy", "people", "keys", "presence"))]
    pages += [f"/audit/{case.id}/", "/levels/versions/", "/levels/versions/2/"]
    found = set()
    for page in pages:
        text = auditor.get(page).content.decode()
        found |= set(re.findall(r'href="(/(?:people|agents|levels/versions)/[^"?]+)"', text))
    assert {"/people/ada/", "/people/dana/", "/agents/Mira/", "/levels/versions/2/"} <= found
    assert {auditor.get(path).status_code for path in found} == {200}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("who=ada", 1), ("who=Ada+Whitlock", 1), ("who=dana", 1), ("who=nobody", 0),
        ("what=graded", 1), ("what=changed", 0),
        (f"since={NOW:%Y-%m-%d}&until={NOW:%Y-%m-%d}", 1),
        (f"until={NOW - timedelta(days=1):%Y-%m-%d}", 0),
        (f"since={NOW + timedelta(days=1):%Y-%m-%d}", 0),
    ],
)  # fmt: skip
def test_lines_are_found_by_who_what_and_when(auditor, happened, query, count):
    graded = [row for row in told(auditor, f"tab=people&{query}") if "proficiencies" in row]
    assert len(graded) == count


def test_cases_are_found_by_what_is_asked(auditor):
    dana = viewer_of(factories.person("dana"))
    first, second = factories.escalation(), factories.escalation()
    choice = listening.Choice("approve")
    lifecycle.decide(first, choice, by=dana, version=1, reject_reasons=[], now=NOW)
    first.refresh_from_db()
    day = f"{first.arrived_at:%Y-%m-%d}"
    both = [second.case_number, first.case_number]
    for query in ("outcome=approved", "who=dana", "who=Dana+Whitlock", "what=decided"):
        assert (query, cases(auditor, query)) == (query, [first.case_number])
    same = (f"task_type={first.task_type}", f"level={first.level}", "policy=1", f"since={day}")
    for query in (*same, f"until={day}", "what=", f"who={first.agent.name}"):
        assert (query, cases(auditor, query)) == (query, both)
    others = ("task_type=other", f"level={5 - first.level}", "policy=2", "outcome=rejected")
    for query in (*others, "who=nobody", "what=cancelled"):
        assert (query, cases(auditor, query)) == (query, [])


@pytest.mark.parametrize(
    "query",
    [
        "level=9", "policy=abc", "since=2026-13-45", "what=zzz", "outcome=zzz&who=dana",
        "since=2026-11-25&until=2026-11-24",
    ],
)  # fmt: skip
def test_half_a_filter_lists_nothing(auditor, query):
    """Every case under a filter that was dropped would read as its result."""
    factories.escalation()
    page = auditor.get(f"/audit/?tab=cases&{query}").content.decode()
    assert "Nothing was searched" in page
    assert 'aria-invalid="true"' in page
    assert "<tbody>" not in page


def test_a_changed_line_is_marked(auditor, happened):
    assert "does not match its hash" not in " ".join(told(auditor, "tab=people"))
    with lifted(connection):
        Event.objects.filter(chain="people", kind="graded").update(body=b"{}")
    assert "does not match its hash" in " ".join(told(auditor, "tab=people"))


@pytest.mark.parametrize("more", [1, 3])
def test_lines_take_as_many_statements_for_one_as_for_three(
    auditor, happened, more, django_assert_num_queries
):
    for grade in range(more):
        managing.grade(happened, {"refunds": grade}, by=ADA, now=NOW)
    auditor.get("/audit/?tab=people")
    # The last is how many there are.
    with django_assert_num_queries(5):
        auditor.get("/audit/?tab=people")


def test_pages_of_lines_follow_each_other(auditor, happened, monkeypatch):
    from escalations.record_screen import beside_cases

    for grade in (1, 2, 4, 5):
        managing.grade(happened, {"refunds": grade}, by=ADA, now=NOW)
    whole = told(auditor, "tab=people&what=graded")
    monkeypatch.setattr(beside_cases, "PAGE", 2)
    seen, query = [], "tab=people&what=graded"
    while query:
        text = auditor.get(f"/audit/?{query}").content.decode()
        seen += told(auditor, query)
        older = re.search(r'href="\?([^"]+before=\d+)"', text)
        query = older and older[1].replace("&amp;", "&")
    assert seen == whole


def test_every_tab_says_how_many_it_found(auditor, happened, monkeypatch):
    """The tab of cases alone did."""
    from escalations.record_screen import beside_cases

    def found(query):
        return re.findall(r"Found: ([^<]+)<", auditor.get(f"/audit/?{query}").content.decode())

    factories.escalation()
    for tab in ("cases", "policy", "people", "keys", "presence"):
        rows = len(told(auditor, f"tab={tab}"))
        words = ("case", "cases") if tab == "cases" else ("entry", "entries")
        assert (tab, found(f"tab={tab}")) == (tab, [f"{rows} {words[rows > 1]}"])
    graded = len(told(auditor, "tab=people&what=graded"))
    assert found("tab=people&what=graded&who=dana") == [f"{graded} entry"]
    for grade in (1, 2, 4):
        managing.grade(happened, {"refunds": grade}, by=ADA, now=NOW)
    monkeypatch.setattr(beside_cases, "PAGE", 2)
    for query in ("tab=people&what=graded", f"tab=people&what=graded&before={2**31}"):
        assert found(query) == ["4 entries"]
    assert found("tab=people&what=graded&who=dana") == ["the newest 2"]


def test_an_auditor_reads_a_version_and_changes_nothing(auditor, happened):
    text = auditor.get("/levels/versions/2/").content.decode()
    assert "as version 2 had them" in text
    assert "in 30 days" not in text
    for title in ("Opening hours", "When nobody fits", "Who is told as a case waits"):
        assert f">{title}</h2>" in text
    assert 'method="post"' not in text[text.index('id="levels"') :].partition("</main>")[0]
    assert auditor.post("/levels/versions/1/restore/").status_code == 403


def test_everybody_who_did_something_in_a_case_is_found_by_it(auditor):
    """The supervisor who had it, who gave the first of two approvals, who only looked, by each of
    their names; with "what", only who did that."""
    dana, sam, priya = (
        viewer_of(factories.person(name, role))
        for name, role in (("dana", "reviewer"), ("sam", "reviewer"), ("priya", "supervisor"))
    )
    zoe = factories.person("zoë")
    zoe.first_name, zoe.last_name = "Zoë", "de la Cruz"
    zoe.save()
    two = factories.escalation(requested={"approvals_needed": 2})
    given, other = factories.escalation(), factories.escalation()
    choice = listening.Choice("approve")
    for number, by in enumerate((dana, sam), 1):
        lifecycle.decide(two, choice, by=by, version=number, reject_reasons=[], now=NOW)
    lifecycle.claim(given, by=priya, now=NOW)
    readings.note(other, "brief", by=ADA, now=NOW)
    readings.note(other, "brief", by=Actor("person", "zoë"), now=NOW)
    factories.person("ada", "admin")
    for query, wanted in {
        "who=dana": [two], "who=sam": [two], "who=priya": [given], "who=Priya+Whitlock": [given],
        "who=ada": [other], "who=zoe": [], "who=Zoë+de+la+Cruz": [other], "who=zoë": [other],
        "who=dana&what=voted": [two], "who=sam&what=voted": [], "who=sam&what=decided": [two],
        "who=dana&what=decided": [], "what=claimed&who=priya": [given], "who=nobody": [],
        "what=read": [other], "what=read&who=ada": [other], "what=read&who=dana": [],
        "who=mira": [other, given, two], "who=mira&what=received": [other, given, two],
        "who=mira&what=decided": [], "who=priya&level=4": [],
    }.items():  # fmt: skip
        assert (query, cases(auditor, query)) == (query, [one.case_number for one in wanted])
    page = auditor.get("/audit/?who=mira").content.decode()
    assert "Found: 3 cases" in page


def test_a_whole_name_means_its_bearer_and_nobody_of_a_name_like_it(auditor):
    """Behind "Its cases" of mira stood those of Mira too, and of whoever is called so."""
    zoe = factories.viewer("zoe")
    User.objects.filter(username="zoe").update(first_name="Mira")
    small, large, longer = (factories.key(name) for name in ("mira", "Mira", "Mira Two"))
    theirs = {
        key.agent.name: factories.escalation(by=key, now=NOW).case_number
        for key in (small, large, longer)
    }
    lifecycle.claim(factories.escalation(by=longer, now=NOW), by=zoe, now=NOW)
    for name, number in theirs.items():
        if name != "Mira Two":
            assert cases(auditor, f"who={name}") == [number]
    assert len(cases(auditor, "who=MIRA")) == 3
    for key in (small, large, longer):
        keys.revoke(key, by=ADA, now=NOW)
    assert len(told(auditor, "tab=keys&who=mira&what=revoked")) == 1
    assert len(told(auditor, "tab=keys&who=mir&what=revoked")) == 3


def test_the_cases_that_somebody_decided_are_those(auditor):
    dana = factories.viewer("dana")
    answered, looked_at = factories.escalation(now=NOW), factories.escalation(now=NOW)
    lifecycle.claim(looked_at, by=dana, now=NOW)
    lifecycle.decide(
        lifecycle.claim(answered, by=dana, now=NOW),
        Choice("approve"), by=dana, version=2, reject_reasons=[], now=NOW,
    )  # fmt: skip
    page = auditor.get("/people/dana/").content.decode()
    query = re.search(r'/audit/\?([^"]+)"[^>]*>Cases they decided', page)[1].replace("&amp;", "&")
    assert cases(auditor, query) == [answered.case_number]


def test_who_did_what_is_read_from_its_index():
    lines = doers.cases_of("", ["person:dana"])
    if connection.vendor == "postgresql":
        # It reads a table of three rows whole, whatever there is.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "events_by_who" in lines.explain()


def test_no_code_of_the_program_is_read_beside_the_cases(auditor, happened):
    assert "refunds 3 instead of 0" in " ".join(told(auditor, "tab=people"))
    assert "“More care”" in " ".join(told(auditor, "tab=policy"))
    row = told(auditor, "tab=presence&who=dana")[0]
    assert row.partition("Set the status of a person")[2].strip().startswith("Dana Whitlock Busy")
    assert not re.search(r"Draining|Set by|State:", row)


def test_each_version_that_is_named_leads_to_it(auditor, happened):
    case = factories.escalation()
    for page in (f"/audit/{case.id}/", "/levels/versions/", "/levels/versions/2/"):
        main = auditor.get(page).content.decode().partition("<main")[2]
        plain = re.sub(r"<a\b.*?</a>|<(option|script)\b.*?</\1>", "", main, flags=re.DOTALL)
        named = re.findall(r"(?:from|to|by|against) version \d+", plain, re.IGNORECASE)
        assert (page, named) == (page, [])


@pytest.mark.parametrize(
    "actor", ["baton", "policy", "operator:manage.py", "command:manage.py policy"]
)
def test_whoever_stands_under_who_is_found_by_that_name(auditor, actor):
    kind, _, name = actor.partition(":")
    registry.create("atlas", by=Actor(kind, name), now=NOW)
    (row,) = [row for row in told(auditor, "tab=keys") if "atlas" in row]
    shown = timeline.who_did(actor, {})[1]
    assert f" {shown} " in row
    assert row in told(auditor, f"tab=keys&who={shown.replace(' ', '+')}")
    assert told(auditor, "tab=keys&who=Nobody") == []


def test_an_operator_is_found_in_cases(auditor):
    case = factories.escalation()
    facts = {"delivery": "dlv_1"}
    lifecycle.note(case, "replayed", actor=Actor("operator", "manage.py"), facts=facts, now=NOW)
    assert cases(auditor, "who=An+operator+of+this+server") == [case.case_number]


def test_what_stands_on_a_tab_is_in_words(auditor, happened):
    dana = User.objects.get(username="dana")
    week = [weeks.Day(number, "09:00-17:00", "12:00-12:30") for number in (4, 0)]
    weeks.replace(dana, week, by=ADA, now=NOW)
    (row,) = [row for row in told(auditor, "tab=people") if "weekly shifts" in row]
    one = "09:00-17:00, break 12:00-12:30"
    assert f"Week: Monday {one}, Friday {one}" in row
    said = {"agent": factories.key("Mira").agent, "token": "t", "values": [("Order", "id")]}
    said |= {"url": "https://orders.example/{args.order_id}", "task_type": "card_dispute"}
    registered.put(None, name="Order", by=ADA, now=NOW, **said)
    assert any("for Card dispute of Mira" in row for row in told(auditor, "tab=keys"))
    assert not any("Task types: any" in row for row in told(auditor, "tab=policy"))
