"""What the dialogs of handing on ask: who could take a case, who asks whom for one; following."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.refusals import NotFound
from routing.alerts import following
from routing.transfers import colleagues, handovers

SEARCH_MAX = 100


def people(request: Request, escalation_id: str) -> HttpResponse:
    """The people, skills and supervisors that this case could be passed on to."""
    viewer, now = access.viewer_of(request.user), clock.now()
    try:
        escalation = access.escalation_for(viewer, escalation_id, to="pass_on")
    except NotFound as refused:
        raise Http404(refused.detail) from None
    search = request.GET.get("search", "")[:SEARCH_MAX]
    context = {
        "people": colleagues.whom(escalation, viewer, search=search, now=now),
        "skills": colleagues.skills(viewer, now),
        "leads": colleagues.leads_on_shift(viewer, now),
        "search": search,
    }
    return render(request, "escalations/_pass_on_whom.html", context)


def asked(request: Request) -> HttpResponse:
    """The open questions for a held case that this person asked or must answer."""
    user_id = access.viewer_of(request.user).user_id
    context = {"handovers": handovers.open_for(user_id), "me": user_id, "now": clock.now()}
    return render(request, "escalations/_handovers.html", context)


def follow(request: Request, escalation_id: str) -> HttpResponse:
    """With `on=1` this person is told when the case moves, else no more; the button comes back."""
    viewer, on = access.viewer_of(request.user), request.POST.get("on") == "1"
    try:
        escalation = access.escalation_for(viewer, escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    followed = following.follow(escalation, viewer, on=on, now=clock.now())
    if request.htmx:
        context = {"escalation": escalation, "is_followed": followed}
        return render(request, "escalations/_follow.html", context)
    return redirect("escalations:briefing", escalation.id)
