"""What a person sees when something breaks."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import permission_denied
from django.views.defaults import server_error as broken

RETRY_S = 2


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler403`: a page, or JSON for whoever asked for JSON alone."""
    if request.accepts("text/html"):
        return permission_denied(request, exception)
    detail = "Your role does not allow that. Nothing was changed."
    return JsonResponse({"type": "refused", "code": "not_allowed", "detail": detail}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`; a database that cannot be reached is 503 and worth another try."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_S)})
    else:
        return broken(request)
