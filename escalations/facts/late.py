"""Whoever decided hears once what was said too late for them, with both values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from escalations import access, ports
from escalations.facts import checks, now_and_then
from escalations.facts.now_and_then import ChangedFact, FactsNow
from escalations.lifecycle import effect
from escalations.lifecycle.taking_back import reversing
from escalations.masking import seen
from escalations.models import Decision, Escalation, FactCheck, Package, State, Vote
from escalations.refusals import NotAllowed
from escalations.text import formatting

TEXT_MAX = 300
VALUE_MAX = 40
NAMED_MAX = 3
FIRST_PARTS = (Vote.Verdict.AUTHOR, Vote.Verdict.APPROVE)


@dataclass(frozen=True, slots=True)
class _Late:
    """An answer that came after the decision that stands, and all that was asked of its case."""

    case: Escalation
    standing: Decision
    package: Package
    check: FactCheck
    checked: tuple[FactCheck, ...]

    def known_to(self, person: int) -> Iterator[FactCheck]:
        """What stopped their press before they decided, and what they were told since."""
        for one in self.checked:
            if one.pk == self.check.pk or one.answered_at is None:
                continue
            stopped = one.command and one.person_id == person
            if stopped or one.answered_at >= self.standing.decided_at:
                yield one


def answered(check: FactCheck, package: Package, *, now: datetime) -> None:
    """Tell what this answer says, if its case is decided by it being otherwise; in the transaction
    that keeps the answer."""
    # All of the case, as of two answers that come at once the second has to see the first.
    asked = FactCheck.objects.select_for_update().filter(escalation=check.escalation_id)
    checked = list(asked.filter(package_version=package.version).order_by("pk"))
    cases = Escalation.objects.select_related("requirement", "agent")
    case = cases.get(pk=check.escalation_id)
    if case.state != State.DECIDED or case.package_version != package.version:
        return
    standing = case.decisions.filter(undone_at__isnull=True).order_by("-sequence").first()
    if standing is None or not standing.proceed or case.outcome not in reversing.OUTCOMES:
        return
    late = _Late(case, standing, package, check, tuple(checked))
    for person in _deciders(case):
        _tell(person, late, now=now)


@transaction.atomic
def decided(check_id: str, *, now: datetime) -> None:
    """The same for whoever decided without the answer to this question, where it came while their
    decision was being written."""
    # The lock orders this and `answered`: one of the two sees both the answer and the decision.
    check = FactCheck.objects.select_for_update().get(pk=check_id)
    if check.answered_at is not None and check.answer:
        package = check.escalation.packages.get(version=check.package_version)
        answered(check, package, now=now)


def _deciders(case: Escalation) -> list[int]:
    votes = Vote.objects.standing_on(case).filter(verdict__in=FIRST_PARTS)
    people = {case.decided_by_id, *votes.values_list("person_id", flat=True)} - {None}
    return sorted(one for one in people if one is not None)


def _tell(person: int, late: _Late, *, now: datetime) -> None:
    case, standing = late.case, late.standing
    try:
        viewer = access.viewer_by_id(person)
    except NotAllowed:
        return
    # Masked also to whoever may see it now: the line stays with them.
    shown = seen.stored(late.package)
    found = now_and_then.read(late.package, shown, late.check, now=now)
    if not found.changed or not access.may_see(viewer, case):
        return
    before = (now_and_then.read(late.package, shown, one, now=now) for one in late.known_to(person))
    if any(one.digest == found.digest for one in before):
        return
    has_left = effect.is_final(standing) or reversing.is_reversible(case, now=now)
    undo = case.decided_by_id == person and not has_left
    then = _what_now(undo, has_left, reversing.may(viewer, case, standing))
    asked = checks.asked_of(late.check, case.agent.name)
    ports.tell_person(person, _text(case, asked, found, then), case, now=now)


def _what_now(may_undo: bool, has_left: bool, may_reverse: bool) -> str:
    """True whenever it is read: also once it has left."""
    others = "somebody who had no part in it can reverse it."
    if has_left:
        return "The agent has it: " + ("Reverse is there." if may_reverse else others)
    elif may_undo:
        then = "reverse it" if may_reverse else "have it reversed"
        return f"Undo it, or {then} once the agent has it."
    return f"Once the agent has it, {others}"


def _text(case: Escalation, asked: str, found: FactsNow, then: str) -> str:
    """As many facts as there is room for, and how many more there are."""
    begin = f"{case.case_number} was decided before {_short(asked)} said that it changed:"
    for many in range(min(NAMED_MAX, len(found.changed)), 0, -1):
        named = "; ".join(_said(one) for one in found.changed[:many])
        rest = len(found.changed) - many
        text = f"{begin} {named}{f'; and {rest} more' if rest else ''}. {then}"
        if len(text) <= TEXT_MAX:
            break
    return text


def _said(one: ChangedFact) -> str:
    return f"{_short(one.label)} was {_short(one.was)}, is {_short(one.now)} now"


def _short(text: str) -> str:
    kept = formatting.cut(text)
    return kept if len(kept) <= VALUE_MAX else kept[: VALUE_MAX - 1] + "…"
