"""What has not reached its receiver, for those who look after it; an admin sends it again."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from console import clock
from console.pages import rights
from escalations.deliveries import screen
from escalations.deliveries.outbox import outbox_of
from escalations.deliveries.screen import DeliveryFilter
from escalations.refusals import Conflict, NotFound

TABS = {"dead": "Given up", "due": "On the way", "delivered": "Delivered", "dropped": "Taken back"}


def show(request: HttpRequest) -> HttpResponse:
    """Dead letters first; the other states are a click away."""
    return _page(request)


def retry(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Send one message again, under the same id."""
    try:
        box = outbox_of(delivery_id)
        row = box.replay(delivery_id, by=rights.actor(request), now=clock.now())
    except NotFound as refused:
        raise Http404(refused.detail) from refused
    except Conflict as refused:
        return _page(request, refused=refused, status=409)
    messages.success(request, f"{row.case or 'The message'} is sent to {row.whom} again.")
    return redirect("escalations:deliveries")


def _page(
    request: HttpRequest, *, refused: Conflict | None = None, status: int = 200
) -> HttpResponse:
    state, search = request.GET.get("state", "dead"), request.GET.get("search", "")
    wanted = DeliveryFilter(
        state=state if state in TABS else "dead",
        search=search.strip()[:200].replace("\0", ""),
        after=request.GET.get("after", "")[:200],
    )
    now, found = clock.now(), screen.page(wanted)
    tried = screen.attempts_of(found.deliveries)
    context = {
        "wanted": wanted,
        "rows": [(row, tried.get(row.pk, []), row.undoable_until(now)) for row in found.deliveries],
        "endpoints": screen.endpoints(clock.now() - screen.LATELY),
        "facts_not_read": screen.facts_not_read(clock.now() - screen.LATELY),
        "page": found,
        "heading": TABS[wanted.state],
        "tabs": _tabs(screen.counts()),
        "next": urlencode({"state": wanted.state, "search": wanted.search, "after": found.next}),
        "may_send": rights.may_write(request.user, "escalations:deliveries-retry"),
        "refused": refused,
        "now": now,
    }
    return render(request, "escalations/deliveries.html", context, status=status)


def _tabs(counts: dict[str, int]) -> list[tuple[str, str, str]]:
    """State, label and how many, where that is worth knowing."""
    most = screen.COUNT_MAX
    shown = {state: f"{count}+" if count >= most else str(count) for state, count in counts.items()}
    return [(state, label, shown.get(state, "")) for state, label in TABS.items()]
