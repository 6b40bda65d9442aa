"""A person's own status, and that of others for whoever leads them."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import SimpleLazyObject

from console import clock
from console.models import User
from console.pages import answers, rights
from console.pages.requests import Request
from escalations import access
from escalations.refusals import Conflict, NotAllowed, Refused
from routing.attendance import presence, status
from routing.attendance.automatic import State
from routing.attendance.presence import REASONS
from routing.forms.presence import BACK_IN, StatusForm

STATUSES: dict[type[Refused], int] = {NotAllowed: 403, Conflict: 409}


def context(request: Request) -> dict[str, Any]:
    """Template context of every page: the status of whoever takes cases, asked for when drawn."""
    user = getattr(request, "user", None)  # Absent where a request is refused before sign-in.
    if not isinstance(user, User) or not rights.may_read(user, "routing:presence"):
        return {"own_status": None}
    return {
        "own_status": SimpleLazyObject(lambda: status.of(user)),
        "away_choices": {"reasons": REASONS, "back_in": tuple(BACK_IN.items())},
    }


def own(request: Request) -> HttpResponse:
    """Say how you are; a GET shows it, or for a screen that follows only what changes."""
    user = cast("User", request.user)
    if request.method == "POST":
        return _set(request, user)
    if request.htmx:
        return render(request, "routing/_status_parts.html")
    else:
        return render(request, "routing/presence.html")


def of_other(request: Request, username: str) -> HttpResponse:
    """A supervisor says how somebody is."""
    return _set(request, get_object_or_404(User, username=username, is_active=True))


def _set(request: Request, user: User) -> HttpResponse:
    form = StatusForm(request.POST)
    if not form.is_valid():
        fault = next(error for errors in form.errors.values() for error in errors)
        return _refused(request, str(fault), status=422)
    try:
        _act(form, user, access.viewer_of(request.user))
    except Refused as refused:
        code = STATUSES.get(type(refused), 422)
        return _refused(request, refused.detail, status=code)
    said = _said(status.of(user), user if user != request.user else None)
    if request.htmx:
        return answers.done(said)
    messages.success(request, said)
    return answers.back(request, "/inbox/")


def _act(form: StatusForm, user: User, by: access.Viewer) -> None:
    now, state = clock.now(), form.cleaned_data["state"]
    if state == "end":
        presence.end_shift(user, by=by, now=now)
    elif state == "finish":
        presence.set_state(user, State.BUSY, by=by, draining=True, now=now)
    elif state == State.AWAY:
        back_at = form.back_at(now)
        presence.set_state(user, state, by=by, reason=form.said, back_at=back_at, now=now)
    else:
        presence.set_state(user, state, by=by, now=now)


def _said(now: status.Status, other: User | None) -> str:
    whose = "Your status" if other is None else f"The status of {other.name}"
    return f"{whose}: {now.word.lower()}{f', {now.why.lower()}' if now.why else ''}."


def _refused(request: Request, detail: str, *, status: int) -> HttpResponse:
    """The sentence, and all that was typed, which a dialog still shows."""
    if request.htmx:
        return render(request, "_refused.html", {"detail": detail}, status=status)
    typed = {name: request.POST.get(name, "") for name in ("reason", "other", "back_in")}
    shown = {"fault": detail, "typed": typed, "to": request.path}
    return render(request, "routing/presence.html", shown, status=status)
