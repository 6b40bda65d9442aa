"""The record of everything as people find it: cases, policy, people, keys and presence."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console import clock
from escalations.forms.audit import AuditForm, CasesForm
from escalations.lifecycle.taking_back import reversing
from escalations.policy import versions
from escalations.record import sentences
from escalations.record_screen import beside_cases, cases, timeline
from escalations.record_screen.beside_cases import LineFilter
from escalations.record_screen.cases import CaseFilter
from escalations.text import formatting

CASES = "cases"
OUTCOMES = (*sentences.OUTCOMES, "expired", "cancelled")
TABS = {
    CASES: "Cases",
    "policy": "Policy",
    "people": "People",
    "keys": "Keys and agents",
    "presence": "Presence",
}


def index(request: HttpRequest) -> HttpResponse:
    """One tab, narrowed as the address says, newest first."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else CASES
    form = _cases_form(request) if tab == CASES else AuditForm(request.GET, tab=tab)
    before = request.GET.get("before", "")
    known = before.isascii() and before.isdigit() and len(before) < 18
    read = (_cases if tab == CASES else _lines) if form.is_valid() else _nothing
    more = read(request, tab, form, int(before) if known else None)
    kept = [(name, value) for name, value in request.GET.items() if value and name != "before"]
    context = {
        "tab": tab,
        "tabs": list(TABS.items()),
        "form": form,
        "query": urlencode(kept),
        **more,
    }
    return render(request, "escalations/audit.html", context)


def _cases(request: HttpRequest, tab: str, form: AuditForm, before: int | None) -> dict[str, Any]:
    search = request.GET.get("search", "").strip()[:200]
    page = cases.page(
        CaseFilter(
            search=search, who=form.text("who"), what=form.text("what"),
            since=form.since_at, until=form.until_at,
            task_type=form.text("task_type"), level=form.number("level"),
            outcome=form.text("outcome"), policy=form.number("policy"), before=before,
        )
    )  # fmt: skip
    now = clock.now()
    rows = [
        (case, timeline.stands(case), reversing.is_reversible(case, now=now)) for case in page.cases
    ]
    return {"page": page, "rows": rows, "search": search}


def _nothing(request: HttpRequest, tab: str, form: AuditForm, before: int | None) -> dict[str, Any]:
    """Half a filter would list what was not asked for."""
    return {"page": None, "rows": [], "search": request.GET.get("search", "").strip()[:200]}


def _lines(request: HttpRequest, tab: str, form: AuditForm, before: int | None) -> dict[str, Any]:
    page = beside_cases.page(
        LineFilter(tab, form.text("who"), form.text("what"), form.since_at, form.until_at, before)
    )
    return {"page": page, "rows": page.lines, "search": ""}


def _cases_form(request: HttpRequest) -> CasesForm:
    given = request.GET.get("task_type", "")[:64]
    return CasesForm(
        request.GET,
        tab=CASES,
        task_type=_titles([*versions.current().document.task_types, given]),
        outcome={one: sentences.outcome(one) for one in OUTCOMES},
    )


def _titles(names: Sequence[str]) -> dict[str, str]:
    """Task type to title; also one that the policy no longer has, which cases may still be of."""
    document = versions.current().document
    titles = {
        name: document.task_types[name].title if name in document.task_types else ""
        for name in names
        if name
    }
    return {name: title or formatting.title(name) for name, title in sorted(titles.items())}
