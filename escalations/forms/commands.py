"""The fields of a command form, read into the arguments that the socket's frame has.

The names are those that `static/js/fields.js` reads: `reply`, `reason_code`, `instructions`,
`text`, `option_id`, `verdict:<action id>` and `edit:<action id>:<JSON pointer>`. To pass on: `to`
is `supervisor`, `person:<username>` or `skill`, with `skill` and `proficiency` beside it. To
snooze: `at` is a time offered on a button, `until` the one that was typed.
"""

from typing import Any

from django.http import QueryDict

from escalations.commands import Command
from escalations.live import frames
from escalations.models import Escalation
from escalations.proposal import edit_form
from escalations.refusals import Conflict

JSON = dict[str, Any]
PLAIN = ("reason_code", "instructions", "text", "option_id", "how", "extend")
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
    arguments: JSON = {key: fields[key] for key in PLAIN if fields.get(key)}
    if _is_number(active_s := fields.get("active_s", "")):
        arguments["active_s"] = int(active_s)
    if name == "heartbeat":
        arguments["active"] = fields.get("active", "true") != "false"
    arguments |= _handing(name, fields)
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


def _handing(name: str, fields: QueryDict) -> JSON:
    if name == "pass_on":
        return {"to": _target(fields)}
    elif name == "snooze":
        asked: JSON = {"until": fields.get("at") or fields.get("until", "")}
        asked["comes_back"] = fields.get("comes_back", "") not in {"", "false"}
        asked |= {"zone": fields["zone"]} if fields.get("zone") else {}
        return asked | _whole("minutes", fields)
    else:
        return {}


def _target(fields: QueryDict) -> JSON | str:
    kind, _, person = fields.get("to", "").partition(":")
    if kind == "person":
        return {"person": person}
    elif kind == "skill":
        return {"skill": fields.get("skill", "")} | _whole("proficiency", fields)
    else:
        return kind


def _whole(name: str, fields: QueryDict) -> JSON:
    """A field that is a whole number; what is none goes on as it is, to be refused."""
    written = fields.get(name, "").strip()
    return {name: int(written) if _is_number(written) else written} if written else {}


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
