"""What became of a message to the customer."""

import pytest

from escalations import lifecycle
from escalations.briefing import talk
from escalations.lifecycle.conversing import receipts
from escalations.models import Escalation, Receipt
from escalations.refusals import Invalid
from tests.escalations.lifecycle.conversing.talking import handed_back, heard, live
from tests.factories import NOW, after, viewer

pytestmark = pytest.mark.django_db


def shown(case, dana):
    messages = talk.read(dana, case, {}, agent="Mira", cover=str).messages
    return [(one.number, one.receipt, one.failed) for one in messages]


@pytest.fixture
def dana():
    return viewer()


@pytest.fixture
def case(dana):
    case = live(dana)
    heard(case, now=after(1))
    for second in (2, 3):
        case = lifecycle.say(case, f"{second}", by=dana, now=after(second))
    return case


def test_what_was_read_holds_for_what_came_before(case, dana):
    assert shown(case, dana) == [
        (1, "Sent", False), (2, "", False), (3, "Sent", False), (4, "Sent", False),
    ]  # fmt: skip
    receipts.receive(case, 4, "delivered", now=after(4))
    receipts.receive(case, 3, "read", now=after(5))
    assert [words for _, words, _ in shown(case, dana)] == ["Read", "", "Read", "Delivered"]


def test_the_first_of_a_kind_stands_and_a_case_does_not_move(case):
    before = Escalation.objects.values("version", "chain_length", "active_at").get()
    first = receipts.receive(case, 4, "read", now=after(4))
    again = receipts.receive(case, 4, "read", now=after(9))
    assert (first.pk, again.at) == (again.pk, after(4))
    assert Receipt.objects.count() == 3
    assert Escalation.objects.values("version", "chain_length", "active_at").get() == before


def test_what_failed_stays_so_until_it_arrived_itself(case, dana):
    receipts.receive(case, 3, "failed", reason="Mailbox full", now=after(4))
    receipts.receive(case, 4, "read", now=after(5))
    assert shown(case, dana)[2:] == [(3, "Not delivered: Mailbox full", True), (4, "Read", False)]
    assert talk.read(dana, case, {}, agent="Mira", cover=str).unreached == 1
    receipts.receive(case, 3, "delivered", now=after(6))
    assert shown(case, dana)[2] == (3, "Delivered", False)


@pytest.mark.parametrize("number", [2, 9])
def test_only_messages_to_the_customer_have_one(case, number):
    with pytest.raises(Invalid) as refused:
        receipts.receive(case, number, "read", now=NOW)
    assert refused.value.errors[0].pointer == "/number"


def test_they_are_taken_after_the_end(case, dana):
    handed_back(case, dana, now=after(5))
    assert receipts.receive(case, 4, "delivered", now=after(6)).at == after(6)
