"""What the OpenAPI document says beyond what ninja sees in the functions."""

from collections.abc import Mapping
from typing import Annotated, Any

from ninja import Header
from ninja.params import functions
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from escalations.schemas import answers as shown
from escalations.schemas.additions import Addition
from escalations.schemas.answers import Problem
from escalations.schemas.decision import Decision
from escalations.schemas.messages import SentMessage, SentReceipt, SentTyping
from escalations.schemas.package import Package
from escalations.schemas.published import Generator
from escalations.schemas.reports import FactsSaid, Feedback, Outcome

KEY = "8 to 255 characters of your own; the same call again with it is answered, not repeated"
WAIT = "seconds to wait for it"
AFTER = "the `sequence` of the last document that you have; only a later one is given"
AFTER_MESSAGE = "the `number` of the last message that you have; only later ones are given"
TYPING = "true: answered as well while a person types, at most every 3 s"
IF_MATCH = "the ETag of the version that yours was made from"
AGAIN = (
    "8 to 255 characters of your own; the same call again with it is answered with "
    "`Idempotency-Replayed: true` and changes nothing, another body with it is refused (422)"
)
REFERENCE = "#/components/schemas/{model}"
Again = Annotated[str | None, Header(alias="Idempotency-Key", description=AGAIN)]
MODELS: tuple[type[BaseModel], ...] = (
    *(Package, Addition, SentMessage, SentReceipt, SentTyping, FactsSaid, Outcome, Feedback),
    *(Decision, Problem, shown.Received, shown.Typed, shown.Said, shown.Conversation),
    *(shown.Question, shown.FactsKept),
    *(shown.Page, shown.Undecided, shown.Checked, shown.Reported, shown.Surveyed, shown.Policy),
)


def answers(
    good: Mapping[int, type[BaseModel]], *problems: int
) -> dict[int | frozenset[int], type[BaseModel]]:
    """The answers of a call: the good ones, its own problems, and those that every call has."""
    shared: dict[int | frozenset[int], type[BaseModel]] = {
        frozenset({400, 401, 403, 429, 503, *problems}): Problem
    }
    return shared | {status: model for status, model in good.items()}  # noqa: C416


def body(name: str) -> dict[str, Any]:
    """The request's body, which is read and checked by us rather than by ninja."""
    schema = {"$ref": REFERENCE.format(model=name)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def path(example: str) -> Any:
    """The id in the address."""
    return functions.Path(pattern="^[A-Za-z0-9_]{1,64}$", example=example)


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with our own schemas, and problems under their own media type."""
    _, ours = models_json_schema(
        [(model, "validation") for model in MODELS],
        schema_generator=Generator,
        ref_template=REFERENCE,
    )
    components = document["components"]
    components["schemas"] = dict(sorted({**components["schemas"], **ours["$defs"]}.items()))
    for operations in document["paths"].values():
        for operation in operations.values():
            _mark_problems(operation)
    return document


def _mark_problems(operation: dict[str, Any]) -> None:
    operation["responses"] = dict(
        sorted(operation["responses"].items(), key=lambda one: int(one[0]))
    )
    for status, response in operation["responses"].items():
        if int(status) >= 400 and "application/json" in response.get("content", {}):
            response["content"] = {
                "application/problem+json": response["content"]["application/json"]
            }
