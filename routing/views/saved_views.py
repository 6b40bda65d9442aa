"""Keep a filter of the list under a name, find it again, take it away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from console import clock
from console.models import User
from escalations.inbox import address
from escalations.refusals import Invalid, NotFound
from routing.people import saved_views


def views(request: HttpRequest) -> HttpResponse:
    """The list for the palette; a POST keeps one more."""
    user = _person(request)
    if request.method != "POST":
        found = {"views": saved_views.of(user)}
        return render(request, "routing/_saved_views_found.html", found)
    query, shared = request.POST.get("query", ""), request.POST.get("shared") == "1"
    now = clock.now()
    try:
        kept = saved_views.keep(user, request.POST.get("name", ""), query, shared=shared, now=now)
    except Invalid as refused:
        messages.error(request, refused.detail)
        return redirect(_list(address.kept(query, now=now)))
    messages.success(request, f"“{kept.name}” is saved.")
    return redirect(_list(kept.query))


def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take one of their own away."""
    try:
        name = saved_views.remove(_person(request), number)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    messages.success(request, f"“{name}” is gone.")
    return redirect(_list(""))


def _list(query: str) -> str:
    return f"{reverse('escalations:inbox')}?{query}".rstrip("?")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
