"""The API for people: the OpenAPI document as a plain page, without scripts of others."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console.api import api

Document = dict[str, Any]


def api_docs(request: HttpRequest) -> HttpResponse:
    """Every call with its parameters, body and answers, and every schema. Open to anybody."""
    return render(request, "console/api.html", {"calls": _calls(), "schemas": _schemas()})


@cache
def _calls() -> list[Document]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "anchor": operation["operationId"],
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
            "body": _name(operation.get("requestBody", {})),
            "answers": [_answer(*answer) for answer in operation["responses"].items()],
        }
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
    ]


@cache
def _schemas() -> list[Document]:
    schemas = api.get_openapi_schema()["components"]["schemas"]
    return [
        {
            "name": name,
            "description": schema.get("description", ""),
            "fields": [
                {
                    "name": field,
                    "kind": _kind(part),
                    "required": field in schema.get("required", []),
                    "description": part.get("description", ""),
                }
                for field, part in schema.get("properties", {}).items()
            ],
        }
        for name, schema in schemas.items()
    ]


def _answer(status: str, answer: Document) -> Document:
    return {"status": status, "description": answer["description"], "name": _name(answer)}


def _name(holder: Document) -> str:
    for media in holder.get("content", {}).values():
        return str(media["schema"].get("$ref", "")).rpartition("/")[2]
    return ""


def _kind(part: Document) -> str:
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    elif "enum" in part or "const" in part:
        return ", ".join(map(str, part.get("enum", [part.get("const")])))
    elif "anyOf" in part:
        return " or ".join(map(_kind, part["anyOf"]))
    elif part.get("type") == "array":
        return f"list of {_kind(part.get('items', {}))}"
    else:
        return str(part.get("format") or part.get("type") or "anything")
