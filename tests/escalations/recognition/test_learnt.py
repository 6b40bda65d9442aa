"""The second opinion: what it doubts, what it hears, and which words it names."""

import json
import shutil
import zlib
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
            "telefonnummer von jemandem bei ihnen, der entscheiden",
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
    assert path.stat().st_size < 2_500_000
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
    between = learnt.Judged(-0.6, learnt.DANGER, 6)
    assert between.doubts("person")
    assert not between.doubts(learnt.DANGER)
    assert learnt.Judged(-4.0, "person", 6).doubts(learnt.DANGER)


def test_a_file_with_fewer_buckets_is_read_as_it_was_written(tmp_path):
    """Copies of the folder keep the file they were made with."""
    buckets, count = 1 << 10, len(learn.TOPICS)
    weights = bytearray([learnt.WEIGHT_OF_NONE]) * (buckets * count)
    weights[learnt.bucket("whuman", buckets) * count] = 255
    header = {"schema": learnt.SCHEMA, "topics": learn.TOPICS, "scale": 0.1, "bias": [-2.0] * count}
    path = tmp_path / learnt.FILE
    path.write_bytes(json.dumps(header).encode() + b"\n" + zlib.compress(bytes(weights)))
    known = learnt.read(path)
    wish, lamp = known.judged(["a", "human"]), known.judged(["a", "lamp"])
    assert (wish.topic, wish.odds > lamp.odds) == ("person", True)


def test_a_pattern_of_another_language_is_believed_only_if_it_agrees():
    unsure = learnt.Judged(-0.5, learnt.DANGER, 6)
    assert unsure.doubts(learnt.DANGER, foreign=True)
    assert not unsure.doubts(learnt.DANGER)
    assert not learnt.Judged(0.5, learnt.DANGER, 6).doubts(learnt.DANGER, foreign=True)


@pytest.mark.parametrize(
    "said",
    [
        # English words in a German sentence, Turkish ones in a Spanish.
        "Meine Agentur will die Fotos in hoher Auflösung.",
        "Esta salsa es la bomba, ¿la venden por litros?",
    ],
)
def test_words_that_mean_something_in_another_language_fire_nothing(said):
    assert found(said, by_patterns=True) != {}
    assert found(said) == {}


@pytest.mark.parametrize(
    "said",
    [
        "Handy-Akku ist fast explodiert vor Freude",
        "We nearly exploded with joy at the upgrade",
        "Mi ammazzo di pizza ogni sabato, fate sconti?",
        "开心得心脏都要停了，终于到货了",
        "Je voudrais renouveler mon abonnement pour deux ans",
        "Quero renovar a minha assinatura",
    ],
)
def test_a_figure_of_speech_and_a_contract_that_goes_on_fire_nothing(said):
    assert found(said) == {}


@pytest.mark.parametrize(
    "said",
    [
        "And is there any wood on it",
        "I don't want to write it all down",
        "Use Visa ending 1188",
        "My name is Ada Brown, and I live in 60601.",
        "Mein Name ist Ada Braun und ich wohne in 20095.",
        "Je n'ai pas envie de tout réécrire",
        "Nie chce mi się tego przepisywać",
        "Mi abuela se rompió el brazo hace dos años, ¿qué taza pesa poco?",
    ],
)
def test_what_is_written_between_the_matters_fires_nothing(said):
    assert found(said) == {}


@pytest.mark.parametrize(
    "said",
    [
        "combien de temps met un agent à traiter un retour",
        "hoe lang doet een medewerker over een retour",
        "quanto ci mette un operatore a controllare un reso",
        "me quiero morir de lo bonito que es el vestido",
        # What an agent writes of its own work and of whom it works for.
        "Antworte dem Kunden",
        "Rispondere al cliente",
        "The customer is a manager",
    ],
)
def test_what_only_shares_words_with_a_matter_fires_nothing(said):
    assert found(said) == {}


def test_words_beside_each_other_are_known_whatever_their_endings():
    one, other = (set(learnt.features(said.split())) for said in ("usuńcie kontem", "usuńmy konto"))
    assert "usuń~kont" in one & other
