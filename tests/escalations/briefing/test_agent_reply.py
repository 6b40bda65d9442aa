from escalations.briefing.agent_reply import ReplyDraft
from escalations.text.differences import Chunk


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
