"""Sentences in which an agent says that it waits for somebody, asks whether it may, or leaves it to
people: “ask the manager first”, “waiting for your OK”. In twelve languages, by the files beside.
"""

from functools import lru_cache
from pathlib import Path

from escalations.recognition import languages
from escalations.recognition.recogniser import Recogniser
from escalations.text import word_search

FILES = Path(__file__).with_name("sentences")
STOP, ASK, LEAVE, TO_CUSTOMER = "stop", "ask", "leave", "to_customer"


def said(text: word_search.Text) -> str | None:
    """The words by which it does. What asks somebody is for people unless it asks the customer:
    “Shall I proceed?” after “You would like to change your address”."""
    found = _recogniser().find(text, by_patterns=True)
    asked = None if TO_CUSTOMER in found else found.get(ASK)
    return found.get(STOP) or asked


def for_leave(questions: word_search.Text, text: word_search.Text) -> str | None:
    """The words of one of these questions that ask for leave to act, as “Shall I cancel it?” does
    in a text that does not speak to the customer."""
    asked = _recogniser().find(questions, by_patterns=True).get(LEAVE)
    if asked and TO_CUSTOMER in _recogniser().find(text, by_patterns=True):
        return None
    return asked


@lru_cache(maxsize=1)
def _recogniser() -> Recogniser:
    return Recogniser(languages.read_all([str(FILES)], FILES))
