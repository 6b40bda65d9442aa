from datetime import UTC, datetime

from escalations.briefing.dossier import Log
from escalations.proposal.call_parts import SentencePart, Value
from escalations.templatetags.case import listed
from escalations.templatetags.outside import differing, log_line
from escalations.text.differences import Chunk

AT = datetime(2026, 11, 22, 9, 5, 7, tzinfo=UTC)


def test_what_differs_is_one_piece_and_escaped():
    chunks = [Chunk("same", "a "), Chunk("out", "<b>"), Chunk("in", "c")]
    assert differing(chunks) == "a <del>&lt;b&gt;</del><ins>c</ins>"


def test_a_line_of_a_log_keeps_its_columns():
    assert log_line(Log(AT, "error", "shop", "<no>")) == "09:05:07 error    shop &lt;no&gt;"
    assert log_line(Log(None, "info", "", "ok")) == "info     ok"


def test_values_stand_in_a_sentence():
    values = tuple(Value(text) for text in "abc")
    assert listed(SentencePart("Items", values)) == "a, b and c"
    assert listed(SentencePart("Items", values, more=2)) == "a, b, c and 2 more"
    assert listed(SentencePart("Item", (Value("<1>", "One"),))) == "One <small>&lt;1&gt;</small>"
