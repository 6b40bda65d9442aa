import pytest

from console.models import User
from escalations.briefing.agent_reply import ReplyDraft
from escalations.proposal.choices import Choice
from escalations.text.differences import Chunk
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import escalation, viewer


def read(text, entered=None, **more):
    return ReplyDraft.read({"draft_response": {"text": text, **more}}, entered=entered)


def test_a_draft_says_its_language_and_length():
    assert read("Dear Inès, thank you.", language="pt-PT").facts == "Portuguese, 4 words"
    assert read("Hi", language="tlh").facts == "tlh, 1 word"
    assert ReplyDraft.read({}) is None


def test_markdown_is_drawn_only_where_it_is_stated():
    assert read("**a**", format="text/markdown").is_markdown
    assert not read("**a**").is_markdown
    assert not read("a" * 9_000, format="text/markdown").is_markdown


def test_a_changed_draft_shows_its_difference():
    draft = read("Dear Ann, no.", {"reply": "Dear Ann,\r\nno."})
    assert draft.entered == "Dear Ann,\nno."
    assert draft.changes == (
        Chunk("same", "Dear Ann,"),
        Chunk("out", " "),
        Chunk("in", "\n"),
        Chunk("same", "no."),
    )
    assert read("same", {"reply": "same"}).changes == ()


def test_a_long_draft_can_be_read_to_its_end():
    long = "We have refunded it. " * 2_000
    shown = read(long).shown
    assert not shown.cut
    assert "".join(piece.text for piece in shown.pieces) == long.strip()


@pytest.mark.django_db
@pytest.mark.parametrize("choice", [Choice("approve"), Choice("approve", reply="Hello Inès.")])
def test_what_was_approved_is_no_longer_said_to_be_unsent(client, choice):
    case, dana = escalation(), viewer("dana")
    client.force_login(User.objects.get(pk=dana.user_id))
    assert "not sent" in _reply_of(client, case)
    decide(case, dana, choice)
    said = _reply_of(client, case)
    assert "’s draft" in said or "’s reply" in said
    assert "not sent" not in said


def _reply_of(client, case):
    page = client.get(f"/escalations/{case.id}/").content.decode()
    return page.split('<li class="draft">')[1].split("</li>")[0]
