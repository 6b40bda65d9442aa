"""Reading one case for its page: the rows beside the package, and what this person may do."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from escalations import access, casefile, eligibility, often_changed, ports
from escalations.access import Viewer
from escalations.briefing import (
    beside_versions,
    building,
    changed_since,
    circumstances,
    decided,
    editing,
    predecessor,
    talk,
)
from escalations.briefing.beside_versions import VersionsBeside
from escalations.briefing.circumstances import Earlier
from escalations.briefing.decided import Decided
from escalations.briefing.look import CaseLook
from escalations.briefing.taken_back import foreseen
from escalations.briefing.talk import Talk
from escalations.briefing.typed import TypedEdit
from escalations.calls import made
from escalations.casefile import CaseFile
from escalations.commands import drawn, open_to
from escalations.commands.drawn import DrawnForms
from escalations.facts import checks, now_and_then
from escalations.facts.now_and_then import FactsNow
from escalations.lifecycle import approvals, guards
from escalations.lifecycle.answers import Answer
from escalations.lifecycle.handing import targets
from escalations.lifecycle.waiting import extending, joining
from escalations.lookups import offered
from escalations.lookups.offered import OfferedLookUp
from escalations.masking import seen
from escalations.masking.seen import SeenPackage
from escalations.models import Decision, Escalation, Package, Remark, Report, State, Vote
from escalations.often_changed import Changes
from escalations.policy import versions
from escalations.refusals import Fault
from escalations.text.mask import MASK

_EARLIER_WITHIN = timedelta(days=90)
# Some of them may be hidden from whoever looks.
_LOOKED_AT_MAX = 50
_EARLIER_MAX = 5
# Beside what is masked, and beside the notes that are there.
_DRAWN_APART = frozenset({"reveal", "note"})


def package_of(escalation: Escalation) -> Package:
    """The package version that is being decided on."""
    return escalation.packages.get(version=escalation.package_version)


def seen_by(viewer: Viewer, escalation: Escalation, *, now: datetime) -> SeenPackage:
    """That version with what was added since, as this person may see it."""
    added = list(escalation.additions.order_by("pk"))
    return seen.package(viewer, escalation, now=now, additions=added)


def drawn_for(viewer: Viewer, escalation: Escalation, *, now: datetime) -> DrawnForms:
    """That version as this person's forms show it, with the answer that waits for others."""
    added = list(escalation.additions.order_by("pk"))
    return drawn.draw(viewer, escalation, package_of(escalation), now=now, additions=added)


def talk_of(viewer: Viewer, escalation: Escalation, *, now: datetime) -> Talk | None:
    """The conversation that people have in this case, as this person may see it."""
    forms = drawn_for(viewer, escalation, now=now)
    shown, cover = forms.shown, forms.proposed.covered
    agent = building.agent_of(shown, escalation)
    private = talk.private_notes(viewer, escalation, now=now)
    return talk.read(viewer, escalation, shown, agent=agent, cover=cover, notes=private)


def typing(
    viewer: Viewer,
    escalation: Escalation,
    entered: Mapping[str, str],
    sent: Answer | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    """The edit as it is typed, with why it would be refused, and what of the brief says what it
    means; `sent` is what would leave, if it can."""
    package, votes = package_of(escalation), _votes(escalation)
    added = list(escalation.additions.order_by("pk"))
    forms = drawn.draw(viewer, escalation, package, now=now, additions=added, votes=votes)
    faults = editing.faults(forms.actual, entered, drawn=forms.shown)
    shown = building.build(
        escalation, forms, viewer=viewer, now=now, votes=votes, entered=entered, faults=faults
    )
    typed = None
    if sent is not None and shown.editing.changed:
        document = seen.decision(forms.proposed, package, sent.document())
        typed = TypedEdit.read(shown, forms.proposed.package, document, by=viewer.name, now=now)
    return {"briefing": shown, "editing": shown.editing, "typed": typed}


def facts_of(viewer: Viewer, escalation: Escalation, *, now: datetime) -> FactsNow | None:
    """What its agent said when it was asked again, as this person may see it."""
    package = package_of(escalation)
    shown = seen.version(viewer, escalation, package, now=now)
    return now_and_then.latest(escalation, package, shown, person=viewer.user_id, now=now)


def look_up_of(
    viewer: Viewer, escalation: Escalation, number: int, *, now: datetime
) -> OfferedLookUp | None:
    """One of its look-ups with what it brought, as this person may see it."""
    shown = seen_by(viewer, escalation, now=now)
    package = package_of(escalation).document
    found = offered.read(viewer, escalation, package, shown, now=now)
    return next((one for one in found if one.number == number), None)


def look(
    viewer: Viewer,
    escalation: Escalation,
    *,
    now: datetime,
    panel: str = "",
    since: str = "",
    entered: Mapping[str, str] | None = None,
    faults: Mapping[str, Sequence[Fault]] | None = None,
) -> CaseLook:
    """Read all that its page shows; changes nothing."""
    there = casefile.read(escalation)
    added = list(escalation.additions.order_by("pk")) if there.has_additions else []
    package, votes = there.package, _votes(escalation)
    forms = drawn.draw(viewer, escalation, package, now=now, additions=added, votes=votes)
    decision, answered = _answered(escalation, forms, there, now=now)
    may = open_to(viewer, escalation) - _DRAWN_APART
    agent = building.agent_of(forms.shown, escalation)
    beside = {
        "reversal": foreseen(forms.proposed, package, decision if "reverse" in may else None),
        **_whose(viewer, escalation, may, now=now),
        "runs": _runs(escalation, there),
        "others": targets.others(escalation, forms.shown, forms.answer),
        **_people(escalation, votes),
        "beside": _beside(viewer, escalation, forms, now=now),
        "answered": predecessor.last_question(escalation, there, added, forms.proposed),
        **changed_since.context(viewer, escalation, forms, since, agent=agent),
        **_spoken(viewer, escalation, there, forms, agent=agent, now=now),
        **predecessor.context(viewer, escalation, there, forms.proposed),
        "look_ups": _look_ups(viewer, escalation, there, forms.proposed, now=now),
    }
    return CaseLook(
        viewer, escalation, now, forms, added, votes, answered, _earlier(viewer, escalation),
        _changes(escalation, forms, may),  may,
        now_and_then.latest(escalation, package, forms.proposed, person=viewer.user_id, now=now),
        beside, panel, entered, faults,
    )  # fmt: skip


def ask_again(look: CaseLook) -> bool:
    """Whether its agent is asked now, as somebody who may decide opens it and it rests on facts."""
    rests = any(one.get("facts") for one in look.forms.shown.get("proposed_actions") or ())
    if not rests or not {"approve", "edit", "choose"} & look.may:
        return False
    if not any(step.facts for step in look.briefing.steps):
        return False
    case, now = look.escalation, look.now
    return checks.opened(case, package_of(case), by=look.viewer, now=now) is not None


def context(
    viewer: Viewer, escalation: Escalation, *, now: datetime, **more: Any
) -> dict[str, Any]:
    """The same as what the template is given; `more` as for `look`."""
    return look(viewer, escalation, now=now, **more).context()


def _look_ups(
    viewer: Viewer, escalation: Escalation, there: CaseFile, proposed: SeenPackage, *, now: datetime
) -> Sequence[OfferedLookUp]:
    """What can be looked up for it, where anything is registered for such a case."""
    if not there.has_look_ups:
        return ()
    package = there.package.document
    found = offered.read(viewer, escalation, package, proposed, now=now)
    return offered.of_case(found, escalation)


def _changes(escalation: Escalation, forms: DrawnForms, may: Collection[str]) -> Changes:
    """What people keep changing in such calls, for whoever may edit one."""
    if "edit" not in may or not forms.shown.get("proposed_actions"):
        return {}
    return often_changed.read(escalation)


def _whose(
    viewer: Viewer, escalation: Escalation, may: Collection[str], *, now: datetime
) -> dict[str, Any]:
    turns_at = extending.turns_at(viewer, escalation, now=now)
    is_free = escalation.state in guards.FREE
    return {
        "is_free": is_free,
        "barred": _barred(viewer, escalation) if is_free and "claim" not in may else "",
        "held_by_me": escalation.held_by_id == viewer.user_id and escalation.state in State.held(),
        "offered_to_me": guards.is_offered_to(escalation, viewer),
        "offer": ports.why_this_person(escalation),
        "is_followed": not escalation.closed_at and ports.is_followed(escalation, viewer),
        # Pages write whole seconds: asked again within the same one, nothing would have turned.
        "extend_turns_at": turns_at and turns_at + timedelta(seconds=1),
    }


def _barred(viewer: Viewer, escalation: Escalation) -> str:
    """Why opening what is free does not make it theirs; whoever only reads is told so anyway."""
    why = eligibility.why_not(viewer, access.case_to_hold(escalation)) if viewer.decides else None
    return why.to_them if why else ""


def _runs(escalation: Escalation, there: CaseFile) -> int:
    """How many runs wait for the answer, where that is more than the one that asked first."""
    waits = there.has_joined and escalation.state in State.open()
    return joining.runs(escalation) if waits else 0


def _spoken(
    viewer: Viewer,
    escalation: Escalation,
    there: CaseFile,
    forms: DrawnForms,
    *,
    agent: str,
    now: datetime,
) -> dict[str, Any]:
    """What people say: to the customer, and to each other."""
    package, cover = forms.shown, forms.proposed.covered
    noted = Remark.Kind.NOTED in there.remarks
    private = talk.private_notes(viewer, escalation, now=now) if noted else ()
    writes = viewer.decides and escalation.state in State.open()
    since = escalation.taken_over_at
    return {
        # Those of the conversation stand between its messages.
        "notes": [one for one in private if since is None or one.at < since],
        "notes_count": len(private),
        "may_note": writes,
        "canned": talk.kept_replies(viewer, escalation, package, agent=agent) if writes else (),
        **talk.context(viewer, escalation, package, agent=agent, cover=cover, notes=private),
        **made.context(viewer, escalation, package, now=now),
    }


def _people(escalation: Escalation, votes: Sequence[Vote]) -> dict[str, Any]:
    """Where several must approve: whether a third decides between two, and who is missing."""
    if escalation.approvals <= 1 or escalation.state not in State.open():
        return {}
    terms = approvals.terms(escalation)
    wrote = [
        vote.person.username
        for vote in votes
        if vote.void_at is None and vote.verdict == Vote.Verdict.AUTHOR
    ]
    return {
        "third_decides": terms.disagreement == "third_decides",
        "apart": terms.approvals_from,
        "too_few": ports.people_missing(
            terms,
            skills=escalation.requirement.skills,
            people=escalation.approvals,
            without=[*escalation.excluded, *wrote],
        ),
    }


def _beside(
    viewer: Viewer, escalation: Escalation, forms: DrawnForms, *, now: datetime
) -> VersionsBeside | None:
    """The version before the one that stands, if there is one; additions stand with neither."""
    number = escalation.package_version
    if number == 1:
        return None
    older = escalation.packages.get(version=number - 1)
    shown = seen.version(viewer, escalation, older, now=now).package
    return beside_versions.read(shown, forms.proposed.package, number=number)


def _labels(escalation: Escalation) -> dict[str, str]:
    """The reasons to reject such a case, by their codes."""
    kept = versions.current().document.for_task_type(escalation.task_type).reasons_to_reject()
    return {reason.code: reason.label for reason in kept}


def _answered(
    escalation: Escalation, forms: DrawnForms, there: CaseFile, *, now: datetime
) -> tuple[Decision | None, Decided | None]:
    """The decision that stands, and how it is told; that somebody took it over answers nothing."""
    if not there.has_decisions:
        return None, None
    decisions = escalation.decisions.filter(undone_at=None, final=True)
    decisions = decisions.select_related("decided_by")
    made = list(decisions.order_by("sequence"))
    if not made:
        return None, None
    return made[-1], decided.read(
        made[-1],
        seen.decision(forms.proposed, there.package, made[-1].document),
        forms.shown,
        before=made[-2] if len(made) > 1 else None,
        reasons=_labels(escalation),
        report=Report.objects.last_of(made[-1]),
        cover=forms.proposed.covered,
        now=now,
    )


def _votes(escalation: Escalation) -> Sequence[Vote]:
    if escalation.approvals <= 1:
        return ()
    return list(escalation.votes.select_related("person").order_by("voted_at", "pk"))


def _earlier(viewer: Viewer, escalation: Escalation) -> list[Earlier]:
    """The case that this one raises again, and others of the same matter or customer."""
    customer = "" if escalation.customer == MASK else escalation.customer
    since = escalation.arrived_at - _EARLIER_WITHIN
    found = casefile.before(escalation, customer=customer, since=since, at_most=_LOOKED_AT_MAX)
    theirs = (case for case in found if access.may_see(viewer, case))
    return [circumstances.earlier(case) for case in islice(theirs, _EARLIER_MAX)]
