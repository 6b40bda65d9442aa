"""The dialog in which a supervisor gives cases away: who could have them, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from escalations.access import Viewer
from escalations.lifecycle import guards
from escalations.models import Escalation, State
from escalations.record_screen import timeline
from escalations.refusals import Conflict, Refused
from escalations.text import formatting
from routing.floor import candidates, snapshot
from routing.floor.candidates import Candidate
from routing.floor.snapshot import PersonNow, Standing
from routing.floor.who_can import WhoCan
from routing.transfers import reassigning
from routing.transfers.reassigning import OFFER, Given, Wish

CASES_MAX = 50
NONE = "Choose at least one case first."
GONE = "There is no such case."
MANY = f"At most {CASES_MAX} cases can be given at once; the first {CASES_MAX} stand here."


@dataclass(frozen=True, slots=True)
class Sent:
    """What a supervisor sent."""

    wishes: list[Wish]
    to: str
    reason: str
    although: frozenset[str]

    @classmethod
    def of(cls, form: Any) -> Self:
        """From a form: `case` as `id:version` any number of times, `to`, `reason`, `although`."""
        pairs = [text.rpartition(":") for text in form.getlist("case")]
        return cls(
            wishes=[Wish(name, int(n)) for name, _, n in pairs if _is_version(n)],
            to=form.get("to", ""),
            reason=form.get("reason", ""),
            although=frozenset(form.getlist("although")),
        )


@dataclass(frozen=True, slots=True)
class Dialog:
    """The dialog: the cases still to be given, everybody before them, and what was typed."""

    cases: Sequence[Standing]
    people: Sequence[Candidate]
    had: Sequence[PersonNow]
    to: str = ""
    reason: str = ""
    fault: str = ""
    given: Sequence[Given] = ()
    said: str = ""

    @property
    def refused(self) -> list[Given]:
        """Those that were not given, each with who was faster."""
        return [one for one in self.given if one.refused]

    @property
    def title(self) -> str:
        """`BTN-12`, `3 cases`."""
        return self.cases[0].case_number if len(self.cases) == 1 else f"{len(self.cases)} cases"

    @property
    def need(self) -> str:
        """What they ask for together."""
        wished: dict[str, int] = {}
        for case in self.cases:
            for skill, grade in case.skills.items():
                wished[skill] = max(grade, wished.get(skill, 0))
        return candidates.need(wished)

    @property
    def losing(self) -> str:
        """Who has them now, or is offered them, and is told."""
        return formatting.listed([member.name for member in self.had])

    @property
    def loses(self) -> str:
        """What becomes of those who lose them: only who held one can have written anything."""
        holders = {case.held_by for case in self.cases} - {None}
        kept = [member.name for member in self.had if member.id in holders]
        told = [member.name for member in self.had if member.id not in holders]
        many, more = len(kept) > 1, len(told) > 1
        said = []
        if kept:
            keep, are = ("keep", "are") if many else ("keeps", "is")
            said.append(f"{formatting.listed(kept)} {keep} what they wrote and {are} told why.")
        if told:
            offered = "have only been offered" if more else "has only been offered"
            what, are = ("them" if len(self.cases) > 1 else "it"), "are" if more else "is"
            said.append(f"{formatting.listed(told)} {offered} {what} and {are} told why.")
        return " ".join(said)

    @property
    def chosen(self) -> Candidate | None:
        """The person they were dropped on, or who was tried before."""
        return next((one for one in self.people if one.member.username == self.to), None)

    @property
    def fitting(self) -> list[Candidate]:
        """Who can have them without a second thought."""
        return [one for one in self.people if one.fits and one != self.chosen]

    @property
    def starts_at(self) -> str:
        """Where the hand is put: a refusal is read first; then the person to give them to, or the
        reason if one was chosen already."""
        if self.fault or self.refused:
            place = "title"
        elif self.chosen and not self.chosen.barred:
            place = "reason"
        elif self.fitting:
            place = "person"
        else:
            place = "others" if self.others else "queue"
        return place

    @property
    def others(self) -> list[Candidate]:
        """Everybody else, with what speaks against it."""
        return [one for one in self.people if not one.fits and one != self.chosen]


def ask(
    ids: Sequence[str],
    *,
    now: datetime,
    to: str = "",
    typed: Mapping[str, Any] | None = None,
) -> Dialog:
    """The dialog for those of these cases that are still open; of the others it says how each
    ended."""
    named = Escalation.objects.filter(id__in=ids[:CASES_MAX])
    wanted = named.filter(state__in=State.open())
    cases = snapshot.standings(wanted.values_list("number", flat=True))
    seen = snapshot.now(now) if cases else None
    members = seen.members if seen else []
    holders = {case.person for case in cases}
    if typed is None:
        ended = [_ended(one) for one in named.exclude(state__in=State.open()).order_by("number")]
        typed = {"fault": _fault(len(ids)) or ("" if cases or ended else GONE), "given": ended}
    return Dialog(
        cases=cases,
        people=candidates.ranked(cases, WhoCan(members, now)),
        had=[member for member in members if member.id in holders],
        to=to,
        **typed,
    )


def give(sent: Sent, *, by: Viewer, now: datetime) -> Dialog:
    """Give them, and the dialog again for what was refused and is still open; nothing typed is
    lost."""
    fault, given = _fault(len(sent.wishes)), []
    try:
        if not fault:
            given = reassigning.reassign(
                sent.wishes,
                to=sent.to,
                reason=sent.reason,
                by=by,
                now=now,
                although=sent.to in sent.although,
            )
    except Refused as refused:
        fault = refused.detail
    left = [one.wish.escalation for one in given if one.refused]
    typed = {"reason": sent.reason, "fault": fault, "given": given, "said": _said(given, sent.to)}
    again = left if given else [wish.escalation for wish in sent.wishes]
    return ask(again, to=sent.to, now=now, typed=typed)


def _ended(case: Escalation) -> Given:
    by, stands = guards.person_of(case), timeline.stands(case)
    who = f" by {by.name}" if by else ""
    refused = Conflict("closed", f"{stands}{who} meanwhile.", by=by, at=case.closed_at)
    return Given(Wish(case.id, case.version), case.case_number, refused=refused)


def _fault(count: int) -> str:
    """What speaks against giving so many at once."""
    if count > CASES_MAX:
        return MANY
    return "" if count else NONE


def _is_version(text: str) -> bool:
    # One with more digits is none that the database could hold.
    return text.isascii() and text.isdecimal() and len(text) < 10


def _said(given: Sequence[Given], to: str) -> str:
    done = [one for one in given if not one.refused]
    if not done:
        return ""
    what = done[0].case_number if len(done) == 1 else f"{len(done)} cases"
    name = next((one.to_name for one in done), "")
    verb = "is" if len(done) == 1 else "are"
    if to:
        return f"{what} {verb} offered to {name} for {formatting.duration(OFFER.seconds)}."
    return f"{what} {verb} back in the queue."
