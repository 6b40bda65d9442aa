"""What a person is shown of their offers: the open ones, and what became of others."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from escalations.inbox import rows
from escalations.masking import seen
from escalations.models import Escalation, Remark
from escalations.policy.ladder import ALERT_LEVEL
from escalations.record import kinds
from escalations.text import untrusted
from routing.models import Offer

SHOWN_FOR = timedelta(seconds=60)
Outcome = Offer.Outcome
TOLD = (Outcome.MISSED, Outcome.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Card:
    """An offer that waits for an answer."""

    offer: Offer
    title: str
    level_words: str
    reason: str = ""

    @property
    def escalation(self) -> Escalation:
        """The case that is offered."""
        return self.offer.escalation

    @property
    def until(self) -> datetime:
        """Until when there is time to answer; a dialog over it gives more."""
        return self.escalation.offer_until or self.offer.until

    @property
    def seconds(self) -> int:
        """How long there was to answer."""
        return round((self.offer.until - self.offer.offered_at).total_seconds())

    @property
    def second_choice(self) -> bool:
        """Whether it asks for more skill than this person has, and others were not there."""
        return self.offer.ring > 0


@dataclass(frozen=True, slots=True)
class Ended:
    """An offer that ended a moment ago without an answer of theirs, and why."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Everything that the messages of a page show."""

    open: tuple[Card, ...]
    ended: tuple[Ended, ...]


NONE = Cards((), ())


def of(user_id: int, *, now: datetime) -> Cards:
    """The open offers of this person, first what somebody gave them, then alerts, then the oldest,
    and what ended within a minute."""
    recent = Q(outcome__in=TOLD, answered_at__gt=now - SHOWN_FOR)
    theirs = Offer.objects.filter(Q(outcome=Outcome.OPEN) | recent, person=user_id)
    found = theirs.select_related("escalation", "given_by").order_by("offered_at", "pk")
    offers = sorted(found, key=_place)
    return Cards(
        open=tuple(_card(one) for one in offers if one.outcome == Outcome.OPEN),
        ended=tuple(Ended(one.pk, _why(one)) for one in offers if _is_over(one)),
    )


def _place(offer: Offer) -> tuple[bool, bool]:
    return offer.given_by is None, offer.escalation.level != ALERT_LEVEL


def _is_over(offer: Offer) -> bool:
    """It ended, and not so that they have or answered the case after all."""
    case, person = offer.escalation, offer.person_id
    theirs = person in {case.held_by_id, case.offered_to_id, case.decided_by_id}
    return offer.outcome != Outcome.OPEN and not theirs


def _card(offer: Offer) -> Card:
    case = offer.escalation
    words = rows.LEVELS[case.level]
    return Card(offer, untrusted.line(case.title, 160), words, _reason(offer))


def _reason(offer: Offer) -> str:
    """What whoever gave it said, in their own words, but for what the package masks."""
    if offer.given_by is None:
        return ""
    said = Remark.objects.filter(
        escalation=offer.escalation_id, kind=Remark.Kind.REASSIGNED, person=offer.given_by
    )
    text = said.filter(at=offer.offered_at).values_list("text", flat=True).first() or ""
    case = offer.escalation_id
    return seen.covers([case])(case, text) if text else ""


def _why(offer: Offer) -> str:
    """What ended it: a line of another kind is the reason kept with it, else whoever is not there
    for it, by whatever reason."""
    missed = offer.outcome == Outcome.MISSED
    withdrawn = kinds.of("offer_missed" if missed else "offer_withdrawn").offer_over
    reason = kinds.of(offer.reason).offer_over or withdrawn
    return f"{offer.escalation.case_number} is no longer offered to you. {reason}"
