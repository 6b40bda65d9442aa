"""Layer 1 of triage: the rules a deployment ships in a file. Nothing below can weaken them."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from escalations.policy.document import Approvals, Currency, Money, Name, Raised, Skills
from escalations.policy.part import Part, Priority, Text
from escalations.text import formatting, word_search

SHIPPED = Path(__file__).with_name("hard_rules.toml")
Phrase = Annotated[str, Field(min_length=3, max_length=100)]


class PersonRules(Part):
    """How people ask for a person. The level may be raised by a file, never put below 3."""

    level: Annotated[int, Field(ge=3, le=4)] = 3
    ask: list[Phrase] = Field(min_length=1)
    who: list[Phrase] = Field(min_length=1)
    phrases: list[Phrase] = Field(default_factory=list)
    flags: list[Text] = Field(default_factory=list)


class HardRule(Part):
    """One rule; it fires when any of its conditions holds."""

    name: Name
    title: Text
    level: Raised
    reason: Text
    triggers: list[Text] = Field(default_factory=list)
    flags: list[Text] = Field(default_factory=list)
    words: list[Phrase] = Field(default_factory=list)
    task_types: list[Name] = Field(default_factory=list)
    irreversible: bool = False
    amount_above: dict[Currency, Money] = Field(default_factory=dict)
    priority: Priority | None = None
    skills: Skills = Field(default_factory=dict)
    approvals: Approvals | None = None

    @model_validator(mode="after")
    def _has_condition(self) -> "HardRule":
        lists = (self.triggers, self.flags, self.words, self.task_types, self.amount_above)
        if not any(lists) and not self.irreversible:
            raise PydanticCustomError(
                "condition",
                "Give the rule a condition: triggers, flags, words, task_types, irreversible or "
                "amount_above.",
            )
        return self


class HardRules(Part):
    """The whole file."""

    schema_: Literal["handoff.hard_rules/1"] = Field(alias="schema")
    person: PersonRules
    rules: list[HardRule]

    def locks(self, task_type: str) -> HardRule | None:
        """The strongest rule that keeps a whole task type from lower levels, if there is one."""
        named = [rule for rule in self.rules if task_type in rule.task_types]
        return max(named, key=lambda rule: rule.level, default=None)


class Compiled:
    """Hard rules in the form that triage reads fast."""

    def __init__(self, rules: HardRules) -> None:
        self.document = rules
        person = rules.person
        self.person_level = person.level
        self.person_ask = tuple(word_search.plain(one) for one in person.ask)
        self.person_who = word_search.Phrases(person.who)
        self.person_phrases = word_search.Phrases(person.phrases)
        self.person_flags = frozenset(flag.casefold() for flag in person.flags)
        self.by_trigger = _index(rules, "triggers")
        self.by_flag = _index(rules, "flags")
        self.by_task_type = _index(rules, "task_types")
        self.by_words = [
            (rule, word_search.Phrases(rule.words)) for rule in rules.rules if rule.words
        ]
        self.irreversible = [rule for rule in rules.rules if rule.irreversible]
        self.by_amount = [
            (rule, {currency: Decimal(limit) for currency, limit in rule.amount_above.items()})
            for rule in rules.rules
            if rule.amount_above
        ]

    def asks_for_person(self, text: word_search.Text) -> str | None:
        """The words with which the customer asks for a person, if they do."""
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


@cache
def _compiled(path: str) -> Compiled:
    return Compiled(read(Path(path)))


def _index(rules: HardRules, name: str) -> dict[str, list[HardRule]]:
    found: dict[str, list[HardRule]] = {}
    for rule in rules.rules:
        for word in getattr(rule, name):
            found.setdefault(word.casefold(), []).append(rule)
    return found


def _sentence(error: Any) -> str:
    return f"/{'/'.join(map(str, error['loc']))}: {formatting.cut(error['msg'])}"
