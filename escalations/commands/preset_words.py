"""What the policy keeps for people to send, filled in from the case as this person sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalations.access import Viewer
from escalations.models import Escalation
from escalations.policy import replies, versions
from escalations.text import mask


@dataclass(frozen=True, slots=True)
class PresetReason:
    """One reason to reject; `text` is what the agent is told with it, empty where the policy keeps
    nothing or the case has no value for what is `missing`."""

    code: str
    label: str
    text: str = ""
    missing: tuple[str, ...] = ()


def reasons(
    viewer: Viewer, escalation: Escalation, package: Mapping[str, Any]
) -> Sequence[PresetReason]:
    """Why such a case may be rejected, by the policy in force; `package` is what they see of it."""
    kept = versions.current().document.for_task_type(escalation.task_type).reasons_to_reject()
    if not any(reason.text for reason in kept):
        return [PresetReason(reason.code, reason.label) for reason in kept]
    known = values(viewer, escalation, package, escalation.agent.name)
    found = [(one, *replies.filled(one.text or "", known)) for one in kept]
    return [
        PresetReason(one.code, one.label, "" if missing else text, in_words(missing))
        for one, text, missing in found
    ]


def in_words(missing: Sequence[str]) -> tuple[str, ...]:
    """What the case does not say, as people say it."""
    return tuple(replies.VARIABLES[name] for name in missing)


def values(
    viewer: Viewer, escalation: Escalation, package: Mapping[str, Any], agent: str
) -> dict[str, str]:
    """Each variable that this case has a value for."""
    customer = (package.get("context") or {}).get("customer") or {}
    found = {
        "customer.name": customer.get("name"),
        "customer.id": customer.get("id"),
        "case.number": escalation.case_number,
        "case.reference": package.get("correlation_id"),
        "agent.name": agent,
        "person.name": viewer.name,
    }
    # What is masked to whoever writes is not sent in their words.
    return {name: str(v).strip() for name, v in found.items() if v and not mask.stands_in(v)}
