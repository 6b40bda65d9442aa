"""What this person was told: at the foot of every page, and as a page of its own."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from console import clock
from console.models import User
from console.pages.requests import Request
from escalations import access
from routing.alerts import digests, notices
from routing.models import Notice

CORNER = "notices"


def show(request: Request) -> HttpResponse:
    """What is not seen yet, and what was; the corner asks for the first part alone."""
    viewer = access.viewer_of(request.user)
    context = {"unseen": notices.unseen(viewer), "kinds": Notice.Kind}
    if request.htmx.target == CORNER:
        return render(request, "routing/notices.html#unseen", context)
    context["earlier"] = notices.earlier(viewer, now=clock.now())
    return render(request, "routing/notices.html", context)


def see(request: Request, number: int) -> HttpResponse:
    """One line is seen; with `open` its case comes next. What stays is seen by opening alone."""
    viewer = access.viewer_of(request.user)
    notice = get_object_or_404(Notice, pk=number, person=viewer.user_id)
    opening = request.POST.get("open") == "1"
    if opening or notice.kind not in notices.STAYING:
        notices.see(viewer.user_id, number, now=clock.now())
    asks_for_json = "application/json" in request.headers.get("Accept", "")
    if opening and notice.escalation and not asks_for_json:
        return redirect("escalations:briefing", notice.escalation.id)
    return _answer(request)


def see_all(request: Request) -> HttpResponse:
    """Everything is seen but alerts of open cases."""
    notices.see_all(access.viewer_of(request.user).user_id, now=clock.now())
    return _answer(request)


def digest(request: Request) -> HttpResponse:
    """Turn the mail of the morning on or off."""
    user, on = cast("User", request.user), request.POST.get("on") == "1"
    digests.want(user, on=on, now=clock.now())
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, "A mail comes each morning." if on else "No mail comes any more.")
    return redirect("profile")


def _answer(request: Request) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"seen": True})
    return redirect("routing:notices")
