"""The floor as pages and forms: who may, what they see, and what becomes of what they send."""

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from console import clock
from console.models import User
from escalations import lifecycle
from escalations.lifecycle.answers import Choice
from escalations.models import Escalation
from routing.floor import history
from routing.models import Notice, Offer, Presence, WorkLimit
from routing.people import units
from tests.factories import NOW, PASSWORD, after, escalation, person, viewer_of
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db

REASSIGN = "/floor/reassign/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _at_two():
    history.forget()
    with time_machine.travel(NOW, tick=False):
        yield
    history.forget()


def signed_in(username, role="supervisor"):
    user = User.objects.filter(username=username).first() or person(username, role)
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def text_of(answer):
    return " ".join(answer.content.decode().split())


def sent(*cases, to="", reason="", **more):
    pairs = [f"{case.id}:{case.version}" for case in cases]
    return {"case": pairs, "to": to, "reason": reason, **more}


def state_of(case):
    case = Escalation.objects.get(pk=case.pk)
    whose = case.held_by or case.offered_to
    return case.state, whose.username if whose else "", case.version


def test_a_supervisor_sees_what_is_late_and_who_should_have_it():
    escalation(now=after(-20_000), summary="Unlock the account of Ola")
    on_duty("kofi")
    text = text_of(signed_in("priya").get("/floor/"))
    assert "1 case is over time" in text
    assert "Unlock the account of Ola" in text
    assert "Give to Kofi" in text
    assert "1 on shift, 1 can take work now" in text


def test_an_auditor_reads_and_is_offered_nothing_to_press():
    escalation(now=after(-20_000))
    on_duty("kofi")
    text = text_of(signed_in("oliver", "auditor").get("/floor/"))
    assert "1 case is over time" in text
    assert "Give to Kofi" not in text
    assert "More for Kofi" not in text
    assert 'type="checkbox"' not in text.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("role", ["reviewer", "auditor"])
def test_only_leads_do_anything(role):
    case, kofi = escalation(), on_duty("kofi")
    client = signed_in("somebody", role)
    pages = (REASSIGN, f"/floor/people/{kofi.user_id}/")
    assert [client.get(page).status_code for page in pages] == [403, 403]
    assert client.post(REASSIGN, sent(case, to="kofi")).status_code == 403
    capacity = f"/floor/people/{kofi.user_id}/capacity/"
    assert client.post(capacity, {"units": 2}).status_code == 403
    assert (state_of(case), units.load(kofi.user_id)) == (("waiting", "", 1), (0, 5))


def test_the_dialog_ranks_people_and_says_why_not():
    case = escalation()
    on_duty("kofi")
    amara, sofia = on_duty("amara"), on_duty("sofia")
    Presence.objects.filter(person=amara.user_id).update(state="away", reason="Lunch")
    units.resize(User.objects.get(pk=sofia.user_id), 1)
    lifecycle.claim(escalation(summary="Another"), by=sofia, now=NOW)
    text = text_of(signed_in("priya").get(f"{REASSIGN}?case={case.id}"))
    assert "Give BTN-" in text
    assert text.index("Kofi Whitlock") < text.index("Amara Whitlock")
    assert "No skill needed, free now. Best fit." in text
    assert "Away, lunch" in text
    assert "Full" in text


def test_giving_offers_it_for_two_minutes_and_tells_the_holder():
    dana, kofi = on_duty("dana"), on_duty("kofi")
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    answer = signed_in("priya").post(REASSIGN, sent(case, to="kofi", reason="Over time"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/floor/")
    assert state_of(case) == ("offered", "kofi", case.version + 1)
    offer = Offer.objects.get(outcome="open")
    assert offer.person_id == kofi.user_id
    assert abs(offer.until - after(120)) < timedelta(seconds=1)
    told = Notice.objects.get(person=dana.user_id)
    assert told.kind == "taken"
    assert told.text == (
        f"Priya Whitlock gave {case.case_number} to Kofi Whitlock: Over time. What you wrote is kept."
    )


def test_who_was_only_offered_it_is_not_said_to_have_written():
    dana = on_duty("dana")
    on_duty("kofi")
    case = lifecycle.offer(escalation(), to=dana, until=after(30), now=NOW)
    asked = text_of(signed_in("priya").get(f"{REASSIGN}?case={case.id}"))
    assert "Dana Whitlock has only been offered it and is told why." in asked
    assert "what they wrote" not in asked
    signed_in("priya").post(REASSIGN, sent(case, to="kofi"))
    told = Notice.objects.get(person=dana.user_id)
    assert told.text == f"Priya Whitlock gave {case.case_number} to Kofi Whitlock."


def test_the_dialog_says_what_there_is_no_room_for():
    dana, kofi = on_duty("dana"), on_duty("kofi")
    units.resize(User.objects.get(pk=kofi.user_id), 1)
    units.resize(User.objects.get(pk=dana.user_id), 3)
    limit = WorkLimit.objects.create(person_id=dana.user_id, task_type="refund", units=1)
    cases = [escalation(summary=f"Case {n}") for n in range(2)]
    address = f"{REASSIGN}?case={cases[0].id}&case={cases[1].id}"
    asked = text_of(signed_in("priya").get(address))
    assert "Only 1 free" in asked
    assert "May hold only 1 more of refund" in asked
    limit.delete()
    WorkLimit.objects.create(person_id=dana.user_id, task_type="refund", units=0)
    assert "May hold no more of refund" in text_of(signed_in("priya").get(address))


def test_a_screen_is_told_that_all_was_given():
    on_duty("kofi")
    case = escalation()
    answer = signed_in("priya").post(REASSIGN, sent(case, to="kofi"), headers=HTMX)
    said = f"{case.case_number} is offered to Kofi Whitlock for 2 min."
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"]) == {"baton:done": {"said": said}}


def test_nothing_chosen_is_refused_in_a_sentence():
    answer = signed_in("priya").get(REASSIGN, headers=HTMX)
    assert answer.status_code == 422
    assert "<span data-notice>Choose at least one case first.</span>" in text_of(answer)


def test_what_was_settled_meanwhile_says_by_whom():
    """Its row is pressed before the floor has been read again."""
    case, kofi = escalation(), person("kofi")
    approve = Choice("approve")
    lifecycle.decide(case, approve, by=viewer_of(kofi), version=1, reject_reasons=[], now=NOW)
    answer = text_of(signed_in("priya").get(f"{REASSIGN}?case={case.id}", headers=HTMX))
    assert f"<b>{case.case_number}</b> was not given." in answer
    assert "Approved by Kofi Whitlock meanwhile at <" in answer
    assert "Choose at least one" not in answer
    none = text_of(signed_in("priya").get(f"{REASSIGN}?case=esc_{'0' * 32}", headers=HTMX))
    assert "There is no such case." in none


def test_the_hand_is_put_where_the_next_word_is():
    case = escalation()
    priya, address = signed_in("priya"), f"{REASSIGN}?case={case.id}"

    def place(answer):
        return re.findall(r"<(\w+)[^>]* autofocus", text_of(answer))

    assert place(priya.get(address, headers=HTMX)) == ["summary"]
    on_duty("kofi")
    assert place(priya.get(address, headers=HTMX)) == ["button"]
    assert place(priya.get(f"{address}&to=kofi", headers=HTMX)) == ["input"]
    stale = sent(case, to="kofi")
    priya.post(REASSIGN, stale, headers=HTMX)
    assert place(priya.post(REASSIGN, stale, headers=HTMX)) == ["h2"]


def test_back_to_the_queue():
    dana = on_duty("dana")
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    signed_in("priya").post(REASSIGN, sent(case))
    assert state_of(case) == ("waiting", "", case.version + 1)


def test_a_stale_one_says_who_was_faster_and_loses_nothing_typed():
    on_duty("kofi"), on_duty("amara")
    first, second = escalation(), escalation(summary="Another")
    nadia, priya = signed_in("nadia", "admin"), signed_in("priya")
    nadia.post(REASSIGN, sent(first, to="amara"))
    answer = priya.post(REASSIGN, sent(first, second, to="kofi", reason="Kofi knows this"))
    text = text_of(answer)
    assert answer.status_code == 409
    assert "was not given. Nadia Whitlock gave it to Amara Whitlock at <" in text
    assert f"<b>{second.case_number}</b> is offered to Kofi Whitlock" in text
    assert 'value="Kofi knows this"' in text
    assert f'name="case" value="{first.id}:2"' in text
    assert f"{second.id}:" not in text
    assert [state_of(one)[:2] for one in (first, second)] == [
        ("offered", "amara"),
        ("offered", "kofi"),
    ]


def test_a_missing_skill_needs_an_explicit_tick():
    case = escalation()
    case.requirement = case.requirement.__class__.objects.create(key="fraud:4", skills={"fraud": 4})
    case.save()
    on_duty("kofi", fraud=3)
    priya = signed_in("priya")
    page = text_of(priya.get(f"{REASSIGN}?case={case.id}"))
    assert "Give it to Kofi although: Fraud 3, one below what is needed" in page
    refused = priya.post(REASSIGN, sent(case, to="kofi"))
    assert refused.status_code == 409
    assert "Kofi Whitlock: fraud 3, one below what is needed. Tick" in text_of(refused)
    assert state_of(case) == ("waiting", "", 1)
    priya.post(REASSIGN, sent(case, to="kofi", although="kofi"))
    assert state_of(case) == ("offered", "kofi", 2)


def test_strict_work_is_never_given_below_its_level():
    case = escalation()
    case.requirement = case.requirement.__class__.objects.create(key="fraud:4", skills={"fraud": 4})
    case.strict = True
    case.save()
    on_duty("kofi", fraud=3)
    answer = signed_in("priya").post(REASSIGN, sent(case, to="kofi", although="kofi"))
    assert "this work is never given below it" in text_of(answer)
    assert state_of(case) == ("waiting", "", 1)


@pytest.mark.parametrize(
    ("state", "says"),
    [("away", "Kofi Whitlock is away now"), ("offline", "Kofi Whitlock is offline now")],
)
def test_who_is_not_there_is_given_nothing(state, says):
    case, kofi = escalation(), on_duty("kofi")
    Presence.objects.filter(person=kofi.user_id).update(state=state)
    answer = signed_in("priya").post(REASSIGN, sent(case, to="kofi"))
    assert says in text_of(answer)
    assert state_of(case) == ("waiting", "", 1)


def test_capacity_is_never_passed():
    kofi = on_duty("kofi")
    units.resize(User.objects.get(pk=kofi.user_id), 1)
    lifecycle.claim(escalation(), by=kofi, now=NOW)
    case = escalation(summary="Another")
    answer = signed_in("priya").post(REASSIGN, sent(case, to="kofi", although="kofi"))
    assert "Kofi Whitlock has not enough free for it." in text_of(answer)
    assert state_of(case) == ("waiting", "", 1)


def test_what_is_not_taken_up_comes_back_and_the_supervisor_is_told():
    case, _ = escalation(), on_duty("kofi")
    priya = signed_in("priya")
    priya.post(REASSIGN, sent(case, to="kofi"))
    case.refresh_from_db()
    assert lifecycle.end_offer(case, now=after(121)) is True
    told = Notice.objects.get(person__username="priya")
    assert (told.kind, told.text) == (
        "returned",
        f"{case.case_number} is back in the queue: Kofi Whitlock did not answer in time.",
    )
    assert "is back in the queue: Kofi Whitlock" in text_of(priya.get("/floor/"))


@pytest.mark.parametrize("body", [{}, {"case": ["nonsense", "esc_x:y"]}, {"case": ["esc_none:1"]}])
def test_nonsense_changes_nothing_and_says_so(body):
    answer = signed_in("priya").post(REASSIGN, {**body, "to": "nobody"})
    assert answer.status_code < 500
    assert "data-notice" in text_of(answer)


def test_more_than_fifty_at_once_are_refused_before_any_is_given():
    on_duty("kofi")
    case, priya = escalation(), signed_in("priya")
    many = [case.id, *(f"esc_{number}" for number in range(50))]
    says = "At most 50 cases can be given at once; the first 50 stand here."
    assert says in text_of(priya.get(REASSIGN, {"case": many}))
    pairs = [f"{one}:{case.version}" for one in many]
    answer = text_of(priya.post(REASSIGN, {"case": pairs, "to": "kofi", "reason": "Late"}))
    assert says in answer
    assert 'value="Late"' in answer
    assert state_of(case) == ("waiting", "", 1)


def test_others_may_be_set_to_hold_more_or_less():
    kofi, priya = on_duty("kofi"), signed_in("priya")
    address = f"/floor/people/{kofi.user_id}/capacity/"
    assert "Units at once, 0 in use" in text_of(priya.get(f"/floor/people/{kofi.user_id}/"))
    answer = priya.post(address, {"units": 3}, headers={"HX-Request": "true"})
    said = {"baton:done": {"said": "Kofi Whitlock may hold 3 at once."}}
    assert (answer.status_code, json.loads(answer["HX-Trigger"])) == (204, said)
    assert units.load(kofi.user_id) == (0, 3)
    for _ in range(2):
        lifecycle.claim(escalation(), by=viewer_of(User.objects.get(username="kofi")), now=NOW)
    refused = priya.post(address, {"units": 1})
    assert refused.status_code == 422
    assert "Kofi Whitlock holds more than 1" in text_of(refused)
    assert 'value="1"' in text_of(refused)


def test_the_past_shows_what_was_and_offers_nothing_to_press():
    kofi = on_duty("kofi")
    case = escalation(now=after(-20_000))
    lifecycle.claim(case, by=kofi, now=after(-600))
    priya = signed_in("priya")
    then = text_of(priya.get(f"/floor/?at={quote(after(-900).isoformat())}"))
    now = text_of(priya.get("/floor/"))
    assert "This is the past." in then
    assert "This is the past." not in now
    assert "Nobody" in then.split('id="late"')[1].split("</table>")[0]
    assert "Kofi Whitlock" in now.split('id="late"')[1].split("</table>")[0]
    assert ("/floor/reassign/" in now, "/floor/reassign/" in then) == (True, False)
    assert ("draggable" in now, "draggable" in then) == (True, False)


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("yesterday", "That is no time."),
        ("2026-13-45T99:00", "That is no time."),
        ("2026-11-10T14:00", "Only the last 24 hours can be shown."),
        ("2026-11-20T14:00", "That is still to come."),
    ],
)
def test_a_minute_that_cannot_be_shown_is_refused_in_a_sentence(at, says):
    answer = signed_in("priya").get("/floor/", {"at": at})
    assert (answer.status_code, says in text_of(answer)) == (200, True)


def test_one_team_at_a_time():
    on_duty("kofi"), on_duty("amara", team="Finance")
    text = text_of(signed_in("priya").get("/floor/?team=Finance"))
    assert ("Amara Whitlock" in text, "Kofi Whitlock" in text) == (True, False)


def test_a_screen_that_follows_gets_the_board_alone():
    answer = signed_in("priya").get("/floor/", headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<div id="board">')


def test_no_link_of_the_floor_leads_an_auditor_to_a_refusal(client):
    escalation(now=clock.now())
    client.force_login(person("oliver", "auditor"))
    text = client.get("/floor/").content.decode()
    assert "Nobody with room can take" in text
    assert 'href="/skills/' not in text
    client.force_login(person("nadia", "admin"))
    assert 'href="/skills/' in client.get("/floor/").content.decode()
