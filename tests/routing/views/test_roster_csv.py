"""The roster as a file over HTTP: out, looked at, in."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console.people import managing
from escalations.record.lines import Actor
from routing.people import roster
from tests.factories import NOW, PASSWORD, person
from tests.routing.views.test_skills import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client):
    person("priya", "supervisor")
    client.login(username="priya", password=PASSWORD)
    return client


def upload(text):
    return {
        "file": SimpleUploadedFile("roster.csv", text.encode() if isinstance(text, str) else text)
    }


def digest_of(answer):
    return re.search(r'name="digest" value="(\w+)"', text_of(answer))[1]


def test_the_file_comes_as_a_download_and_changes_nothing_when_it_comes_back(lead):
    person("amara", skills={"refunds": 3})
    answer = lead.get("/skills/export.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="roster.csv"'
    back = lead.post("/skills/import/", upload(answer.content))
    assert "Nothing would change" in text_of(back)


def test_it_is_looked_at_first_and_then_done(lead):
    amara, text = person("amara", skills={"refunds": 3}), "username,trade: refunds\namara,5\n"
    shown = lead.post("/skills/import/", upload(text))
    assert "refunds 5 instead of 3" in text_of(shown)
    assert roster.skills_of(amara.pk) == {"refunds": 3}
    done = lead.post("/skills/import/", {"text": text, "digest": digest_of(shown)}, follow=True)
    assert "1 change from the file saved." in text_of(done)
    assert roster.skills_of(amara.pk) == {"refunds": 5}


def test_what_changed_meanwhile_is_shown_again(lead):
    amara, text = person("amara", skills={"refunds": 3}), "username,trade: refunds\namara,5\n"
    digest = digest_of(lead.post("/skills/import/", {"text": text}))
    roster.grade(amara, {"refunds": 4})
    again = lead.post("/skills/import/", {"text": text, "digest": digest})
    assert (again.status_code, "look at it once more" in text_of(again)) == (409, True)
    assert "refunds 5 instead of 4" in text_of(again)
    assert roster.skills_of(amara.pk) == {"refunds": 4}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "Choose a file, or paste its lines."),
        (
            {"text": "username,team\nzoe,x"},
            "Line 2, username: Nobody who can be given work is called zoe",
        ),
        (upload(b"\xff\xfe\x00"), "This is not text in UTF-8"),
    ],
)
def test_faults_are_sentences(lead, fields, said):
    answer = lead.post("/skills/import/", fields)
    assert (answer.status_code, said in text_of(answer)) == (422, True)


def test_what_is_new_since_the_look_is_named_with_who_made_it_so(lead):
    amara, _ = person("amara", skills={"refunds": 3}), person("dana", skills={"refunds": 1})
    text = "username,trade: refunds\namara,5\ndana,4\n"
    fields = lead.post("/skills/import/", {"text": text}).context
    sent = {"text": text, "digest": fields["plan"].digest, "looked_at": str(fields["looked_at"])}
    nadia = person("nadia", "admin")
    managing.grade(amara, {"refunds": 4}, by=Actor("person", nadia.username), now=NOW)
    again = lead.post("/skills/import/", sent)
    said = (
        "Nadia Whitlock changed the roster meanwhile: 1 change is new and 1 is needed no longer."
        " Look at it once more."
    )
    assert (again.context["fault"], again.status_code) == (said, 409)
    assert [one.told for one in again.context["new"]] == ["amara refunds 5 instead of 4"]
    assert "New since you looked" in text_of(again)


def test_save_stands_above_the_people_and_those_after_twenty_are_folded(lead):
    for number in range(22):
        person(f"p{number:02}", skills={"refunds": 1, "payments": 1})
    rows = "".join(f"p{number:02},2,3\n" for number in range(22))
    shown = lead.post(
        "/skills/import/", {"text": f"username,trade: refunds,trade: payments\n{rows}"}
    )
    page = shown.content.decode()
    assert page.index("Save 44 changes") < page.index("refunds 2 instead of 1")
    above, _, folded = page.partition('<details class="pad">')
    assert (above.count("refunds 2 instead of 1"), folded.count("refunds 2 instead of 1")) == (
        20,
        2,
    )
    assert page.count("Save 44 changes") == 2
