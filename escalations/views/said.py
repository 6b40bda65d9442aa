"""What is said while people have a conversation, and what handing it back would tell the agent."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import render

from console import clock
from console.pages.requests import Request
from escalations import access
from escalations.briefing import reading
from escalations.commands import conversing
from escalations.models import Escalation, State
from escalations.refusals import Invalid, NotFound


def said(request: Request, escalation_id: str) -> HttpResponse:
    """The messages, as they stand on the page of the case."""
    viewer = access.viewer_of(request.user)
    escalation = _found(request, escalation_id)
    talk = reading.talk_of(viewer, escalation, now=clock.now())
    return render(request, "escalations/_live.html#said", {"talk": talk, "escalation": escalation})


def hand_back(request: Request, escalation_id: str) -> HttpResponse:
    """The document that the agent would get, but for what others said that is masked to whoever
    hands it back. Changes nothing."""
    viewer = access.viewer_of(request.user)
    escalation = _found(request, escalation_id)
    if escalation.state != State.LIVE or escalation.held_by_id != viewer.user_id:
        raise Http404("You do not have this conversation.")
    entered = {name: str(value) for name, value in request.POST.items()}
    try:
        document = conversing.foreseen(escalation, entered, by=viewer, now=clock.now())
        cover = reading.seen_by(viewer, escalation, now=clock.now()).covered
        for one in document["take_over"]["transcript"]:
            if one["author"] != viewer.name:
                one |= {"author": cover(one["author"]), "text": cover(one["text"])}
        told = json.dumps(document, ensure_ascii=False, indent=2)
    except Invalid as refused:
        told = refused.detail
    return render(request, "escalations/_hand_back_told.html", {"told": told})


def _found(request: Request, escalation_id: str) -> Escalation:
    try:
        return access.escalation_for(access.viewer_of(request.user), escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None
