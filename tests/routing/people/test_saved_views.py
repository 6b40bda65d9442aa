"""Saved views: an address under a name, shared with a team, and nobody sees more by one."""

import pytest
from django.test import Client

from escalations.models import Requirement
from escalations.refusals import Invalid, NotFound
from routing.models import SavedView
from routing.people import saved_views, teams
from routing.people.saved_views import OWN_MAX
from tests.factories import NOW, PASSWORD, escalation, person

pytestmark = pytest.mark.django_db

LATE = "tab=mine&level=3&urgency=late"


@pytest.fixture
def dana():
    user = person("dana")
    teams.welcome(user)
    return user


def keep(user, name="Late ones", query=LATE, *, shared=False):
    return saved_views.keep(user, name, query, shared=shared, now=NOW)


def names(user):
    return [(one.name, one.shared, one.by, one.may_remove) for one in saved_views.of(user)]


def signed_in(user):
    client = Client(headers={"Accept": "text/html"})
    assert client.login(username=user.username, password=PASSWORD)
    return client


def test_one_is_kept_under_its_name_and_replaced_by_the_same(dana):
    assert keep(dana, "  Late   ones ").query == LATE
    keep(dana, query="tab=team&task_type=refund&after=1.2&evil=<b>")
    assert list(SavedView.objects.values_list("name", "query")) == [
        ("Late ones", "tab=team&task_type=refund")
    ]


@pytest.mark.parametrize(
    ("name", "query"), [("", LATE), (" ", LATE), ("x" * 61, LATE), ("x", "tab=nowhere")]
)
def test_what_cannot_be_kept_is_refused(dana, name, query):
    with pytest.raises(Invalid):
        keep(dana, name, query)


def test_there_are_at_most_twenty(dana):
    for number in range(OWN_MAX):
        keep(dana, f"View {number}")
    with pytest.raises(Invalid, match="You have 20 views"):
        keep(dana, "One more")
    keep(dana, "View 3", "tab=team&level=1")


def test_a_shared_one_is_the_teams_until_it_is_taken_away(dana, django_assert_num_queries):
    kofi, ruth, stranger = person("kofi"), person("ruth", "supervisor"), person("zoe")
    for user in (kofi, ruth):
        teams.welcome(user)
    keep(dana, shared=True)
    keep(dana, "Mine")
    with django_assert_num_queries(1):
        assert names(dana) == [("Late ones", True, "", True), ("Mine", False, "", True)]
    assert names(kofi) == [("Late ones", True, "Dana Whitlock", False)]
    assert names(ruth) == [("Late ones", True, "Dana Whitlock", True)]
    assert names(stranger) == []
    number = SavedView.objects.get(name="Late ones").pk
    for user in (kofi, stranger):
        with pytest.raises(NotFound):
            saved_views.remove(user, number)
    assert saved_views.remove(ruth, number) == "Late ones"
    with pytest.raises(NotFound):
        saved_views.remove(ruth, SavedView.objects.get(name="Mine").pk)
    with pytest.raises(Invalid, match="You are in no team"):
        keep(stranger, shared=True)


def test_it_stands_as_a_tab_and_in_the_palette_and_is_taken_away(dana):
    client = signed_in(dana)
    page = client.get(f"/inbox/?{LATE}").content.decode()
    assert "Save this view" in page
    answer = client.post("/profile/views/", {"name": "Late", "query": LATE, "shared": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/inbox/?{LATE}")
    page = client.get(answer.headers["Location"]).content.decode()
    marked = f'<a href="/inbox/?{LATE.replace("&", "&amp;")}" aria-current="true"'
    assert marked in " ".join(page.split())
    assert "Save this view" not in page
    number = SavedView.objects.get().pk
    assert f'action="/profile/views/{number}/remove/"' in page
    other = person("kofi")
    teams.welcome(other)
    theirs = signed_in(other)
    assert 'title="Shared by Dana Whitlock"' in theirs.get("/inbox/").content.decode()
    assert "Late" in theirs.get("/profile/views/").content.decode()
    assert theirs.post(f"/profile/views/{number}/remove/").status_code == 404
    assert client.post(f"/profile/views/{number}/remove/").headers["Location"] == "/inbox/"
    assert SavedView.objects.count() == 0


def test_a_fault_is_said_on_the_list_it_was_about(dana):
    answer = signed_in(dana).post("/profile/views/", {"name": "", "query": LATE}, follow=True)
    assert answer.redirect_chain == [(f"/inbox/?{LATE}", 302)]
    assert "A view needs a name" in answer.content.decode()


def test_whoever_opens_a_shared_one_sees_only_what_is_theirs_to_see(dana):
    """A supervisor's view of everything gives a reviewer no case without its skill."""
    ruth = person("ruth", "supervisor")
    teams.welcome(ruth)
    case = escalation()
    case.requirement = Requirement.objects.create(key="refunds:3", skills={"refunds": 3})
    case.save()
    kept = keep(ruth, "Refunds", "tab=mine&task_type=refund", shared=True)
    address = f"/inbox/?{kept.query}"
    assert case.id in signed_in(ruth).get(address).content.decode()
    assert case.id not in signed_in(dana).get(address).content.decode()
