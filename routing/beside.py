"""What stands beside every page of a person: what they are offered, asked and told."""

from datetime import datetime
from typing import NamedTuple

from console.database import statements
from escalations.access import Viewer
from routing.alerts import notices
from routing.alerts.notices import ShownNotice
from routing.models import Handover
from routing.offers import cards
from routing.offers.cards import Cards
from routing.transfers import handovers


class Beside(NamedTuple):
    """Offers, questions for a held case, and notices that they have not seen."""

    cards: Cards
    handovers: list[Handover]
    unseen: list[ShownNotice]


def of(viewer: Viewer, *, now: datetime) -> Beside:
    """What stands beside their pages now; most often there is nothing, which one statement says."""
    me = viewer.user_id
    ((offers, asked, told),) = statements.rows(_THERE, [me, now - cards.SHOWN_FOR, me, me, me])
    return Beside(
        cards.of(me, now=now) if offers else cards.NONE,
        handovers.open_for(me) if asked else [],
        notices.unseen(viewer) if told else [],
    )


_THERE = """
    SELECT
      EXISTS (SELECT 1 FROM routing_offer AS one WHERE one.person_id = %s
        AND (one.outcome = 'open' OR one.answered_at > %s)),
      EXISTS (SELECT 1 FROM routing_handover AS one
        WHERE one.outcome = 'open' AND (one.holder_id = %s OR one.asked_by_id = %s)),
      EXISTS (SELECT 1 FROM routing_notice AS one
        WHERE one.person_id = %s AND one.seen_at IS NULL)
"""
