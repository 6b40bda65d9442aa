"""What was typed and not sent travels with the case, to the next holder and nobody else."""

import json

import pytest

from console.models import User
from escalations import lifecycle
from escalations.briefing import working_draft
from escalations.masking.seen import SeenPackage
from escalations.models import State, WorkingDraft
from escalations.proposal.choices import Choice
from escalations.refusals import Conflict, Invalid
from tests.factories import NOW, after, escalation, viewer
from tests.standing import STATES, in_state

pytestmark = pytest.mark.django_db

SEEN = SeenPackage({})
AMOUNT = ["edit:a1:/amount", "68.00", None]
REPLY = ["reply", "Dear Inès, we have refunded €68.00.", None]


@pytest.fixture
def dana():
    return viewer("dana")


@pytest.fixture
def amara():
    return viewer("amara")


@pytest.fixture
def case(dana):
    return lifecycle.claim(escalation(), by=dana, now=NOW)


def keep(case, by, *fields, form="edit", now=NOW):
    working_draft.keep(case, form, json.dumps(list(fields)), by=by, now=now)


def test_the_next_holder_is_shown_what_was_typed(case, dana, amara):
    keep(case, dana, AMOUNT, REPLY)
    case = lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=after(5))
    left = working_draft.left_for(case, amara, SEEN)
    assert (left.name, left.at) == ("Dana Whitlock", NOW)
    assert left.parts == (("Amount", "68.00"), ("Reply", "Dear Inès, we have refunded €68.00."))
    assert json.loads(left.document) == {"edit": [AMOUNT, REPLY]}
    assert working_draft.entered(left) == {"edit:a1:/amount": "68.00", "reply": REPLY[1]}
    assert working_draft.left_for(case, dana, SEEN) is None


def test_who_has_no_name_is_named_by_username(case, dana, amara):
    """“had written this”, said the page, of nobody."""
    User.objects.filter(pk=dana.user_id).update(first_name="", last_name="")
    keep(case, dana, AMOUNT)
    case = lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=after(5))
    assert working_draft.left_for(case, amara, SEEN).name == "dana"


@pytest.mark.parametrize("how", ["released", "lease", "passed_on"])
def test_however_the_case_changes_hands(case, dana, amara, how):
    keep(case, dana, REPLY, form="respond")
    if how == "released":
        lifecycle.release(case, by=dana, version=case.version, now=NOW)
    elif how == "lease":
        lifecycle.lose_lease(case, now=after(61))
    else:
        lifecycle.pass_on(case, by=dana, version=case.version, person=amara, now=NOW)
    case.refresh_from_db()
    assert working_draft.left_for(case, amara, SEEN) is None
    case = lifecycle.claim(case, by=amara, now=after(70))
    assert working_draft.left_for(case, amara, SEEN).parts == (("Reply", REPLY[1]),)


def test_what_the_next_one_types_stands_beside_it(case, dana, amara):
    keep(case, dana, REPLY)
    case = lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=after(5))
    keep(case, amara, AMOUNT, now=after(6))
    assert working_draft.left_for(case, amara, SEEN).fields == {"edit": [REPLY]}
    working_draft.drop(case, by=amara, now=after(7))
    assert working_draft.left_for(case, amara, SEEN) is None
    assert WorkingDraft.objects.get().fields == {"edit": [AMOUNT]}


def test_forms_are_kept_one_by_one_and_an_empty_one_is_forgotten(case, dana):
    keep(case, dana, AMOUNT)
    keep(case, dana, REPLY, form="respond")
    keep(case, dana)
    assert WorkingDraft.objects.get().fields == {"respond": [REPLY]}


def test_it_raises_no_version_and_writes_no_line(case, dana):
    lines = case.events.count()
    keep(case, dana, REPLY)
    version = case.version
    case.refresh_from_db()
    assert (case.version, case.events.count()) == (version, lines)


@pytest.mark.parametrize("state", STATES)
def test_only_the_holder_keeps_anything(state, dana, amara):
    case = in_state(state, dana)
    with pytest.raises(Conflict):
        keep(case, amara, REPLY)
    if state in State.held():
        keep(case, dana, REPLY)
    else:
        with pytest.raises(Conflict):
            keep(case, dana, REPLY)
    assert WorkingDraft.objects.count() == (1 if state in State.held() else 0)


@pytest.mark.parametrize(
    "written",
    ["", "{}", "[1]", '[["reply", 1, null]]', '[["", "x", null]]', '[["reply", "x"]]', "[" * 99],
)
def test_what_is_no_draft_is_refused(case, dana, written):
    with pytest.raises(Invalid) as refused:
        working_draft.keep(case, "edit", written, by=dana, now=NOW)
    assert (refused.value.code, WorkingDraft.objects.count()) == ("malformed", 0)


def test_an_unknown_form_is_refused(case, dana):
    with pytest.raises(Invalid):
        keep(case, dana, REPLY, form="claim")


def test_at_most_64_kib_in_all(case, dana):
    long = ["reply", "x" * 40_000, None]
    keep(case, dana, long)
    with pytest.raises(Invalid) as refused:
        keep(case, dana, long, form="respond")
    assert refused.value.detail == "This is too long to be kept: at most 64 KiB."
    assert WorkingDraft.objects.get().fields == {"edit": [long]}


def test_it_is_erased_when_the_case_closes(case, dana):
    keep(case, dana, REPLY)
    assert working_draft.erase(NOW) == 0
    lifecycle.decide(
        case, Choice("approve"), by=dana, version=case.version, reject_reasons=[], now=NOW
    )
    assert (working_draft.erase(NOW), working_draft.erase(NOW), WorkingDraft.objects.count()) == (
        1,
        0,
        0,
    )


def test_a_second_person_does_not_see_what_the_first_had_typed(dana, amara):
    case = escalation()
    case.approvals = 2
    case.save()
    case = lifecycle.claim(case, by=dana, now=NOW)
    keep(case, dana, REPLY)
    lifecycle.decide(
        case, Choice("approve"), by=dana, version=case.version, reject_reasons=[], now=NOW
    )
    case = lifecycle.claim(case, by=amara, now=after(5))
    assert working_draft.left_for(case, amara, SEEN) is None
