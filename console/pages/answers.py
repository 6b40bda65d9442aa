"""What is answered where there is no page to show."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event


def done(said: str) -> HttpResponse:
    """The page says this, closes the dialog that asked, and reads again what may have changed."""
    return trigger_client_event(HttpResponse(status=204), "baton:done", {"said": said})


def elsewhere(request: HttpRequest, address: str) -> HttpResponse:
    """To a page that is no part of the one that asked."""
    is_part = request.headers.get("HX-Request") == "true"
    return HttpResponseClientRedirect(address) if is_part else HttpResponseRedirect(address)


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page of ours that the form stood on, or to `otherwise`."""
    referer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        referer, {request.get_host()}, require_https=request.is_secure()
    )
    # Not `redirect`, which would take a text without a slash for the name of a page.
    return HttpResponseRedirect(referer if is_ours else otherwise)
