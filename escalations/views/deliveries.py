"""What has not reached its receiver, for those who look after it; an admin sends it again."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from console import clock
from escalations import access
from escalations.access import Viewer
from escalations.deliveries import screen, sending
from escalations.deliveries.screen import Wanted
from escalations.record.lines import Actor
from escalations.refusals import Conflict, NotFound

READERS = frozenset({"supervisor", "admin", "auditor"})
SENDERS = frozenset({"admin"})
TABS = {"dead": "Given up", "due": "On the way", "delivered": "Delivered", "dropped": "Taken back"}


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Dead letters first; the other states are a click away."""
    return _page(request, _viewer(request, READERS))


@login_required
@require_POST
def retry(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Send one message again, under the same id."""
    viewer = _viewer(request, SENDERS)
    try:
        actor = Actor("person", viewer.username)
        delivery = sending.replay(delivery_id, by=actor, now=clock.now())
    except NotFound as refused:
        raise Http404(refused.detail) from refused
    except Conflict as refused:
        return _page(request, viewer, refused=refused, status=409)
    messages.success(request, f"{delivery.escalation} is sent to {delivery.agent} again.")
    return redirect("escalations:deliveries")


def _viewer(request: HttpRequest, roles: frozenset[str]) -> Viewer:
    viewer = access.viewer_of(request.user)
    if viewer.role not in roles:
        raise PermissionDenied
    return viewer


def _page(
    request: HttpRequest, viewer: Viewer, *, refused: Conflict | None = None, status: int = 200
) -> HttpResponse:
    state, search = request.GET.get("state", "dead"), request.GET.get("search", "")
    wanted = Wanted(
        state=state if state in TABS else "dead",
        search=search.strip()[:200].replace("\0", ""),
        after=request.GET.get("after", "")[:200],
    )
    found = screen.page(wanted)
    context = {
        "wanted": wanted,
        "page": found,
        "heading": TABS[wanted.state],
        "tabs": _tabs(screen.counts()),
        "next": urlencode({"state": wanted.state, "search": wanted.search, "after": found.next}),
        "may_send": viewer.role in SENDERS,
        "refused": refused,
        "now": clock.now(),
    }
    return render(request, "escalations/deliveries.html", context, status=status)


def _tabs(counts: dict[str, int]) -> list[tuple[str, str, str]]:
    """State, label and how many, where that is worth knowing."""
    most = screen.COUNT_MAX
    shown = {state: f"{count}+" if count >= most else str(count) for state, count in counts.items()}
    return [(state, label, shown.get(state, "")) for state, label in TABS.items()]
