"""A part of a page is never kept by a browser as the page of its address.

A screen asks for a part by the address of its whole page. Kept, that answer is what Back shows: the
bare part, without styles and scripts.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def middleware(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Forbids to store what a script asked for."""

    def answer_unkept(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if "HX-Request" in request.headers:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer_unkept
