"""The fields of a command form, read into the arguments that the socket's frame has.

Most have the names of the arguments, or are read by the verb's own `from_form`. Those of an answer
are those that `static/js/fields.js` reads: `reply`, `reason_code`, `instructions`, `option_id`,
`verdict:<action id>` and `edit:<action id>:<JSON pointer>`.
"""

from typing import Any

from django.http import QueryDict

from escalations import commands
from escalations.commands import Command
from escalations.live import frames
from escalations.models import Escalation
from escalations.proposal import edit_form
from escalations.refusals import Conflict

JSON = dict[str, Any]
VERDICT = "verdict:"
DIGITS_MAX = 9


def command(name: str, escalation: Escalation, fields: QueryDict) -> Command:
    """The command that this form sends. Raises Invalid naming every field that cannot be read."""
    version = fields.get("version", "")
    if not _is_number(version):
        raise Conflict("stale", "This form is too old; look at the case again.")
    return Command(
        name=name,
        id=fields.get("id", "")[:64],
        escalation=escalation.id,
        version=int(version),
        arguments=_arguments(name, escalation, fields),
        issued_at=frames.moment(fields.get("issued_at")),
        digest=fields.get("digest") or None,
    )


def _arguments(name: str, escalation: Escalation, fields: QueryDict) -> JSON:
    verb, filled_in = commands.find(name), {key: str(value) for key, value in fields.items()}
    arguments: JSON = verb.written(filled_in) if verb else {}
    if fields.get("how"):
        arguments["how"] = fields["how"]
    if _is_number(active_s := fields.get("active_s", "")):
        arguments["active_s"] = int(active_s)
    if "reply" in fields:
        arguments["response"] = {"text": str(fields["reply"]).replace("\r\n", "\n")}
    actions = _verdicts(fields)
    if name == "edit":
        package = escalation.packages.get(version=escalation.package_version).document
        decided = {action["action_id"] for action in actions}
        actions += [
            edit
            for action in package.get("proposed_actions") or []
            if action["id"] not in decided and (edit := _edit(action, fields)) is not None
        ]
    if actions:
        arguments["actions"] = actions
    return arguments


def _is_number(written: str) -> bool:
    return written.isdecimal() and len(written) <= DIGITS_MAX


def _verdicts(fields: QueryDict) -> list[JSON]:
    named = [key for key in fields if key.startswith(VERDICT)]
    return [{"action_id": key.removeprefix(VERDICT), "type": fields[key]} for key in named]


def _edit(action: JSON, fields: QueryDict) -> JSON | None:
    """The edit of this action, or None where its fields say what was proposed."""
    args = edit_form.read(fields, action)
    tool = edit_form.tool(fields, action)
    if args == (action.get("args") or {}) and tool == action["name"]:
        return None
    return {"action_id": action["id"], "type": "edit", "edited": {"name": tool, "args": args}}
