"""All stories, how often each happens and what people make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from console.demo import bank, homes, retail
from console.demo.drafting import DraftedPackage, Story


@dataclass(frozen=True, slots=True)
class StoryWeight:
    """A story with its weight, and in how many of a hundred cases people do what."""

    story: Story
    weight: int
    edit: int = 8
    reject: int = 6
    respond: int = 2


TOLD = (
    StoryWeight(retail.refund, 14, edit=11, reject=9),
    StoryWeight(retail.exchange, 8, edit=5, reject=4),
    StoryWeight(retail.delivery_address, 14, edit=3, reject=10),
    StoryWeight(retail.goodwill, 9, edit=14, reject=3),
    StoryWeight(retail.complaint_reply, 9, edit=24, reject=6),
    StoryWeight(bank.invoice_payment, 8, edit=2, reject=5),
    StoryWeight(bank.card_dispute, 7, edit=8, reject=12),
    StoryWeight(bank.kyc_review, 7, edit=3, reject=8),
    StoryWeight(bank.account_recovery, 3, edit=12, reject=5, respond=10),
    StoryWeight(bank.data_deletion, 2, edit=10, reject=10),
    StoryWeight(homes.maintenance, 12, edit=5, reject=7),
    StoryWeight(homes.deposit_return, 5, edit=14, reject=7),
    StoryWeight(homes.rent_arrears, 5, edit=18, reject=6),
    StoryWeight(homes.viewing, 8, edit=2, reject=3),
)
_WEIGHTS = [told.weight for told in TOLD]


def draw(rng: Random) -> StoryWeight:
    """One story, as often as its weight says."""
    return rng.choices(TOLD, _WEIGHTS)[0]


def verdict(told: StoryWeight, rng: Random) -> str:
    """What the people of the demo world do with this case."""
    share: Mapping[str, int] = {
        "edit": told.edit,
        "reject": told.reject,
        "respond": told.respond,
        "approve": 100 - told.edit - told.reject - told.respond,
    }
    return rng.choices(list(share), list(share.values()))[0]


def case(rng: Random, now: datetime) -> DraftedPackage:
    """A case of any kind, for an agent that keeps escalating."""
    return draw(rng).story(rng, now)
