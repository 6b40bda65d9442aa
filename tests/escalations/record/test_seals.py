"""Seals: what is deleted with all that belongs to it is missed, and accounts change by lines only."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.models import User
from console.people import managing
from escalations import lifecycle, tasks
from escalations.agents import keys, registry
from escalations.models import ApiKey, ChainHead, Escalation, Event, SealedSheet
from escalations.record import accounts, audit, lines, seals
from escalations.record.lines import BATON, Actor
from tests import factories, tampering
from tests.escalations.record import forging
from tests.factories import NOW, after
from tests.running.kept import lifted
from tests.tampering import said, sentences, tamper

pytestmark = pytest.mark.django_db
ADMIN = Actor("person", "rhea")


@pytest.fixture
def case():
    return tampering.history()


def heads():
    found = Event.objects.filter(chain="seal").order_by("position")
    return [end for line in found for end in said(line)["facts"]["heads"]]


def test_a_seal_names_the_end_of_every_chain_once(case):
    assert seals.seal(after(20)) == 1
    policy = ChainHead.objects.get(chain="policy")
    assert heads() == [
        [case.number, 7, case.chain_hash[:32]],
        ["policy", policy.length, policy.hash[:32]],
    ]
    assert seals.seal(after(800)) == 0
    lifecycle.note(case, "read", actor=ADMIN, facts={"package_version": 1}, now=after(900))
    assert seals.seal(after(901)) == 1
    assert heads()[2:] == [[case.number, 8, Escalation.objects.get().chain_hash[:32]]]
    assert sentences() == []


def test_many_heads_take_several_lines_and_the_last_closes_the_seal(monkeypatch):
    monkeypatch.setattr(seals, "HEADS_MAX", 2)
    for _ in range(4):
        factories.escalation(by=factories.key())
    factories.viewer("amara")
    written = seals.seal(NOW)
    found = [said(one)["facts"] for one in Event.objects.filter(chain="seal").order_by("position")]
    assert len(found) == written
    assert [("until" in one) for one in found] == [False] * (written - 1) + [True]
    assert len(heads()) == 5
    assert all(len(one["heads"]) <= 2 for one in found)
    assert sentences() == []


def test_a_seal_that_was_broken_off_is_written_again(monkeypatch, case):
    monkeypatch.setattr(seals, "HEADS_MAX", 1)
    with monkeypatch.context() as broken:
        broken.setattr(seals, "_changed_sheets", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seals.seal(NOW)
    assert len(heads()) == 1
    seals.seal(after(1))
    assert len(heads()) == 2
    assert sentences() == []


def test_lines_that_were_committed_late_are_in_a_later_seal(case):
    """An id may be given out before a seal, and its line be there only after it."""
    seals.seal(NOW)
    late = factories.escalation(by=factories.key("late"))
    until = Event.objects.order_by("-id").first().id
    for seconds in (600, 1200):
        factories.escalation(by=factories.key(f"other{seconds}"))
        with lifted(connection):
            Event.objects.filter(chain=late.id).update(id=until + 10_000)
        seals.seal(after(seconds))
    assert late.number in {key for key, *_ in heads()}
    assert len(heads()) == len({(key, length) for key, length, _ in heads()})


def test_whole_case_that_is_gone_is_missed_from_the_next_seal_on(case):
    other = tampering.cancelled()
    with lifted(connection):
        forging._forget(other)
        Escalation.objects.filter(pk=other.pk).delete()
    assert sentences() == []
    another = factories.escalation(by=factories.key("another"))
    seals.seal(after(20))
    with lifted(connection):
        forging._forget(another)
        Escalation.objects.filter(pk=another.pk).delete()
    assert sentences() == [f"BTN-{another.number} is gone; it had 1 entries."]


def test_case_that_was_put_back_is_missed(case):
    seals.seal(after(20))
    last = case.events.get(position=6)
    with lifted(connection):
        case.events.filter(position=7).delete()
    Escalation.objects.update(chain_length=6, chain_hash=last.hash)
    assert sentences() == [f"BTN-{case.number} had 7 entries, and entry 7 is gone."]


def test_history_that_is_written_anew_is_missed(case):
    seals.seal(after(20))
    tampering.rechained(case, lambda line: line.update(actor="person:rhea"), start=7)
    assert sentences() == [f"Entry 7 of BTN-{case.number} was another then."]


def test_tail_and_whole_chain_of_people_are_missed(case):
    managing.create("priya", role="reviewer", by=ADMIN, now=NOW)
    managing.create("kofi", role="reviewer", by=ADMIN, now=NOW)
    first = Event.objects.get(chain="people", position=1)
    tamper("DELETE FROM escalations_event WHERE chain = 'people' AND position = 2")
    assert sentences() == ["Its head counts 2 entries, not 1."]
    ChainHead.objects.filter(chain="people").update(length=1, hash=first.hash)
    assert sentences() == []
    tamper("DELETE FROM escalations_event WHERE chain = 'people'")
    assert sentences() == ["It is gone, and had 1 entries."]


def test_chain_goes_on_behind_a_tail_that_was_cut_off(case):
    for name in ("priya", "kofi", "amara"):
        managing.create(name, role="reviewer", by=ADMIN, now=NOW)
    tamper("DELETE FROM escalations_event WHERE chain = 'people' AND position = 3")
    managing.create("tomasz", role="reviewer", by=ADMIN, now=NOW)
    assert sentences() == ["Entry 3 is missing before it."]


def test_account_that_became_another_without_a_line_is_named():
    person, _ = managing.create("priya", role="reviewer", by=ADMIN, now=NOW)
    seals.seal(NOW)
    managing.grade(person, {"refunds": 3}, by=ADMIN, now=after(1))
    assert sentences() == []
    seals.seal(after(2))
    User.objects.filter(pk=person.pk).update(role="admin")
    assert sentences() == ["person/priya was changed, and no entry of that time says so."]
    seals.seal(after(3))
    assert sentences() == ["person/priya was changed, and no entry of that time says so."]
    assert audit.verify().findings[0].chain == "seal"


def test_account_out_of_nowhere_and_one_that_is_gone_are_named():
    managing.create("priya", role="reviewer", by=ADMIN, now=NOW)
    seals.seal(NOW)
    stranger = User.objects.create(username="stranger", role="admin")
    assert sentences() == ["person/stranger was changed, and no entry of that time says so."]
    stranger.delete()
    factories.key("mira")
    assert sentences() == ["agent/mira was changed, and no entry of that time says so."]
    ApiKey.objects.all().delete()


def test_agents_change_by_their_lines():
    agent = registry.create("mira", by=ADMIN, now=NOW)
    seals.seal(NOW)
    key, _ = keys.create(agent, by=ADMIN, now=after(1))
    seals.seal(after(2))
    keys.revoke(key, by=ADMIN, now=after(3))
    registry.disable(agent, by=ADMIN, now=after(4))
    assert sentences() == []
    told = "agent/mira was changed, and no entry of that time says so."
    ApiKey.objects.update(revoked_at=None)
    assert sentences() == [told]
    seals.seal(after(5))
    ApiKey.objects.update(scopes=["audit"])
    assert sentences() == [told, told]


def test_another_key_of_the_deployment_is_no_change(settings):
    managing.create("priya", role="reviewer", by=ADMIN, now=NOW)
    seals.seal(NOW)
    settings.SECRET_KEY = "x" * 50
    assert sentences() == [accounts.ANOTHER_KEY]
    seals.seal(after(1))
    assert sentences() == []
    User.objects.update(role="admin")
    assert sentences() == ["person/priya was changed, and no entry of that time says so."]


def test_sheets_hold_no_names(case):
    person, _ = managing.create(
        "priya", role="reviewer", first_name="Priya", last_name="Raman", by=ADMIN, now=NOW
    )
    seals.seal(NOW)
    bodies = b"".join(bytes(one.body) for one in Event.objects.filter(chain="seal"))
    assert b"Raman" not in bodies
    assert f'"person/{person.username}"' in bodies.decode()
    assert SealedSheet.objects.filter(name=f"person/{person.username}").exists()


def test_seals_come_every_ten_minutes_in_which_something_moved(case):
    assert [seals.seal_when_due(after(seconds)) for seconds in (20, 30)] == [1, 0]
    lifecycle.note(case, "read", actor=ADMIN, facts={"package_version": 1}, now=after(40))
    assert [seals.seal_when_due(after(seconds)) for seconds in (500, 620, 1300)] == [0, 1, 0]
    tasks.seal()
    tasks.seal()
    assert Event.objects.filter(chain="seal").count() == 2


@pytest.mark.parametrize("cases", [1, 3])
def test_a_seal_takes_the_same_statements_for_any_number(cases, case):
    seals.seal(NOW)
    for number in range(cases):
        factories.escalation(by=factories.key(f"agent{number}"))
    with CaptureQueriesContext(connection) as captured:
        seals.seal(after(700))
    assert len(captured) == 33


def test_a_seal_that_was_kept_is_compared(case, capsys):
    call_command("audit", "seal")
    printed = capsys.readouterr().out.split()[-1]
    call_command("audit", "verify", "--kept", printed)
    position, digest = printed.split(":")
    for kept in (f"{position}:{'0' * 64}", f"99:{digest}"):
        with pytest.raises(SystemExit):
            call_command("audit", "verify", "--kept", kept)
    told = capsys.readouterr().out
    assert "seal, entry 1: It is not the seal that was kept outside." in told
    assert "seal, entry 99: This seal was kept outside, and is gone." in told


def test_a_case_that_moves_while_it_is_read_is_no_fault(monkeypatch, case):
    """Its row is read, then another line comes, then its lines are read."""
    read = audit._with_lines

    def moving(batch):
        lifecycle.note(case, "read", actor=ADMIN, facts={"package_version": 1}, now=after(50))
        return read(batch)

    monkeypatch.setattr(audit, "_with_lines", moving)
    assert sentences() == []
    Escalation.objects.update(approvals=2)
    assert sentences() == ["Its row was changed: approvals is not what the record says."]


def test_lines_of_an_earlier_version_are_held_as_they_were(case):
    """What they do not say is not compared; what they say is."""
    new = {*("row", "stored", "shown", "excluded", "assignee", "skills", "supersedes", "messages")}
    new |= {"priority", "method", "approvals", "blind", "undo_s", "flagged", "strict", "expires_at"}
    new |= {"on_timeout", "callback_at"}
    older(case, new)
    assert sentences() == []
    Escalation.objects.update(approvals=2, why="Otherwise")
    assert sentences() == []
    Escalation.objects.update(level=4)
    assert sentences() == ["Its row was changed: level is not what the record says."]


def older(case, new):
    """The chain as it would be without these facts, with everything that goes by its hashes."""
    decisions = {one.pk: one for one in case.decisions.all()}
    for event in case.events.order_by("position"):

        def less(document):
            for name in new:
                document["facts"].pop(name, None)

        tampering.rechained(case, less, start=event.position)
    for event in case.events.filter(kind="decided"):
        decision = decisions[said(event)["facts"]["decision"]]
        document = decision.document
        entry = f"{case.id}/{event.position}"
        document["audit"] = {"entry": entry, "hash": event.hash}
        decision.body = lines.canonical.canonical(document).decode()
        tampering.saved(decision)


def test_a_tampering_that_a_later_line_took_over_is_named(case):
    fresh = factories.escalation(by=factories.key("fresh"))
    due = fresh.respond_by + timedelta(days=9)
    Escalation.objects.filter(pk=fresh.pk).update(respond_by=due)
    fresh.refresh_from_db()
    lifecycle.note(fresh, "read", actor=BATON, facts={"package_version": 1}, now=after(1))
    assert sentences(fresh.id) == ["Before it respond_by was changed without an entry."]


@pytest.mark.parametrize("number", [2**53 + 1, 8_000_000_000_000_000, 2_000_000])
def test_a_number_that_was_changed_silences_no_later_seal(case, number):
    seals.seal(after(20))
    with lifted(connection):
        Event.objects.filter(chain=case.id, position=7).update(id=number)
    later = factories.escalation(by=factories.key("later"))
    if connection.vendor == "sqlite":
        # As PostgreSQL numbers on, which has a sequence.
        with lifted(connection):
            Event.objects.filter(chain=later.id).update(id=500)
    for seconds in (700, 1400, 90_000):
        seals.seal(after(seconds))
    assert later.number in {key for key, *_ in heads()}
    with lifted(connection):
        forging._forget(later)
        Escalation.objects.filter(pk=later.pk).delete()
    assert f"BTN-{later.number} is gone; it had 1 entries." in sentences()
    if number > 2**53:
        assert "Its number is out of order or out of range." in sentences()


def test_numbers_out_of_order_are_named(case):
    first, last = case.events.get(position=1), case.events.get(position=7)
    with lifted(connection):
        Event.objects.filter(pk=first.pk).update(id=last.pk + 50)
    assert sentences() == ["Its number is out of order or out of range."]


def test_a_case_that_no_seal_names_is_named(case):
    """As where a number was changed, or a row that the next seal goes by."""
    seals.seal(after(20))
    later = factories.escalation(by=factories.key("later"), now=after(30))
    with lifted(connection):
        Event.objects.filter(chain=later.id).update(id=-5)
    factories.escalation(by=factories.key("more"), now=after(500))
    seals.seal(after(700))
    assert f"BTN-{later.number} moved before the last seal, and no seal says so." in sentences()
    seals.seal(after(90_000))
    assert not [one for one in sentences() if "no seal says so" in one]


def test_no_row_stops_the_sealing(case):
    ChainHead.objects.filter(chain="policy").update(length=2**31 - 1)
    Escalation.objects.filter(pk=case.pk).update(chain_length=2**31 - 1, chain_hash="x")
    SealedSheet.objects.create(name="person/" + "x" * 200, digest="")
    assert seals.seal(after(20)) == 1
    assert len(sentences()) >= 3


def test_a_clock_that_is_set_back_leaves_no_case_out(case):
    seals.seal_when_due(after(10 * 3600))
    factories.escalation(by=factories.key("later"), now=after(60))
    assert seals.seal_when_due(after(120)) == 1
    assert list(seals.findings()) == []


def test_that_nothing_is_sealed_is_said(case):
    assert seals.stalled(after(60)) == ""
    # So it is as well where somebody deleted them all, and the rows that keep where they end.
    assert seals.stalled(after(9000)).startswith("There is no seal, and lines are older")
    seals.seal(after(20))
    assert seals.stalled(after(9000)) == ""
    lifecycle.note(case, "read", actor=ADMIN, facts={"package_version": 1}, now=after(2000))
    assert seals.stalled(after(3000)) == ""
    assert seals.stalled(after(9000)).startswith("Nothing was sealed since 2026-")
