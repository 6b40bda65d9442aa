"""No code of a program stands anywhere a person reads: every page, in every role."""

import re
from collections import Counter
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from console import clock
from console.demo import world
from console.models import User
from console.pages.table import PAGES
from escalations import lifecycle
from escalations.proposal.choices import Choice
from tests import factories, packages, standing
from tests.screens.pages import words

pytestmark = pytest.mark.long

WHO = {"reviewer": "dana", "supervisor": "priya", "admin": "nadia", "auditor": "oliver"}
STARTS = [f"/{page.path}" for page in PAGES.values() if page.read and "<" not in page.path]
BELOW_A_CASE = ("conversation/", "facts/", "why/", "here/", "pass_on/people/", "readers/")
# Of pages that differ only by what they are about, so many; with --all the second.
ALIKE = 2, 10
# What an admin types as a code into a field of this form, and an example of it stands beside.
TYPED = re.compile(
    r"As in (source|callback)\.|callback\.url may name|\{args\.|= total\.amount|"
    r"as agents send it, such as|A column that is left out|such as 2026-12-25|"
    r"A date such as|"
    # What the agent's own file is called.
    r"^\w+\.(jpg|pdf|eml)$"
)

# Codes wherever an agent may write one.
CODES = {
    "task_type": "legacy/address_change",
    "summary": "change_user_address: Hi, I moved and need my order sent elsewhere",
    "trigger": {"type": "high_risk_action", "rule": "consequential_action",
                "reason": "send_parcel: Error: change_user_address changes the account"},
    "proposed_actions": [
        {"id": "call_1", "name": "change_user_address",
         "args": {"order_id": "HP-1", "send_by": "next_working_day", "moves_at": "2026-12-01",
                  "new_item_ids": [], "keep_old": None, "is_gift": True}},
        {"id": "call_2", "name": "cards.block", "args": {"reason_code": "lost_or_stolen"},
         "depends_on": ["call_1"], "allowed_decisions": ["approve", "reject"]},
    ],
    "attempted": [{"what": "courier.redirect", "result": "failed", "detail": "not possible"}],
    "flags": [{"code": "new_address"}],
    "context": {
        "customer": {"name": "Inès Carvalho", "since": "2019-03-01", "tier": "long_standing",
                     "attributes": {"last_seen_at": "2026-11-01T10:03:00Z",
                                    "cards": {"c1": {"source": "credit_card", "brand": "visa"}}},
                     "history": [{"label": "change_user_address: Hello"}]},
        "process": {"workflow": "legacy/address_change",
                    "completed": [{"label": "find_user_by_email", "status": "done"}]},
        "reasoning": {"confidence": 0.62},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The demo world, with codes in packages, and a case in each state."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(world, "PAST", 60)
        now = clock.now()
        world.build(now=now)
        dana = factories.viewer_of(User.objects.get(username="dana"))
        cases = [standing.in_state(state, dana) for state in standing.STATES]
        by = factories.key("shop")
        case = factories.escalation(CODES, by=by, now=now)
        answer = Choice(
            "edit", actions=[_edited("same_day"), {"action_id": "call_2", "type": "approve"}]
        )
        lifecycle.decide(case, answer, by=dana, version=1, reject_reasons=[], now=now)
        last = factories.escalation(CODES, by=by, now=now, re_escalates=case.id)
        full = {**packages.FULLEST, "summary": "Pay €48,200.00 to an account we have never used?"}
        cases += [case, last, factories.escalation(full, now=now)]
        yield [case.id for case in cases]
        transaction.set_rollback(True)


def _edited(send_by):
    args = {**CODES["proposed_actions"][0]["args"], "send_by": send_by}
    call = {"name": "change_user_address", "args": args}
    return {"action_id": "call_1", "type": "edit", "edited": call}


@pytest.mark.django_db
def test_no_page_says_a_code(filled, every):
    own = [f"/{place}/{case}/" for case in filled for place in ("escalations", "audit")]
    found = {}
    for role, username in WHO.items():
        client = Client()
        client.force_login(User.objects.get(username=username))
        for path, line in said_to(client, [*own, *STARTS], ALIKE[every]):
            if not TYPED.search(line) and (wrong := words.faults(line)):
                found.setdefault(f"{wrong} in: {line[:160]}", (role, path))
    assert found == {}


def said_to(client, starts, alike_max):
    """Every line of every page that this person comes to, with the page's address."""
    left, seen, alike = list(starts), set(), Counter()
    while left:
        path = left.pop(0).partition("#")[0]
        name = _page(path)
        kind = (name, "?" in path)
        if path in seen or not name or (alike[kind] >= alike_max and path not in starts):
            continue
        seen.add(path)
        alike[kind] += 1
        answer = client.get(path)
        if answer.status_code == 302:
            left.append(answer.headers["Location"])
        elif answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            said, links = words.of(answer.content.decode())
            left += [urljoin(path, link) for link in links]
            left += [path + more for more in BELOW_A_CASE] if name.endswith(":briefing") else []
            yield from ((path, line) for line in said)
    assert len(seen) > 60


def _page(path):
    """The name of one of our own pages to be read; none for files, for programs and for raw ones."""
    try:
        name = resolve(path.partition("?")[0]).view_name
    except Resolver404:
        return ""
    raw = {"escalations:raw", "routing:skills-export", "api_docs"}
    return name if name in PAGES and name not in raw and path.startswith("/") else ""
