"""The look-ups that a case shows: what is offered, what is not, and how they are told apart."""

import pytest

from console import clock
from escalations.briefing import reading
from escalations.models import LookUp
from tests.escalations.lookups.registering import case_of, look_up
from tests.factories import key, viewer

pytestmark = pytest.mark.django_db


def shown(case, by=None):
    found = reading.context(by or viewer(), case, now=clock.now())["look_ups"]
    return [(one.name, one.scope, one.may, one.result, one.fault) for one in found]


def test_what_the_case_cannot_fill_in_has_no_button_and_says_why():
    look_up(), look_up(name="Parcel", path="/parcels/{args.parcel}")
    assert shown(case_of()) == [
        ("Order", "", True, "", ""),
        ("Parcel", "", False, "unfit", "This case has no text or number for {args.parcel}."),
    ]


def test_one_for_every_kind_of_work_is_not_shown_where_it_does_not_fit():
    look_up(name="Parcel", path="/parcels/{args.parcel}", task_type="")
    look_up(name="Customer", task_type="")
    assert shown(case_of()) == [("Customer", "", True, "", "")]


def test_two_of_one_name_that_were_there_before_are_told_apart():
    mira = key()
    look_up(name="Order"), look_up(name="Parcel")
    other = look_up(name="X", task_type="", agent=mira.agent)
    # As it could be registered before this was refused.
    LookUp.objects.filter(pk=other.pk).update(name="order")
    assert sorted(one[:2] for one in shown(case_of(mira))) == [
        ("Order", "Refund"), ("Parcel", ""), ("order", "every kind of work, mira"),
    ]  # fmt: skip
