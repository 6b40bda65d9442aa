"""The page of a case is drawn once and kept: whatever changes between two looks, what is shown is
what would be drawn anew."""

import json
import random
import re
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from console import clock
from console.pages import kept
from console.people.viewers import viewer_of
from escalations import intake, lifecycle
from escalations.batch import families
from escalations.commands import find
from escalations.inbox import rows
from escalations.models import Remark, WorkingDraft, requirements
from escalations.policy import check, versions
from escalations.record.lines import Actor
from escalations.refusals import Refused
from routing.people import roster
from tests import factories
from tests.factories import REFUND

pytestmark = pytest.mark.django_db

IN_PLACE = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "div#briefing"}
PRESSED = (
    *("claim", "release", "heartbeat", "approve", "undo", "reject", "respond", "snooze", "note"),
    *("take_over", "hand_back", "reveal", "ask", "call", "reverse", "extend", "say", "edit"),
)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
OPEN = (
    (TOKEN, "token"),
    (re.compile(r'"X-CSRFToken": "\w+"'), "header"),
    (re.compile(r'name="id" value="[\w-]+"'), "id"),
    (re.compile(r'class="t">[^<]*<'), "left"),
    (re.compile(r'aria-label="Time left">[^<]*<'), "left"),
    (re.compile(r'value="[01](\.\d+)?"'), "share"),
)


class Desk:
    """A case, people who look at it, and all that may happen between two looks."""

    def __init__(self, seed):
        self.chance, self.number = random.Random(seed), 0
        self.key = factories.key()
        self.case = intake.accept(self.key, self.package(), now=clock.now()).escalation
        self.people = {}
        for name, role in (("dana", "reviewer"), ("kofi", "reviewer"), ("priya", "supervisor"),
                           ("oliver", "auditor")):  # fmt: skip
            user = factories.person(name, role, {"refunds": 3})
            self.people[name] = (user, Client())
            self.people[name][1].force_login(user)

    def package(self, **keys):
        self.number += 1
        changed = {
            "summary": f"Refund number {self.number} to Inès Carvalho",
            "redactions": ["/draft_response/text"] if self.chance.random() < 0.4 else [],
            "correlation_id": "order-20931",
        }
        if self.chance.random() < 0.3:
            ends = clock.now() + timedelta(seconds=self.chance.choice((0.2, 3600)))
            action = REFUND["proposed_actions"][0] | {"expires_at": ends.isoformat()}
            changed["proposed_actions"] = [action]
        return json.dumps(REFUND | changed | keys).encode()

    def look(self, name):
        page = self.people[name][1].get(f"/escalations/{self.case.id}/", **IN_PLACE)
        return page.status_code, page.content.decode()

    def change(self):
        """One of them, by chance; what is refused changes nothing. Of what is over, another case
        comes."""
        self.case.refresh_from_db()
        if self.case.closed_at and self.chance.random() < 0.4:
            self.case = intake.accept(self.key, self.package(), now=clock.now()).escalation
        user, _ = self.people[self.chance.choice(sorted(self.people))]
        some = [
            *[partial(self.press, name) for name in PRESSED],
            partial(intake.revise, self.key, self.case, self.package(), now=clock.now()),
            partial(self.add),
            partial(self.again),
            partial(roster.grade, user, {"refunds": self.chance.randint(0, 5)}),
            partial(self.role, user),
            partial(self.publish),
            partial(self.own_keys, user),
            partial(self.rename, user),
            partial(self.follow),
            partial(self.offer, user),
            partial(self.remark, user),
        ]
        try:
            self.chance.choice(some)()
        except Refused:
            pass

    def press(self, name):
        _, client = self.people[self.chance.choice(sorted(self.people))]
        fields = find(name).example if find(name) and find(name).example else {}
        client.post(
            f"/escalations/{self.case.id}/{name}/",
            {"id": f"press-{self.number}-{self.chance.random()}", "version": self.case.version,
             "digest": self.case.digest, "text": "Looked at.", **flat(fields)},
            HTTP_ACCEPT="application/json",
        )  # fmt: skip

    def add(self):
        self.number += 1
        said = {"messages": [{"role": "customer", "text": f"{self.number}?"}]}
        lifecycle.add_context(self.case, said, agent="mira", now=clock.now())

    def again(self):
        intake.accept(self.key, self.package(idempotency_key=f"k{self.number}"), now=clock.now())

    def role(self, user):
        user.role = self.chance.choice(("reviewer", "supervisor", "auditor", "admin"))
        user.save()

    def publish(self):
        self.number += 1
        terms = {
            "title": f"Refunds {self.number}",
            "reveal_to": self.chance.sample(["reviewer", "supervisor", "auditor"], 2),
            "undo_s": self.chance.choice((0, 10)),
            "reject_reasons": [{"code": f"r{self.number}", "label": "Not ours"}],
        }
        document = check.check({"schema": "handoff.policy/1", "task_types": {"refund": terms}})
        expected = versions.current().number
        by = Actor("operator", "test")
        versions.publish(document, by=by, now=clock.now(), expected=expected)

    def own_keys(self, user):
        user.own_keys = self.chance.choice(({}, {"approve": "y"}, {"approve": "", "reject": "q"}))
        user.save()

    def rename(self, user):
        self.number += 1
        user.first_name = f"Name{self.number}"
        user.save()

    def follow(self):
        _, client = self.people[self.chance.choice(sorted(self.people))]
        client.post(f"/escalations/{self.case.id}/follow/", {"on": self.chance.choice("01")})

    def offer(self, user):
        until = clock.now() + timedelta(seconds=60)
        lifecycle.offer(self.case, to=viewer_of(user), until=until, now=clock.now())

    def remark(self, user):
        kind = self.chance.choice(("noted", "passed", "extended", "snoozed"))
        Remark.objects.create(
            escalation=self.case, person=user, kind=kind, text="Look.", at=clock.now()
        )


def flat(fields):
    return {
        name: str(value) for name, value in fields.items() if not isinstance(value, list | dict)
    }


def forget():
    kept.shelf.forget()
    rows.forget()
    families.forget()
    requirements.forget()
    versions.forget()


def plain(page):
    for written, word in OPEN:
        page = written.sub(word, page)
    return page


@pytest.mark.seeds(1, 4)
def test_a_kept_page_is_the_page_that_would_be_drawn(seed):
    desk, shown, found = Desk(seed), set(), 0
    for _ in range(25):
        for name in desk.people:
            desk.look(name)
        desk.change()
        kept_now = {name: desk.look(name) for name in desk.people}
        found += kept.shelf.found
        forget()
        for name, (status, page) in kept_now.items():
            fresh = desk.look(name)
            assert fresh[0] == status
            assert plain(fresh[1]) == plain(page)
            shown.add(plain(page))
    # They are not the same pages all the time, nor is each of them drawn.
    assert len(shown) > 15
    assert found > 15


def test_a_second_look_is_not_drawn_and_has_tokens_and_ids_of_its_own():
    desk = Desk(1)
    pages = [desk.look("dana")[1] for _ in range(3)]
    # The page, and in it the evidence.
    assert (kept.shelf.drawn, kept.shelf.found) == (2, 2)
    for written in (TOKEN, re.compile(r'name="id" value="([\w-]+)"')):
        values = [set(written.findall(page)) for page in pages]
        assert all(values)
        assert not values[0] & values[1]
        assert not values[1] & values[2]


def test_evidence_is_not_drawn_again_while_the_case_moves_and_is_for_who_sees_the_same():
    desk = Desk(1)
    desk.look("dana")
    lifecycle.claim(desk.case, by=viewer_of(desk.people["dana"][0]), now=clock.now())
    desk.look("dana")
    desk.look("kofi")
    assert (kept.shelf.drawn, kept.shelf.found) == (4, 2)
    desk.add()
    desk.look("dana")
    assert (kept.shelf.drawn, kept.shelf.found) == (6, 2)


def test_the_token_of_a_kept_page_is_taken():
    desk = Desk(1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.people["dana"][0])
    for _ in range(2):
        page = client.get(f"/escalations/{desk.case.id}/", **IN_PLACE).content.decode()
    fields = {"version": 1, "digest": desk.case.digest, "id": "one", "reason_code": "other"}
    sent = {"csrfmiddlewaretoken": TOKEN.findall(page)[-1], **fields}
    address = f"/escalations/{desk.case.id}/claim/"
    assert client.post(address, fields, HTTP_ACCEPT="application/json").status_code == 403
    assert client.post(address, sent, HTTP_ACCEPT="application/json").status_code == 200


@pytest.mark.parametrize("asked", ["?open=edit", "?open=each", "?use=draft"])
def test_what_is_of_this_moment_only_is_not_kept(asked):
    desk = Desk(1)
    _, client = desk.people["dana"]
    for _ in range(2):
        client.get(f"/escalations/{desk.case.id}/{asked}", **IN_PLACE)
    assert len(kept.shelf) == (1 if "open" in asked else 2)


def test_what_is_revealed_or_was_left_unsent_is_not_kept():
    desk = Desk(1)
    case = intake.accept(
        desk.key, desk.package(redactions=["/summary"]), now=clock.now()
    ).escalation
    priya, client = desk.people["priya"]
    named = {"id": "r", "version": 1, "digest": case.digest}
    client.post(f"/escalations/{case.id}/reveal/", named, HTTP_ACCEPT="application/json")
    page = client.get(f"/escalations/{case.id}/", **IN_PLACE).content.decode()
    assert "Refund number 2" in page
    assert len(kept.shelf) == 0
    dana, client = desk.people["dana"]
    lifecycle.claim(desk.case, by=viewer_of(dana), now=clock.now())
    fields = {"edit": [["instructions", "Half a sentence", None]]}
    WorkingDraft.objects.create(
        escalation=desk.case, person=priya, fields=fields, saved_at=clock.now()
    )
    page = client.get(f"/escalations/{desk.case.id}/", **IN_PLACE).content.decode()
    assert "Half a sentence" in page
    # Its evidence, which is of the agent.
    assert len(kept.shelf) == 1
