"""The fields of a command form, read into the arguments of the command.

They come posted, or as the `fields` of a frame. Most have the names of the arguments, or are read
by the verb's own `from_form`. An answer has besides: `reply`, `verdict:<action id>`,
`tool:<action id>`, `edit:<action id>:<JSON pointer>` and `drop:` with the same, where the value of
a question has the pointer `/value`. Any other field is refused: it would mean nothing. So is what
this answer does not read, unless it is empty or says what stood there before anybody typed.
"""

import difflib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.http import QueryDict

from console import clock
from escalations import access, commands
from escalations.access import Viewer
from escalations.commands import Command, deciding, drawn
from escalations.commands.drawn import NOTHING, DrawnForms
from escalations.commands.verb import Verb
from escalations.live import frames
from escalations.masking import edits
from escalations.models import Escalation
from escalations.proposal import edit_form, questions
from escalations.refusals import Conflict, Fault, Invalid
from escalations.text import canonical, mask

JSON = dict[str, Any]
Fields = Mapping[str, str]
VERDICT, EDIT, DROP, TOOL = "verdict:", "edit:", "drop:", "tool:"
OF_ACTIONS = (VERDICT, EDIT, DROP, TOOL)
# The fields that are named otherwise than the arguments that they are read into.
NAMED = {"response": "reply"}
BESIDE = frozenset({*deciding.ENVELOPE, "csrfmiddlewaretoken"})
# Fields in which something may stand that somebody wrote before.
_STARTED_FROM = frozenset({"reply", "instructions"})
DIGITS_MAX = 9
_ALMOST = 0.8


def command(name: str, escalation: Escalation, fields: QueryDict, *, by: Viewer) -> Command:
    """The command that this form sends. Raises Invalid naming every field that cannot be read."""
    version = fields.get("version", "")
    if not _is_number(version):
        raise Conflict("stale", "This form is too old; look at the case again.")
    return Command(
        name=name,
        id=fields.get("id", ""),
        escalation=escalation.id,
        version=int(version),
        arguments=_arguments(name, escalation, fields, by),
        issued_at=frames.moment(fields.get("issued_at")),
        digest=fields.get("digest") or None,
        said=_said(fields.dict()),
    )


def of_frame(viewer: Viewer, frame: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of a frame, whether they come by name or as `fields`. Raises as `command`."""
    arguments, fields = commands.arguments_of(frame), frame.get("fields")
    verb = commands.find(frame["command"])
    if verb is None or not verb.decides or not fields:
        return arguments
    _require_none(
        Fault(f"/{name}", f"“{name}” stands beside `fields`: send one or the other.")
        for name in frame
        if name not in deciding.ENVELOPE
    )
    _require_none(_unread(verb, fields))
    arguments = {**arguments, **_shown(fields)}
    forms = NOTHING
    if _is_about_actions(verb, fields):
        escalation = access.escalation_for(viewer, frame["escalation"], to=verb.name)
        forms = _drawn(escalation, viewer, version=frame.get("version"))
    return {**arguments, **_answer(verb, forms, fields)}


def said_in(frame: Mapping[str, Any]) -> str:
    """What a frame says, by name or as `fields`, in short; empty where it is but a press."""
    return _said(frame.get("fields") or frame)


def _said(fields: Mapping[str, Any]) -> str:
    words = {name: value for name, value in fields.items() if name not in BESIDE}
    written = json.dumps(words, sort_keys=True, default=str)
    return canonical.sha256(written.encode()) if words else ""


def _arguments(name: str, escalation: Escalation, fields: QueryDict, by: Viewer) -> JSON:
    verb, filled_in = commands.find(name), {key: str(value) for key, value in fields.items()}
    arguments: JSON = verb.written(filled_in) if verb else {}
    if fields.get("how"):
        arguments["how"] = fields["how"]
    if _is_number(active_s := fields.get("active_s", "")):
        arguments["active_s"] = int(active_s)
    arguments |= _shown(filled_in)
    if verb is None or not verb.decides:
        _require_none(_misspelt(verb, filled_in) if verb else ())
        return arguments
    _require_none(
        Fault(f"/{key}", f"“{key}” is there more than once; nothing was sent.")
        for key, texts in fields.lists()
        if key not in BESIDE and len(set(texts)) > 1
    )
    _require_none(_unread(verb, filled_in))
    version, forms = int(fields.get("version", "")), NOTHING
    if _is_about_actions(verb, filled_in):
        forms = _drawn(escalation, by, version=version)
    if forms.answer is not None:
        # Read beside those that stand.
        arguments.pop("instructions", None)
    return arguments | _answer(verb, forms, filled_in)


def _shown(fields: Fields) -> JSON:
    """Which changed facts the page of this form showed."""
    return {"facts_seen": fields["facts_seen"]} if fields.get("facts_seen") else {}


def _require_none(faults: Iterable[Fault]) -> None:
    found = list(faults)
    if found:
        raise Invalid(found[0].detail, errors=found)


def _unread(verb: Verb[Any], fields: Fields) -> Iterator[Fault]:
    """What this answer would leave out in silence; empty, a field of another one says nothing."""
    everybody = {name for one in commands.every() if one.decides for name in _fields_of(one)}
    for name, text in fields.items():
        if name in BESIDE or name.startswith(OF_ACTIONS):
            continue
        elif name not in everybody:
            yield Fault(f"/{name}", f"An answer has no field “{name}”; nothing was sent.")
        elif text and name not in _fields_of(verb):
            yield Fault(f"/{name}", f"To {verb.name} has no {_called(name)}; nothing was sent.")


def _misspelt(verb: Verb[Any], fields: Fields) -> Iterator[Fault]:
    """What a program sends under a name that is almost one of this command, and would be left out;
    a page may send more than is read."""
    known = {name for one in commands.every() for name in one.arguments.model_fields}
    for name in fields.keys() - known - BESIDE:
        near = difflib.get_close_matches(name, verb.arguments.model_fields, n=1, cutoff=_ALMOST)
        if near:
            text = f"There is no field “{name}” here; {near[0]} may be meant. Nothing was done."
            yield Fault(f"/{name}", text)


def _fields_of(verb: Verb[Any]) -> set[str]:
    return {NAMED.get(name, name) for name in verb.arguments.model_fields} - {"actions"}


def _called(name: str) -> str:
    return name.replace("_", " ")


def _is_about_actions(verb: Verb[Any], fields: Fields) -> bool:
    """Whether the fields can be read only beside what they were drawn from."""
    one_by_one = verb.name == "approve" and not _STARTED_FROM.isdisjoint(fields)
    about_one = any(name.startswith(OF_ACTIONS) for name in fields)
    return verb.name == "edit" or one_by_one or about_one


def _drawn(escalation: Escalation, by: Viewer, *, version: Any) -> DrawnForms:
    """What was drawn from an older version is not read into a newer one; it is refused as stale."""
    if escalation.version != version:
        return NOTHING
    package = escalation.packages.get(version=escalation.package_version)
    return drawn.draw(by, escalation, package, now=clock.now())


def _answer(verb: Verb[Any], forms: DrawnForms, fields: Fields) -> JSON:
    answer: JSON = {}
    reply = _lines(fields.get("reply", ""))
    # Left empty it says nothing, but where a text stood in it: the draft in an edit, and what
    # somebody wrote before in single verdicts.
    stood = verb.name == "edit" or (verb.name == "approve" and forms.written)
    if reply != _drafted(verb.name, forms.shown) and ("reply" in fields if stood else reply):
        answer["response"] = {"text": reply}
    # Likewise: emptied, it takes back what stood there.
    if forms.answer is not None and "instructions" in fields:
        told, stands = _lines(fields["instructions"]), forms.answer.get("instructions") or ""
        # With the mask in it, as it was drawn, it is left as it is stored.
        if not (mask.stands_in(told) and told.strip() == _lines(stands).strip()):
            answer["instructions"] = told
    actions = _verdicts(fields)
    actual, shown = (one.get("proposed_actions") or [] for one in (forms.actual, forms.shown))
    for action, as_drawn in zip(actual, shown, strict=True):
        _read(verb, action, as_drawn, fields, actions)
    if forms.actual:
        _require_none(_of_no_action(forms.actual, fields))
    if "actions" not in verb.arguments.model_fields:
        _require_none(
            Fault(f"/{VERDICT}{one['action_id']}", f"To {verb.name} has no verdict for one action.")
            for one in actions
        )
    if actions:
        answer["actions"] = actions
    return answer


def _read(verb: Verb[Any], action: JSON, drawn: JSON, fields: Fields, actions: list[JSON]) -> None:
    """What the fields say of this action, put to the verdicts that are given already. Raises
    Invalid for what they say and the verdict does not read."""
    given = next((one for one in actions if one["action_id"] == action["id"]), None)
    verdict, reads = given["type"] if given else "", "actions" in verb.arguments.model_fields
    said: JSON = {}
    if verb.name == "edit" and verdict in {"", "edit"}:
        said = _edit(action, drawn, fields)
    elif reads and questions.has_form(action) and verdict in {"", "respond"}:
        _require_none(_changed(drawn, fields, {TOOL}))
        said = _value(action, fields)
    else:
        _require_none(_changed(drawn, fields, {EDIT, DROP, TOOL}))
    if given is not None:
        given |= said
    elif said:
        actions.append({"action_id": action["id"], **said})


def _changed(action: JSON, fields: Fields, kinds: Collection[str]) -> Iterator[Fault]:
    """The fields of this action that say something else than what stood in them."""
    named = [name for name in fields if any(_is_of(name, action["id"], kind) for kind in kinds)]
    # Drawn only for who sent something of it: a case may have a hundred actions.
    was = _drawn_texts(action) if named else {}
    for name in named:
        if _lines(fields[name]) != _lines(was.get(name, "")):
            yield Fault(
                name.removeprefix(EDIT),
                f"“{action['name']}” was changed, and this answer would leave the change out.",
            )


def _drawn_texts(action: JSON) -> dict[str, str]:
    """What stood in each field of this action before anybody typed."""
    drawn = [edit_form.draw(action)]
    drawn += [questions.draw(action)] if questions.has_form(action) else []
    texts = {entry.name: entry.was for form in drawn for row in form.rows for entry in row.entries}
    return {f"{TOOL}{action['id']}": str(action["name"]), **texts}


def _of_no_action(package: JSON, fields: Fields) -> Iterator[Fault]:
    ids = [action["id"] for action in package.get("proposed_actions") or []]
    for name in fields:
        kind = next((kind for kind in OF_ACTIONS if name.startswith(kind)), None)
        if kind and not any(_is_of(name, action_id, kind) for action_id in ids):
            yield Fault(f"/{name}", f"No proposed action of this case has the field “{name}”.")


def _is_of(name: str, action_id: str, kind: str) -> bool:
    """Whether the field is of that kind and of this action. An id may hold colons as well."""
    start = kind + action_id
    pointer = name[len(start) :]
    is_whole = pointer == "" if kind in {VERDICT, TOOL} else pointer[:2] in {":", ":/"}
    return name.startswith(start) and is_whole


def _value(action: JSON, fields: Fields) -> JSON:
    """The value of a question, or nothing where the form asks for none."""
    try:
        value = questions.read(fields, action)
    except Invalid as refused:
        raise _of(action, refused) from None
    return {"type": "respond", **value} if value else {}


def _of(action: JSON, refused: Invalid) -> Invalid:
    """The same refusal, with pointers that name the action."""
    faults = [Fault(f"{action['id']}:{one.pointer}", one.detail) for one in refused.errors]
    return Invalid(refused.detail, errors=faults)


def _drafted(name: str, package: JSON) -> str | None:
    """What the reply says while nobody has touched it, as a form sends it."""
    draft = package.get("draft_response") if name == "edit" else None
    return _lines(draft["text"]) if draft else None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) <= DIGITS_MAX


def _verdicts(fields: Fields) -> list[JSON]:
    named = [key for key in fields if key.startswith(VERDICT) and fields[key]]
    return [{"action_id": key.removeprefix(VERDICT), "type": fields[key]} for key in named]


def _edit(action: JSON, drawn: JSON, fields: Fields) -> JSON:
    """The edit of this action, or nothing where its fields say what was proposed."""
    try:
        args = edit_form.read(fields, action, drawn=drawn)
        tool = edit_form.tool(fields, action)
    except Invalid as refused:
        raise _of(action, refused) from None
    if args == (action.get("args") or {}) and tool == action["name"]:
        return {}
    masked = edits.masked(args, drawn.get("args") or {})
    return {"type": "edit", "edited": {"name": tool, "args": masked}}
