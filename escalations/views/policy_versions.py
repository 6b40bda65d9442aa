"""Versions of the policy: publish a draft, look at older ones, compare two, go back to one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from console import clock
from console.pages import rights
from escalations import ports
from escalations.access import Viewer
from escalations.policy import difference, hard_rules, versions
from escalations.policy_screen import cells, policy_draft, proposing, times
from escalations.refusals import Conflict, Invalid
from escalations.views.levels import as_viewer, page, screen_of

HISTORY = 50


@as_viewer
def publish(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Put the draft in force; where somebody was faster, say who and keep everything."""
    note = request.POST.get("note", "")
    guard = None if request.POST.get("unstaffed") == "1" else ports.require_staffed
    try:
        made = policy_draft.publish(
            viewer,
            note=note,
            expected=_number(request.POST.get("expected")),
            now=clock.now(),
            guard=guard,
        )
    except Conflict as refused:
        return page(request, screen_of(viewer), status=409, refused=refused, note=note)
    except Invalid as refused:
        return page(request, screen_of(viewer), status=422, refused=refused, note=note)
    messages.success(request, f"Version {made.number} is in force.")
    return redirect("escalations:levels")


@as_viewer
def adopt(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Make what a supervisor proposes one's own draft."""
    try:
        proposing.adopt(viewer, request.POST.get("of", ""), now=clock.now())
    except Conflict as refused:
        return page(request, screen_of(viewer), status=409, refused=refused)
    return redirect("escalations:levels")


@as_viewer
def decline(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Let what a supervisor proposes go, and say so to them."""
    of, seen, why = (request.POST.get(name, "") for name in ("of", "seen", "why"))
    try:
        proposing.decline(viewer, of, seen=seen, why=why, now=clock.now())
    except Conflict as refused:
        return page(request, screen_of(viewer), status=409, refused=refused)
    return redirect("escalations:levels")


@as_viewer
def forward(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Bring the draft's changes onto the version that somebody else published meanwhile."""
    note = request.POST.get("note", "")
    try:
        both = policy_draft.bring_forward(viewer, now=clock.now())
    except Invalid as refused:
        refused = Invalid(" ".join(fault.detail for fault in refused.errors) or refused.detail)
        return page(request, screen_of(viewer), status=422, refused=refused, note=note)
    screen = screen_of(viewer)
    told = [difference.part_in_words(screen.wanted, part) for part in both]
    return page(request, screen, both=told, note=note, forwarded=True)


@as_viewer
def version(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """One version: who, when, why, what it changed, and what going back to it would change."""
    return _version(request, viewer, number)


@as_viewer
def restore(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Make an older version current again, as a new one."""
    note = request.POST.get("note", "")
    try:
        made = versions.restore(
            number,
            by=viewer,
            note=note,
            now=clock.now(),
            expected=_number(request.POST.get("expected")),
        )
    except Conflict as refused:
        return _version(request, viewer, number, status=409, refused=refused, note=note)
    except Invalid as refused:
        return _version(request, viewer, number, status=422, refused=refused, note=note)
    messages.success(request, f"Version {made.number} is in force, as version {number} was.")
    return redirect("escalations:levels")


@as_viewer
def compare(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The difference between any two versions."""
    in_force = versions.current()
    first = versions.version(_number(request.GET.get("first")) or max(1, in_force.number - 1))
    second = versions.version(_number(request.GET.get("second")) or in_force.number)
    context = {
        "first": first,
        "second": second,
        "numbers": range(in_force.number, 0, -1),
        "sentences": difference.sentences(versions.document(first), versions.document(second)),
        "history": versions.history(
            before=_number(request.GET.get("before")) or None, count=HISTORY
        ),
    }
    return render(request, "escalations/policy_versions.html", context)


def _version(
    request: HttpRequest, viewer: Viewer, number: int, *, status: int = 200, **extra: object
) -> HttpResponse:
    in_force = versions.current()
    shown = versions.version(number)
    change = versions.history(before=number + 1, count=1)[0]
    then = versions.document(shown)
    back = difference.sentences(in_force.document, then)
    context = {
        "in_force": in_force,
        "change": change,
        "version": shown,
        "back": back,
        "before": number - 1,
        "after": number + 1 if number < in_force.number else 0,
        "shown_version": number,
        "rows": cells.rows(then, None, hard_rules.current().document),
        "hours": times.hours(then, None),
        "rings": times.rings(then, None),
        "ladders": times.ladders(then, None),
        "settings": times.settings(then, None),
        "headings": cells.HEADINGS,
        "may_edit": rights.may_write(viewer, "escalations:levels-restore"),
        **extra,
    }
    return render(request, "escalations/policy_version.html", context, status=status)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
