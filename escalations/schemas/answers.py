"""What the API answers, as agent developers read it in the OpenAPI document."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from escalations.schemas.decision import Decision
from escalations.schemas.fields import DateTime, Maybe, Object
from escalations.schemas.messages import Fared

State = Literal[
    "waiting",
    "offered",
    "held",
    "second",
    "snoozed",
    "live",
    "decided",
    "cancelled",
    "expired",
]
Disposition = Literal["proceed", "proceed_and_flag", "review", "take_over", "alert"]
Method = Literal["approval", "warm", "callback", "message"]
Priority = Literal["low", "normal", "high", "urgent"]
Level = Annotated[int, Field(ge=1, le=4)]


UNREAD = "what of the body just sent counts for nothing, where there is anything"
WARNINGS = (
    "what in the package has no effect here; in the answer to the call that sent it, where there "
    "is anything"
)


class Answer(BaseModel):
    """Only what is named here; more may be added, so ignore what you do not know."""

    model_config = ConfigDict(extra="allow")


class Reason(Answer):
    rule: str
    sentence: str
    observed: Any = None
    threshold: Any = None
    level: Level


class Queue(Answer):
    position: int | None = Field(description="1 is next; null where it is not known")
    estimated_wait_s: int | None = Field(description="null where it is not known")


class PackageAnswer(Answer):
    version: int
    digest: str
    completeness: int = Field(description="0 to 100")
    missing: list[str] = Field(description="what a reviewer would have liked to know as well")


class Warned(Answer):
    """Something in a package that has no effect, is not there, or comes too late: a key that no
    field has; a field of the form that nothing is done with; a name of a task type, person, skill,
    event, action or argument that there is not; a pointer that leads nowhere; a schema that cannot
    be used; a time in the past or later than the policy's; something to be masked that stays in
    clear. The package is taken all the same."""

    pointer: str = Field(
        description="JSON pointer into the package in full form; empty for what stands beside it, "
        "a header or a parameter of the address"
    )
    detail: str = Field(description="why, and what to do instead, in words for people")


class Escalation(Answer):
    """An escalation as it stands."""

    id: str
    number: int = Field(description="what people call the case: BTN-<number>")
    url: str = Field(description="the page where people see it")
    version: int
    state: State
    task_type: str
    level: Level
    disposition: Disposition
    reasons: list[Reason]
    policy_version: int
    priority: Priority
    method: Method
    arrived_at: DateTime
    respond_by: DateTime
    queue: Queue
    customer_message: str | None = Field(description="a line to tell the customer")
    package: PackageAnswer
    decision: Decision | None = Field(description="null until it is in effect")
    joined: Maybe[bool] = Field(
        None,
        description="true in the answer to a POST that made no case, as an identical call of yours "
        "waits in this one",
    )
    warnings: Maybe[list[Warned]] = Field(None, description=WARNINGS)


class Page(Answer):
    items: list[Escalation]
    next_cursor: str | None = Field(description="send it as `cursor`; null on the last page")


class Undecided(Answer):
    """There is no decision in effect yet."""

    id: str
    state: State
    version: int
    respond_by: DateTime
    effective_at: DateTime | None = Field(
        description="when the decision that was made takes effect, unless it is undone"
    )


class Said(Answer):
    """A message of the conversation while people have it."""

    number: int = Field(description="1, 2, 3, … in the order in which they were said")
    id: str = Field(description="yours, where you named one")
    role: Literal["customer", "operator", "system"] = Field(
        description="`operator` is a person on our side; tell the customer what they and `system` "
        "say, word for word"
    )
    author: str
    text: str
    at: DateTime
    response_of: Maybe[int] = Field(
        None,
        description="the `sequence` of the decision whose `response` this is: tell the customer "
        "once, by the one or by the other",
    )
    warnings: Maybe[list[Warned]] = Field(None, description=UNREAD)


class Received(Answer):
    """What is known of a message to the customer, since when it was said first."""

    id: str
    number: int
    state: Fared
    at: DateTime
    warnings: Maybe[list[Warned]] = Field(None, description=UNREAD)


class Typed(Answer):
    """It was told to whoever looks at the case."""

    id: str
    shown_for_s: int = Field(description="say it again before that many seconds, while it is so")


class Conversation(Answer):
    """What was said since `after`, the oldest first."""

    id: str
    state: State
    version: int
    agent_may_speak: bool = Field(
        description="false from when a person took over until they handed it back; where they "
        "closed it, from then on"
    )
    person_types: bool = Field(
        description="with `typing=true`: a person types just now; show it for 6 s"
    )
    items: list[Said]
    more: bool = Field(description="whether there are more; ask again with the last `number`")


class Expected(Answer):
    """The kind of answer that a question asks for."""

    kind: Literal["number", "choice", "yes_no", "date"] = Field(
        description="a JSON number; one of `options`; true or false; `2026-11-30`"
    )
    options: Maybe[list[str]] = None


class Question(Answer):
    """What a person asks the agent; answer by context or by a revision."""

    escalation_id: str
    version: int
    wants: Literal["more", "version"] = Field(description="more about it, or another version")
    text: str
    expects: Maybe[Expected] = Field(
        None, description="the kind of `answer` that context has to carry; left out: any text"
    )
    by: "Who"
    asked_at: DateTime
    answer_by: DateTime = Field(description="when the case goes back to the person without one")


class FactsKept(Answer):
    """What the agent said of its facts."""

    id: str
    check: str
    answered_at: DateTime
    in_time: bool = Field(description="whether whoever pressed was still waiting for it")


class Graded(Answer):
    digest: str
    completeness: int
    missing: list[str]


class Call(Answer):
    """A call as it can be sent, but for your own `Authorization`."""

    method: Literal["POST"]
    url: str
    headers: dict[str, str] = Field(
        description="with the Idempotency-Key that you sent, or a new one: repeat the call under it"
    )
    body: Object | None = Field(
        description="the package, exactly as you sent it; null where it has `redactions`: send it "
        "again as you did here"
    )


class NeedsApproval(Answer):
    """People have to answer before this is done."""

    say: str | None = Field(description="a line to show the user, or to tell the customer")
    post: Call


class Checked(Answer):
    """The verdict on a package that was not stored."""

    level: Level
    disposition: Disposition
    reasons: list[Reason]
    policy_version: int
    task_type_known: bool
    priority: Priority
    method: Method
    skills: dict[str, int]
    approvals: int
    undo_s: int
    respond_by: DateTime
    expires_at: DateTime | None
    on_timeout: str
    package: Graded
    needs_approval: NeedsApproval | None = Field(description="null where the agent acts alone")
    warnings: Maybe[list[Warned]] = Field(None, description=WARNINGS)


class Reported(Answer):
    id: str
    outcome: Literal["executed", "failed", "refused", "too_late"]
    reported_at: DateTime
    sequence: Maybe[int] = Field(None, description="the decision that it is read as being about")
    warnings: Maybe[list[Warned]] = Field(
        None,
        description="that the agent did what the answer told it not to do, or that the case has "
        "several decisions and the report names none",
    )


class Surveyed(Answer):
    id: str
    reported_at: DateTime


class Fault(Answer):
    pointer: str = Field(description="JSON pointer into the body; empty for the whole of it")
    detail: str


class Who(Answer):
    id: str
    name: str


class Problem(Answer):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None
    by: Who | None = Field(None, description="who was first, where something is in conflict")
    at: DateTime | None = None


class Policy(Answer):
    schema_: Literal["handoff.policy/1"] = Field(alias="schema")
    defaults: Object
    task_types: Object
