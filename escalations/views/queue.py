"""The inbox: the queue, and beside it the case that is open."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from console import clock
from console.pages.kept import fingerprint
from console.pages.requests import Request
from escalations import access, ports
from escalations.access import Viewer
from escalations.inbox import address, groups, lists
from escalations.refusals import Invalid


def queue(request: Request) -> HttpResponse:
    """The list that was asked for; only its part of the page where htmx asks for that, and nothing
    where that `had` the same."""
    shown = inbox(access.viewer_of(request.user), request)
    if not request.htmx:
        return render(request, "escalations/inbox.html", shown)
    elif request.GET.get("had") == shown["stamp"]:
        return HttpResponse(status=204)
    else:
        return render(request, "escalations/inbox.html#queue", shown)


def inbox(viewer: Viewer, request: Request) -> dict[str, Any]:
    """What the list beside a case needs; `escalations.views.briefing` shows it too."""
    now = clock.now()
    wanted = address.read(request.GET.dict(), now=now)
    try:
        shown = lists.inbox(viewer, wanted)
    except Invalid as refused:
        raise Http404(refused.detail) from None
    query = address.written(wanted)
    parts = groups.of(shown.page, wanted, now=now, decides=viewer.decides)
    after = urlencode({"after": wanted.after}) if wanted.after else ""
    return {
        "viewer": viewer,
        "now": now,
        "page": shown.page,
        "wanted": wanted,
        "counts": shown.counts,
        "count_max": lists.COUNT_MAX,
        "groups": parts,
        # Of all that the list shows: a screen that has it needs no other.
        "stamp": fingerprint(query, wanted.after, parts, shown.page.next, shown.counts).hex()[:32],
        "soon_s": int(groups.SOON.total_seconds()),
        "query": query,
        "this_page": f"{query}&{after}" if after else query,
        "task_types": shown.task_types,
        "levels": (1, 2, 3, 4),
        "urgencies": address.URGENCIES,
        "may_take_next": ports.may_take_next(viewer),
    }
