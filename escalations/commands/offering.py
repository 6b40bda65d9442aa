"""Accept or decline what was offered."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from escalations import lifecycle
from escalations.access import Viewer
from escalations.commands.command import Act, Command, read
from escalations.models import Escalation, WhyDeclined
from escalations.refusals import Fault, Invalid

REASONS: dict[str, str] = dict(WhyDeclined.choices)


class Declined(BaseModel):
    """The arguments of `decline`: a preset reason, and words of one's own."""

    model_config = ConfigDict(extra="ignore", strict=True)

    reason_code: Annotated[str, Field(max_length=64)] = ""
    text: Annotated[str, Field(max_length=1_000)] = ""


def _accept(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    return lifecycle.accept(escalation, by=viewer, now=now)


def _decline(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    said = read(command.arguments, Declined)
    if said.reason_code not in REASONS:
        words = "Say why with one of the reasons."
        raise Invalid(words, errors=[Fault("/reason_code", f"It is one of {', '.join(REASONS)}.")])
    text = said.text.replace("\0", "").strip()
    return lifecycle.decline(escalation, by=viewer, reason=said.reason_code, text=text, now=now)


ACTS: dict[str, Act] = {"accept": _accept, "decline": _decline}
