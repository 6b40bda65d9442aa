"""Several cases over those who fit: whom each would go to, shown before it is done, and what became
of each. Every case is judged for itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.refusals import Refused
from escalations.text import formatting
from routing.floor import candidates, snapshot
from routing.floor.snapshot import PersonNow, Standing
from routing.floor.who_can import WhoCan
from routing.transfers import reassigning
from routing.transfers.reassign_dialog import CASES_MAX
from routing.transfers.reassigning import OFFER, REASON_LENGTH, Given, Wish

NONE = "Choose at least one case first."
NOT_CHOSEN = "Leave at least one case ticked."


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One case, and whom it would go to; `why` where nobody fits."""

    case: Standing
    to: PersonNow | None
    why: str

    @property
    def value(self) -> str:
        """As the form sends it back."""
        to = self.to.username if self.to else ""
        return f"{self.case.id}:{self.case.version}:{to}"


@dataclass(frozen=True, slots=True)
class Spread:
    """The dialog: every case with whom it would go to, and what became of those that were given."""

    rows: Sequence[Suggestion]
    reason: str = ""
    fault: str = ""
    given: Sequence[Given] = field(default_factory=list)

    @property
    def fitting(self) -> list[Suggestion]:
        """Those that somebody can take now."""
        return [row for row in self.rows if row.to]

    @property
    def staying(self) -> list[Suggestion]:
        """Those that stay where they are, each with why."""
        return [row for row in self.rows if not row.to]

    @property
    def reasons(self) -> list[tuple[str, list[Suggestion]]]:
        """Why they stay, each reason once with its cases, the most first."""
        found: dict[str, list[Suggestion]] = {}
        for row in self.staying:
            found.setdefault(row.why, []).append(row)
        return sorted(found.items(), key=lambda one: -len(one[1]))

    @property
    def told(self) -> str:
        """Who reads the reason: whoever gets a case, and whoever loses one."""
        return "has or gets" if any(row.case.person for row in self.fitting) else "gets"

    @property
    def refused(self) -> list[Given]:
        """Those that were not given, each with who was faster."""
        return [one for one in self.given if one.refused]

    @property
    def said(self) -> str:
        """`3 cases are offered for 2 min: 2 to Kofi Mensah and 1 to Priya Raman.`"""
        names = Counter(one.to_name for one in self.given if not one.refused)
        if not names:
            return ""
        many = sum(names.values())
        what = "1 case is" if many == 1 else f"{many} cases are"
        to = formatting.listed([f"{count} to {name}" for name, count in names.items()])
        return f"{what} offered for {formatting.duration(OFFER.seconds)}: {to}."


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a supervisor sent: each case at the version they saw, and to whom."""

    wishes: list[tuple[Wish, str]]
    reason: str

    @classmethod
    def of(cls, form: Any) -> Self:
        """From a form: `give` as `id:version:username` any number of times, `reason`."""
        found = []
        for text in form.getlist("give")[:CASES_MAX]:
            name, version, to = (*text.split(":", 2), "", "")[:3]
            if version.isascii() and version.isdecimal() and len(version) < 10 and to:
                found.append((Wish(name, int(version)), to))
        return cls(found, form.get("reason", ""))


def ask(ids: Sequence[str], *, now: datetime, fault: str = "", reason: str = "") -> Spread:
    """Whom each of those of these cases that are still open would go to: what is nobody's first,
    and else in this order."""
    named = list(dict.fromkeys(ids))[:CASES_MAX]
    wanted = Escalation.objects.filter(id__in=named, state__in=State.open())
    cases = snapshot.standings(wanted.values_list("number", flat=True))
    if not cases:
        return Spread([], reason=reason, fault=fault or NONE)
    cases.sort(key=lambda case: (case.person is not None, named.index(case.id)))
    who_can = WhoCan(snapshot.now(now).members, now)
    found = candidates.spread(cases, who_can)
    return Spread(
        [_suggestion(case, found.get(case.number), who_can) for case in cases],
        reason=reason,
        fault=fault,
    )


def give(chosen: Chosen, *, by: Viewer, now: datetime) -> Spread:
    """Offer each to whom it was to go; what was refused stands in the answer, with why.

    Raises NotAllowed for who does not lead.
    """
    ids = [wish.escalation for wish, _ in chosen.wishes]
    if not chosen.wishes or len(chosen.reason) > REASON_LENGTH:
        long = f"Use at most {REASON_LENGTH} characters for the reason."
        fault = long if chosen.wishes else NOT_CHOSEN
        return ask(ids, now=now, fault=fault, reason=chosen.reason)
    given = [one for wish, to in chosen.wishes for one in _given(wish, to, chosen.reason, by, now)]
    return Spread([], reason=chosen.reason, given=given)


def _given(wish: Wish, to: str, reason: str, by: Viewer, now: datetime) -> list[Given]:
    try:
        return reassigning.reassign([wish], to=to, reason=reason, by=by, now=now)
    except Refused as refused:
        # Somebody whose account was closed meanwhile holds up no other case.
        return [Given(wish, wish.escalation, refused)]


def _suggestion(case: Standing, to: PersonNow | None, who_can: WhoCan) -> Suggestion:
    if to is not None:
        return Suggestion(case, to, "")
    says = who_can.says(case)
    others = who_can.free(case)
    why = "Whoever can take it is taken up by those above" if others else says
    return Suggestion(case, None, why[:1].upper() + why[1:])
