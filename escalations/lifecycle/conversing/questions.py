"""The question that the agent is asked now, and what is an answer to it."""

from typing import Any

from escalations.asked import expected
from escalations.lifecycle import guards
from escalations.models import Escalation, Remark
from escalations.record import lines
from escalations.refusals import Conflict, Invalid

JSON = dict[str, Any]
MORE = "more"


def require_answers(escalation: Escalation, answer: Any) -> None:
    """This value is of the kind that the question that waits expects. Raises Invalid, and Conflict
    where none waits."""
    asked = question(escalation)
    if asked is None or asked["wants"] != MORE:
        raise Conflict("not_asked", "No question waits for an answer.")
    if not expected.is_one(asked.get("expects"), answer):
        detail = f"The question expects {expected.described(asked.get('expects'))}."
        raise Invalid.of("/answer", detail)


def question(escalation: Escalation) -> JSON | None:
    """What the agent is asked now; None where nothing waits for it."""
    since = escalation.snoozed_at
    if since is None or not guards.is_asked(escalation):
        return None
    said = escalation.remarks.select_related("person").get(kind=Remark.Kind.ASKED, at=since)
    name = said.person.get_full_name() or said.person.username
    return document(
        escalation, said, version=escalation.version, by=said.person.username, name=name
    )


def document(escalation: Escalation, said: Remark, *, version: int, by: str, name: str) -> JSON:
    """The question as the agent gets it."""
    until = escalation.snoozed_until
    return {
        "escalation_id": escalation.id,
        "version": version,
        "wants": said.target,
        "text": said.text,
        **({"expects": said.expects} if said.expects is not None else {}),
        "by": {"id": by, "name": name},
        "asked_at": lines.timestamp(said.at),
        "answer_by": lines.timestamp(until) if until else None,
    }
