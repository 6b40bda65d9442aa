"""The roster as a file over HTTP: out, looked at, in."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from routing.people import roster
from tests.factories import PASSWORD, person
from tests.routing.views.test_skills import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.services]


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
