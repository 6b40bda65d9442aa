"""Take the conversation over, write to the customer, hand it back or close it."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from escalations import lifecycle
from escalations.access import Viewer
from escalations.asked import expected
from escalations.commands import transferring
from escalations.commands.command import read
from escalations.commands.verb import (
    ANSWERABLE,
    JSON,
    After,
    Button,
    Fields,
    Key,
    Nothing,
    Place,
    Relation,
    Verb,
)
from escalations.lifecycle import guards
from escalations.lifecycle.conversing import questions, taking_over
from escalations.lifecycle.conversing.taking_over import HandBack
from escalations.models import Escalation, State
from escalations.refusals import Invalid

DIGITS_MAX = 9
CLOSED = "close:"
Option = Annotated[str, Field(min_length=1, max_length=255)]
Line = Annotated[str, Field(max_length=2_000)]


class Say(BaseModel):
    """What a person writes to the customer."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: Annotated[str, Field(max_length=50_000)] = ""


class Asked(BaseModel):
    """What the agent is asked, and how long it has to answer."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: Annotated[str, Field(max_length=2_000)] = ""
    wants: Literal["more", "version"] = "more"
    minutes: Annotated[int, Field(ge=1, le=43_200)] = 15
    kind: Literal["text", "number", "choice", "yes_no", "date"] = "text"
    options: Annotated[list[Option], Field(max_length=20)] = []


class HandedBack(BaseModel):
    """What the agent is told of what people did, and where it goes on."""

    model_config = ConfigDict(extra="ignore", strict=True)

    resume_at: Annotated[str, Field(max_length=500)] = ""
    first_line: Annotated[str, Field(max_length=50_000)] = ""
    promises: Annotated[list[Line], Field(max_length=50)] = []
    instructions: Annotated[str, Field(max_length=20_000)] = ""
    closes: bool = False
    read_to: Annotated[int, Field(ge=0)] | None = None


def _take_over(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.take_over(escalation, by=by, version=version, now=now)


def _say(
    escalation: Escalation, said: Say, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.say(escalation, _plain(said.text), by=by, now=now)


def _hand_back(
    escalation: Escalation, said: HandedBack, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.hand_back(escalation, _meant(said), by=by, version=version, now=now)


def foreseen(escalation: Escalation, fields: Fields, *, by: Viewer, now: datetime) -> JSON:
    """What the agent would be told of the human stretch. Raises Invalid for what cannot be."""
    said = _meant(read(handed_back(fields), HandedBack))
    spoken = list(escalation.chat_messages.order_by("number"))
    told = taking_over.told(escalation, said, spoken, by=by, now=now)
    instructions = {"instructions": said.instructions} if said.instructions else {}
    outcome = taking_over.outcome_of(said)
    return {"outcome": outcome, "final": True, "proceed": False, **instructions, "take_over": told}


def _ask(
    escalation: Escalation, said: Asked, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    until = now + timedelta(minutes=said.minutes)
    expects = _expects(said)
    return lifecycle.ask(
        escalation, by=by, version=version, wants=said.wants, text=_plain(said.text), until=until,
        expects=expects, now=now,
    )  # fmt: skip


def _expects(said: Asked) -> JSON | None:
    options = list(dict.fromkeys(text for one in said.options if (text := _plain(one))))
    if said.kind == expected.CHOICE and len(options) < 2:
        detail = "Write at least two choices."
        raise Invalid.of("/options", detail)
    if said.kind != expected.TEXT and said.wants != questions.MORE:
        detail = "Another version is an answer of no kind."
        raise Invalid.of("/kind", detail)
    return expected.of(said.kind, options)


def _asked(fields: Fields) -> JSON:
    """Each line of `options` is one choice."""
    said: JSON = {name: fields[name] for name in ("text", "wants", "kind") if fields.get(name)}
    options = [line for line in fields.get("options", "").splitlines() if line.strip()]
    said |= {"options": options} if options else {}
    return said | transferring.whole("minutes", fields)


def _meant(said: HandedBack) -> HandBack:
    return HandBack(
        resume_at=_plain(said.resume_at),
        first_line=_plain(said.first_line),
        promises=[line for one in said.promises if (line := _plain(one))],
        instructions=_plain(said.instructions),
        closes=said.closes,
        read_to=said.read_to,
    )


def _plain(text: str) -> str:
    """Without what no database takes."""
    return text.replace("\0", "").strip()


def handed_back(fields: Fields) -> JSON:
    """`at` is a step, or that the case is closed, or under the names of the socket; each line of
    `promises` is one."""
    at = fields.get("at", "") or fields.get("resume_at", "")
    closes = at == CLOSED or fields.get("closes", "").lower() in {"true", "on", "1"}
    said: JSON = {
        "resume_at": "" if closes else at,
        "first_line": "" if closes else fields.get("first_line", ""),
        "promises": [line for line in fields.get("promises", "").splitlines() if line.strip()],
        "instructions": fields.get("instructions", ""),
        "closes": closes,
    }
    read_to = fields.get("read_to", "")
    is_number = read_to.isascii() and read_to.isdecimal() and len(read_to) <= DIGITS_MAX
    return said | ({"read_to": int(read_to)} if is_number else {})


TAKE_OVER = Verb(
    name="take_over",
    told="the conversation is theirs, and the agent stops, until it is handed back",
    arguments=Nothing,
    act=_take_over,
    states=ANSWERABLE,
    # Whoever takes such a case goes on with its conversation.
    unless=guards.is_with_people,
    button=Button("Take over", Place.HAND_ON, icon="hand"),
    key=Key("t", does="take it over", help="Take over the conversation"),
    done="The conversation is yours. The agent was told to stop.",
    opens_case=True,
)
SAY = Verb(
    name="say",
    told="`text`: what they write to the customer",
    arguments=Say,
    example={"text": "Hello, I have read everything."},
    act=_say,
    states={State.LIVE: Relation.HAS_IT},
    though_unable=True,
    button=Button("Send"),
    done="Sent.",
    opens_case=True,
)
HAND_BACK = Verb(
    name="hand_back",
    told="`resume_at`: the step at which the agent goes on; `first_line`: what it says first; "
    "`promises`, a list of texts; `instructions`; `closes` (false): it goes on nowhere; "
    "`read_to`: the number of the last message that they read, refused where the customer wrote "
    "after it",
    arguments=HandedBack,
    example={"promises": ["A call by noon."]},
    from_form=handed_back,
    act=_hand_back,
    states={State.LIVE: Relation.HAS_IT},
    though_unable=True,
    button=Button("Hand back", Place.ANSWER, icon="back-h", look="primary wide"),
    key=Key("b", does="hand it back", help="Hand the conversation back"),
    dialog="escalations/_hand_back.html",
    done="Handed back. The agent goes on.",
    after=After.NEXT,
)
ASK = Verb(
    name="ask",
    told="`text`: the question; `wants`: `more` (the default) or another `version`; `minutes` that "
    "the agent has (15); `kind` of the answer (`text`, `number`, `choice` with `options`, "
    "`yes_no`, `date`), by which it is checked; the case waits meanwhile and comes back to whoever "
    "asked first",
    arguments=Asked,
    example={"text": "Which order is it?"},
    from_form=_asked,
    act=_ask,
    states=ANSWERABLE,
    unless=transferring.waits_for_nobody,
    button=Button("Ask agent", Place.HAND_ON, icon="ask"),
    key=Key("q", does="ask the agent", help="Ask the agent"),
    dialog="escalations/_ask.html",
    done="Asked. The case comes back to you first.",
    after=After.GONE,
    saves_draft=True,
)
VERBS = (TAKE_OVER, ASK, SAY, HAND_BACK)
