"""Who only reads is promised nothing that takes a decision: on every page that an auditor may open."""

import re
from html import unescape

import pytest
from django.test import Client

from console.models import Role
from console.pages.table import PAGES
from tests.factories import PASSWORD, person, viewer
from tests.standing import STATES, in_state

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PROMISED = re.compile(
    r"\b(for you|for me|yours|needs you|holds it|your cases?|your work|your colleagues|take next"
    r"|you (?:decide|hold|take|put off)|comes? back to you|your answer)\b",
    re.IGNORECASE,
)
# What is not shown before what it is about is on the page, and what scripts read.
UNSEEN = re.compile(
    r'<(script|template|style)\b.*?</\1>|<dialog class="dlg palette".*?</dialog>'
    r'|<span class="to-me">.*?</span>',
    re.DOTALL,
)


def signed_in(role):
    client = Client()
    assert client.login(username=person("vera", role).username, password=PASSWORD)
    return client


def said(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    text = re.sub(r"<[^>]+>", " ", UNSEEN.sub(" ", answer.content.decode()))
    return " ".join(unescape(text).split())


def addresses(case):
    values = {"escalation_id": case.id, "username": "vera", "agent": "mira"}
    for page in PAGES.values():
        if Role.AUDITOR in page.read and not page.path.endswith(".csv"):
            path = re.sub(r"<\w+:(\w+)>", lambda name: values.get(name[1], name[0]), page.path)
            if "<" not in path:
                yield f"/{path}"
    yield from (f"/inbox/?tab={tab}" for tab in ("team", "snoozed", "done"))


@pytest.mark.parametrize("state", STATES)
def test_no_page_promises_an_auditor_what_only_a_reviewer_may_do(state):
    case = in_state(state, viewer("dana"))
    auditor = signed_in("auditor")
    texts = {address: said(auditor, address) for address in addresses(case)}
    assert {one: words for one, text in texts.items() if (words := PROMISED.findall(text))} == {}


def test_an_empty_inbox_is_read_by_an_auditor_as_by_nobody_who_decides():
    auditor = signed_in("auditor")
    for tab in ("mine", "team", "snoozed", "done"):
        assert PROMISED.findall(said(auditor, f"/inbox/?tab={tab}")) == []
