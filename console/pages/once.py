"""A form that counts once: a double click makes one key, and one password."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FIELD = "form_id"
KEPT_S = 3600
LENGTH_MAX = 40

View = Callable[..., HttpResponse]


def new_id() -> str:
    """What a form carries from the page it stands on."""
    return uuid4().hex


def once(view: View) -> View:
    """Refuses a form that was carried out already. One that was refused, or that broke, may come
    again; one without an id is not ours to know again."""

    @wraps(view)
    def sent(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form_id = request.POST.get(FIELD, "")[:LENGTH_MAX]
        key = f"form:{request.user.pk}:{form_id}"
        # Of two at the same moment the unique key of the row lets one through.
        if form_id and not cache.add(key, 1, KEPT_S):
            return render(request, "sent_twice.html", status=409)
        try:
            answer = view(request, *args, **kwargs)
        except BaseException:
            cache.delete(key)
            raise
        if answer.status_code >= 400:
            cache.delete(key)
        return answer

    return sent
