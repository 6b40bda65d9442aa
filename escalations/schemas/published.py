"""The JSON Schemas that agent developers read, generated from the models."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from escalations.schemas.decision import Decision
from escalations.schemas.package import Package

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def published() -> dict[str, dict[str, Any]]:
    """Each published schema by the name of its file in docs/schemas."""
    return {
        "handoff-package.v1.schema.json": _schema(Package, "Handoff package, version 1", "package"),
        "handoff-decision.v1.schema.json": _schema(
            Decision, "Handoff decision, version 1", "decision"
        ),
    }


class Generator(GenerateJsonSchema):
    """Leaves out what only Python needs to know: titles, and None for what is absent."""

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        written = super().default_schema(schema)
        if written.get("default", 0) is None:
            del written["default"]
        return written

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _schema(model: type[BaseModel], title: str, name: str) -> dict[str, Any]:
    body = model.model_json_schema(schema_generator=Generator)
    return {"$schema": _DIALECT, "$id": f"urn:handoff:{name}:1", **body, "title": title}
