"""A change and its rows: all of them or none."""

import pytest
from django.db import IntegrityError, transaction

from escalations.lifecycle import moves, writes
from escalations.models import Addition, CommandAnswer, Escalation, Event
from escalations.record import lines
from escalations.record.lines import BATON
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


def changed(case):
    """The case one version on, with its line, unsaved."""
    case.version += 1
    return lines.line(case, "context_added", actor=BATON, at=NOW, facts={"version": case.version})


def write(case, rows, *, version=1, line=1):
    return writes.update(case, rows, columns=moves.COLUMNS, version=version, line=line)


def stored(case):
    kept = Escalation.objects.get(pk=case.pk)
    return kept.version, kept.chain_length, kept.events.count(), kept.additions.count()


def test_update_writes_the_escalation_and_every_row():
    case = escalation()
    added = Addition(escalation_version=2, context={"note": "100 % sure"}, received_at=NOW)
    assert write(case, [changed(case), added])
    assert stored(case) == (2, 2, 2, 1)
    assert case.additions.get().context == {"note": "100 % sure"}


@pytest.mark.parametrize(("version", "line"), [(2, 1), (1, 2), (0, 1), (1, 0)])
def test_update_of_another_version_or_line_writes_nothing(version, line):
    case = escalation()
    added = Addition(escalation_version=2, context={}, received_at=NOW)
    assert not write(case, [changed(case), added], version=version, line=line)
    assert stored(case) == (1, 1, 1, 0)


def test_a_row_that_cannot_be_stored_takes_everything_back():
    case, dana = escalation(), viewer()
    answers = [
        CommandAnswer(person_id=dana.user_id, command_id="same", answer={}, answered_at=NOW)
        for _ in range(2)
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        write(case, [changed(case), *answers])
    assert stored(case) == (1, 1, 1, 0)
    assert CommandAnswer.objects.count() == 0


def test_a_rider_goes_along_only_with_the_change():
    case = escalation()
    rider = "UPDATE escalations_agent SET disabled_at = created_at WHERE %s > 0"
    for version, ended in ((7, False), (1, True)):
        case.version = 1
        case.chain_length = 1
        writes.update(
            case, [changed(case)], [rider], columns=moves.COLUMNS, version=version, line=1
        )
        case.agent.refresh_from_db()
        assert (case.agent.disabled_at is not None) == ended


def test_insert_refuses_a_taken_idempotency_key_without_an_error():
    first = escalation(idempotency_key="order-20931-refund")
    again = Escalation.objects.get(pk=first.pk)
    again.pk, again.id = None, "esc_again"
    assert not writes.insert(again, [])
    assert Escalation.objects.count() == 1
    assert Event.objects.filter(escalation=first).count() == 1


def test_every_value_comes_back_as_it_was_written():
    case = escalation(
        requested={"assignee": "dana", "approvals_needed": 2},
        deadlines={"expires_at": after(3600).isoformat(), "on_timeout": "escalate"},
    )
    case.excluded, case.fence, case.offer_until = ["kofi", "Ö'Neil"], 3, after(1.000001)
    event = changed(case)
    assert write(case, [event])
    for row in (case, event):
        kept = type(row).objects.get(pk=row.pk or Event.objects.latest("pk").pk)
        names = [field.attname for field in row._meta.concrete_fields if field.attname != "id"]
        written = moves.COLUMNS if row is case else names
        said = {name: getattr(row, name) for name in names if name.removesuffix("_id") in written}
        assert {name: getattr(kept, name) for name in said} == said
        assert len(said) > 5
