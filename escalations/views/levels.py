"""The Levels screen: the policy in force, and an admin's draft of the next one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from console import clock
from console.pages import rights
from escalations import access, ports
from escalations.access import Viewer
from escalations.forms import ladder as ladder_forms
from escalations.forms import levels as level_forms
from escalations.forms.assignment import RoutingForm
from escalations.forms.opening_hours import OpeningHoursForm
from escalations.policy import difference, hard_rules, hours, staffing, versions, wording
from escalations.policy.document import PolicyDocument, TaskType
from escalations.policy.versions import InForce
from escalations.policy_screen import cells, locked, nobody_can, policy_draft, proposing, times
from escalations.policy_screen.policy_draft import DraftedPolicy
from escalations.record_screen import cases
from escalations.refusals import Invalid, NotFound
from escalations.text import pointers

Rest = ParamSpec("Rest")
Act = Callable[Concatenate[HttpRequest, Viewer, Rest], HttpResponse]
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]
HISTORY = 8
GONE = "This task type is no longer there: it was taken out of the policy, or of your draft."


@dataclass(frozen=True, slots=True)
class LevelsScreen:
    """What one person sees: the policy in force and their own draft."""

    viewer: Viewer
    in_force: InForce
    draft: DraftedPolicy | None

    @property
    def wanted(self) -> PolicyDocument:
        return self.draft.document if self.draft else self.in_force.document

    @property
    def base(self) -> PolicyDocument:
        """With what the draft is compared, everywhere on the screen."""
        return self.draft.base if self.draft else self.in_force.document

    def terms(self, name: str) -> TaskType:
        """What the draft says of a row. Raises NotFound for one that it has not."""
        found = cells.terms(self.wanted, name)
        if found is None:
            raise NotFound("not_found", GONE)
        return found


def as_viewer(view: Act[Rest]) -> View[Rest]:
    """Hands a view the person as the rules see them. What they do not find is a 404; what they
    would act on from an older screen and is gone is said above the screen as it is now."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        viewer = access.viewer_of(request.user)
        try:
            return view(request, viewer, *args, **kwargs)
        except NotFound as refused:
            if request.method == "POST":
                return page(request, screen_of(viewer), status=409, refused=refused)
            raise Http404(refused.detail) from refused

    return cast("View[Rest]", shown)


@as_viewer
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The whole screen; `?edit=refund|1` opens one cell, `?edit=refund` the task type."""
    screen = screen_of(viewer)
    if not rights.may_write(viewer, "escalations:levels-cell"):
        return page(request, screen)
    try:
        return page(request, screen, **editor_of(screen, request.GET))
    except NotFound as refused:
        return page(request, screen, status=404, refused=refused)


@as_viewer
def cell(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Keep what was typed into one cell in the draft."""
    screen = screen_of(viewer)
    name, level = place_of(request.POST.get("edit", ""))
    form = part_form(screen.wanted, screen.terms(name), name, level, request.POST)
    if form.is_valid():
        try:
            policy_draft.change(viewer, name, form.changes(), now=clock.now())
        except Invalid as refused:
            blame(form, refused)
        else:
            return back(name, level)
    return page(request, screen, status=422, **_editor(screen, name, level, form=form))


@as_viewer
def add_rule(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One more rule that brings cases to a level."""
    screen = screen_of(viewer)
    name, level = place_of(request.POST.get("edit", ""))
    screen.terms(name)
    form = level_forms.RuleForm(request.POST, auto_id="rule-%s")
    if level and level > 1 and form.is_valid():
        try:
            policy_draft.add_rule(viewer, name, form.rule(level), now=clock.now())
        except Invalid as refused:
            blame(form, refused)
        else:
            return back(name, level)
    return page(request, screen, status=422, **_editor(screen, name, level, rule_form=form))


@as_viewer
def remove_rule(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One rule less."""
    name, level = place_of(request.POST.get("edit", ""))
    index = pointers.number(request.POST.get("index", ""))
    policy_draft.remove_rule(
        viewer,
        name,
        -1 if index is None else index,
        request.POST.get("reason", ""),
        now=clock.now(),
    )
    return back(name, level)


@as_viewer
def add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A new task type."""
    form = level_forms.NewTaskTypeForm(request.POST, auto_id="level-%s")
    if form.is_valid():
        given = dict(form.cleaned_data)
        name = given.pop("name")
        try:
            policy_draft.add(viewer, name, given, now=clock.now())
        except Invalid as refused:
            blame(form, refused)
        else:
            return back(name, None)
    return page(request, screen_of(viewer), status=422, new_form=form)


@as_viewer
def remove(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One task type less; its cases fall to the fallback."""
    policy_draft.remove(viewer, request.POST.get("edit", ""), now=clock.now())
    return redirect("escalations:levels")


@as_viewer
def drop(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Forget the draft."""
    policy_draft.drop(viewer, now=clock.now())
    return redirect("escalations:levels")


def screen_of(viewer: Viewer) -> LevelsScreen:
    in_force = versions.current()
    may_edit = rights.may_write(viewer, "escalations:levels-cell")
    draft = policy_draft.of(viewer, in_force) if may_edit else None
    return LevelsScreen(viewer, in_force, draft)


def page(
    request: HttpRequest, screen: LevelsScreen, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """The screen with whatever is open on it."""
    history = versions.history(count=HISTORY)
    may_publish = rights.may_write(screen.viewer, "escalations:levels-publish")
    document = screen.draft.document if screen.draft else None
    rules = hard_rules.current().document
    context = {
        "may_edit": rights.may_write(screen.viewer, "escalations:levels-cell"),
        "may_publish": may_publish,
        "proposals": proposing.proposals(screen.viewer, screen.in_force) if may_publish else [],
        "in_force": screen.in_force,
        "since": history[0].version.published_at,
        "draft": screen.draft,
        "drop_says": _dropping(screen.draft),
        "rows": cells.rows(screen.base, document, rules, cases.lately(clock.now())),
        "cases_counted": True,
        **_short_of(screen),
        "headings": cells.HEADINGS,
        "hours": times.hours(screen.base, document),
        "rings": times.rings(screen.base, document),
        "ladders": times.ladders(screen.base, document),
        "settings": times.settings(screen.base, document),
        "zones": sorted(hours.zones()) if "hours_form" in extra else [],
        "history": history,
        "hard_rules": locked.rows(rules),
        **extra,
    }
    return render(request, "escalations/levels.html", context, status=status)


def editor_of(screen: LevelsScreen, query: QueryDict) -> dict[str, Any]:
    """What the address asks to be open: nothing, a cell, a task type, hours, routing, a new one."""
    if "new" in query:
        return {"new_form": level_forms.NewTaskTypeForm(auto_id="level-%s")}
    if "ladder" in query:
        return ladder_of(screen, str(query["ladder"]))
    if "routing" in query:
        return {"routing_form": RoutingForm(screen.wanted.routing)}
    if "hours" in query:
        was = str(query["hours"])
        opening = screen.wanted.hours.get(was)
        if was and opening is None:
            raise NotFound("not_found", policy_draft.NO_HOURS)
        return {"hours_form": OpeningHoursForm(was=was, opening=opening)}
    name, level = place_of(query.get("edit", ""))
    return _editor(screen, name, level) if name else {}


def ladder_of(screen: LevelsScreen, name: str, data: QueryDict | None = None) -> dict[str, Any]:
    """What is open where the steps of this task type are changed. Raises NotFound for none."""
    shown = screen.terms(name)
    own = screen.wanted.task_types.get(name)
    inherits = None if own is None else not own.model_fields_set & set(ladder_forms.NAMES)
    return {
        "ladder_form": ladder_forms.LadderForm(shown, data, inherits=inherits),
        "ladder_of": name,
        "ladder_title": shown.title,
    }


def back(name: str, level: int | None) -> HttpResponse:
    """The screen with the same part open."""
    place = f"{name}|{level}" if level else name
    return redirect(f"{reverse('escalations:levels')}?{urlencode({'edit': place})}#editor")


def blame(form: forms.Form, refused: Invalid) -> None:
    """Every fault beside the field it belongs to, or else above them all."""
    for fault in refused.errors:
        names = [name for name in fault.pointer.split("/") if name in form.fields]
        form.add_error(names[-1] if names else None, fault.detail)


def _editor(
    screen: LevelsScreen,
    name: str,
    level: int | None,
    *,
    form: forms.Form | None = None,
    rule_form: forms.Form | None = None,
) -> dict[str, Any]:
    shown = screen.terms(name)
    own = screen.wanted.defaults if name == cells.FALLBACK else screen.wanted.task_types[name]
    inherited = [] if name == cells.FALLBACK else screen.wanted.defaults.rules
    told = difference.rule_in_words
    return {
        "edit": f"{name}|{level}" if level else name,
        "edit_name": name,
        "edit_level": level,
        "edit_title": shown.title,
        "heading": cells.HEADINGS.get(level or 0),
        "explained": cells.EXPLAINED.get(level or 0, ""),
        "told": _told(shown, level),
        "form": form or part_form(screen.wanted, shown, name, level),
        "rule_form": rule_form or level_forms.RuleForm(auto_id="rule-%s"),
        "own_rules": [(i, r, told(r)) for i, r in enumerate(own.rules) if r.level == level],
        "inherited_rules": [told(rule) for rule in inherited if rule.level == level],
        "is_fallback": name == cells.FALLBACK,
        "below": str((level or 1) - 1),
        "from_below": cells.from_below(level, shown) if level else [],
        "own_remarks": nobody_can.remarks(shown),
    }


def part_form(
    document: PolicyDocument, shown: TaskType, name: str, level: int | None, data: Any = None
) -> level_forms.Part:
    """The fields of a cell, or of what holds at every level."""
    if level == 1:
        return level_forms.AloneForm(shown, data)
    elif level:
        return level_forms.RaisedForm(level, shown, data)
    else:
        known = ports.skills_known()
        form = level_forms.TaskTypeForm(shown, data, hours=list(document.hours), skills=known)
        if name == cells.FALLBACK:
            del form.fields["title"]
        return form


def _short_of(screen: LevelsScreen) -> dict[str, Any]:
    """What nobody can do by what stands on the screen, and which of it the draft brings."""
    staff = ports.staff()
    brought = staffing.introduced(screen.in_force.document, screen.wanted, staff)
    told = staffing.remarks(screen.wanted, staff)
    return {"remarks": [(one, one in brought) for one in told], "brought": len(brought)}


def _dropping(draft: DraftedPolicy | None) -> str:
    many = len(draft.sentences) if draft else 0
    lost = "1 change that you" if many == 1 else f"{many} changes that you"
    return f"The {lost} have not published are lost; they cannot be brought back."


def _told(shown: TaskType, level: int | None) -> str:
    """Who is told of a case that waits at this level, and when."""
    if level is None or level == 1:
        return ""
    else:
        return wording.alarm(shown.alarm) if level == 4 else wording.ladder(shown.ladder)


def place_of(edit: str) -> tuple[str, int | None]:
    """`refund|1` is a cell, `refund` the task type."""
    name, _, level = edit.partition("|")
    return name, int(level) if level in {"1", "2", "3", "4"} else None
