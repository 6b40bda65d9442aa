"""A package with a mask in the place of what its agent asked to mask. Pure.

What comes out is a valid package: whoever reads a package can read it, and nothing of what is
masked is left in it. The mask stands wherever a text may stand; another value (a share, a time, a
word of a fixed list) is left out; what nothing can be without stays, and is named.
"""

import copy
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from escalations.masking import pointed, words
from escalations.package import limits
from escalations.refusals import Fault
from escalations.schemas.package import Package
from escalations.text import pointers
from escalations.text.mask import MASK, NOWHERE

JSON = dict[str, Any]
STAYS = "The console needs it, so it is shown in clear: {}."
_ASKED = "/redactions"
_NAMED_MAX = 5
_ROUNDS_MAX = 64
# By these a case is found, judged, routed, answered and drawn, and the agent knows its own words.
_NEEDED = re.compile(
    r"/(?:schema|task_type|idempotency_key|correlation_id|supersedes|re_escalates|hand_to_agent|priority"
    r"|trigger/type|source/agent/id"
    r"|(?:callback|redactions|deadlines)(?:/.*)?"
    r"|requested/(?:method|blocking|queue|skills|assignee|approvals_needed|excluded_reviewers"
    r"|return_to_agent|callback_at)(?:/.*)?"
    r"|requested/options/[0-9]+/(?:id|recommended)"
    r"|proposed_actions/[0-9]+/(?:id|kind|name|allowed_decisions|args_schema|response_schema"
    r"|editable_args|switchable_to|expires_at|depends_on)(?:/.*)?"
    r"|context/conversation/messages/[0-9]+/role)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Masked:
    """The package as it is shown, the places that are masked in it, and what stays in clear."""

    document: JSON
    places: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def of(document: JSON) -> Masked:
    """This full form as people see it. The document itself is not changed, and is itself the answer
    where nothing is to be masked."""
    found = pointed.read(document)
    if not found.places:
        return Masked(document, (), found.faults)
    work = _worked(document, found.places)
    masked = tuple(one for one in found.places if one not in work.clear)
    return Masked(work.document, masked, (*found.faults, *_of_clear(found.places, work.clear)))


def added(document: JSON, contexts: Sequence[JSON]) -> list[JSON]:
    """What was appended to this full form, without the values that it masks: who writes later, a
    customer or a tool, knows no pointers."""
    hidden = words.texts(document, of(document).places) if contexts else ()
    return [words.addition(one, hidden) for one in contexts] if hidden else list(contexts)


def warnings(document: JSON) -> tuple[Fault, ...]:
    """What the redactions of this full form ask for in vain, by JSON pointer."""
    return of(document).faults if document.get("redactions") else ()


def decision(package: JSON, document: JSON) -> JSON:
    """The document of a decision as people see it: its calls and its reply masked like those of the
    package that it answers, whatever a person put in their place."""
    places = _of_edits(package, pointed.read(package).places)
    shown = dict(document)
    for name in ("call", "edited"):
        sent = _worked(_with(package, shown, name), places).document
        args = {one["id"]: one.get("args") or {} for one in sent.get("proposed_actions") or ()}
        shown["actions"] = [
            {**one, name: {**one[name], "args": args[one["action_id"]]}}
            if one.get(name) and one["action_id"] in args
            else one
            for one in shown.get("actions") or ()
        ]
    if shown.get("compensation"):
        shown["compensation"] = _taken_back(package, shown["compensation"], places)
    if shown.get("response") and sent.get("draft_response"):
        shown["response"] = {**shown["response"], "text": sent["draft_response"]["text"]}
    if shown.get("resume_token"):
        shown["resume_token"] = pointers.get(sent, "/source/run/resume_token")
    return shown


def _taken_back(package: JSON, listed: Sequence[JSON], places: tuple[str, ...]) -> list[JSON]:
    """What a reversal takes back: the calls that were cleared, and how the agent undoes each."""
    masked = _worked(_with(package, {"actions": listed}, "call"), places).document
    theirs = {one["id"]: one for one in masked.get("proposed_actions") or ()}
    return [
        {
            **one,
            "call": {**one["call"], "args": theirs[one["action_id"]].get("args") or {}},
            "compensation": one.get("compensation") and theirs[one["action_id"]]["compensation"],
        }
        if one["action_id"] in theirs
        else one
        for one in listed
    ]


def _with(package: JSON, document: JSON, name: str) -> JSON:
    """The package with the calls and the reply of a decision in the place of its own."""
    given = {one["action_id"]: one[name] for one in document.get("actions") or () if one.get(name)}
    actions = [
        {**one, "args": given[one["id"]].get("args") or {}} if one["id"] in given else one
        for one in package.get("proposed_actions") or ()
    ]
    draft, response = package.get("draft_response"), document.get("response")
    replied = {"draft_response": {**draft, "text": response["text"]}} if draft and response else {}
    return {**package, "proposed_actions": actions, **replied}


def _of_edits(package: JSON, places: Iterable[str]) -> tuple[str, ...]:
    """The same places; of a list, whose entries an edit may move, the whole."""
    return pointed.outermost(_list_around(package, place) for place in places)


def _list_around(package: JSON, place: str) -> str:
    keys = pointers.steps(place)
    if keys[:1] != ["proposed_actions"] or keys[2:3] != ["args"]:
        return place
    for count in range(4, len(keys)):
        above = "/" + "/".join(map(pointers.escaped, keys[:count]))
        if isinstance(pointers.get(package, above), list):
            return above
    return place


def _worked(document: JSON, places: Iterable[str]) -> "_Work":
    work = _Work(document, copy.deepcopy(document))
    for place in places:
        work.begin(place)
    work.finish()
    return work


@dataclass(slots=True)
class _Work:
    """Each place is masked in the first way that the schema allows."""

    original: JSON
    document: JSON
    # Which way each place was tried last, and the places that stay as they are.
    tried: dict[str, int] = field(default_factory=dict)
    clear: list[str] = field(default_factory=list)

    def begin(self, place: str) -> None:
        value = pointers.get(self.original, place)
        if _NEEDED.fullmatch(place):
            self.clear.append(place)
        elif place == "":
            self._inside(place, value)
        elif value not in (None, "", [], {}):
            self._try(place, 0)

    def finish(self) -> None:
        # From the outside in: a list that cannot be a text is gone through, place by place.
        for _ in range(_ROUNDS_MAX):
            failed = _wrong(self.document) & self.tried.keys()
            for place in failed:
                self._next(place)
            if not failed:
                return

    def _next(self, place: str) -> None:
        way, value = self.tried[place], pointers.get(self.original, place)
        if way == 0 and isinstance(value, dict | list):
            del self.tried[place]
            pointers.put(self.document, place, copy.deepcopy(value))
            self._inside(place, value)
        else:
            self._try(place, way + 1)

    def _inside(self, place: str, value: Any) -> None:
        keys = value if isinstance(value, dict) else map(str, range(len(value)))
        for key in keys:
            self.begin(f"{place}/{pointers.escaped(key)}")

    def _try(self, place: str, way: int) -> None:
        self.tried[place] = way
        above, last = place.rpartition("/")[0], pointers.steps(place)[-1]
        around = pointers.get(self.document, above)
        if way == 0:
            self._put(around, last, MASK)
        elif way == 1 and isinstance(around, dict):
            around.pop(last, None)
        elif way == 2 and around is not None:
            self._put(around, last, NOWHERE)
        elif way == 3 and isinstance(pointers.get(self.document, above.rpartition("/")[0]), dict):
            # Of an amount the currency is nothing without the number.
            pointers.remove(self.document, above)
        elif way == 4:
            del self.tried[place]
            self.clear.append(place)
            pointers.put(self.document, place, copy.deepcopy(pointers.get(self.original, place)))

    def _put(self, around: Any, last: str, value: Any) -> None:
        if isinstance(around, list):
            around[int(last)] = value
        elif isinstance(around, dict):
            around[last] = value


def _wrong(document: JSON) -> set[str]:
    """Where it is no valid package."""
    try:
        Package.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return {limits.pointer(*one["loc"]) for one in found}
    return set()


def _of_clear(places: Iterable[str], clear: Iterable[str]) -> Iterable[Fault]:
    for place in places:
        stays = [one for one in clear if pointed.within(one, place) and one != _ASKED]
        if stays:
            named = ", ".join(stays[:_NAMED_MAX]) + (" …" if len(stays) > _NAMED_MAX else "")
            yield Fault(place or _ASKED, STAYS.format(named))
