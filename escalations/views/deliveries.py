"""What has not reached its receiver, for those who look after it; an admin sends it again."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from console import clock
from console.pages import rights
from escalations.deliveries import hosts, screen
from escalations.deliveries.outbox import outbox_of
from escalations.deliveries.screen import DeliveryFilter, Upcoming
from escalations.models import DeliveryAttempt, Outgoing
from escalations.refusals import Conflict, NotFound
from escalations.text import formatting


class DeliveryLine(NamedTuple):
    """One message as it stands in the list."""

    delivery: Outgoing
    attempts: Sequence[DeliveryAttempt]
    undoable: datetime | None
    upcoming: Upcoming

    @property
    def tries(self) -> int:
        """Also those before somebody had it sent again, which begins to count anew."""
        return max(self.delivery.attempts, len(self.attempts))

    @property
    def what(self) -> str:
        """What is sent, in words."""
        return formatting.event(self.delivery.what)


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
    # The courier does it, and to a host that takes nothing it may take a while.
    told = f"{row.case or 'The message'} leaves for {row.whom} now"
    others = box.free(clock.now()).filter(host=row.host).exclude(pk=row.pk).count()
    if others:
        told += f", after {others} more for the same host" if others > 1 else ", after 1 more"
    messages.success(request, f"{told}. What is answered stands under On the way or Delivered.")
    back = request.POST.get("state", "")
    query = f"?state={back}" if back in TABS else ""
    return redirect(reverse("escalations:deliveries") + query)


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
    tried, alone = screen.attempts_of(found.deliveries), hosts.left_alone()
    context = {
        "wanted": wanted,
        "rows": [
            DeliveryLine(
                row,
                tried.get(row.pk, []),
                row.undoable_until(now),
                screen.upcoming(row, alone, now),
            )
            for row in found.deliveries
        ],
        "alone": [one for one in alone.values() if wanted.state == "due"],
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
