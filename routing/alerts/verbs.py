"""The verb of private notes, which routing brings to the table of `escalations.commands`."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from escalations.access import Viewer
from escalations.commands.verb import Button, Key, Relation, Verb
from escalations.models import Escalation, State
from routing.alerts import mentions


class PrivateWords(BaseModel):
    """What a person writes for other people."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: Annotated[str, Field(max_length=5_000)] = ""


def _note(
    escalation: Escalation, said: PrivateWords, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    text = said.text.replace("\0", "").strip()
    return mentions.note(escalation, text, by=by, now=now)


NOTE = Verb(
    name="note",
    told="`text`: a private note, which only people see, never the agent or the customer; "
    "`@username` names somebody who may read the case, and tells them",
    arguments=PrivateWords,
    example={"text": "She rang this morning as well."},
    act=_note,
    states=dict.fromkeys(map(State, State.open()), Relation.ANYBODY),
    though_unable=True,
    # Drawn beside the notes that are there.
    button=Button("Note", icon="pen"),
    key=Key("c", does="write a note", help="Write a private note: only people see it"),
    panel="escalations/_note.html",
    done="Noted. Only people see it.",
    opens_case=True,
)
VERBS = (NOTE,)
