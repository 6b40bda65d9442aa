"""The cases that somebody chose, in one table before anything happens: what would leave of each,
and which are not answered with the others, with why. Reads, and changes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch

from escalations import access, commands, eligibility
from escalations.access import Viewer
from escalations.batch import comparing
from escalations.batch.comparing import ComparedCase
from escalations.briefing import building
from escalations.briefing.building import Briefing
from escalations.briefing.standing_answer import StandingStep
from escalations.briefing.typed import TypedEdit
from escalations.commands import drawn
from escalations.commands.drawn import DrawnForms
from escalations.commands.verb import ANSWERABLE
from escalations.models import Addition, Escalation, Package, Remark, State, WorkingDraft
from escalations.policy import versions
from escalations.proposal.calls import ProposedStep

CASES_MAX = 50
LEVEL_MAX = 2
# So many characters the table shows of each side of a change.
CHANGE_MAX = 300


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One case of the table; `out` says in sentences why it stays, of those that go it is empty."""

    case: Escalation
    proposal: ComparedCase
    briefing: Briefing
    forms: DrawnForms = field(repr=False)
    out: tuple[str, ...] = ()
    # What it says to the customer is not what the others say, or the first of what they all say.
    shows_reply: bool = False
    # Where a change is made in it: the arguments of the command, and what would leave.
    edit: Mapping[str, Any] | None = None
    typed: TypedEdit | None = None

    @property
    def amount(self) -> str:
        """What it moves, as the calls and the agent say."""
        return self.proposal.told

    @property
    def steps(self) -> Sequence[ProposedStep]:
        """What would happen, with the change where one is made."""
        return self.typed.answer.steps if self.typed else self.briefing.steps

    @property
    def is_open(self) -> bool:
        """Whether it is shown in full unasked, as its line would leave out what goes along."""
        return self.shows_reply or not all(_fits(step) for step in self.steps)

    @property
    def is_ready(self) -> bool:
        """Whether it goes with the others."""
        return not self.out


def table(viewer: Viewer, chosen: Sequence[str], *, now: datetime) -> list[BatchRow]:
    """A row for each of these cases that is theirs to see, in the order of the list."""
    found, alone = each(viewer, chosen, now=now)
    # Compared are all that were chosen, so that what stands out does not when it is most of them.
    against = comparing.outliers([row.proposal for row in found]) if found else []
    unlike = comparing.replies_unlike([row.proposal for row in found])
    rows = [
        replace(row, out=(why,) if why else odd, shows_reply=differs)
        for row, why, odd, differs in zip(found, alone, against, unlike, strict=True)
    ]
    return capped(rows)


def each(
    viewer: Viewer, chosen: Sequence[str], *, now: datetime
) -> tuple[list[BatchRow], list[str]]:
    """A row for each of these cases, compared with no other, and why it is not answered in a batch
    whatever is chosen with it; empty where it may be."""
    found = [_row(viewer, case, now=now) for case in _cases(viewer, chosen[:CASES_MAX])]
    return found, [_why_not(viewer, row) for row in found]


def capped(rows: Sequence[BatchRow]) -> list[BatchRow]:
    """Of each kind of work and risk no more than the policy lets one press answer; the reply of
    the first that goes is shown."""
    policy, taken = versions.current().document, Counter[tuple[str, str]]()
    kept = []
    for row in rows:
        kind = (row.proposal.task_type, row.proposal.risk)
        at_most = policy.for_task_type(kind[0]).together_up_to(kind[1])
        if row.is_ready and taken[kind] >= at_most:
            kept.append(replace(row, out=(_over(row.proposal, at_most),)))
        else:
            taken[kind] += row.is_ready
            kept.append(row)
    replies = (n for n, row in enumerate(kept) if row.is_ready and row.briefing.draft)
    first = next(replies, None)
    return [replace(row, shows_reply=row.shows_reply or n == first) for n, row in enumerate(kept)]


def _cases(viewer: Viewer, chosen: Sequence[str]) -> list[Escalation]:
    drafts = WorkingDraft.objects.filter(escalation=OuterRef("pk"), person=viewer.user_id)
    cases = Escalation.objects.filter(id__in=chosen).select_related(
        "requirement", "agent", "held_by", "offered_to", "decided_by"
    )
    read = cases.prefetch_related(
        Prefetch("packages", Package.objects.order_by("version"), "read_packages"),
        Prefetch("additions", Addition.objects.order_by("pk"), "read_additions"),
        Prefetch("remarks", Remark.objects.exclude(text=""), "read_remarks"),
    ).annotate(has_draft=Exists(drafts.exclude(fields={})))
    return [case for case in read.order_by("rank", "number") if access.may_see(viewer, case)]


def _row(viewer: Viewer, case: Escalation, *, now: datetime) -> BatchRow:
    package = next(
        one for one in vars(case)["read_packages"] if one.version == case.package_version
    )
    additions = vars(case)["read_additions"]
    forms = drawn.draw(viewer, case, package, now=now, additions=additions)
    terms = versions.current().document.for_task_type(case.task_type)
    shown = building.build(case, forms, viewer=viewer, now=now, additions=additions)
    return BatchRow(case, comparing.proposal(forms.shown, terms, case), shown, forms)


def _why_not(viewer: Viewer, row: BatchRow) -> str:
    """Why this one is not answered in a batch, whatever is chosen with it."""
    case = row.case
    if case.state not in ANSWERABLE:
        return _closed(case)
    elif barred := eligibility.why_not(viewer, access.case_to_hold(case)):
        return barred.to_them
    elif "approve" not in commands.open_to(viewer, case):
        return _with_somebody(case)
    return _never(case) or _asks(row.briefing) or _left_on_it(case, row.briefing)


def _never(case: Escalation) -> str:
    if case.level > LEVEL_MAX:
        return f"Level {case.level}: decided by itself, never in a batch."
    elif case.approvals > 1:
        return f"{case.approvals} people have to approve it: never in a batch."
    return ""


def _asks(shown: Briefing) -> str:
    if not shown.approve or shown.options or shown.questions:
        return "It asks for more than a yes: open it."
    elif any(step.is_over for step in shown.steps):
        return "A part of it has expired: open it."
    elif any(step.facts for step in shown.steps):
        return "It rests on facts that may have changed: open it."
    elif shown.hands_to:
        return "It hands the case to another agent: open it."
    return ""


def _left_on_it(case: Escalation, shown: Briefing) -> str:
    """What people or its agent left on it since it came, which somebody should read."""
    if vars(case)["has_draft"]:
        return "You have begun to write in it: open it."
    elif vars(case)["read_remarks"]:
        return "A colleague left a word on it: open it."
    elif shown.added:
        return "Its agent has added something: open it."
    elif case.re_escalates_id is not None:
        return "It is raised again: open it."
    odd = next((chip.text for chip in shown.chips if chip.tone in {"warn", "danger"}), "")
    return f"{odd}: open it." if odd else ""


def _closed(case: Escalation) -> str:
    who = case.decided_by.get_full_name() if case.decided_by else ""
    if case.state == State.DECIDED:
        return f"Decided already{f' by {who}' if who else ''}."
    return f"It is {case.state} now."


def _with_somebody(case: Escalation) -> str:
    person = case.held_by or case.offered_to
    name = (person.get_full_name() or person.username) if person else "Somebody else"
    return f"{name} has it." if case.held_by else f"It is offered to {name}."


def _over(one: ComparedCase, at_most: int) -> str:
    risk = "No stated risk" if one.risk == comparing.UNSTATED else f"{one.risk.capitalize()} risk"
    if at_most == 0:
        return f"{risk}: decided by itself, never in a batch."
    return f"{risk}: at most {at_most} at once; this one stays for the next."


def _fits(step: ProposedStep) -> bool:
    """Whether its line in the table leaves out nothing."""
    changes = step.changes if isinstance(step, StandingStep) else ()
    sides = [str(side) for one in changes for side in (one.was, one.now)]
    return not step.is_cut and all(len(side) <= CHANGE_MAX for side in sides)
