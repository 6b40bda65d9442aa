"""A person lets one agent hand a case to another: to the one it named, another one, or none."""

import json

import pytest
from django.test import Client

from console import clock
from escalations import commands, lifecycle
from escalations.agents import endpoints, registry
from escalations.commands import Command
from escalations.deliveries.outbox import Outcome
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.models import Delivery, Escalation, Event, HandedCase
from escalations.record import audit
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from escalations.schemas.decision import Decision
from tests.escalations.api.conftest import Caller, publish
from tests.factories import REFUND, person, viewer

pytestmark = pytest.mark.django_db
ADMIN = Actor("person", "rhea")
BARE = {"task_type": "refund", "summary": "A question about an invoice", "hand_to_agent": "atlas",
        "trigger": {"type": "agent_handoff", "reason": "Invoices are not mine."}}  # fmt: skip


@pytest.fixture
def mira():
    return Caller("mira")


@pytest.fixture
def atlas():
    caller = Caller("atlas")
    endpoints.register(
        caller.agent, name="main", url="https://atlas.example/hook", by=ADMIN, now=clock.now()
    )
    return caller


def case_of(mira, *, undo_s=0, **changes):
    publish(refund={"undo_s": undo_s})
    package = {key: value for key, value in {**BARE, **changes}.items() if value is not None}
    made = mira.post("/escalations", package)
    assert made.status_code == 201, made.content
    return Escalation.objects.get(id=made.json()["id"])


def press(case, name="approve", by=None, **arguments):
    case.refresh_from_db()
    command = Command(
        name, f"{name}-{case.version}-{len(arguments)}", case.id, case.version, arguments
    )
    commands.perform(by or viewer(), command)
    case.refresh_from_db()
    return case


def answer_to(mira, case):
    response = mira.get(f"/escalations/{case.id}/decision")
    assert response.status_code == 200, response.content
    Decision.model_validate(response.json())
    return response.json()


def handed(caller, status=200):
    response = caller.get("/handed")
    assert response.status_code == status, response.content
    return response.json()["items"]


def test_approved_both_agents_are_told(mira, atlas):
    case = press(case_of(mira), instructions="They are in a hurry.")
    told = answer_to(mira, case)
    assert (told["proceed"], told["outcome"], told["handed_to"]) == (True, "approved", "atlas")
    (item,) = handed(atlas)
    assert (item["id"], item["escalation_id"], item["from_agent"], item["to_agent"]) == (
        told["id"], case.id, "mira", "atlas",
    )  # fmt: skip
    assert (item["summary"], item["reason"], item["instructions"], item["withdrawn"]) == (
        BARE["summary"], "Invoices are not mine.", "They are in a hurry.", False,
    )  # fmt: skip
    (sent,) = Delivery.objects.filter(kind="escalation.handed")
    event = json.loads(sent.body)
    assert (sent.agent, event["type"], event["data"]) == (atlas.agent, "escalation.handed", item)
    assert audit.verify().findings == []


def test_the_other_agent_fetches_the_whole_of_it_and_says_that_it_has_it(mira, atlas):
    callback = {"events": ["escalation.decided"]}
    case = press(
        case_of(
            mira,
            callback=callback,
            source={"agent": {"id": "mira"}, "run": {"resume_token": "t0ken"}},
        )
    )
    (item,) = handed(atlas)
    whole = atlas.get(f"/handed/{item['id']}").json()
    assert whole.items() >= item.items()
    assert whole["package"]["summary"] == BARE["summary"]
    assert {"callback", "hand_to_agent"}.isdisjoint(whole["package"])
    assert "t0ken" not in json.dumps(whole)
    taken = [atlas.post(f"/handed/{item['id']}/taken").json() for _ in range(2)]
    assert taken[0] == taken[1]
    assert handed(atlas, status=202) == []
    own = [one.kind for one in Event.objects.all() if b'"agent:atlas"' in bytes(one.body)]
    assert sorted(own) == ["handed_taken", "read"]
    assert audit.verify().findings == []
    assert case.handed_cases.get().taken_at is not None


def test_redirected_the_third_one_gets_it(mira, atlas):
    other = Caller("ledger")
    case = press(case_of(mira), "redirect", hand_to="ledger")
    told = answer_to(mira, case)
    assert (told["proceed"], told["outcome"], told["handed_to"]) == (True, "edited", "ledger")
    assert handed(atlas, status=202) == []
    assert [one["to_agent"] for one in handed(other)] == ["ledger"]
    assert audit.verify().findings == []


def test_refused_nobody_gets_it(mira, atlas):
    case = press(case_of(mira), "reject", reason_code="other")
    told = answer_to(mira, case)
    assert (told["proceed"], "handed_to" in told) == (False, False)
    assert handed(atlas, status=202) == []
    assert not HandedCase.objects.exists()


def test_its_own_agent_keeps_it_and_all_else_is_approved(mira, atlas):
    case = case_of(mira, proposed_actions=REFUND["proposed_actions"])
    told = answer_to(mira, press(case, "redirect", hand_to="mira"))
    assert (told["proceed"], told["outcome"], "handed_to" in told) == (True, "edited", False)
    assert [one["type"] for one in told["actions"]] == ["approve"]
    assert handed(atlas, status=202) == []


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        ("redirect", {"hand_to": "nobody"}, "There is no agent “nobody” here"),
        ("redirect", {"hand_to": "off"}, "There is no agent “off” here"),
        ("redirect", {"hand_to": "mira"}, "proposes nothing else"),
        ("redirect", {}, "hand_to"),
        ("approve", {"hand_to": "atlas"}, "has no “hand_to”"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_leaves(mira, atlas, command, arguments, said):
    off = registry.create("off", now=clock.now())
    registry.disable(off, by=ADMIN, now=clock.now())
    case = case_of(mira)
    with pytest.raises((Conflict, Invalid)) as caught:
        press(case, command, **arguments)
    assert said in f"{caught.value.detail} {getattr(caught.value, 'errors', '')}"
    case.refresh_from_db()
    assert case.state == "waiting"


def test_only_what_asks_to_be_handed_over_can_be(mira, atlas):
    case = case_of(mira, hand_to_agent=None, draft_response="Dear Inès")
    with pytest.raises(Invalid, match="does not ask to hand this case"):
        press(case, "redirect", hand_to="atlas")


def test_responded_or_chosen_nothing_is_handed_over(mira, atlas):
    told = answer_to(mira, press(case_of(mira), "respond", message="Ask them for the number."))
    assert (told["outcome"], "handed_to" in told) == ("responded", False)
    assert handed(atlas, status=202) == []


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("atlsa", "There is no agent “atlsa” here. Did you mean “atlas”?"),
        ("mira", "That is you"),
        ("off", "The agent “off” is switched off."),
        ("atlas", None),
    ],
)
def test_whom_nobody_can_hand_it_to_is_warned_of(mira, atlas, named, said):
    registry.disable(registry.create("off", now=clock.now()), by=ADMIN, now=clock.now())
    for path in ("/check", "/escalations"):
        answer = mira.post(path, BARE | {"hand_to_agent": named}).json()
        told = [
            one["detail"]
            for one in answer.get("warnings", ())
            if one["pointer"] == "/hand_to_agent"
        ]
        assert [text.startswith(said) for text in told] == ([True] if said else [])


@pytest.mark.parametrize("named", ["Atlas", " ATLAS"])
@pytest.mark.parametrize("more", [{}, {"draft_response": "Dear Inès"}], ids=["bare", "replies"])
@pytest.mark.parametrize(
    ("name", "arguments", "others", "said"),
    [
        ("approve", {}, ["amara"], ("atlas", "approved")),
        # Who edits is an author, and two others agree.
        ("redirect", {"hand_to": "LEDGER"}, ["amara", "lee"], ("Ledger", "edited")),
    ],
)
def test_an_agent_is_meant_whatever_the_capitals_of_its_name(
    mira, atlas, named, more, name, arguments, others, said
):
    """As `create_agent` means it: by whoever asks, redirects, agrees, or names the sender."""
    Caller("Ledger")
    wanted = BARE | more | {"hand_to_agent": named, "source": {"agent": {"id": "MIRA"}}}
    checked = mira.post("/check", wanted).json()
    assert [one for one in checked.get("warnings", ()) if one["pointer"] == "/hand_to_agent"] == []
    case, client = case_of(mira, **wanted, requested={"approvals_needed": 2}), Client()
    client.force_login(person("tomasz"))
    page = " ".join(client.get(f"/escalations/{case.id}/").content.decode().split())
    assert "wants to hand this case to <b>atlas</b>" in page
    assert "It had named" not in page
    press(case, name, by=viewer("dana"), **arguments)
    for one in others:
        press(case, by=viewer(one))
    told = answer_to(mira, case)
    assert (told["handed_to"], told["outcome"]) == said
    assert audit.verify().findings == []


def test_its_own_agent_is_meant_whatever_the_capitals_of_its_name(mira, atlas):
    warned = mira.post("/check", BARE | {"hand_to_agent": "Mira"}).json()["warnings"]
    assert [one["pointer"] for one in warned] == ["/hand_to_agent"]
    case = case_of(mira, proposed_actions=REFUND["proposed_actions"])
    told = answer_to(mira, press(case, "redirect", hand_to="Mira"))
    assert (told["proceed"], "handed_to" in told) == (True, False)


def test_before_the_undo_window_is_over_nobody_has_it(mira, atlas, monkeypatch):
    case, dana = case_of(mira, undo_s=10), viewer()
    press(case, by=dana)
    answer = atlas.get("/handed")
    assert (answer.status_code, answer.json()["items"]) == (202, [])
    decision = case.decisions.get()
    assert answer.json()["effective_at"] is not None
    assert atlas.get(f"/handed/{decision.id}").status_code == 404
    lifecycle.undo(case, by=dana, version=case.version)
    assert atlas.get("/handed").json()["effective_at"] is None
    assert Delivery.objects.get(kind="escalation.handed").state == "dropped"
    assert audit.verify().findings == []


def test_what_the_other_agent_was_shown_is_undone_no_more(mira, atlas, monkeypatch):
    case, dana = case_of(mira, undo_s=10), viewer()
    press(case, by=dana)
    later = case.effective_at
    with monkeypatch.context() as moved:
        moved.setattr(clock, "now", lambda: later)
        moved.setattr(clock, "exact", lambda: later)
        handed(atlas)
    with pytest.raises(Conflict) as caught:
        lifecycle.undo(case, by=dana, version=case.version)
    assert caught.value.code == "too_late"


def test_reversed_it_is_withdrawn_from_whoever_has_it(mira, atlas):
    case, dana = case_of(mira), viewer()
    press(case, by=dana)
    (first,) = handed(atlas)
    atlas.post(f"/handed/{first['id']}/taken")
    press(case, "reverse", by=dana, instructions="It was ours after all.")
    (second,) = handed(atlas)
    assert (second["withdrawn"], second["escalation_id"], second["sequence"]) == (True, case.id, 2)
    assert second["instructions"] == "It was ours after all."
    assert "package" not in atlas.get(f"/handed/{second['id']}").json()
    events = Delivery.objects.filter(kind="escalation.handed").order_by("created_at")
    assert [json.loads(one.body)["data"]["withdrawn"] for one in events] == [False, True]
    assert audit.verify().findings == []


def test_an_untaken_case_that_is_reversed_is_told_once(mira, atlas):
    case, dana = case_of(mira), viewer()
    press(case, by=dana)
    press(case, "reverse", by=dana, instructions="Not this one.")
    assert [one["withdrawn"] for one in handed(atlas)] == [True]


def test_nobody_else_fetches_it(mira, atlas):
    case = press(case_of(mira))
    named = case.decisions.get().id
    for stranger in (mira, Caller("ledger")):
        assert handed(stranger, status=202) == []
        assert stranger.get(f"/handed/{named}").status_code == 404
        assert stranger.post(f"/handed/{named}/taken").status_code == 404
    assert atlas.get(f"/escalations/{case.id}").status_code == 404


def test_two_people_agree_to_one_agent(mira, atlas):
    Caller("ledger")
    case = case_of(mira, requested={"approvals_needed": 2})
    people = [viewer(name) for name in ("dana", "amara", "tomasz")]
    press(case, "redirect", by=people[0], hand_to="ledger")
    assert case.state == "second"
    press(case, by=people[1])
    assert case.state == "second"
    press(case, by=people[2])
    assert answer_to(mira, case)["handed_to"] == "ledger"
    assert audit.verify().findings == []


def test_its_webhook_goes_to_the_other_agent_and_stands_in_the_record(mira, atlas):
    case = press(case_of(mira))
    (leased,) = WEBHOOKS.lease_due(5, now=clock.now())
    WEBHOOKS.settle(leased, Outcome(status=200), now=clock.now())
    assert leased.url == "https://atlas.example/hook"
    client = Client()
    client.force_login(person("ada", "admin"))
    page = client.get(f"/audit/{case.id}/").content.decode()
    assert "Handed the case to the other agent" in page
    assert "The agent atlas has the case from then on" in page
    assert audit.verify().findings == []


@pytest.mark.parametrize("change", [{"taken_at": clock.now()}, "agent", "gone"])
def test_a_row_that_says_otherwise_is_found(mira, atlas, change):
    press(case_of(mira))
    if change == "gone":
        HandedCase.objects.all().delete()
    elif change == "agent":
        HandedCase.objects.update(agent=mira.agent)
    else:
        HandedCase.objects.update(**change)
    assert audit.verify().findings != []


def test_the_page_says_who_hands_it_to_whom_and_why(mira, atlas):
    Caller("ledger")
    case, client = case_of(mira), Client()
    client.force_login(person("dana"))
    page = " ".join(client.get(f"/escalations/{case.id}/").content.decode().split())
    assert "mira wants to hand this case to <b>atlas</b>" in page
    assert "Hand this case to atlas?" in page
    assert "Approve: hand the case to atlas" in page
    assert "Invoices are not mine." in page
    assert 'name="hand_to" value="ledger"' in page
    assert 'name="hand_to" value="mira"' not in page
    sent = {"version": case.version, "id": "one", "hand_to": "ledger", "instructions": "Please."}
    assert client.post(f"/escalations/{case.id}/redirect/", sent).status_code == 302
    case.refresh_from_db()
    assert case.handed_cases.get().agent.name == "ledger"
    page = " ".join(client.get(f"/escalations/{case.id}/").content.decode().split())
    assert "ledger has the case from then on; it has not said so yet." in page


@pytest.mark.parametrize("name", ["approve", "edit"])
def test_beside_other_proposals_a_name_of_no_agent_keeps_nobody_from_an_answer(mira, name):
    """As it was before anybody could hand a case over: agents in the field name what they like."""
    case = case_of(mira, draft_response="Dear Inès")
    given = {"response": {"text": "Dear Inès, soon."}} if name == "edit" else {}
    told = answer_to(mira, press(case, name, **given))
    assert (told["proceed"], told["outcome"], "handed_to" in told) == (
        True, "edited" if given else "approved", False,
    )  # fmt: skip
    assert not HandedCase.objects.exists()
    assert audit.verify().findings == []


def test_two_people_agree_where_there_is_no_such_agent(mira):
    case = case_of(mira, draft_response="Dear Inès", requested={"approvals_needed": 2})
    press(press(case, by=viewer("dana")), by=viewer("amara"))
    told = answer_to(mira, case)
    assert (told["outcome"], "handed_to" in told) == ("approved", False)
    assert audit.verify().findings == []


def test_beside_other_proposals_the_page_says_that_there_is_no_such_agent(mira):
    Caller("ledger")
    case, client = case_of(mira, draft_response="Dear Inès"), Client()
    client.force_login(person("dana"))
    page = " ".join(client.get(f"/escalations/{case.id}/").content.decode().split())
    assert "it wanted to hand it to atlas, and there is no such agent here." in page
    assert "end the reply" in page
    assert "hand the case to atlas" not in page
    assert 'name="hand_to" value="ledger"' in page
    told = answer_to(mira, press(case, "redirect", viewer("amara"), hand_to="ledger"))
    assert told["handed_to"] == "ledger"


def test_an_agent_that_is_switched_off_meanwhile_is_not_passed_over(mira, atlas):
    """The page said who gets it: to go on without would be another answer than was read."""
    case = case_of(mira, draft_response="Dear Inès")
    registry.disable(atlas.agent, by=ADMIN, now=clock.now())
    with pytest.raises(Conflict, match="no agent “atlas”"):
        press(case)


def test_where_there_is_no_such_agent_only_another_one_is_offered(mira):
    Caller("ledger")
    case, client = case_of(mira), Client()
    client.force_login(person("dana"))
    page = client.get(f"/escalations/{case.id}/").content.decode()
    assert "There is no agent “atlas” here that could take it" in page
    assert "Approve: hand" not in page
    assert 'name="hand_to" value="ledger"' in page
    with pytest.raises(Conflict, match="no agent “atlas”"):
        press(case, by=viewer("amara"))
