"""What an agent asks people: answered by a value of the `response_schema` that it gave.

The form is that of an edit, with one argument that is the value, so that both are drawn, read and
checked by the same rules.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from escalations.proposal import args_schema, edit_form, options, verdicts
from escalations.proposal.edit_fields import EditForm
from escalations.refusals import Fault

JSON = dict[str, Any]
VALUE = "value"
# Where a schema keeps what it refers to from anywhere in it.
_SHARED = ("$defs", "definitions")
_WORDS = {True: "yes", False: "no", None: "nothing"}


def has_form(action: Mapping[str, Any]) -> bool:
    """Whether it is answered by a value: of its schema, or for a question without one by words."""
    return bool(action.get("response_schema")) or verdicts.is_question(action)


def draw(action: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> EditForm:
    """The form for the answer, with the value that was given before, if one was."""
    args = {VALUE: given[VALUE]} if given and VALUE in given else {}
    return edit_form.draw({**_asked(action), "args": args})


def read(fields: Mapping[str, str], action: Mapping[str, Any]) -> JSON:
    """`{"value": …}` as a person filled it in, or nothing where the form was not sent.

    Raises Invalid with every fault by pointer.
    """
    asked = _asked(action)
    sent = f"edit:{asked['id']}:"
    return edit_form.read(fields, asked) if any(key.startswith(sent) for key in fields) else {}


def value_of(action: Mapping[str, Any], item: Mapping[str, Any], said: str) -> JSON:
    """`{"value": …}` for the answer: the one given, or the words themselves where they are one."""
    if VALUE in item:
        return {VALUE: item[VALUE]}
    is_one = said and has_form(action) and not _wrong(action, said)
    return {VALUE: said} if is_one else {}


def by_option(package: Mapping[str, Any], action: Mapping[str, Any], option_id: str | None) -> JSON:
    """`{"value": …}` where this option is the answer to the question, and nothing where it is none.

    The question names its id or the words on it among its answers; or it takes any text and is all
    that the case asks: then it is answered by those words, which are what people read. Of any other
    text nobody said that the option answers it.
    """
    words = options.words(package, option_id)
    for said in (option_id or "", words):
        if said and _is_named(action, said):
            return {VALUE: said}
    is_alone = len(package.get("proposed_actions") or ()) == 1
    return value_of(action, {}, words) if is_alone else {}


def without_an_answer(package: Mapping[str, Any], option_id: str) -> list[Mapping[str, Any]]:
    """The questions to which this option is none."""
    return [
        action
        for action in package.get("proposed_actions") or ()
        if has_form(action) and not by_option(package, action, option_id)
    ]


def offered(package: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The options that can be chosen: one that would leave a question open that takes nothing but
    a value would be refused."""
    return [
        option
        for option_id, option in options.of_their_own(package).items()
        if not any(map(must_be_answered, without_an_answer(package, option_id)))
    ]


def must_be_answered(action: Mapping[str, Any]) -> bool:
    """Whether it takes nothing but a value: the agent lets nobody turn it down."""
    return bool(action.get("response_schema")) and "reject" not in verdicts.allowed(action)


def faults(action: Mapping[str, Any], item: Mapping[str, Any], said: str) -> Iterator[Fault]:
    """What is wrong with an answer, by `<action id>:/value…`."""
    if VALUE in item:
        found = _wrong(action, item[VALUE])
    elif has_form(action) and not value_of(action, item, said):
        found = [Fault("", "Answer the question by a value of the form it asks for.")]
    elif not said and not item.get("message"):
        found = [Fault("", "Write the answer first.")]
    else:
        found = []
    for fault in found:
        yield Fault(f"{action['id']}:/{VALUE}{fault.pointer}", fault.detail)


def in_words(value: Any) -> str:
    """A value as text for people."""
    if isinstance(value, bool) or value is None:
        return _WORDS[value]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _wrong(action: Mapping[str, Any], value: Any) -> list[Fault]:
    return args_schema.faults(args_schema.usable(action.get("response_schema")), value)


def _is_named(action: Mapping[str, Any], said: str) -> bool:
    """Whether the schema names this text, where it would not take any of the same length."""
    other = "".join("y" if sign == "x" else "x" for sign in said)
    return bool(
        action.get("response_schema") and not _wrong(action, said) and _wrong(action, other)
    )


def _asked(action: Mapping[str, Any]) -> JSON:
    """The question as a call without arguments yet, whose schema asks for the value."""
    answer = dict(action.get("response_schema") or {"type": "string", "minLength": 1})
    shared = {name: answer.pop(name) for name in _SHARED if name in answer}
    schema = {"type": "object", "properties": {VALUE: answer}, "required": [VALUE], **shared}
    return {"id": action["id"], "name": action["name"], "args": {}, "args_schema": schema}
