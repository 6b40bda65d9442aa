"""Which topics somebody writes about: a wish for a person, a danger, and what else files name."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from operator import itemgetter

from escalations.recognition import patterns, places, reading
from escalations.recognition.languages import Language, LanguageSet, Topic
from escalations.recognition.learnt import DANGER, Judged, Learnt
from escalations.recognition.patterns import Compiler, Pattern, WrongPattern
from escalations.recognition.reading import FoldedSentence, Spoken
from escalations.recognition.spelling import Spelling
from escalations.text import word_search

_PIECES_MAX = 200
_TOGETHER = 600  # Words looked at at once: of more the numbers of places grow long.
# A sentence of a text, and a topic.
Place = tuple[str, str]
_FOREIGN_BY = 2  # Common words that another language must know more of a sentence.


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What takes a topic back: beside the words that say it, or anywhere in their sentence."""

    beside: tuple[Pattern, ...]
    despite: tuple[Pattern, ...]
    anywhere: tuple[Pattern, ...]

    def back(self, sentence: Spoken, start: int, end: int) -> bool:
        """Whether the words from here to there are taken back."""
        # Once for each sentence: it is asked for every place that a pattern fits.
        if id(self) not in sentence.kept:
            sentence.kept[id(self)] = self._spans_in(sentence)
        return any(
            other_start < end and other_end > start
            for other_start, other_end in sentence.kept[id(self)]
        )

    def _spans_in(self, sentence: Spoken) -> list[tuple[int, int]]:
        if any(True for one in self.anywhere for _ in one.spans(sentence)):
            return [(0, len(sentence.words))]
        breath = sentence.without_pauses()
        despite = list(_spans(self.despite, breath))
        return [
            (start, end)
            for start, end in _spans(self.beside, breath)
            if not any(a_start < end and a_end > start for a_start, a_end in despite)
        ]


def _spans(patterns_: Iterable[Pattern], sentence: Spoken) -> Iterator[tuple[int, int]]:
    return (span for pattern in patterns_ for span in pattern.spans(sentence, widest=True))


@dataclass(frozen=True, slots=True, eq=False)
class Saying:
    """One way to say in one language that a text is about a topic."""

    topic: str
    pattern: Pattern
    taken: TakenBack
    common: frozenset[str]
    learnt: Learnt | None
    # The common words of all languages that lie beside this one, itself among them.
    beside: tuple[frozenset[str], ...]

    def foreign(self, sentence: Spoken) -> bool:
        """Whether the sentence is more likely in another language than this one."""
        here = sentence.features
        known = len(self.common & here) + _FOREIGN_BY
        return any(len(other & here) >= known for other in self.beside)

    def read(self, sentence: Spoken) -> tuple[tuple[int, int] | None, bool]:
        """From where to where the sentence says it, and whether others took such words back."""
        back = False
        for start, end in self.pattern.spans(sentence):
            if not self.taken.back(sentence, start, end):
                return (start, end), back
            back = True
        return None, back


@dataclass(frozen=True, slots=True)
class Believed:
    """What the second opinion is believed of one topic, in all languages."""

    harmless: list[Pattern]
    names: list[Pattern]

    def add(self, topic: Topic, compiler: Compiler, where: str) -> None:
        self.harmless.extend(_compiled(text, compiler, where) for text in topic.harmless)
        self.names.extend(_compiled(text, compiler, where) for text in topic.names)

    def rest(self, words: list[str], *, told: bool) -> list[str]:
        """Those of the words that speak for the topic if they are heard so: none of what is told
        and names nothing that the topic is about."""
        spoken = Spoken(words)
        if told and self.names and not any(True for _ in _spans(self.names, spoken)):
            return []
        harmless = {at for span in _spans(self.harmless, spoken) for at in range(*span)}
        return [word for at, word in enumerate(words) if at not in harmless]


NOTHING = Believed([], [])


class Recogniser:
    """All topics of all languages."""

    def __init__(self, sets: Collection[LanguageSet]) -> None:
        self._by_key: dict[str, list[Saying]] = {}
        self._learnt = [one.learnt for one in sets if one.learnt]
        languages = [language for one in sets for language in one.languages]
        set_of = {id(one): set_ for set_ in sets for one in set_.languages}
        self.topics = {name for language in languages for name in language.topics}
        common = {language.language: _words(language.common) for language in languages}
        everywhere = frozenset[str]().union(*common.values())
        known: set[str] = set()
        self._believed: dict[str, Believed] = {}
        for language in languages:
            compiler = Compiler(language.lists, language.gap, everywhere)
            own_set = set_of[id(language)]
            beside = tuple(common[other.language] for other in own_set.languages)
            own = common[language.language]
            for name, topic in language.topics.items():
                for pattern, taken in _sayings(name, topic, compiler, language):
                    saying = Saying(name, pattern, taken, own, own_set.learnt, beside)
                    for key in pattern.key:
                        self._by_key.setdefault(key, []).append(saying)
                believed = self._believed.setdefault(name, Believed([], []))
                believed.add(topic, compiler, f"{language.language}, {name}")
            known |= compiler.known
        self._keys = frozenset(self._by_key)
        # One set for all words that speak for the same.
        alike: dict[frozenset[str], frozenset[str]] = {}
        self._topics_of = {
            key: alike.setdefault(topics, topics)
            for key, sayings in self._by_key.items()
            for topics in (frozenset(saying.topic for saying in sayings),)
        }
        meant = _words(text for language in languages for text in language.misspelt)
        self._spelling = Spelling(sorted(meant), known)

    def find(
        self,
        text: word_search.Text,
        *,
        by_patterns: bool = False,
        said: word_search.Text | None = None,
    ) -> dict[str, str]:
        """The topics of the text, each with the first words that say so.

        By patterns alone where nobody speaks as a customer does, from whom the rest was learnt.
        `said` is what of it a customer wrote, if not all: in the rest an agent tells of them.
        """
        folded, mended = self._folded(text)
        if not mended and text.cased.isascii():
            features = reading.with_beginnings(text.words)
        else:
            features = reading.features(folded)
        # Most texts hold no key word: one look at the set spares everything else.
        keys = self._keys & features
        possible = dict.fromkeys(
            saying
            for key in sorted(keys)
            for saying in self._by_key[key]
            if saying.pattern.row.possible(features)
        )
        sentences = list(reading.sentences(folded)) if possible or not by_patterns else []
        found, back = _found(sentences, keys, possible, doubting=not by_patterns)
        for known in () if by_patterns else self._learnt:
            own = self._sentences_of(said) if said is not None else None
            found = self._heard(sentences, known, back, own) | found
        return found

    def _folded(self, text: word_search.Text) -> tuple[str, bool]:
        """The text as it is read, and whether anything in it was mended."""
        folded = reading.folded(text)
        mended = self._spelling.mended(folded)
        if reading.has_letters_apart(text.words):
            return reading.closed_up(mended), True
        return mended, mended != folded

    def _heard(
        self,
        sentences: Iterable[FoldedSentence],
        known: Learnt,
        back: Collection[Place],
        own: Set[str] | None,
    ) -> dict[str, str]:
        """What is meant without a pattern for it, each topic with the words that most say so;
        beyond doubt where other words of the sentence took it back. `own` are the customer's
        sentences where somebody else speaks as well."""
        found: dict[str, str] = {}
        for sentence in sentences:
            told = own is not None and sentence.strip() not in own
            for breath in reading.breaths(sentence):
                words, heard = breath, known.heard(breath)
                if heard:
                    words = self._believed.get(heard.topic, NOTHING).rest(breath, told=told)
                    heard = known.heard(words)
                # Danger rouses everybody: of a stretch of more words it must be beyond doubt.
                if heard and heard.topic == DANGER and len(words) == reading.BREATH:
                    heard = heard if heard.beyond_doubt else None
                if heard and heard.topic not in found:
                    start, end = known.reason(words, heard.topic)
                    # Of danger the words that are named must name it: it rouses everybody.
                    naming = words[start:end] if heard.topic == DANGER else words
                    stands = (sentence, heard.topic) not in back
                    named = stands and self._names(Spoken(naming), heard.topic)
                    if named or heard.beyond_doubt:
                        found[heard.topic] = Spoken(words).shown(start, end)
        return found

    def _sentences_of(self, text: word_search.Text) -> frozenset[str]:
        return frozenset(one.strip() for one in reading.sentences(self._folded(text)[0]))

    def _names(self, spoken: Spoken, topic: str) -> bool:
        """Whether a word is said by which some pattern of the topic is looked for."""
        # Word by word: a set of all keys and a view of few are compared by going through the set.
        return any(topic in self._topics_of.get(word, ()) for word in spoken.places)


def _found(
    sentences: Iterable[FoldedSentence],
    keys: frozenset[str],
    sayings: Collection[Saying],
    *,
    doubting: bool,
) -> tuple[dict[str, str], set[Place]]:
    """What the patterns say, and where other words took that back."""
    found: dict[str, str] = {}
    back: set[Place] = set()
    looked_at = 0
    wanted = {
        part
        for saying in sayings
        for key in keys & saying.pattern.key
        for part in reading.as_written(key)
    }
    sentence: FoldedSentence | None = None
    before: Set[str] = frozenset()
    here: Set[str] = frozenset()
    for parts in _together(sentences, wanted):
        left = [saying for saying in sayings if saying.topic not in before]
        for (of, spoken), likely in _fitting(parts, left):
            if of is not sentence:
                sentence, before, here = of, set(found), reading.features(of)
            open_ = [
                saying
                for saying in likely
                if saying.topic not in before and saying.pattern.possible(here)
            ]
            said, taken = _said(spoken, open_, doubting=doubting)
            found |= said
            back |= {(of, topic) for topic in taken}
            looked_at += 1
            # A text made to be slow, not a person's: nobody writes so many such sentences.
            if looked_at == _PIECES_MAX:
                return found, back
    return found, back


def _together(
    sentences: Iterable[FoldedSentence], wanted: Collection[str]
) -> Iterator[list[tuple[FoldedSentence, list[str]]]]:
    """The parts of the sentences that hold one of these, as many as are looked at at once."""
    parts: list[tuple[FoldedSentence, list[str]]] = []
    size = 0
    for sentence in sentences:
        if any(one in sentence for one in wanted):
            for words in reading.parts(sentence):
                parts.append((sentence, words))
                size += len(words)
                if size > _TOGETHER:
                    yield parts
                    parts, size = [], 0
    if parts:
        yield parts


def _fitting(
    parts: Sequence[tuple[FoldedSentence, list[str]]], sayings: Iterable[Saying]
) -> Iterator[tuple[tuple[FoldedSentence, Spoken], list[Saying]]]:
    """The parts that sayings fit, with those. One look at all parts spares most of them."""
    words: list[str] = []
    starts: list[int] = []
    for _, part in parts:
        words += [reading.APART] if starts else []
        starts.append(len(words))
        words += part
    whole = Spoken(words)
    fitting: dict[int, list[Saying]] = {}
    for saying in sayings:
        ends = places.each(saying.pattern.ends(whole))
        for at in {bisect_right(starts, end) - 1 for end in ends}:
            fitting.setdefault(at, []).append(saying)
    for at, likely in sorted(fitting.items(), key=itemgetter(0)):
        sentence, part = parts[at]
        yield (sentence, Spoken(part) if len(parts) > 1 else whole), likely


def _said(
    sentence: Spoken, sayings: Iterable[Saying], *, doubting: bool
) -> tuple[dict[str, str], set[str]]:
    """The topics of a sentence, as the language sees it in which most of its words are, and those
    that other words took back."""
    said: dict[str, tuple[int, str]] = {}
    back: dict[str, int] = {}
    judged: dict[tuple[Learnt, int, int], Judged] = {}
    for saying in sayings:
        span, taken_back = saying.read(sentence)
        words = sentence.shown(*span) if span else None
        # Asked once for each sentence, and only of one that fits a pattern.
        if span and doubting and saying.learnt:
            around = reading.around(sentence.words, *span)
            asked = saying.learnt, *around
            if asked not in judged:
                judged[asked] = saying.learnt.judged(sentence.words[slice(*around)])
            if judged[asked].doubts(saying.topic, foreign=saying.foreign(sentence)):
                continue
        if words or taken_back:
            known = len(saying.common & sentence.features)
            if words and known > said.get(saying.topic, (-1, ""))[0]:
                said[saying.topic] = known, words
            elif not words:
                back[saying.topic] = max(known, back.get(saying.topic, 0))
    kept = {topic: words for topic, (known, words) in said.items() if known >= back.get(topic, 0)}
    return kept, back.keys() - kept.keys()


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in patterns.words(text))


def _sayings(
    name: str, topic: Topic, compiler: Compiler, language: Language
) -> Iterator[tuple[Pattern, TakenBack]]:
    def compiled(texts: Iterable[str]) -> tuple[Pattern, ...]:
        return tuple(_compiled(text, compiler, f"{language.language}, {name}") for text in texts)

    taken = TakenBack(
        compiled([*topic.unless, *topic.harmless]),
        compiled(topic.despite),
        compiled(topic.unless_anywhere),
    )
    for pattern in compiled(topic.says):
        yield pattern, taken


def _compiled(text: str, compiler: Compiler, where: str) -> Pattern:
    try:
        return compiler.pattern(text)
    except WrongPattern as error:
        raise WrongPattern(f"Sentences in {where}: “{text}” {error}.") from error
