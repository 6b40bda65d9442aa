"""Sentences in which an agent writes that somebody should look: in its reasons, doubts and next
steps, and in whatever it wrote under a key that no field has."""

import re
from collections.abc import Iterator
from typing import Any

from escalations.package import observations, wanted_people
from escalations.policy.hard_rules import Compiled
from escalations.text import meanings, word_search, wrapped
from escalations.text.meanings import Meaning, Words
from escalations.triage import asking

NEAR, NEXT = 9, 4  # In words.
QUESTION = "?？؟"
FEW = 6  # Words of a question that is one for whoever says yes and no.
WHO = (meanings.HUMAN, meanings.LEADING, meanings.SOMEBODY)
# What somebody pasted; looking for the word that it may be meant for would take long.
_NO_WORD = re.compile(r"[\x21-\x7e]{60,}")
_SENTENCES = re.compile(r"(?<=[.!?;。！？।؟])\s*|\n+")


def texts(package: dict[str, Any], *, with_reason: bool) -> Iterator[str]:
    """Where an agent says in its own words what it thinks; `with_reason` also why it stopped."""
    if with_reason:
        yield from _strings(observations.part(package, "trigger").get("reason"))
    yield from _strings(package.get("summary"))
    # A customer's are read as such (`observations.text`), the agent's own by what they promise.
    for message in observations.messages(package):
        if message.get("role") in {"operator", "system"}:
            yield from _strings(message.get("text"))
    reasoning = observations.part(package, "context", "reasoning")
    for name in ("rationale", "uncertainties", "steps"):
        yield from _strings(reasoning.get(name))
    for one in observations.parts(reasoning, "alternatives"):
        yield from _strings(one.get("why_not"))
    yield from _strings(package.get("next_steps"))
    for risk in (package, *observations.parts(package, "proposed_actions")):
        yield from _strings(observations.part(risk, "risk").get("factors"))
    for action in observations.parts(package, "proposed_actions"):
        yield from _of_action(action)
    for flag in observations.parts(package, "flags"):
        yield from _strings(flag.get("label"))
    process = observations.part(package, "context", "process")
    for step in observations.parts(process, "pending"):
        yield from _strings([step.get("label"), step.get("detail")])


def _of_action(action: dict[str, Any]) -> Iterator[str]:
    yield from _strings([action.get("title"), action.get("description")])
    yield from _strings([one.get("text") for one in observations.parts(action, "claims")])
    for fact in observations.parts(action, "facts"):
        yield from _strings([fact.get("label"), fact.get("value")])


def wish(text: str, rules: Compiled, *, barred: bool = True) -> str | None:
    """The words in which it says that a person is wanted, if it does; `barred` also that the agent
    may not do it alone."""
    # A step that is only the name of a tool, or a code: `ask_manager`.
    if barred and "_" in text and " " not in text.strip():
        is_one = wanted_people.brings_somebody(text) or wanted_people.asks(text)
        return text if is_one else None
    sentences = [one.strip() for one in _SENTENCES.split(text)]
    said = [(one, meanings.of_sentence(one)) for one in sentences if one]
    for sentence, parts in said:
        if _wants(parts) or (barred and meanings.BARRED.is_said_in(parts)):
            return sentence
        if barred and sentence[-1] in QUESTION and _asks_to_let(parts):
            return sentence
    questions = [sentence for sentence, _ in said if sentence[-1] in QUESTION]
    if barred and questions:
        asked = asking.for_leave(word_search.read(" ".join(questions)), word_search.read(text))
        if asked is not None:
            return asked
    # "No human is needed" is taken back in more ways than customers have.
    rest = " ".join(one for one, parts in said if not _wants_nobody(parts))
    read = word_search.read(_NO_WORD.sub(" ", rest))
    asked = rules.asks_for_person(read, rules.topics_of(read, by_patterns=True))
    return asked or (asking.said(read) if barred else None)


def promise(package: dict[str, Any]) -> str | None:
    """The words in which a reply to the customer says that a person takes over, if one does."""
    return next(filter(None, map(_promise, _replies(package))), None)


def promise_of_call(package: dict[str, Any]) -> tuple[str, str] | None:
    """The call that would write such words, and the words."""
    for action in observations.parts(package, "proposed_actions"):
        said = next(filter(None, map(_promise, observations.sentences(action))), None)
        if said is not None:
            return str(action.get("name")), said
    return None


def _promise(text: str) -> str | None:
    for sentence in _SENTENCES.split(wrapped.shown(text)):
        if sentence.strip()[-1:] not in QUESTION and _promises(meanings.of_sentence(sentence)):
            return sentence.strip()
    return None


def _replies(package: dict[str, Any]) -> Iterator[str]:
    """The draft, and what the agent wrote to the customer since they wrote last."""
    yield from _strings(package.get("draft_response"))
    for message in observations.since_the_customer(package):
        if message.get("role") == "agent":
            yield from _strings(message.get("text"))


def _promises(parts: Words) -> bool:
    if meanings.OFFERS.is_said_in(parts):
        return False
    who = _places(parts, *WHO)
    handed_to = who | _places(parts, meanings.DESK)
    comes, crew = _places(parts, meanings.COMES), _places(parts, meanings.CREW, meanings.OFFICE)
    will = _places(parts, meanings.WILL)
    reached = bool(handed_to or crew) and meanings.REACHED.is_said_in(parts)
    if (reached or meanings.WE_CALL.is_said_in(parts)) and not meanings.NOT.is_in(parts):
        return True
    return (
        _together(parts, _places(parts, meanings.HANDS_ON), handed_to)
        or _together(parts, comes, who, before=True)
        # In many languages one word says that they will and what: it may stand before them.
        or _together(parts, comes & will, who)
        # “An agent will call you”; the agent of somebody else does nothing for the customer.
        or (
            _together(parts, comes, handed_to, before=True)
            and _together(parts, will, handed_to, before=True)
        )
        or (
            _together(parts, will, who, before=True)
            and _together(parts, _places(parts, meanings.DECIDES), who, before=True)
        )
        or _together(parts, _places(parts, meanings.FORWARDS), crew)
        # “Our team is happy to answer” is none.
        or (
            _together(parts, comes, crew, before=True) and _together(parts, will, crew, before=True)
        )
    )


def _wants(parts: Words) -> bool:
    stays = _places(parts, meanings.STAYS)
    if any(meanings.GOES_ON.is_in(parts[at + 1 : at + NEXT]) for at in stays):
        return True
    who, approval = _places(parts, *WHO), _places(parts, meanings.APPROVAL)
    if meanings.BEYOND.is_in(parts) and meanings.POWERS.is_in(parts):
        return True
    if _confirmed_first(parts):
        return True
    if not who and not approval:
        return False
    decides, needs = _places(parts, meanings.DECIDES), _places(parts, meanings.NEEDS)
    needed = _places(parts, meanings.NEEDED)
    # Who has decided already is not to.
    still = meanings.NOT.is_in(parts) or not meanings.DONE.is_said_in(parts)
    if still and who and meanings.UNTIL.is_in(parts) and (decides or approval):
        return True
    return (
        (still and _together(parts, who, decides))
        or _together(parts, who, needed)
        or _together(parts, who, needs, before=True)
        or _together(parts, approval, needs | needed)
    )


def _confirmed_first(parts: Words) -> bool:
    """“I need confirmation from the finance team before I pay.”"""
    whose = meanings.OFFICE.is_in(parts) or any(one.is_in(parts) for one in WHO)
    needs = meanings.NEEDS.is_in(parts) or meanings.NEEDED.is_in(parts)
    what = meanings.REVIEW.is_in(parts) or meanings.APPROVAL.is_in(parts)
    return whose and needs and what and meanings.FIRST.is_in(parts)


def _asks_to_let(parts: Words) -> bool:
    """“Approve send_receipt?”"""
    ends = (*parts[:1], *parts[-1:])
    return 1 < len(parts) <= FEW and meanings.LETS.is_in(ends)


def _together(parts: Words, some: set[int], others: set[int], *, before: bool = False) -> bool:
    """Whether a word of each stands near one of the other, and nothing denies them; `before` that
    the others come first (a language
    without spaces has both in one)."""
    for at in some:
        for other in range(at - NEAR + 1, at + 1 if before else at + NEAR):
            if other in others:
                first, last = sorted((at, other))
                if not meanings.NOT.is_in(parts[max(first - 2, 0) : last + 1]):
                    return True
    return False


def _places(parts: Words, *of: Meaning) -> set[int]:
    if not any(one.is_in(parts) for one in of):
        return set()
    return {at for at, word in enumerate(parts) if any(one.is_in((word,)) for one in of)}


def _wants_nobody(parts: Words) -> bool:
    if not meanings.NOT.is_in(parts):
        return False
    places = _places(parts, meanings.NOT)
    for place in places:
        # “Not without the manager” wants them.
        if {place - 1, place + 1} & places:
            continue
        near = parts[place + 1 : place + NEXT]
        brought = meanings.HANDS.is_in(near) or meanings.TELLS.is_in(near)
        if not brought and any(one.is_in(near) for one in WHO):
            return True
    return False


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
