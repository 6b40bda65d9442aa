"""Layer 1 of triage: the rules a deployment ships in a file. Nothing below can weaken them."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Annotated, Any, Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from escalations.package import wanted_people
from escalations.policy.document import Approvals, Currency, Money, Name, Raised, Skills
from escalations.policy.part import Part, Priority, Text
from escalations.recognition import languages
from escalations.recognition.languages import Unusable
from escalations.recognition.recogniser import Recogniser
from escalations.text import formatting, word_search

SHIPPED = Path(__file__).with_name("hard_rules.toml")
Phrase = Annotated[str, Field(min_length=3, max_length=100)]


class PersonRules(Part):
    """How people ask for a person. The level may be raised by a file, never put below 3."""

    level: Annotated[int, Field(ge=3, le=4)] = 3
    topics: list[Name] = Field(default_factory=list)
    ask: list[Phrase] = Field(default_factory=list)
    who: list[Phrase] = Field(default_factory=list)
    phrases: list[Phrase] = Field(default_factory=list)
    flags: list[Text] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_heard(self) -> "PersonRules":
        if not self.topics and not (self.ask and self.who):
            raise PydanticCustomError("person", "Give topics, or both ask and who.")
        return self


class HardRule(Part):
    """One rule; it fires when any of its conditions holds."""

    name: Name
    title: Text
    level: Raised
    reason: Text
    triggers: list[Text] = Field(default_factory=list)
    flags: list[Text] = Field(default_factory=list)
    words: list[Phrase] = Field(default_factory=list)
    topics: list[Name] = Field(default_factory=list)
    task_types: list[Name] = Field(default_factory=list)
    irreversible: bool = False
    amount_above: dict[Currency, Money] = Field(default_factory=dict)
    priority: Priority | None = None
    skills: Skills = Field(default_factory=dict)
    approvals: Approvals | None = None

    @model_validator(mode="after")
    def _has_condition(self) -> "HardRule":
        lists = (self.triggers, self.flags, self.words, self.topics, self.task_types)
        if not any(lists) and not self.amount_above and not self.irreversible:
            raise PydanticCustomError(
                "condition",
                "Give the rule a condition: triggers, flags, words, topics, task_types, "
                "irreversible or amount_above.",
            )
        return self


class HardRules(Part):
    """The whole file."""

    schema_: Literal["handoff.hard_rules/1"] = Field(alias="schema")
    sentences: list[Annotated[str, Field(min_length=1)]] = [languages.SHIPPED_NAME]
    person: PersonRules
    rules: list[HardRule]

    def locks(self, task_type: str) -> HardRule | None:
        """The strongest rule that keeps a whole task type from lower levels, if there is one."""
        named = [rule for rule in self.rules if task_type in rule.task_types]
        return max(named, key=lambda rule: rule.level, default=None)


class Compiled:
    """Hard rules in the form that triage reads fast."""

    def __init__(
        self, rules: HardRules, build: Callable[[], Recogniser | None] = lambda: None
    ) -> None:
        self.document = rules
        self._build = build
        person = rules.person
        self.person_level = person.level
        self.person_ask = tuple(word_search.plain(one) for one in person.ask)
        self.person_who = word_search.Phrases(person.who)
        self.person_phrases = word_search.Phrases(person.phrases)
        self.person_flags = frozenset(map(wanted_people.words, person.flags))
        self.by_name = {rule.name: rule for rule in rules.rules}
        self.by_trigger = _index(rules, "triggers")
        # However a code is spelt: `account-closure` and `accountClosure` are one flag.
        self.by_flag = _index(rules, "flags", wanted_people.words)
        self.by_task_type = _index(rules, "task_types")
        self.by_words = [
            (rule, word_search.Phrases(rule.words)) for rule in rules.rules if rule.words
        ]
        self.by_topic = _index(rules, "topics")
        self.irreversible = [rule for rule in rules.rules if rule.irreversible]
        self.by_amount = [
            (rule, {currency: Decimal(limit) for currency, limit in rule.amount_above.items()})
            for rule in rules.rules
            if rule.amount_above
        ]

    @cached_property
    def recogniser(self) -> Recogniser | None:
        """What finds the topics of a text; half a second of work when it is first asked for."""
        return self._build()

    def topics_of(
        self,
        text: word_search.Text,
        *,
        by_patterns: bool = False,
        said: word_search.Text | None = None,
    ) -> dict[str, str]:
        """The topics that the text is about, each with the words that say so.

        By patterns alone where an agent writes for itself, in other words than customers use;
        `said` is what of it the customer wrote, where an agent tells of them in the rest.
        """
        if self.recogniser is None:
            return {}
        return self.recogniser.find(text, by_patterns=by_patterns, said=said)

    def asks_for_person(self, text: word_search.Text, topics: dict[str, str]) -> str | None:
        """The words with which the customer asks for a person, if they do."""
        for topic in self.document.person.topics:
            if topic in topics:
                return topics[topic]
        who = self.person_who.directly_after(self.person_ask, text)
        return who or self.person_phrases.first(text)


def current() -> Compiled:
    """The hard rules in force. Raises ImproperlyConfigured if the file cannot be used."""
    return _compiled(str(getattr(settings, "HARD_RULES", "") or SHIPPED))


def read(path: Path) -> HardRules:
    """The rules in a file. Raises ImproperlyConfigured with every fault of it."""
    try:
        return HardRules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ImproperlyConfigured(
            f"The hard rules cannot be read: {error}. Set BATON_HARD_RULES to a file that exists, "
            "or remove it to use the shipped rules."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path} is not TOML: {error}. Correct it.") from error
    except ValidationError as error:
        faults = "; ".join(_sentence(one) for one in error.errors(include_url=False))
        raise ImproperlyConfigured(f"{path} cannot be used: {faults}. Correct it.") from error


def require_usable() -> None:
    """Raises ImproperlyConfigured if the file, or one that it names, cannot be used."""
    rules = current()
    # What is shipped is held by tests, and a command that judges nothing need not build it.
    if rules.document.sentences != [languages.SHIPPED_NAME] or settings.HARD_RULES:
        _ = rules.recogniser


@cache
def _compiled(path: str) -> Compiled:
    rules = read(Path(path))
    return Compiled(rules, partial(recogniser, rules, beside=Path(path).parent))


def recogniser(rules: HardRules, *, beside: Path) -> Recogniser | None:
    """What recognises the topics of these rules, or None where they name none.

    Raises ImproperlyConfigured if a file of sentences cannot be used or a topic stands in none.
    """
    named = {*rules.person.topics, *(topic for rule in rules.rules for topic in rule.topics)}
    if not named:
        return None
    try:
        found = Recogniser(languages.read_all(rules.sentences, beside))
    except Unusable as error:
        raise ImproperlyConfigured(f"{error} Correct it.") from error
    if missing := sorted(named - found.topics):
        raise ImproperlyConfigured(
            f"No file of sentences has the topic “{missing[0]}”; known are "
            f"{', '.join(sorted(found.topics))}. Correct the hard rules, or add a file."
        )
    return found


def _index(
    rules: HardRules, name: str, key: Callable[[str], str] = str.casefold
) -> dict[str, list[HardRule]]:
    found: dict[str, list[HardRule]] = {}
    for rule in rules.rules:
        for word in getattr(rule, name):
            found.setdefault(key(word), []).append(rule)
    return found


def _sentence(error: Any) -> str:
    return f"/{'/'.join(map(str, error['loc']))}: {formatting.cut(error['msg'])}"
