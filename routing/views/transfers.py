"""What the dialogs of handing on ask: who could take a case, who asks whom for one; following."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.refusals import NotFound
from routing.alerts import following, mentions
from routing.transfers import colleagues, handovers

SEARCH_MAX = 100


def people(request: Request, escalation_id: str) -> HttpResponse:
    """The people, skills and supervisors that this case could be passed on to; of these the people
    alone while a name is typed, and how many have a skill once one is chosen."""
    viewer, now = access.viewer_of(request.user), clock.now()
    try:
        escalation = access.escalation_for(viewer, escalation_id, to="pass_on")
    except NotFound as refused:
        raise Http404(refused.detail) from None
    template = "escalations/_pass_on_whom.html"
    if "search" in request.GET:
        search = request.GET["search"][:SEARCH_MAX]
        found = colleagues.whom(escalation, viewer, search=search, now=now)
        context = {"people": found, "search": search, "to_first": "first" in request.GET}
        return render(request, f"{template}#people", context)
    skills = colleagues.skills(viewer, now)
    says = _on_shift(skills, request.GET)
    if "skill" in request.GET:
        return render(request, f"{template}#on_shift", {"on_shift": says})
    context = {
        "people": colleagues.whom(escalation, viewer, now=now),
        "skills": skills,
        "least": str(colleagues.LEAST),
        "on_shift": says,
        "leads": colleagues.leads_there(viewer, now),
        "find": request.path,
    }
    return render(request, template, context)


def _on_shift(skills: list[colleagues.SkillChoice], chosen: QueryDict) -> str:
    """How many others have the skill that was chosen, at first the first one."""
    wanted, typed = chosen.get("skill"), chosen.get("proficiency", "")
    skill = next((one for one in skills if wanted in (None, one.name)), None)
    least = int(typed) if typed in {"1", "2", "3", "4", "5"} else colleagues.LEAST
    return skill.says(least) if skill else ""


def readers(request: Request, escalation_id: str) -> HttpResponse:
    """Who may read the case and is called as `begun`: whom a private note may name."""
    viewer = access.viewer_of(request.user)
    try:
        escalation = access.escalation_for(viewer, escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    begun = request.GET.get("begun", "")[:SEARCH_MAX]
    found = mentions.offered(escalation, viewer, begun)
    return render(request, "routing/_readers.html", {"people": found})


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
