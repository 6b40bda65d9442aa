"""A word of a policy is found in what people wrote, in whatever writing."""

import unicodedata

import pytest

from escalations.policy import operators
from escalations.text import word_search

STANDS = [
    ("refund", "I want a REFUND."),
    ("退款", "我要申请退款，谢谢"),
    ("チャージバック", "カード会社にチャージバックします"),
    ("ทนายความ", "ผมจะปรึกษาทนายความ"),
    ("VIP", "我是VIP客户"),
    ("İADE", "Lütfen iade edin"),
    ("iade", "İADE İSTİYORUM"),
    ("ısı", "ISI KAYBI VAR"),
    ("استرجاع", "أريد اِسْتِرْجَاع المبلغ"),
    ("geprüft", unicodedata.normalize("NFD", "Wurde geprüft")),
]


@pytest.mark.parametrize(("phrase", "text"), STANDS)
def test_a_word_is_found_however_it_is_written(phrase, text):
    assert word_search.Phrases([phrase]).first(word_search.read(text)) is not None
    assert operators.test("mentions", phrase)(text)
    assert operators.test("mentions", [phrase, "zzz"])(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("refund", "refundable"),
        ("art", "Start der Partie"),
        ("iade", "iadeli"),
        ("退款", "退还 款项"),
        ("قرض", "القرضية"),
    ],
)
def test_a_part_of_a_word_is_not_that_word(phrase, text):
    assert not operators.test("mentions", phrase)(text)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("geprüft", unicodedata.normalize("NFD", "Geprüft")),
        ("İade", "iade"),
        ("gold tier", "Gold  tier "),
    ],
)
def test_what_a_person_would_call_the_same_is(value, seen):
    assert operators.test("is", value)(seen)
    assert not operators.test("none_of", [value])(seen)
