"""The same change in similar cases: what somebody changed in one that they decided, and those that
wait with the same values in the same calls, each judged as it would then leave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Prefetch

from escalations import access, eligibility
from escalations.access import Viewer
from escalations.batch import changes, comparing, families, preflight
from escalations.batch.changes import SameChange
from escalations.batch.comparing import ComparedCase
from escalations.batch.preflight import BatchRow
from escalations.briefing import decided
from escalations.briefing.decided import FieldChanged
from escalations.briefing.typed import TypedEdit
from escalations.commands import deciding, open_to
from escalations.lifecycle import rejudging
from escalations.masking import masks, seen
from escalations.models import Decision, Escalation, Package, State
from escalations.policy import versions
from escalations.proposal.choices import Choice
from escalations.refusals import Refused
from escalations.text import formatting

JSON = dict[str, Any]
# For so long after it was made the lists offer to make it again.
OFFERED_FOR = timedelta(minutes=15)
OTHERWISE = "It does not say there what you changed: open it."
REPLY = "Its reply is worded otherwise than the one you changed: open it."


@dataclass(frozen=True, slots=True)
class Made:
    """A change that somebody made: the decision with it, its case, and what that proposed."""

    decision: str
    case: Escalation
    change: SameChange
    proposal: ComparedCase
    fields: tuple[FieldChanged, ...]

    @property
    def told(self) -> str:
        """What was changed, each value old and new."""
        return formatting.listed([f"{one.label} {one.was} → {one.now}" for one in self.fields])


@dataclass(frozen=True, slots=True)
class OfferedChange:
    """A change that can be made in waiting cases as well; `odd` are those with the same values
    that stand out beside the case that was changed."""

    made: Made
    cases: tuple[str, ...]
    odd: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What is offered."""
        count = len(self.cases)
        return f"Apply the same change to {count} similar case{'' if count == 1 else 's'}"

    @property
    def chosen(self) -> tuple[str, ...]:
        """All of them, for one table, those that can go first."""
        return (*self.cases, *self.odd)[: preflight.CASES_MAX]


def made(viewer: Viewer, decision: str, *, now: datetime) -> Made | None:
    """The change that this person made by this decision; None where it is not theirs, does not
    stand, or changed no call."""
    own = Decision.objects.filter(id=decision, decided_by=viewer.user_id, undone_at=None)
    found = own.select_related("escalation__agent", "escalation__requirement").first()
    if found is None or found.automatic or found.escalation.state != State.DECIDED:
        return None
    case = found.escalation
    # The one that stands: what was reversed since is no model for others.
    newest = case.decisions.filter(undone_at=None).order_by("-sequence").first()
    if newest != found or not access.may_see(viewer, case):
        return None
    package = case.packages.get(version=found.package_version)
    shown = seen.version(viewer, case, package, now=now)
    document = seen.decision(shown, package, found.document)
    change = changes.read(shown.package, document)
    if change is None:
        return None
    terms = versions.current().document.for_task_type(case.task_type)
    # Compared as everybody sees it, like those that it is compared with.
    model = comparing.proposal(masks.of(package.document).document, terms, case)
    given = {one["action_id"]: one.get("call") or {} for one in document["actions"]}
    fields = [
        one
        for action in shown.package["proposed_actions"]
        for one in decided.changes(action, given[action["id"]])
    ]
    return Made(found.id, case, change, model, tuple(fields))


def offered(viewer: Viewer, *, now: datetime) -> OfferedChange | None:
    """The change that they made last, if that is not long ago and there are cases for it."""
    since = now - OFFERED_FOR
    mine = Escalation.objects.filter(
        state=State.DECIDED, decided_by=viewer.user_id, decided_at__gte=since
    )
    changed = mine.filter(outcome__in=("edited", "mixed")).order_by("-decided_at")
    last = Decision.objects.filter(escalation__in=changed[:1], undone_at=None)
    newest = last.order_by("-sequence").values_list("id", flat=True).first()
    like = made(viewer, newest, now=now) if newest else None
    found = among(viewer, like) if like else None
    return found if found and found.cases else None


def among(viewer: Viewer, like: Made) -> OfferedChange:
    """The cases that wait for this person with the same values in the same calls, the most urgent
    first."""
    cases = _able(viewer, like)
    terms = versions.current().document.for_task_type(like.case.task_type)
    shown = [masks.of(vars(case)["read_packages"][0].document).document for case in cases]
    fitting = [
        (case, comparing.proposal(package, terms, case))
        for case, package in zip(cases, shown, strict=True)
        if changes.actions(like.change, package) is not None
    ]
    odd = comparing.unlike(like.proposal, [one for _, one in fitting])
    plain = {
        case.id: not why and terms.together_up_to(one.risk) > 0
        for (case, one), why in zip(fitting, odd, strict=True)
    }
    return OfferedChange(
        like,
        tuple(name for name, goes in plain.items() if goes),
        tuple(name for name, goes in plain.items() if not goes),
    )


def _able(viewer: Viewer, like: Made) -> list[Escalation]:
    """The most urgent of the same work of the same agent that they may decide alone, each with its
    package: what waits, and what they hold, as after an answer the next case opens by itself."""
    alike = Escalation.objects.filter(
        task_type=like.case.task_type,
        agent=like.case.agent_id,
        level__lte=preflight.LEVEL_MAX,
        approvals=1,
    )
    own = alike.filter(state=State.HELD, held_by=viewer.user_id)
    waits = alike.filter(state=State.WAITING)
    free = waits.within(access.requirements_for(viewer), asked=viewer.username)
    standing = Package.objects.filter(version=F("escalation__package_version"))
    packages = Prefetch("packages", standing, "read_packages")
    # What waits first: what is taken up between the two readings stands in both, and once here.
    found = {
        case.pk: case
        for some in (free, own)
        for case in some.select_related("requirement", "agent")
        .prefetch_related(packages)
        .order_by("rank", "number")[: families.LOOKED_THROUGH]
    }
    first = sorted(found.values(), key=lambda case: (case.held_by_id is None, case.rank, case.pk))
    return [case for case in first if not eligibility.bar(viewer, access.case_to_hold(case))]


def table(viewer: Viewer, like: Made, chosen: Sequence[str], *, now: datetime) -> list[BatchRow]:
    """A row for each of these cases that is theirs to see, as it would leave with the change."""
    others = [name for name in chosen if name != like.case.id]
    found, alone = preflight.each(viewer, others, now=now)
    against = comparing.unlike(like.proposal, [row.proposal for row in found])
    rows = [
        replace(row, out=(why,)) if why else _changed(viewer, like, row, now=now)
        for row, why in zip(found, alone, strict=True)
    ]
    held_back = [
        row if row.out else replace(row, out=odd) for row, odd in zip(rows, against, strict=True)
    ]
    return preflight.capped(held_back)


def said(row: BatchRow) -> str:
    """What was answered, once it is."""
    label = row.typed.answer.label if row.typed else ""
    return f"Approved with the change: {label}." if label else "Approved with the change."


def _changed(viewer: Viewer, like: Made, row: BatchRow, *, now: datetime) -> BatchRow:
    """The row with the change made, or with why it cannot be made there."""
    package = row.forms.shown
    edited, reply = changes.actions(like.change, package), changes.reply(like.change, package)
    if edited is None or "edit" not in open_to(viewer, row.case):
        return replace(row, out=(OTHERWISE,))
    elif reply is None:
        return replace(row, out=(REPLY,))
    draft = (package.get("draft_response") or {}).get("text") or ""
    arguments: JSON = {"actions": edited, "like": like.case.case_number}
    if reply != draft:
        arguments["response"] = {"text": reply}
    try:
        choice = deciding.unmasked(row.forms, deciding.choice("edit", arguments))
        return _judged(viewer, replace(row, edit=arguments), choice, now=now)
    except Refused as refused:
        return replace(row, out=(f"{refused.detail.rstrip('.')}: open it.",))


def _judged(viewer: Viewer, row: BatchRow, choice: Choice, *, now: datetime) -> BatchRow:
    """The row as it would leave, held back where that asks for more than the case does, or says
    the old value still."""
    sent, held = rejudging.foreseen(row.case, choice, now=now)
    document = sent.document()
    if row.forms.proposed.hides:
        document = masks.decision(row.forms.actual, document)
    typed = TypedEdit.read(
        row.briefing, row.forms.proposed.package, document, by=viewer.name, now=now
    )
    out = held or typed.still_says
    return replace(row, typed=typed, out=(f"{out.rstrip('.')}: open it.",) if out else ())
