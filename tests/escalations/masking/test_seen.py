"""What an agent asked to mask stands on no page, in no fragment and in no row, in any role; and a
package is read for people through one door."""

import ast
import json
import re
import uuid
from pathlib import Path

import pytest
from django.test import Client

from console import clock
from console.pages.table import PAGES
from escalations import commands, intake, lifecycle
from escalations.commands import Command
from escalations.inbox import rows
from escalations.models import Addition, Decision, Delivery, Escalation, Event
from escalations.record import audit
from routing.models import Notice
from tests.escalations.masking import tokens
from tests.factories import REFUND, key, person, viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ROLES = ("reviewer", "supervisor", "admin", "auditor")
HTMX = {"HX-Request": "true"}
TOKEN = re.compile(r"tok\d{3}en")
DOCUMENT, TOKENS = tokens.package()
CASE = (
    "", "?open=edit", "?open=each", "?open=respond", "?use=1", "raw/", "conversation/",
    "conversation/?first=1&last=2", "why/", "pass_on/people/",
)  # fmt: skip


ROOT = Path(__file__).resolve().parents[3]
# What finds its way to the packages of a case.
READERS = {
    "console/views/look_ups.py": "fills in an address that is tried, and gives it to the door",
    "escalations/admission.py": "compares the digest of what is sent again",
    "escalations/batch/families.py": "compares it as people see it",
    "escalations/batch/preflight.py": "gives it to the door",
    "escalations/batch/similar.py": "compares its calls with what was edited",
    "escalations/briefing/changed_since.py": "gives it to the door",
    "escalations/briefing/reading.py": "gives it to the door, and an edit its stored values",
    "escalations/facts/answering.py": "keeps what an agent says of it",
    "escalations/facts/late.py": "gives it to the door",
    "escalations/facts/sending.py": "asks an agent what it said itself",
    "escalations/forms/commands.py": "puts what was typed into the stored values",
    "escalations/lifecycle/handing/taking.py": "gives it to the other agent",
    "escalations/lifecycle/rejudging.py": "judges what would leave",
    "escalations/lifecycle/taking_back/directing_back.py": "asks whom the agent meant it for",
    "escalations/lifecycle/waiting/joining.py": "compares an identical call",
    "escalations/lookups/asking.py": "takes its salt, to bind what was read to the record",
    "escalations/lookups/reading_them.py": "asks for what the agent named, and shows none of it",
    "escalations/masking/reveals.py": "records what is revealed",
    "escalations/masking/seen.py": "is the door",
    "escalations/record/answers_given.py": "verifies",
    "escalations/record/audit.py": "verifies",
    "escalations/record/beside.py": "verifies",
    "escalations/record/told.py": "verifies",
    "escalations/views/reversals.py": "gives it to the door",
    "escalations/views/timeline.py": "gives each version to the door",
}
# Lists show columns; these read the text of packages, and nobody is shown it.
SHOW = (
    "escalations/views",
    "escalations/briefing",
    "escalations/inbox",
    "escalations/record_screen",
)


@pytest.fixture
def people():
    found = {}
    for role in ROLES:
        user, client = person(role, role), Client(headers={"Accept": "text/html"})
        client.force_login(user)
        found[role] = (viewer_of(user), client)
    return found


def posted(document, **keys):
    body = json.dumps(document | keys).encode()
    return intake.accept(key(), body, now=clock.now()).escalation


def press(viewer, case, name, **arguments):
    case.refresh_from_db()
    sent = Command(name, str(uuid.uuid4()), case.id, case.version, arguments)
    commands.perform(viewer, sent, now=clock.now())


def addresses(case, *, lists=True):
    """Every page there is, as far as it can be filled in with this case."""
    for page in PAGES.values() if lists else ():
        path = page.path.replace("<str:escalation_id>", case.id)
        if page.read and "<" not in path:
            yield f"/{path}"
    yield from (f"/escalations/{case.id}/{part}" for part in CASE)
    yield f"/audit/{case.id}/"
    yield f"/floor/reassign/?case={case.id}"


def shown(client, address, **data):
    """What stands there; nothing where this role may not look."""
    answer = client.post(address, data, headers=HTMX) if data else client.get(address, headers=HTMX)
    assert answer.status_code < 500, address
    return "" if answer.streaming else answer.content.decode()


def leaks(people, case, *, lists=False):
    rows.forget()
    case = Escalation.objects.select_related("agent", "held_by", "offered_to").get(pk=case.pk)
    texts = {"row": rows.html(case)}
    for role, (_, client) in people.items():
        for address in addresses(case, lists=lists):
            texts[f"{role} {address}"] = shown(client, address)
        preview = {"digest": case.digest, "edit:a2:/to": "me", "version": case.version}
        texts[f"{role} preview"] = shown(client, f"/escalations/{case.id}/preview/", **preview)
    texts["notices"] = " ".join(Notice.objects.values_list("text", flat=True))
    texts["record"] = " ".join(bytes(one.body).decode() for one in Event.objects.all())
    return {
        where: found for where, text in texts.items() if (found := sorted(set(TOKEN.findall(text))))
    }


def test_whatever_is_masked_stands_on_no_page(people):
    everything = list(TOKENS)
    earlier = posted(DOCUMENT, redactions=everything, idempotency_key="earlier-one")
    case = posted(DOCUMENT, redactions=everything, re_escalates=earlier.id)
    lifecycle.add_context(
        case,
        {"messages": [{"role": "customer", "text": "Any news?"}]},
        agent="mira",
        now=clock.now(),
    )
    assert Addition.objects.count() == 1
    assert leaks(people, case, lists=True) == {}
    reviewer, client = people["reviewer"]
    press(reviewer, case, "claim")
    typed = [["edit:a1:/note", "tok777en", None], ["reply", "tok778en", None]]
    address = f"/escalations/{case.id}/draft/"
    client.post(address, {"form": "edit", "fields": json.dumps(typed)})
    press(people["supervisor"][0], case, "ask_handover")
    assert leaks(people, case) == {}
    args = DOCUMENT["proposed_actions"][1] | {"args": {"to": "‹masked›", "more": "x"}}
    edited = {"name": "notify", "args": args["args"]}
    holder = people["supervisor"][0]
    press(
        holder, case, "edit",
        actions=[{"action_id": "a2", "type": "edit", "edited": edited}],
    )  # fmt: skip
    decision = Decision.objects.get(escalation=case)
    calls = {one["action_id"]: one["call"] for one in decision.document["actions"]}
    # What leaves is what is stored, to the agent alone.
    assert calls["a2"]["args"] == {"to": TOKENS["/proposed_actions/1/args/to"], "more": "x"}
    assert calls["a1"]["args"] == DOCUMENT["proposed_actions"][0]["args"]
    assert decision.document["response"]["text"] == TOKENS["/draft_response/text"]
    assert leaks(people, case, lists=True) == {}
    assert Delivery.objects.count() == 0
    assert audit.verify().findings == []


def test_a_masked_text_is_not_found(people):
    token = TOKENS["/summary"]
    case = posted(DOCUMENT, redactions=["/summary", "/context/customer/name"])
    _, client = people["supervisor"]
    assert case.id in client.get("/inbox/?search=masked").content.decode()
    for word in (token, TOKENS["/context/customer/name"]):
        for page in ("/inbox/", "/audit/"):
            assert case.id not in client.get(page, {"search": word}).content.decode()


@pytest.mark.parametrize("start", range(0, len(TOKENS), 12))
def test_each_value_is_masked_in_its_turn(people, start):
    _, client = people["reviewer"]
    agent = key()
    for number, pointer in enumerate(list(TOKENS)[start : start + 12]):
        # No two cases share a word, as lists and earlier cases show other cases in clear.
        body = json.dumps(DOCUMENT | {"redactions": [pointer]}).replace("tok", f"t{number}k")
        case = intake.accept(agent, body.encode(), now=clock.now()).escalation
        token = TOKENS[pointer].replace("tok", f"t{number}k")
        for part in ("", "raw/"):
            text = shown(client, f"/escalations/{case.id}/{part}")
            assert token not in text, (pointer, part)
        assert token not in rows.html(case), pointer


@pytest.mark.parametrize(
    ("package", "hidden"),
    [
        (
            REFUND
            | {
                "redactions": ["/proposed_actions/0/args/amount", "/summary", "/draft_response"],
                "trigger": {"type": "high_risk_action", "reason": "It is above the limit."},
                "risk": {"amount": {"value": "184.00", "currency": "EUR"}},
            },
            ["184.00", "134.00"],
        ),
        (
            REFUND
            | {
                "redactions": ["/context/reasoning/confidence", "/context/customer", "/summary",
                    "/draft_response", "/context/conversation"],
                "context": {
                    "customer": {"name": "Inès Carvalho", "tier": "platinum-x"},
                    "reasoning": {"confidence": 0.4321},
                    "conversation": {
                        "messages": [{"role": "customer", "text": "I will call my lawyer, Rosa."}]
                    },
                },
            },
            ["Inès", "43.21", "platinum-x", "lawyer", "Rosa"],
        ),
    ],
)  # fmt: skip
def test_what_is_derived_quotes_nothing_of_it(people, package, hidden):
    case = posted(package)
    for role, (_, client) in people.items():
        for address in addresses(case, lists=role != "reviewer"):
            text = shown(client, address)
            assert [word for word in hidden if word in text] == [], (role, address)
    assert not any(word in json.dumps(case.reasons, ensure_ascii=False) for word in hidden)


def test_the_sentence_shows_the_mask_and_says_who_can_reveal(people):
    money = {"value": "184.00", "currency": "EUR"}
    case = posted(REFUND, redactions=["/proposed_actions/0/args/amount"], risk={"amount": money})
    page = people["reviewer"][1].get(f"/escalations/{case.id}/").content.decode()
    mask = '<span class="masked" title="Masked by the agent">masked<span class="sr"> by the agent</span></span>'
    assert f"<b>Refund {mask}</b>" in page
    assert f"{mask} at stake." in page
    said = "<b>2 values are masked</b> by the agent: action 1 › amount and risk › amount."
    assert said in " ".join(page.split())
    assert "A supervisor or an admin can reveal it." in page
    assert 'data-command="reveal"' not in page
    page = people["supervisor"][1].get(f"/escalations/{case.id}/").content.decode()
    assert 'data-command="reveal"' in page


def trees():
    for app in ("console", "escalations", "metrics", "routing"):
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not {"migrations", "demo", "simulation", "management"} & set(path.parts):
                yield name, ast.parse(path.read_text())


def test_who_reads_the_packages_of_a_case():
    found = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if (
            (isinstance(node, ast.Attribute) and node.attr == "packages")
            and isinstance(node.value, ast.Name | ast.Attribute)
        )
        or (isinstance(node, ast.Constant) and node.value == "packages")
    }
    assert found - {"escalations/models/packages.py"} <= set(READERS)


def test_no_page_shows_what_was_received():
    """But for the door, nothing that draws a page reads the text as it came."""
    found = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"received", "expanded"}
        and name.startswith(SHOW)
    }
    assert found == {"escalations/views/briefing.py"}
