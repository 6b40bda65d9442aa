"""Words are folded alike where they are stored and where they are sought."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.text import search_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Refund €184.00 to Inès Carvalho", ["refund", "184", "00", "to", "ines", "carvalho"]),
        ("HP-20931, hp-20931", ["hp", "20931"]),
        ("STRASSE straße", ["strasse"]),
        ("gri\u200bnder", ["grinder"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("返金依頼", ["返金依頼", "金依頼", "依頼", "頼"]),
        ("!? €", []),
    ],
)
def test_words_of_a_text(text, words):
    assert search_words.of(text) == words


def test_the_last_word_may_be_a_beginning():
    assert search_words.sought("Inès Carv") == [("ines", False), ("carv", True)]
    assert search_words.sought("") == []
    assert search_words.sought("x" * 100) == [("x" * search_words.LENGTH_MAX, True)]


def test_a_long_text_ends_at_so_many_words():
    text = " ".join(f"w{n}" for n in range(2 * search_words.WORDS_MAX))
    assert len(search_words.of(text)) == search_words.WORDS_MAX
    assert all(len(word) <= search_words.LENGTH_MAX for word in search_words.of("y" * 999))


@given(st.text(max_size=60))
def test_every_text_is_found_by_itself_and_by_its_beginning(text):
    stored = search_words.of(text)
    for sought in (text, text.upper(), text[: len(text) // 2]):
        words = search_words.sought(sought)
        # Half a text may end within a sign that is made of several.
        if all(is_plain(sign) for sign in text):
            for word, begins in words:
                assert any(one.startswith(word) if begins else one == word for one in stored)


def is_plain(sign):
    return sign.isascii() or sign in "éèßüñ返金依頼"
