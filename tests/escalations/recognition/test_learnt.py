"""The second opinion: what it doubts, what it hears, and which words it names."""

import shutil
from time import perf_counter

import pytest
from django.core.exceptions import ImproperlyConfigured

from escalations.policy import hard_rules
from escalations.recognition import languages, learnt
from escalations.text import word_search
from tests.escalations.recognition import learn


def found(said: str, *, by_patterns: bool = False) -> dict[str, str]:
    return hard_rules.current().topics_of(word_search.read(said), by_patterns=by_patterns)


@pytest.mark.parametrize(
    "said",
    [
        "a real person modelled these jeans I hope, what height is she",
        "the bomb bath set smells lovely",
        "Evde konuşup haber veririz",
    ],
)
def test_what_fits_a_pattern_by_accident_is_doubted(said):
    assert found(said, by_patterns=True) != {}
    assert found(said) == {}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "can a lady from your office ring me, i am 82",
            "can a lady from your office ring me",
        ),
        (
            "Telefonnummer von jemandem bei Ihnen, der entscheiden darf?",
            "telefonnummer von jemandem bei ihnen",
        ),
    ],
)
def test_what_no_pattern_says_is_heard_and_the_words_are_named(said, words):
    assert found(said, by_patterns=True) == {}
    assert found(said) == {"person": words}


def test_one_sentence_without_an_end_is_read_in_no_time():
    begun = perf_counter()
    found("somebody phone me i beg you ring us " * 3_000)
    assert perf_counter() - begun < 5


def test_the_file_is_small_and_gives_the_same_answer_each_time():
    path = languages.SHIPPED / learnt.FILE
    assert path.stat().st_size < 250_000
    words = "i would rather have somebody of yours phone me".split()
    judged = {learnt.read(path).judged(words) for _ in range(3)}
    assert len(judged) == 1
    assert learnt.read(path).topics == learn.TOPICS


def test_the_same_sentences_are_learnt_the_same_way(tmp_path):
    part = tmp_path / "one.toml"
    part.write_text('person = ["give me a human", "a person please"]\nnone = ["a red lamp"]\n')
    files = [learnt.written(learn.TOPICS, *learn.learned(learn.examples([part]))) for _ in "ab"]
    assert files[0] == files[1]
    (tmp_path / learnt.FILE).write_bytes(files[0])
    known = learnt.read(tmp_path / learnt.FILE)
    wish, lamp = known.judged(["give", "me", "a", "human"]), known.judged(["a", "red", "lamp"])
    assert (wish.topic, wish.odds > lamp.odds) == ("person", True)


def own_folder(tmp_path, settings):
    """A folder with a copy of the English file and of what was learnt, in force."""
    (tmp_path / "own").mkdir()
    for name in ("en.toml", learnt.FILE):
        shutil.copy(languages.SHIPPED / name, tmp_path / "own")
    settings.HARD_RULES = tmp_path / "rules.toml"
    shipped = hard_rules.SHIPPED.read_text()
    settings.HARD_RULES.write_text(shipped.replace('["shipped"]', '["own"]'))
    return tmp_path / "own"


def test_a_copied_folder_takes_it_along(tmp_path, settings):
    own_folder(tmp_path, settings)
    assert found("a real person modelled these jeans I hope, what height is she") == {}


def test_a_folder_without_it_is_read_by_its_patterns_alone(tmp_path, settings):
    (own_folder(tmp_path, settings) / learnt.FILE).unlink()
    assert "person" in found("a real person modelled these jeans I hope, what height is she")


@pytest.mark.parametrize("content", [b"", b"{}\nx", b'{"schema": "handoff.learnt/1"}\nx'])
def test_a_file_that_cannot_be_read_is_refused(content, tmp_path, settings):
    (own_folder(tmp_path, settings) / learnt.FILE).write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=r"learnt\.bin cannot be used"):
        found("hello")


def test_danger_is_doubted_less_than_anything_else():
    """A miss of it costs more than a false alarm."""
    between = learnt.Judged(-3.0, learnt.DANGER, 6)
    assert between.doubts("person")
    assert not between.doubts(learnt.DANGER)
    assert learnt.Judged(-4.0, "person", 6).doubts(learnt.DANGER)
