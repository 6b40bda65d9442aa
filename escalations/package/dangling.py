"""What a package refers to and does not have, or could never be used: each by JSON pointer."""

from collections.abc import Iterator, Mapping
from typing import Any

from escalations.package import observations
from escalations.proposal import args_schema, options, questions
from escalations.refusals import Fault
from escalations.text import pointers

JSON = Mapping[str, Any]
NO_ACTION = "No action of this package has the id “{}”, so nothing waits for it."
A_QUESTION = (
    "“{}” is a question: an answer clears no call, so nobody could ever clear what waits for it. "
    "Send the call once you have the answer."
)
NO_ARGUMENT = (
    "“{}” is no argument of this call, so nobody can change it. Whoever names a list "
    "lets all of it be changed."
)
LEADS_NOWHERE = "This leads nowhere in the package, so people see a claim without evidence."
UNFIT = "This does not fit the description that the action gives of its arguments: {}"
# So many schemas are tried on what is proposed, as a trial may take a tenth of a second.
TRIED_MAX = 8
NO_OPTIONS = "There is nothing to choose from: give `requested.options`."
NO_ANSWER = (
    "Whoever chooses this leaves “{}” without an answer: name the option among the values of its "
    "`response_schema`, or ask for one thing in one case."
)
NOT_OFFERED = (
    "People are not offered this, as “{}” must be answered by a value and this is none: name the "
    "option among the values of its `response_schema`, or allow `reject`."
)
NO_DRAFT = "There is no draft to review: give `draft_response`."
NO_SCHEMA = "This is no JSON Schema that can be used: {}"
SCHEMAS = {
    "args_schema": "people edit the arguments as they stand, and nothing checks them.",
    "response_schema": "people answer in words of their own.",
}


def warnings(document: JSON) -> Iterator[Fault]:
    """Each such reference of a package in full form."""
    actions = document.get("proposed_actions") or []
    ids = {action.get("id") for action in actions}
    questions = {action.get("id") for action in actions if action.get("kind") == "question"}
    for place, action in enumerate(actions):
        tried = args_schema.usable if place < TRIED_MAX else _sound
        where = f"/proposed_actions/{place}"
        for index, name in enumerate(action.get("depends_on") or ()):
            if name not in ids:
                yield Fault(f"{where}/depends_on/{index}", NO_ACTION.format(name[:120]))
            elif name in questions:
                yield Fault(f"{where}/depends_on/{index}", A_QUESTION.format(name[:120]))
        yield from _arguments(action, where)
        for field, instead in SCHEMAS.items():
            proposed = action.get("args") or {} if field == "args_schema" else None
            if tried(action.get(field), proposed).trouble:
                yield Fault(f"{where}/{field}", NO_SCHEMA.format(instead))
        if place < TRIED_MAX:
            for fault in _unfit(action):
                yield Fault(f"{where}/args{fault.pointer}", UNFIT.format(fault.detail))
        yield from _claims(document, action, where)
    yield from _method(document)
    yield from _options(document)


def unmet(document: JSON) -> Iterator[tuple[str, str]]:
    """The name of each action that waits for one that is not there, and the id it waits for."""
    actions = observations.parts(dict(document), "proposed_actions")
    ids = [action.get("id") for action in actions]
    for action in actions:
        wanted = action.get("depends_on")
        for name in wanted if isinstance(wanted, list) else ():
            if isinstance(name, str) and name not in ids:
                yield str(action.get("name")), name


def unfit(document: JSON) -> Iterator[tuple[str, str]]:
    """The name of each action whose arguments do not fit its own description of them, and where
    and how they do not, in words."""
    actions = observations.parts(dict(document), "proposed_actions")
    for action in actions[:TRIED_MAX]:
        for fault in _unfit(action)[:1]:
            place = ".".join(pointers.steps(fault.pointer))
            yield str(action.get("name")), f"{place}: {fault.detail}" if place else fault.detail


def _unfit(action: JSON) -> list[Fault]:
    proposed, described = action.get("args") or {}, action.get("args_schema")
    return args_schema.faults(args_schema.usable(described, proposed), proposed)


def _arguments(action: JSON, where: str) -> Iterator[Fault]:
    schema = args_schema.sound(action.get("args_schema")).document
    declared = (args_schema.resolved(schema, schema) if schema else {}).get("properties")
    known = {*(action.get("args") or {}), *(declared if isinstance(declared, dict) else {})}
    for index, name in enumerate(action.get("editable_args") or ()):
        if name in known:
            continue
        leads = name.partition(".")[0] in known
        if name.startswith("/"):
            leads = _leads(action.get("args") or {}, schema or {}, schema or {}, name)
        if not leads:
            yield Fault(f"{where}/editable_args/{index}", NO_ARGUMENT.format(name[:120]))


def _leads(found: Any, node: Any, root: dict[str, Any], pointer: str) -> bool:
    """Whether the pointer names what is in the arguments, or what their schema has there. There is
    no sign for each entry of a list, nor for a new one: the list itself says all of it."""
    for step in pointers.steps(pointer):
        node = args_schema.resolved(node, root) if root else {}
        declared = node.get("properties")
        if isinstance(found, list):
            place = pointers.number(step)
            if place is None or place >= len(found):
                return False
            found, node = found[place], node.get("items")
        elif isinstance(found, dict) and step in found:
            found = found[step]
            node = declared.get(step) if isinstance(declared, dict) else None
        else:
            return isinstance(declared, dict) and step in declared
    return True


def _sound(raw: Any, _: Any) -> args_schema.Schema:
    return args_schema.sound(raw)


def _claims(document: JSON, action: JSON, where: str) -> Iterator[Fault]:
    for place, claim in enumerate(action.get("claims") or ()):
        for index, pointer in enumerate(claim.get("evidence") or ()):
            if pointers.get(document, pointer, _MISSING) is _MISSING:
                yield Fault(f"{where}/claims/{place}/evidence/{index}", LEADS_NOWHERE)


_MISSING = object()


def _method(document: JSON) -> Iterator[Fault]:
    requested = document.get("requested") or {}
    method = requested.get("method")
    if method == "choose_option" and not requested.get("options"):
        yield Fault("/requested/method", NO_OPTIONS)
    if method == "review_draft" and not document.get("draft_response"):
        yield Fault("/requested/method", NO_DRAFT)


def _options(document: JSON) -> Iterator[Fault]:
    """Those that are no answer to what the case asks as well."""
    for place, option in enumerate(options.stated(document)):
        if options.names_a_button(option):
            continue
        for action in questions.without_an_answer(document, option["id"])[:1]:
            said = NOT_OFFERED if questions.must_be_answered(action) else NO_ANSWER
            yield Fault(f"/requested/options/{place}", said.format(str(action.get("name"))[:120]))
