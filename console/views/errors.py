"""What a person sees when something breaks."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import page_not_found, permission_denied

from console.database.away import is_away
from escalations.api import problems

RETRY_S = 2


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler403`: a page, or JSON for whoever asked for JSON alone."""
    if request.accepts("text/html"):
        return permission_denied(request, exception)
    detail = "Your role does not allow that. Nothing was changed."
    return JsonResponse({"type": "refused", "code": "not_allowed", "detail": detail}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler404`: a page, or a problem for whoever asked for JSON alone, as an agent
    does that has the address of the API wrong."""
    if request.accepts("text/html"):
        return page_not_found(request, exception)
    return problems.problem(404, "There is nothing at this address. The API begins with /api/v1/.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`; a database that cannot be reached, or a disk that is full, is 503 and
    worth another try. Who does not ask for a page gets no page."""
    away, page = is_away(sys.exception()), request.accepts("text/html")
    headers = {"Retry-After": str(RETRY_S)} if away else {}
    if not page:
        said = (503, problems.UNAVAILABLE) if away else (500, problems.UNEXPECTED)
        return problems.problem(*said, headers=headers)
    elif away:
        return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
    else:
        return HttpResponse(render_to_string("500.html"), status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`. It asks nothing of the form, which may be what cannot be read, where
    Django's own page asks it for a token."""
    if request.accepts("text/html"):
        return HttpResponse(render_to_string("400.html"), status=400)
    return problems.problem(400, "The request cannot be read.")
