"""The handoff package, version 1: what an agent sends when it hands a case to a human."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from django.conf import settings
from pydantic import AfterValidator, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from escalations import refusals
from escalations.package import consistency, limits, misnamed_args, shorthands, unheeded
from escalations.schemas import faults, shapes
from escalations.schemas.context import Context, Money
from escalations.schemas.fields import (
    Counted,
    DateTime,
    Fraction,
    Hash,
    Maybe,
    Name64,
    Name255,
    Object,
    OneToTen,
    Part,
    StatedValue,
    Upto35,
    Upto64,
    Upto127,
    Upto128,
    Upto255,
    Upto500,
    Upto1000,
    Upto2000,
    Upto4096,
    Upto20000,
    Upto50000,
    Uri,
    WebAddress,
)
from escalations.text import canonical

TaskType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_./-]{0,63}$")]
DecisionType = Literal["approve", "edit", "reject", "respond"]


def _each_once(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("repeated", "must not name anything twice")
    return values


class AgentNamed(Part):
    id: Name255
    name: Maybe[Upto255] = None
    version: Maybe[Upto64] = None
    model: Maybe[Upto128] = None


class Framework(Part):
    name: Upto64
    version: Maybe[Upto64] = None


class Run(Part):
    thread_id: Maybe[Name255] = None
    run_id: Maybe[Name255] = None
    checkpoint_id: Maybe[Upto255] = None
    parent_run_id: Maybe[Upto255] = None
    trace_id: Maybe[Upto64] = None
    resume_token: Maybe[Upto4096] = Field(
        None, description="opaque; echoed verbatim in the decision, never interpreted"
    )


class Source(Part):
    agent: Maybe[AgentNamed] = None
    framework: Maybe[Framework] = None
    environment: Maybe[Upto64] = None
    run: Maybe[Run] = None


class Trigger(Part):
    type: Literal[
        "low_confidence",
        "high_risk_action",
        "policy",
        "compliance",
        "regulatory",
        "emergency",
        "customer_request",
        "sentiment",
        "repeated_failure",
        "timeout",
        "tool_error",
        "missing_information",
        "out_of_scope",
        "agent_handoff",
        "verification",
        "exception",
        "scheduled",
        "predicted",
        "other",
    ]
    reason: Annotated[str, StringConstraints(min_length=3, max_length=2000)] = Field(
        description="the specific reason in one or two sentences"
    )
    rule: Maybe[Upto255] = None
    observed: Any = Field(None, description="the value that fired the rule")
    threshold: Any = None


class Option(Part):
    id: Name255
    label: Upto255
    effect: Maybe[Upto2000] = None
    recommended: Maybe[bool] = None


class Requested(Part):
    method: Literal[
        "approval",
        "review_draft",
        "answer_question",
        "choose_option",
        "take_over",
        "callback",
        "message",
        "notify",
    ] = "approval"
    blocking: bool = True
    queue: Maybe[Upto64] = None
    skills: Maybe[Annotated[list[Upto64], Field(max_length=32)]] = None
    assignee: Maybe[Upto255] = None
    approvals_needed: OneToTen = 1
    excluded_reviewers: Maybe[Annotated[list[Upto255], Field(max_length=50)]] = None
    options: Maybe[Annotated[list[Option], Field(max_length=20)]] = None
    return_to_agent: bool = True
    join: Maybe[bool] = Field(
        None,
        description="true: an identical call of yours that waits for people is joined; false: a "
        "case of its own; left out: joined unless this one has an idempotency key of its own",
    )
    callback_at: Maybe[DateTime] = Field(
        None, description="when the customer wants to be called back"
    )


class Risk(Part):
    level: Maybe[Literal["low", "medium", "high", "critical"]] = None
    score: Maybe[Fraction] = None
    amount: Maybe[Money] = None
    reversible: Maybe[bool] = None
    factors: Maybe[Annotated[list[Upto500], Field(max_length=50)]] = None


class Deadlines(Part):
    respond_by: Maybe[DateTime] = None
    remind_at: Maybe[Annotated[list[DateTime], Field(max_length=10)]] = None
    escalate_at: Maybe[DateTime] = None
    expires_at: Maybe[DateTime] = None
    on_timeout: Literal["reject", "escalate", "return_to_agent", "keep_waiting"] = Field(
        "escalate", description="there is deliberately no 'approve'"
    )


class DraftResponse(Part):
    text: Upto50000
    format: Literal["text/plain", "text/markdown"] = "text/plain"
    channel: Maybe[Upto64] = None
    language: Maybe[Upto35] = None


class Compensation(Part):
    name: Maybe[Upto255] = None
    args: Maybe[Object] = None
    note: Maybe[Upto2000] = None


class Claim(Part):
    text: Upto1000
    evidence: Maybe[list[str]] = Field(
        None,
        description="JSON pointers into this package, e.g. /context/conversation/messages/4",
    )


class StatedFact(Part):
    label: Name255 = Field(description="what it is called; each once in an action")
    value: StatedValue = Field(description="what it was when the package was made")
    source: Maybe[Upto255] = Field(None, description="where it was read")


class Action(Part):
    id: Name255
    kind: Literal["tool_call", "question", "message"] = "tool_call"
    name: Name255
    title: Maybe[Upto255] = None
    args: Maybe[Object] = None
    description: Maybe[Upto20000] = None
    allowed_decisions: Annotated[
        list[DecisionType],
        Field(min_length=1, json_schema_extra={"uniqueItems": True}),
        AfterValidator(_each_once),
    ] = Field(["approve", "edit", "reject", "respond"])
    args_schema: Object | None = Field(
        None, description="JSON Schema of args: drives and checks the edit form"
    )
    response_schema: Object | None = Field(
        None, description="JSON Schema of the value of a respond decision"
    )
    editable_args: Maybe[list[Upto255]] = Field(None, description="absent: every argument")
    switchable_to: Maybe[list[Upto255]] = Field(
        None, description="other tools an edit may name; absent: none"
    )
    preview: Maybe[Object] = Field(None, description="before and after of the resource, for a diff")
    risk: Maybe[Risk] = None
    expires_at: DateTime | None = None
    depends_on: Maybe[Annotated[list[Name255], Field(max_length=50)]] = None
    correlation: Maybe[Object] = None
    metadata: Maybe[Object] = None
    compensation: Maybe[Compensation] = Field(
        None,
        description="how the agent can take this action back if the decision is reversed later",
    )
    claims: Maybe[Annotated[list[Claim], Field(max_length=50)]] = Field(
        None, description="what the agent asserts in support, each with pointers to its evidence"
    )
    facts: Maybe[Annotated[list[StatedFact], Field(max_length=20)]] = Field(
        None,
        description="what the action rests on and may change meanwhile, such as a balance; shown "
        "beside it",
    )


class Flag(Part):
    code: Name64
    label: Maybe[Upto255] = None
    severity: Literal["info", "warning", "critical"] = "info"


class Attachment(Part):
    id: Maybe[Name255] = None
    name: Upto255
    media_type: Maybe[Upto127] = None
    size: Maybe[Counted] = None
    sha256: Maybe[Hash] = None
    href: Maybe[Uri] = None


class Link(Part):
    rel: Maybe[Upto64] = None
    label: Maybe[Upto255] = None
    href: WebAddress


class Callback(Part):
    endpoint: Maybe[Upto64] = Field(
        None, description="id of an endpoint registered for the agent's key"
    )
    url: Maybe[WebAddress] = Field(None, description="only if the key's allow list covers it")
    events: Maybe[Annotated[list[Upto64], Field(max_length=20)]] = None


class Attempt(Part):
    what: Upto500
    result: Maybe[Literal["worked", "failed", "partly", "unknown"]] = None
    detail: Maybe[Upto2000] = None


class Package(Part):
    """What an agent sends when it hands a case to a human. Only task_type and summary are required.

    Unknown keys are kept and shown raw; unknown enum values are refused. This is the full form;
    the shorthands of docs/api.md are turned into it first.
    """

    schema_: Literal["handoff.package/1"] = Field("handoff.package/1", alias="schema")
    task_type: TaskType = Field(
        description="kind of work, e.g. refund or retail/exchange; levels, thresholds and skills "
        "hang on it. An unknown one is accepted under the fallback task type and reported to "
        "admins."
    )
    idempotency_key: Maybe[Annotated[str, StringConstraints(min_length=8, max_length=255)]] = Field(
        None, description="same as the Idempotency-Key header; if both are sent they must agree"
    )
    created_at: Maybe[DateTime] = None
    supersedes: Maybe[Upto64] = Field(
        None, description="id of a pending handoff of the same run that this one replaces"
    )
    source: Maybe[Source] = Field(
        None,
        description="agent defaults to the one the API key belongs to; a key may name only its "
        "own agents",
    )
    tenant: Maybe[Upto64] = None
    customer_ref: Maybe[Upto255] = None
    correlation_id: Maybe[Upto255] = None
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    trigger: Maybe[Trigger] = Field(
        None,
        description="why the agent stopped. If absent, the console derives it from the rules that "
        "fire, and marks the package as one without a stated reason.",
    )
    requested: Maybe[Requested] = None
    risk: Maybe[Risk] = None
    deadlines: Maybe[Deadlines] = None
    summary: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    draft_response: Maybe[DraftResponse] = None
    proposed_actions: Annotated[list[Action], Field(max_length=100)] = Field([])
    flags: Maybe[Annotated[list[Flag], Field(max_length=50)]] = None
    context: Maybe[Context] = None
    attachments: Maybe[Annotated[list[Attachment], Field(max_length=50)]] = None
    links: Maybe[Annotated[list[Link], Field(max_length=50)]] = None
    callback: Maybe[Callback] = None
    redactions: Maybe[Annotated[list[Upto255], Field(max_length=200)]] = Field(
        None,
        description="JSON pointers the agent has masked, or asks the console to mask by role",
    )
    metadata: Maybe[Object] = None
    recommended_action: Maybe[Upto255] = Field(
        None,
        description="what the agent would choose: approve, edit, reject, or the id of an option; "
        "other text is shown as it stands",
    )
    original_intent: Maybe[Upto2000] = Field(
        None, description="what the customer first asked for, in one sentence"
    )
    attempted: Maybe[Annotated[list[Attempt], Field(max_length=100)]] = Field(
        None, description="solutions the agent already tried"
    )
    next_steps: Maybe[Annotated[list[Upto500], Field(max_length=20)]] = Field(
        None,
        description="the agent's suggested next steps, which the reviewer can take or ignore",
    )
    re_escalates: Maybe[Upto64] = Field(
        None, description="id of an earlier, decided escalation that this one raises again"
    )
    hand_to_agent: Maybe[Upto255] = Field(
        None,
        description="agent-to-agent handoff: the agent that would take the case if a human "
        "approves",
    )


# Whatever else an agent writes into these parts is kept, and means nothing.
SHAPE = shapes.of(Package)


@dataclass(frozen=True, slots=True)
class Received:
    """A package that was accepted as valid.

    `document` is the stored full form; it is the parsed body itself where that was full already
    (`expanded` false). `digest` is of the body as the agent sent it.
    """

    package: Package
    document: dict[str, Any]
    digest: str
    expanded: bool

    @property
    def warnings(self) -> list[refusals.Fault]:
        """What of it has no effect here."""
        return unheeded.at_most(unheeded.warnings(self.document, SHAPE))


def read(body: bytes) -> Received:
    """The package in these bytes. Raises Invalid naming every fault, or TooLarge."""
    text = limits.read(body, bytes_max=settings.PACKAGE_BYTES_MAX)
    document, package = _checked(text.value)
    digest = canonical.sha256(text.canonical)
    return Received(package, document, digest, document is not text.value)


def _checked(sent: Any) -> tuple[dict[str, Any], Package]:
    if not isinstance(sent, dict):
        raise _invalid([refusals.Fault("", "must be an object")])
    document, conflicts = shorthands.expand(sent)
    try:
        package = Package.model_validate(document)
    except ValidationError as error:
        origin = shorthands.origin(sent)
        named = faults.named(error, origin=origin, instead=partial(shapes.beside, document, SHAPE))
        raise _invalid([*conflicts, *named]) from None
    wrong = [*conflicts, *consistency.faults(document), *misnamed_args.faults(document, SHAPE)]
    if wrong:
        raise _invalid(wrong)
    return document, package


def _invalid(errors: list[refusals.Fault]) -> refusals.Invalid:
    return refusals.Invalid("The package is not valid.", errors=errors)
