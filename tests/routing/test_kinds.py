"""Who is told of a line is who the table of kinds says, act by act, through the real doors."""

import pytest

from escalations import lifecycle
from escalations.models import Escalation, Event
from escalations.record import kinds
from escalations.record.kind import Whom
from routing.alerts import following, ladder_steps
from routing.models import Handover, Notice
from routing.offers import cards, dispatch
from routing.transfers import handovers, reassigning
from routing.transfers.reassigning import Wish
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, viewer
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db

Kind = Notice.Kind
TOLD = {
    Kind.MOVED: Whom.FOLLOWERS, Kind.PASSED: Whom.TARGET, Kind.RETURNED: Whom.GIVER,
    Kind.TAKEN: Whom.HAD, Kind.ASKED: Whom.HOLDER, Kind.KEPT: Whom.ASKER, Kind.GIVEN: Whom.ASKER,
    Kind.WARN: Whom.ALERTED, Kind.BREACH: Whom.ALERTED, Kind.ALERT: Whom.ALERTED,
}  # fmt: skip


class Desk:
    """A case that somebody follows, two people who may take it, and who leads them."""

    def __init__(self):
        self.dana, self.kofi = on_duty("dana"), on_duty("kofi")
        self.ruth, self.ines = viewer("ruth", "supervisor"), viewer("ines", "auditor")
        self.number = escalation().pk
        following.follow(self.case, self.ines, on=True, now=NOW)

    @property
    def case(self):
        return Escalation.objects.get(pk=self.number)

    def give(self, to):
        wish = Wish(self.case.id, self.case.version)
        reassigning.reassign([wish], to=to, reason="", by=self.ruth, now=NOW)

    def hold(self):
        lifecycle.claim(self.case, by=self.dana, now=NOW)

    def versioned(self):
        return {"version": self.case.version, "now": after(1)}


def nothing(desk):
    pass


def given(desk):
    desk.give("dana")


def held(desk):
    desk.hold()


def offered(desk):
    assert dispatch.dispatch(NOW) == 1


def asked(desk):
    desk.hold()
    handovers.ask(desk.case, by=desk.kofi, now=NOW)


def release(desk):
    lifecycle.release(desk.case, by=desk.dana, **desk.versioned())


def asked_and_given_back(desk):
    asked(desk)
    release(desk)


def whose(desk):
    return desk.dana if desk.case.offered_to_id == desk.dana.user_id else desk.kofi


# Kind: what was before, and the act.
ACTS = {
    "offered": (nothing, offered),
    "accepted": (given, lambda d: lifecycle.accept(d.case, by=d.dana, now=after(1))),
    "declined": (given, lambda d: lifecycle.decline(d.case, by=d.dana, reason="busy", now=after(1))),
    "offer_missed": (given, lambda d: lifecycle.end_offer(d.case, now=after(121))),
    "offer_withdrawn": (
        given,
        lambda d: lifecycle.withdraw(d.case, whose=d.dana.user_id, reason="away", now=after(1)),
    ),
    "claimed": (offered, lambda d: lifecycle.claim(d.case, by=d.ruth, now=after(1))),
    "claimed, as it was asked for": (
        asked_and_given_back,
        lambda d: handovers.settle(Handover.objects.get().pk, now=after(1)),
    ),
    "released": (held, release),
    "passed_on": (held, lambda d: lifecycle.pass_on(d.case, by=d.dana, person=d.kofi, **d.versioned())),
    "reassigned": (offered, lambda d: d.give("")),
    "handed_over": (asked, lambda d: handovers.give(d.case, by=d.dana, now=after(1))),
    "handover_asked": (held, lambda d: handovers.ask(d.case, by=d.kofi, now=after(1))),
    "handover_kept": (asked, lambda d: handovers.keep(d.case, by=d.dana, now=after(1))),
    "snoozed": (
        offered,
        lambda d: lifecycle.snooze(d.case, by=whose(d), until=after(60), **d.versioned()),
    ),
    "decided": (nothing, lambda d: decide(d.case, d.dana)),
    "cancelled": (offered, lambda d: lifecycle.cancel(d.case, agent="mira", now=after(1))),
    "context_added": (
        nothing,
        lambda d: lifecycle.add_context(d.case, {"a": 1}, agent="mira", now=after(1)),
    ),
    "alerted": (nothing, lambda d: ladder_steps.sweep(d.case.alert_at)),
}  # fmt: skip
# Of a kind that comes about in two ways, whom the one way does not concern.
NOT_BY_THIS = {
    "claimed": {Whom.ASKER}, "claimed, as it was asked for": {Whom.OFFERED},
    # Kept for somebody once the agent was asked: `alerts/test_coming_back.py`.
    "context_added": {Whom.KEPT_FOR},
}  # fmt: skip


def corners(desk):
    """What stands in the corner of their screens, now and after an offer was missed."""
    return {
        (who.user_id, str(one))
        for who in (desk.dana, desk.kofi)
        for now in (after(2), after(122))
        for shown in [cards.of(who.user_id, now=now)]
        for one in (*(card.offer.pk for card in shown.open), *(one.sentence for one in shown.ended))
    }


@pytest.mark.parametrize("way", ACTS)
def test_who_is_told_is_who_the_table_names(way):
    desk, name = Desk(), way.partition(",")[0]
    before, act = ACTS[way]
    before(desk)
    following.sweep(NOW)
    Notice.objects.all().delete()
    length, shown = desk.case.chain_length, corners(desk)
    act(desk)
    lines = Event.objects.filter(escalation=desk.case, position__gt=length)
    assert [line.kind for line in lines] == [name]
    # An answer is told to them once it is in effect.
    following.sweep(after(122))
    told = {TOLD[kind] for kind in Notice.objects.values_list("kind", flat=True)}
    if corners(desk) - shown:
        told.add(Whom.OFFERED)
    # The agent is told by a delivery, planned with the decision; see tests of deliveries.
    assert told == kinds.of(name).told - {Whom.AGENT} - NOT_BY_THIS.get(way, set())
