"""The words of a name, and what they mean in many languages."""

import pytest

from escalations.text import meanings


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("needsHuman", ("needs", "human")),
        ("Needs-human!", ("needs", "human")),
        ("HITLTool", ("hitl", "tool")),
        ("page_on_call", ("page", "oncall")),
        ("hand_over_all", ("handover", "all")),
        ("on_calls", ("on", "calls")),
        ("human in the loop", ("human", "hitl")),
        ("an_Mitarbeiter_übergeben", ("an", "mitarbeiter", "ubergeben")),
        ("złota kwotę", ("zlota", "kwote")),
        ("", ("",)),
    ],
)
def test_a_name_is_its_words_however_it_is_written(name, words):
    assert meanings.words(name) == words


@pytest.mark.parametrize("name", ["转人工客服", "상담원연결", "İNSAN", "इंसान", "إِنْسان", "ЧЕЛОВЕК"])
def test_a_meaning_is_found_in_every_script(name):
    assert meanings.HUMAN.is_in(meanings.words(name))


def test_a_word_within_another_is_none_where_words_have_spaces():
    assert not meanings.HUMAN.is_in(meanings.words("humanize inhuman"))
