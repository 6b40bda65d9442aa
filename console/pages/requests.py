"""What a view is given: Django's request with what htmx says of itself."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request behind `HtmxMiddleware`: true as `request.htmx` where only a part is asked for."""

    htmx: HtmxDetails
