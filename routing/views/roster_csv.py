"""The roster as a file: out, and in again after a look at what would change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from console import clock
from console.pages.rights import actor, may_write
from escalations.refusals import Refused
from routing.roster_file import looked_at, roster_csv, roster_plan
from routing.roster_file.looked_at import LookedAt

UNREADABLE = "This is not text in UTF-8; save it as “CSV UTF-8”."


def export(request: HttpRequest) -> HttpResponse:
    """The whole roster as a file for a spreadsheet."""
    answer = HttpResponse(roster_csv.export(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="roster.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def load(request: HttpRequest) -> HttpResponse:
    """Choose a file, look at what it would change, then (`digest`) have it done."""
    if request.method != "POST":
        return _page(request)
    try:
        text = _text(request)
    except UnicodeDecodeError:
        return _page(request, status=422, fault=UNREADABLE)
    digest = request.POST.get("digest", "")
    if not digest:
        return _preview(request, text)
    try:
        done = roster_plan.carry_out(
            text, digest, for_admin=_for_admin(request), by=actor(request), now=clock.now()
        )
    except Refused as refused:
        look = looked_at.read(request.POST.get("looked_at", ""))
        look = look if refused.code == "changed" else None
        return _preview(request, text, status=409, fault=refused.detail, look=look)
    told = f"{done.count} change{'' if done.count == 1 else 's'} from the file saved."
    if done.passwords:
        answer = _page(request, done=told, passwords=done.passwords)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    messages.success(request, told)
    return redirect("routing:skills")


def _for_admin(request: HttpRequest) -> bool:
    """Whoever adds people one by one adds them by a file too."""
    return may_write(request.user, "people_add")


def _text(request: HttpRequest) -> str:
    """Raises UnicodeDecodeError for a file that is no text."""
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "")
    # One more than is allowed, by which a file that is too large is known without reading all of
    # it.
    read: bytes = file.read(roster_csv.SIZE_MAX + 1)
    return read.decode("utf-8-sig")


def _preview(
    request: HttpRequest,
    text: str,
    *,
    status: int = 200,
    fault: str = "",
    look: LookedAt | None = None,
) -> HttpResponse:
    """What the file would change; `look` is what was shown when Save was pressed in vain."""
    if not text.strip():
        return _page(request, status=422, fault="Choose a file, or paste its lines.")
    plan = roster_plan.plan(text, for_admin=_for_admin(request))
    status = 422 if plan.faults else status
    shown = {"plan": plan, "looked_at": looked_at.now(plan.changes)}
    if look:
        fault = looked_at.sentence(look, plan.changes)
        shown["new"] = looked_at.new_since(look, plan.changes)
    return _page(request, status=status, fault=fault, text=text, **shown)


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "routing/skills_import.html", context, status=status)
