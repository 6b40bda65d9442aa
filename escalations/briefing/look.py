"""What was read of a case for its page, and what the page is made of. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from django.conf import settings

from console.pages.kept import fingerprint
from escalations.access import Viewer
from escalations.briefing import building
from escalations.briefing.circumstances import Earlier
from escalations.briefing.decided import Decided
from escalations.briefing.editing import Editing
from escalations.briefing.standing_answer import StandingAnswer
from escalations.commands import drawing, preset_words
from escalations.commands.drawn import DrawnForms
from escalations.commands.preset_words import PresetReason
from escalations.facts.now_and_then import FactsNow
from escalations.models import Addition, Escalation, Vote
from escalations.often_changed import Changes
from escalations.policy import versions
from escalations.refusals import Fault

# What can be opened beside the panels and dialogs of the verbs.
_OTHER_PANELS = frozenset({"each", "more-dialog", "note"})


@dataclass(frozen=True)
class CaseLook:
    """What was read of a case for its page, and what the page is made of; pure from here on.

    `entered` and `faults` are of a refused edit; `beside` are the parts of the page that need no
    more than was read.
    """

    viewer: Viewer
    escalation: Escalation
    now: datetime
    forms: DrawnForms
    added: Sequence[Addition]
    votes: Sequence[Vote]
    answered: Decided | None
    earlier: Sequence[Earlier]
    changes: Changes
    may: frozenset[str]
    facts: FactsNow | None
    beside: Mapping[str, Any]
    panel: str = ""
    entered: Mapping[str, str] | None = None
    faults: Mapping[str, Sequence[Fault]] | None = None

    @property
    def key(self) -> bytes | None:
        """Of all that the page is made of but the time; None where it is of this moment only: a
        form that was sent, a panel that was asked for, what somebody left, what is revealed."""
        forms = self.forms
        if self.entered or self.faults or self.panel or self.beside["left"] or forms.proposed.shows:
            return None
        package = orjson.dumps((forms.actual, forms.shown, forms.answer, forms.proposed.package))
        seen = (forms.proposed.hides, forms.proposed.may_reveal, forms.proposed.who_may)
        return fingerprint(
            package, seen, self.viewer, self.escalation, self.added, self.votes, self.answered,
            self.earlier, self.changes, sorted(self.may), self.facts, self.beside,
            versions.current().number, settings.LINK_HOSTS,
        )  # fmt: skip

    @property
    def still(self) -> bytes | None:
        """Of what the evidence below the brief is made of, whatever else becomes of the case."""
        case, forms = self.escalation, self.forms
        if forms.proposed.shows:
            return None
        return fingerprint(
            orjson.dumps(forms.shown), forms.proposed.hides, forms.proposed.may_reveal,
            forms.proposed.who_may, self.added, self.earlier, self.answered is not None,
            case.id, case.agent.name, case.package_version, case.completeness, case.missing,
            versions.current().number, settings.LINK_HOSTS,
        )  # fmt: skip

    def context(self) -> dict[str, Any]:
        """Everything that `escalations/briefing.html` shows."""
        shown, may = self.briefing, self.may
        acts = drawing.acts(may, self.viewer, self.escalation, shown)
        return {
            "viewer": self.viewer,
            "escalation": self.escalation,
            "briefing": shown,
            "editing": _remarked(shown.editing, self.changes),
            "left_by_edit": [
                (place, step)
                for place, step in enumerate(shown.steps, 1)
                if step.is_left_by_an_edit
            ],
            "may": may,
            "acts": acts,
            "each": "approve" in may and not shown.decided and shown.one_by_one,
            "content": _content(self.escalation, len(self.added), shown.changed, self.facts),
            "panel": self.panel if self.panel in acts.opened | _OTHER_PANELS else "",
            **_entered(self.entered, shown),
            "facts": self.facts,
            "reasons_have_words": any(one.text or one.missing for one in shown.reject_reasons),
            "still": self.still,
            "now": self.now,
            **self.beside,
        }

    @cached_property
    def briefing(self) -> building.Briefing:
        """The case for a person, made of all this."""
        shown = building.build(
            self.escalation, self.forms, viewer=self.viewer, now=self.now, additions=self.added,
            answered=self.answered, votes=self.votes, earlier=self.earlier,
            reject_reasons=self.reasons, entered=self.entered, faults=self.faults,
        )  # fmt: skip
        # Nobody could have it: only to another agent can it be handed.
        return shown if self.beside["others"].takes_it else replace(shown, approve="")

    @property
    def reasons(self) -> Sequence[PresetReason]:
        """Why it may be rejected, and what its agent is told with each."""
        return preset_words.reasons(self.viewer, self.escalation, self.forms.proposed.package)

    @property
    def turns_at(self) -> datetime | None:
        """When the page reads otherwise by the clock alone, but for clocks that go on by
        themselves."""
        ends = [step.ends_at for step in self.briefing.steps if not step.is_over]
        wanted = [at for at in (*ends, self.escalation.callback_at) if at and at > self.now]
        return min(wanted, default=None)


def _remarked(edit: Editing, changes: Changes) -> Editing:
    return replace(edit, forms=tuple(form.remarked(changes) for form in edit.forms))


def _entered(entered: Mapping[str, str] | None, shown: building.Briefing) -> dict[str, Any]:
    """What a refused form had in it."""
    instructions = (entered or {}).get("instructions", shown.instructions)
    return {"entered": bool(entered), "instructions": instructions}


def _content(
    escalation: Escalation, added: int, changed: StandingAnswer | None, facts: FactsNow | None
) -> str:
    """Another word for each text that can stand there, so that a press knows what was read."""
    said = f"{escalation.digest}-{added}-{changed.at.timestamp() if changed else ''}"
    return f"{said}-{facts.digest}" if facts and facts.digest else said
