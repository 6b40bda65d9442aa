"""The HTTP API: puts the routers of the apps together (`/api/v1`)."""

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

import metrics.api
from console.database.away import is_away
from escalations import refusals
from escalations.api import openapi, problems, routers
from escalations.refusals import Fault
from escalations.schemas import faults

log = structlog.get_logger(__name__)

DESCRIPTION = (
    "Hand cases to people and get their decisions back. Send your key as "
    "`Authorization: Bearer btn_…`. Errors are `application/problem+json` (RFC 9457)."
)


class Api(NinjaAPI):
    """Completes the OpenAPI document with what ninja cannot see."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        openapi.completed(schema)
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Short and stable: `escalations_create`."""
        function = operation.view_func
        return f"{function.__module__.rpartition('.')[2]}_{function.__name__}"


api = Api(
    title="Baton",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("", routers.router)
api.add_router("", metrics.api.router)


@api.exception_handler(refusals.Refused)
def _refused(request: HttpRequest, refusal: refusals.Refused) -> HttpResponse:
    return problems.of(refusal)


@api.exception_handler(ValidationError)
def _parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters and headers; what cannot be an id names nothing. Bodies are checked by us."""
    if any(one["loc"][0] == "path" for one in error.errors):
        return problems.problem(404, problems.NOTHING_HERE, code="not_found")
    errors = [
        Fault(
            "", f"{one['loc'][-1]} {faults.sentence(one['type'], one['msg'], one.get('ctx', {}))}"
        )
        for one in error.errors
    ]
    return problems.of(refusals.Invalid("The request is not valid.", errors=errors))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.problem(error.status_code, str(error))


@api.exception_handler(Exception)
def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    # A lock that was not had in time among it: other than a fault of ours.
    if is_away(error):
        log.error("database_error", exc_info=error)
        headers = {"Retry-After": "1"}
        return problems.problem(503, problems.UNAVAILABLE, headers=headers)
    log.error("unexpected_error", exc_info=error)
    return problems.problem(500, problems.UNEXPECTED)
