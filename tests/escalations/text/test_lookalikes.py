"""Letters of another script and what is not seen make no other word."""

import pytest

from escalations.text import lookalikes


@pytest.mark.parametrize(
    "text",
    [
        "am\u200bount", "аmount", "amοunt", "ａｍｏｕｎｔ", "am\u00adount", "ᴀᴍᴏᴜɴᴛ", "am\u034fount", "𝐚𝐦𝐨𝐮𝐧𝐭", "amount\ufe0f",
        "aмounт", "amo\u2060unt", "\ufeffamount", "am\U000e0020ount", "amou\u3164nt",
    ],
)  # fmt: skip
def test_a_word_is_what_a_person_sees(text):
    assert lookalikes.seen(text) == "amount"


@pytest.mark.parametrize(
    "text",
    ["сумма", "цена", "нет", "ποσό", "τιμή", "金額", "مبلغ", "राशि", "prix", "été", "Größe", "ß"],
)
def test_words_of_other_languages_stay(text):
    assert lookalikes.seen(text) == text
