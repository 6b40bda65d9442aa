"""The fields of a command form, read into the arguments of the command.

They come posted, or as the `fields` of a frame. Most have the names of the arguments, or are read
by the verb's own `from_form`. An answer has besides: `reply`, `verdict:<action id>`,
`tool:<action id>`, `edit:<action id>:<JSON pointer>` and `drop:` with the same, where the value of
a question has the pointer `/value`. Any other field is refused: it would mean nothing.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import QueryDict

from console import clock
from escalations import access, commands
from escalations.access import Viewer
from escalations.commands import Command
from escalations.live import frames
from escalations.masking import seen
from escalations.models import Escalation
from escalations.proposal import edit_form, questions
from escalations.refusals import Conflict, Fault, Invalid

JSON = dict[str, Any]
Fields = Mapping[str, str]
VERDICT, EDIT = "verdict:", "edit:"
OF_ACTIONS = (VERDICT, EDIT, "drop:", "tool:")
ANSWERING = frozenset({"reply", "message", "option_id", "reason_code", "instructions"})
BESIDE = frozenset(
    {"version", "id", "digest", "issued_at", "how", "active_s", "opened", "csrfmiddlewaretoken"}
    # A frame that went as a form, because the socket was down.
    | {"type", "command", "escalation"}
)
DIGITS_MAX = 9


class Drawn(NamedTuple):
    """A package, and what of it the forms of this person were drawn from."""

    actual: JSON
    shown: JSON


NOTHING = Drawn({}, {})


def command(name: str, escalation: Escalation, fields: QueryDict, *, by: Viewer) -> Command:
    """The command that this form sends. Raises Invalid naming every field that cannot be read."""
    version = fields.get("version", "")
    if not _is_number(version):
        raise Conflict("stale", "This form is too old; look at the case again.")
    return Command(
        name=name,
        id=fields.get("id", "")[:64],
        escalation=escalation.id,
        version=int(version),
        arguments=_arguments(name, escalation, fields, by),
        issued_at=frames.moment(fields.get("issued_at")),
        digest=fields.get("digest") or None,
    )


def of_frame(viewer: Viewer, frame: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of a frame, whether they come by name or as `fields`. Raises as `command`."""
    arguments, fields = commands.arguments_of(frame), frame.get("fields")
    verb = commands.find(frame["command"])
    if verb is None or not verb.decides or not isinstance(fields, dict):
        return arguments
    texts = {key: text for key, text in fields.items() if isinstance(text, str)}
    _require_known(fields)
    drawn = NOTHING
    if _is_about_actions(verb.name, texts):
        escalation = access.escalation_for(viewer, frame["escalation"], to=verb.name)
        # What was drawn from an older package is not read into a newer one; it is refused as stale.
        if escalation.version == frame.get("version"):
            drawn = _drawn(escalation, viewer)
    return {**arguments, **_answer(verb.name, drawn, texts)}


def _arguments(name: str, escalation: Escalation, fields: QueryDict, by: Viewer) -> JSON:
    verb, filled_in = commands.find(name), {key: str(value) for key, value in fields.items()}
    arguments: JSON = verb.written(filled_in) if verb else {}
    if fields.get("how"):
        arguments["how"] = fields["how"]
    if _is_number(active_s := fields.get("active_s", "")):
        arguments["active_s"] = int(active_s)
    if verb is None or not verb.decides:
        return arguments
    _require_known(filled_in)
    drawn = _drawn(escalation, by) if _is_about_actions(name, filled_in) else NOTHING
    return arguments | _answer(name, drawn, filled_in)


def _require_known(fields: Mapping[str, Any]) -> None:
    """Raises Invalid for a field that no answer has, so that nothing is left out in silence."""
    faults = [
        Fault(f"/{name}", f"An answer has no field “{name}”; nothing was sent.")
        for name in fields
        if name not in ANSWERING | BESIDE and not name.startswith(OF_ACTIONS)
    ]
    if faults:
        raise Invalid(faults[0].detail, errors=faults)


def _is_about_actions(name: str, fields: Fields) -> bool:
    """Whether the fields can be read only beside the package."""
    return name == "edit" or any(key.startswith(EDIT) for key in fields)


def _drawn(escalation: Escalation, by: Viewer) -> Drawn:
    package = escalation.packages.get(version=escalation.package_version)
    shown = seen.version(by, escalation, package, now=clock.now()).package
    return Drawn(package.document, shown)


def _answer(name: str, drawn: Drawn, fields: Fields) -> JSON:
    answer: JSON = {}
    reply = _lines(fields.get("reply", ""))
    # Left empty it says nothing, but in an edit, where the draft stood in it.
    if reply != _drafted(name, drawn.shown) and ("reply" in fields if name == "edit" else reply):
        answer["response"] = {"text": reply}
    actions = _verdicts(fields)
    actual, shown = (one.get("proposed_actions") or [] for one in drawn)
    for action, as_drawn in zip(actual, shown, strict=True):
        _read(name, action, as_drawn, fields, actions)
    if actions:
        answer["actions"] = actions
    return answer


def _read(name: str, action: JSON, drawn: JSON, fields: Fields, actions: list[JSON]) -> None:
    """What the fields say of this action, put to the verdicts that are given already."""
    given = next((one for one in actions if one["action_id"] == action["id"]), None)
    if name == "edit":
        if given is None and (edit := _edit(action, drawn, fields)) is not None:
            actions.append(edit)
    elif given is None:
        if value := _value(action, fields):
            actions.append({"action_id": action["id"], "type": "respond", **value})
    elif given["type"] == "respond":
        given |= _value(action, fields)


def _value(action: JSON, fields: Fields) -> JSON:
    """`{"value": …}`, or nothing where the form asks for none."""
    try:
        return questions.read(fields, action) if questions.has_form(action) else {}
    except Invalid as refused:
        raise _of(action, refused) from None


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
    named = [key for key in fields if key.startswith(VERDICT)]
    return [{"action_id": key.removeprefix(VERDICT), "type": fields[key]} for key in named]


def _edit(action: JSON, drawn: JSON, fields: Fields) -> JSON | None:
    """The edit of this action, or None where its fields say what was proposed."""
    try:
        args = edit_form.read(fields, action, drawn=drawn)
        tool = edit_form.tool(fields, action)
    except Invalid as refused:
        raise _of(action, refused) from None
    if args == (action.get("args") or {}) and tool == action["name"]:
        return None
    return {"action_id": action["id"], "type": "edit", "edited": {"name": tool, "args": args}}
