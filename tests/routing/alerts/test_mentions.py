"""Private notes: for people only, in the record, and whom they name."""

import json
import uuid

import pytest
from django.test import Client

from console.models import User
from escalations import commands, intake, lifecycle
from escalations.briefing import talk
from escalations.commands import Command
from escalations.models import Delivery, Escalation, Remark, State
from escalations.record import audit
from escalations.refusals import Conflict, Invalid, NotAllowed, NotFound
from routing.alerts import mentions
from routing.models import Notice
from tests import factories
from tests.escalations.api.conftest import Caller
from tests.escalations.lifecycle.conversing.talking import handed_back, heard, live
from tests.factories import NOW, REFUND, after, escalation, person, viewer
from tests.standing import STATES, in_state

pytestmark = pytest.mark.django_db


def note(by, case, text, *, now=NOW):
    case.refresh_from_db()
    sent = Command("note", str(uuid.uuid4()), case.id, case.version, {"text": text})
    return commands.perform(by, sent, now=now)


def written(reader, case):
    found = talk.private_notes(reader, case, now=after(1))
    return [(one.author, "".join(piece.text for piece in one.shown.pieces)) for one in found]


def told(someone):
    found = Notice.objects.filter(person=someone.user_id).order_by("pk")
    return list(found.values_list("kind", "text", "escalation__number"))


def page_of(someone, case, part="", path="escalations"):
    client = Client()
    client.force_login(User.objects.get(pk=someone.user_id))
    return client.get(f"/{path}/{case.id}/{part}").content.decode()


def test_a_note_is_read_by_whoever_may_read_the_case_and_raises_no_version():
    dana, kofi, vera = viewer(), viewer("kofi"), viewer("vera", "auditor")
    case = escalation()
    assert note(kofi, case, " She rang\nthis morning. ")["version"] == 1
    assert written(dana, case) == [("Kofi Whitlock", "She rang\nthis morning.")]
    assert written(kofi, case)[0][0] == "You"
    for reader in (dana, vera):
        page = page_of(reader, case)
        assert "She rang" in page
        assert ('data-command="note"' in page) == (reader == dana)
    line = case.events.order_by("position").last()
    assert line.kind == "noted"
    assert b"rang" not in bytes(line.body)
    assert audit.verify().findings == []


def test_a_changed_a_removed_and_an_invented_note_is_named():
    case = escalation()
    note(viewer(), case, "As it was.")
    row = Remark.objects.get()
    for tamper in (
        lambda: Remark.objects.update(text="As it was not."),
        lambda: Remark.objects.update(text="As it was.", person=viewer("kofi").user_id),
        lambda: Remark.objects.all().delete(),
    ):
        tamper()
        assert audit.verify().findings != []
    row.save(force_insert=True)
    assert audit.verify().findings == []
    row.pk = None
    row.save(force_insert=True)
    assert audit.verify().findings != []


@pytest.mark.parametrize("state", STATES)
def test_any_open_case_takes_a_note_and_a_closed_one_none(state):
    case = in_state(state, viewer())
    supervisor = viewer("ruth", "supervisor")
    if state in State.open():
        note(supervisor, case, "Mind the gap.", now=after(2))
        assert case.remarks.filter(kind="noted").count() == 1
    else:
        with pytest.raises(Conflict):
            note(supervisor, case, "Too late.", now=after(2))


def test_blanks_are_no_note_and_who_may_only_read_or_not_see_writes_none():
    case = escalation(requested={"skills": ["refunds"]})
    with pytest.raises(Invalid) as refused:
        note(viewer("ruth", "supervisor"), case, " \u200b ")
    assert refused.value.errors[0].pointer == "/text"
    with pytest.raises(NotAllowed):
        note(viewer("vera", "auditor"), case, "I look.")
    with pytest.raises(NotFound):
        note(viewer("kofi"), case, "I do not see it.")
    assert Remark.objects.count() == 0


def test_nothing_of_it_reaches_the_agent():
    mira = factories.key()
    dana = viewer()
    case = live(dana, by=mira)
    before = Delivery.objects.count()
    note(viewer("ruth", "supervisor"), case, "Secretword: be kind.")
    heard(case, "Hello?", now=after(3))
    assert Delivery.objects.count() == before
    handed_back(case, dana, now=after(9))
    texts = [
        *Delivery.objects.values_list("body", flat=True),
        *case.decisions.values_list("body", flat=True),
        *case.chat_messages.values_list("text", flat=True),
    ]
    assert not any("Secretword" in text for text in texts)
    assert audit.verify().findings == []


def test_whoever_is_named_and_may_see_the_case_is_told_and_led_there():
    dana, kofi = viewer(refunds=3), viewer("kofi", refunds=3)
    ruth, omar = viewer("ruth", "supervisor"), viewer("omar")
    case = escalation(requested={"skills": ["refunds"]})
    note(dana, case, "@Ruth, see @kofi’s mail to a@omar.example; @dana @kofi.")
    words = "Dana Whitlock named you in a private note on BTN-"
    for one in (ruth, kofi):
        ((kind, text, number),) = told(one)
        assert (kind, number) == ("named", case.number)
        assert text.startswith(words)
        assert "mail" not in text
    assert told(dana) == told(omar) == []
    with pytest.raises(Invalid) as refused:
        note(dana, case, "And @omar?")
    assert refused.value.errors[0].pointer == "/text"
    assert "@omar" in refused.value.detail
    with pytest.raises(Invalid):
        note(dana, case, "And @nobody?")
    assert told(omar) == []
    assert Remark.objects.count() == 1
    page = page_of(dana, case, path="audit")
    assert "For Ruth Whitlock and Kofi Whitlock." in page


def test_only_who_may_see_the_case_is_offered():
    dana = viewer(refunds=3)
    for name, role, grade in (
        ("kofi", "reviewer", 3), ("konrad", "reviewer", 0), ("kora", "auditor", 0),
    ):  # fmt: skip
        viewer(name, role, **({"refunds": grade} if grade else {}))
    person("kolya", "supervisor")
    User.objects.filter(username="kolya").update(is_active=False)
    case = escalation(requested={"skills": ["refunds"]})
    assert [one.username for one in mentions.offered(case, dana, "ko")] == ["kofi", "kora"]
    assert [one.username for one in mentions.offered(case, dana, "WHIT")] == ["kofi", "kora"]
    assert mentions.offered(case, dana, "dana") == []
    page = page_of(dana, case, "readers/?begun=ko")
    assert ("@kofi" in page, "konrad" in page) == (True, False)


def test_a_masked_value_is_masked_in_a_note_and_on_the_timeline():
    mira = factories.key()
    body = json.dumps(
        {
            **REFUND,
            "context": {"customer": {"name": "Zelda Quist", "attributes": {"pin": 77_731}}},
            "redactions": ["/context/customer/name", "/context/customer/attributes"],
        }
    )
    case = intake.accept(mira, body.encode(), now=NOW).escalation
    ruth, dana = viewer("ruth", "supervisor"), viewer()
    commands.perform(ruth, Command("reveal", "r1", case.id, 1), now=NOW)
    note(ruth, case, "Call ZELDA  Quist about 77731 first.")
    assert written(ruth, case)[0][1] == "Call ZELDA  Quist about 77731 first."
    assert written(dana, case)[0][1] == "Call ‹masked› about ‹masked› first."
    for page in (page_of(dana, case), page_of(dana, case, path="audit")):
        assert "Call" in page
        assert "Quist" not in page
        assert "77731" not in page


def test_whoever_speaks_with_the_customer_hears_a_whisper():
    dana, ruth = viewer(), viewer("ruth", "supervisor")
    case = live(dana)
    note(ruth, case, "Offer the loan machine.", now=after(2))
    note(dana, case, "Will do.", now=after(3))
    ((kind, text, _),) = told(dana)
    assert (kind, text.partition(" BTN")[0]) == ("named", "Ruth Whitlock whispers to you in")
    page = page_of(dana, case, "said/")
    assert "Offer the loan machine." in page
    assert page.count("only people see this") == 2
    # Messages are counted without them: handing back names the last one that was read.
    assert 'data-last="1"' in page
    case = handed_back(case, dana, read_to=1, now=after(4))
    assert case.state == State.DECIDED


def test_a_note_does_not_keep_the_case():
    dana = viewer()
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    active = case.active_at
    note(dana, case, "A thought.", now=after(30))
    case = Escalation.objects.get()
    assert (case.active_at, case.lease_until) == (active, case.lease_until)


def test_the_agent_reads_the_same_before_and_after(settings):
    caller = Caller()
    case = caller.post("/escalations", REFUND).json()
    before = caller.get(f"/escalations/{case['id']}").json()
    note(viewer(), Escalation.objects.get(), "For us.")
    assert caller.get(f"/escalations/{case['id']}").json() == before
