"""What htmx is answered where there is nothing to swap in."""

from django.http import HttpResponse
from django_htmx.http import trigger_client_event


def done(said: str) -> HttpResponse:
    """The page says this, closes the dialog that asked, and reads again what may have changed."""
    return trigger_client_event(HttpResponse(status=204), "baton:done", {"said": said})
