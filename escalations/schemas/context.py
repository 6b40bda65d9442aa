"""The five dimensions of a package's context: what the person should know before deciding."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from escalations.schemas.fields import (
    ClosedPart,
    DateTime,
    Day,
    Fraction,
    Maybe,
    Object,
    Ordinal,
    Part,
    Plain,
    TextOrObject,
    Upto35,
    Upto64,
    Upto255,
    Upto500,
    Upto2000,
    Upto4000,
    Upto8000,
    Upto20000,
    Upto50000,
    Uri,
)


class Money(ClosedPart):
    value: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,18}(\.[0-9]{1,6})?$")]
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class Sentiment(Part):
    label: Maybe[Upto64] = None
    score: Maybe[Annotated[float, Field(ge=-1, le=1)]] = None
    markers: Maybe[Annotated[list[Upto255], Field(max_length=20)]] = None


class Message(Part):
    id: Maybe[Upto255] = None
    role: Literal["customer", "agent", "operator", "system", "tool"]
    author: Maybe[Upto255] = None
    at: Maybe[DateTime] = None
    text: Upto50000
    sentiment: Maybe[Sentiment] = None
    tool_call: Maybe[Object] = None
    attachments: Maybe[list[Upto255]] = None


class Conversation(Part):
    channel: Maybe[Upto64] = None
    language: Maybe[Upto35] = None
    sentiment_trend: Maybe[Literal["rising", "steady", "falling", "unknown"]] = None
    truncated: Maybe[bool] = None
    messages: Maybe[Annotated[list[Message], Field(max_length=2000)]] = None


class Alternative(Part):
    id: Maybe[Upto255] = None
    label: Upto500
    confidence: Maybe[Fraction] = None
    why_not: Maybe[Upto2000] = None


class Evidence(Part):
    label: Upto500
    source: Maybe[Upto500] = None
    quote: Maybe[Upto4000] = None
    href: Maybe[Uri] = None


class Reasoning(Part):
    confidence: Maybe[Fraction] = None
    rationale: Maybe[Upto20000] = None
    steps: Maybe[Annotated[list[TextOrObject], Field(max_length=200)]] = None
    alternatives: Maybe[Annotated[list[Alternative], Field(max_length=50)]] = None
    evidence: Maybe[Annotated[list[Evidence], Field(max_length=100)]] = None
    uncertainties: Maybe[Annotated[list[Upto2000], Field(max_length=50)]] = None


class PastContact(Part):
    at: Maybe[DateTime] = None
    label: Upto2000


class Customer(Part):
    id: Maybe[Upto255] = None
    name: Maybe[Upto255] = None
    tier: Maybe[Upto64] = None
    since: Maybe[Day] = None
    locale: Maybe[Upto35] = None
    time_zone: Maybe[Upto64] = None
    contact: Maybe[Object] = None
    lifetime_value: Maybe[Money] = None
    history: Maybe[Annotated[list[PastContact], Field(max_length=500)]] = None
    attributes: Maybe[Object] = None


class Step(Part):
    id: Maybe[Upto255] = None
    label: Upto500
    at: Maybe[DateTime] = None
    status: Maybe[Upto64] = None
    detail: Any = None


class Process(Part):
    workflow: Maybe[Upto255] = None
    position: Maybe[Upto255] = None
    completed: Maybe[Annotated[list[Step], Field(max_length=500)]] = None
    pending: Maybe[Annotated[list[Step], Field(max_length=500)]] = None
    graph: Maybe[Object] = Field(None, description="optional nodes and edges for the position map")


class LogLine(Part):
    at: Maybe[DateTime] = None
    level: Maybe[Literal["debug", "info", "warning", "error", "critical"]] = None
    text: Upto8000
    source: Maybe[Upto255] = None


class ErrorSeen(Part):
    at: Maybe[DateTime] = None
    source: Maybe[Upto255] = None
    message: Upto4000
    count: Maybe[Ordinal] = None
    detail: Any = None


class Environment(Part):
    logs: Maybe[Annotated[list[LogLine], Field(max_length=2000)]] = None
    errors: Maybe[Annotated[list[ErrorSeen], Field(max_length=500)]] = None
    metrics: Maybe[dict[str, Plain]] = None


class Context(Part):
    conversation: Maybe[Conversation] = None
    reasoning: Maybe[Reasoning] = None
    customer: Maybe[Customer] = None
    process: Maybe[Process] = None
    environment: Maybe[Environment] = None
