"""What the tables beside the record show of tampering, and the command that checks it all."""

import json

import orjson
import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from console.outside.outbound import AddressRefused
from escalations import intake, lifecycle
from escalations.deliveries.outbox import Outcome
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.models import Decision, Escalation, Event, Package, PolicyVersion
from escalations.proposal.choices import Choice
from escalations.record import audit, protection, seals, told
from tests import factories, tampering
from tests.factories import NOW, after
from tests.running import listening
from tests.running.kept import lifted
from tests.tampering import rechained, said, saved, sentences, tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return tampering.history()


@pytest.fixture
def other():
    return tampering.cancelled()


def test_untouched_record_is_whole(case, other):
    result = audit.verify()
    assert result.findings == []
    assert (result.whole, result.chains, result.entries) == (True, 3, 7 + 2 + 1)


def test_a_case_put_off_on_arrival_and_taken_from_an_offer_is_whole():
    mira, dana, ruth = factories.key(), factories.viewer(), factories.viewer("ruth", "supervisor")
    wish = {"method": "callback", "callback_at": after(3600).isoformat()}
    put_off = factories.escalation(by=mira, requested=wish)
    lifecycle.claim(put_off, by=dana, now=after(60))
    offered = [factories.escalation(by=mira, requested={"approvals_needed": n}) for n in (1, 2)]
    for one in offered:
        lifecycle.offer(one, to=dana, until=after(60), now=NOW)
    lifecycle.claim(offered[0], by=ruth, now=after(5))
    lifecycle.decide(
        offered[1], Choice("approve"), by=dana, version=2, reject_reasons=[], now=after(5)
    )
    assert audit.verify().findings == []


def test_a_revised_case_is_whole():
    mira = factories.key()
    case = factories.escalation(by=mira)
    intake.revise(mira, case, json.dumps(factories.REFUND).encode(), now=after(60))
    assert audit.verify().findings == []


def test_one_chain_is_verified_by_its_name(case, other):
    result = audit.verify(case.id)
    assert (result.whole, result.chains, result.entries) == (True, 1, 7)
    assert sentences("policy") == []
    assert sentences("esc_none") == ["There is no such chain."]


def test_progress_is_told(case, other):
    heard = []
    audit.verify(progress=lambda done, total: heard.append((done, total)))
    assert heard == [(2, 2)]


@pytest.mark.parametrize("cases", [1, 3])
def test_verification_takes_the_same_statements_for_any_number(cases, db):
    key = factories.key()
    for _ in range(cases):
        factories.escalation(by=key)
    # How the tables are written is read once.
    audit.verify()
    with CaptureQueriesContext(connection) as captured:
        assert audit.verify().chains == cases + 1
    # Besides on SQLite one for each table with values that have one form.
    tables = [
        kind
        for kind in apps.get_models()
        if any(type(one) in protection.WRITTEN for one in kind._meta.concrete_fields)
    ]
    besides = len(tables) if connection.vendor == "sqlite" else 0
    assert len(captured) - besides == (77 if connection.vendor == "sqlite" else 69)


@pytest.mark.parametrize(
    ("kind", "facts", "shown"),
    [
        ("decided", {"state": "held"}, "“decided” cannot lead from “held” to “held”."),
        ("decided", {"outcome": "approved"}, "The row of its decision does not say"),
        ("decided", {"proceed": True}, "The row of its decision does not say"),
        ("decided", {"document": "0" * 64}, "Its decision was changed"),
        ("decided", {"package": "0" * 64}, "It was made on another package"),
        ("decided", {"package_version": 2}, "Its package 2 is missing."),
        ("decided", {"decision": "dec_none"}, "Its decision is missing."),
        ("received", {"level": 4}, "Its row was changed: level"),
    ],
)
def test_rewritten_fact_shows_in_the_tables_even_when_the_chain_is_written_anew(
    kind, facts, shown, case
):
    position = case.events.filter(kind=kind).order_by("-position").first().position
    rechained(case, lambda document: document["facts"].update(facts), start=position)
    assert any(sentence.startswith(shown) for sentence in sentences()), sentences()


@pytest.mark.parametrize(
    ("column", "value"),
    [("outcome", "approved"), ("proceed", True), ("sequence", 3), ("automatic", True),
     ("escalation_version", 9), ("package_version", 2), ("effective_at", NOW), ("decided_at", NOW)],
)  # fmt: skip
def test_changed_column_of_a_decision_shows(column, value, case):
    with lifted(connection):
        Decision.objects.filter(undone_at__isnull=True).update(**{column: value})
    assert sentences() != []


def test_changed_document_of_a_decision_shows(case):
    decision = Decision.objects.get(undone_at__isnull=True)
    decision.body = decision.body.replace('"proceed":false', '"proceed":true')
    saved(decision)
    assert sentences() == [
        "Its decision was changed: the document is not the one that was recorded."
    ]


def test_changed_receipt_in_a_decision_shows(case):
    decision = Decision.objects.get(undone_at__isnull=True)
    decision.body = decision.body.replace(f"{case.id}/6", f"{case.id}/5")
    saved(decision)
    assert sentences() == ["Its decision names another entry of the record."]


def test_deleted_decision_shows(case):
    tamper("DELETE FROM escalations_decision WHERE undone_at IS NULL")
    assert sentences() == ["Its decision is missing."]


def test_decision_out_of_nowhere_shows(case):
    decision = Decision.objects.get(undone_at__isnull=True)
    decision.pk, decision.escalation_version, decision.sequence = "dec_forged", 99, 99
    decision._state.adding = True
    saved(decision)
    assert "Decision dec_forged stands in no entry." in sentences()


def test_decision_quietly_marked_undone_shows(case):
    with lifted(connection):
        Decision.objects.filter(undone_at__isnull=True).update(undone_at=after(8))
    (sentence,) = sentences()
    assert sentence.endswith("is marked undone at a time that no entry gives.")


def test_undone_decision_quietly_restored_shows(case):
    with lifted(connection):
        Decision.objects.filter(undone_at__isnull=True).update(sequence=2)
        Decision.objects.filter(undone_at__isnull=False).update(undone_at=None)
    assert any(one.endswith("was taken back, and its row does not say so.") for one in sentences())


def test_changed_package_shows(case):
    package = Package.objects.get()
    package.received = package.received.replace("184.00", "999.00")
    package.save()
    assert sentences() == [
        "Package 1 was changed after it was received.",
        "Package 1 is not stored as it was received.",
    ]


def test_changed_package_with_a_fitting_digest_shows(case):
    package = Package.objects.get()
    package.received = package.received.replace("184.00", "999.00")
    package.digest = told.digest(package.received)
    package.save()
    assert "It was made on another package than the stored 1." in sentences()
    assert "Its row holds another digest than its package." in sentences()


def test_deleted_package_shows(case):
    Package.objects.all().delete()
    assert "Its package 1 is missing." in sentences()


@pytest.mark.parametrize(
    ("column", "value"),
    [("state", "cancelled"), ("version", 99), ("level", 1), ("task_type", "other"),
     ("disposition", "proceed"), ("policy_version", 9), ("digest", "0" * 64),
     ("chain_length", 3), ("chain_hash", "0" * 64)],
)  # fmt: skip
def test_changed_row_of_the_case_shows(column, value, case):
    Escalation.objects.update(**{column: value})
    assert len(sentences()) == 1


def test_other_chains_are_verified_as_well(case):
    event = Event.objects.get(chain="policy")
    event.body = bytes(event.body).replace(b'"position":1', b'"position":2')
    saved(event)
    assert "It was changed: its bytes do not match its hash." in sentences("policy")


def test_changed_policy_shows(case):
    version = PolicyVersion.objects.get()
    version.body = version.body.replace('"act_at":0.85', '"act_at":0.5')
    version.save()
    assert sentences() == ["Version 1 of the policy was changed."]


def test_policy_out_of_nowhere_shows(case):
    version = PolicyVersion.objects.get()
    version.pk = 2
    version.save(force_insert=True)
    assert sentences("policy") == ["Version 2 of the policy stands in no entry."]


def test_policy_whose_record_is_gone_shows(case):
    tamper("DELETE FROM escalations_event WHERE chain = 'policy'")
    assert sentences() == [
        "Version 1 of the policy stands in no entry.",
        "It is gone, and had 1 entries.",
    ]


def test_deleted_policy_shows(case):
    PolicyVersion.objects.all().delete()
    assert sentences() == ["Version 1 of the policy is missing."]


def test_chain_alone_cannot_show_a_history_rewritten_from_end_to_end(case):
    """The limit that checkpoints kept elsewhere lift; docs/record.md says so."""
    rechained(case, lambda document: document.update(actor="person:rhea"), start=2)
    decisions = {d.pk: d for d in Decision.objects.all()}
    for event in case.events.filter(kind="decided"):
        decision = decisions[said(event)["facts"]["decision"]]
        document = decision.document
        document["audit"] = {"entry": f"{case.id}/{event.position}", "hash": event.hash}
        decision.body = orjson.dumps(document).decode()
        saved(decision)
    assert sentences() == []


def test_delivery_lines_belong_to_the_chain(case):
    listening.endpoint(factories.key("other"), "https://a.example/")
    by, other = factories.viewer("amara"), factories.key("other")
    answered = factories.escalation(by=other)
    choice = Choice("approve")
    lifecycle.decide(answered, choice, by=by, version=1, reject_reasons=[], now=NOW)
    decision = answered.decisions.get()
    (leased,) = WEBHOOKS.lease_due(1, now=after(11))
    WEBHOOKS.settle(leased, Outcome(status=200), now=after(12))
    assert decision.escalation.events.order_by("position").last().kind == "delivered"
    assert sentences() == []


@time_machine.travel(after(60), tick=False)
def test_command_tells_and_exits(case, capsys):
    call_command("audit", "verify")
    assert capsys.readouterr().out == (
        "The record is whole: 8 entries in 2 chains match.\nThere is no seal yet.\n"
    )
    Escalation.objects.update(version=99)
    with pytest.raises(SystemExit) as left:
        call_command("audit", "verify", case.id)
    assert left.value.code == 1
    assert capsys.readouterr().out == (
        f"{case.id}: Its row says “decided” at version 99, the record “decided” at version 6.\n"
        "The record is not whole: 1 fault in 7 entries in 1 chain.\n"
        "There is no seal yet.\n"
    )


# What checks raise that is no error of reading: refusals of Baton's own modules among it.
RAISED = [AddressRefused("That is not an address."), Decision.DoesNotExist(), RecursionError()]


@pytest.mark.parametrize("raised", RAISED, ids=repr)
def test_whatever_a_check_raises_is_a_finding_and_hides_nothing(raised, case, other, monkeypatch):
    def check(escalation, told):
        raise raised
        yield

    monkeypatch.setitem(audit._CHECKS, check, {})
    Escalation.objects.filter(pk=other.pk).update(version=9)
    found = {finding.chain: finding.sentence for finding in audit.verify().findings}
    assert type(raised).__name__ in found[case.id]
    assert other.id in found


@time_machine.travel(after(60), tick=False)
def test_command_speaks_json(case, capsys):
    call_command("audit", "verify", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "whole": True,
        "chains": 2,
        "entries": 8,
        "findings": [],
        "seal": None,
    }


def test_a_line_that_cannot_be_read_hides_no_other_chain(case, capsys):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps no time that is none.")
    seals.seal(after(60))
    for chain in ("policy", "seal"):
        tamper("UPDATE escalations_event SET at = '2026-13-45 00:00:00' WHERE chain = %s", chain)
    tamper("DELETE FROM escalations_decision WHERE undone_at IS NULL")
    with pytest.raises(SystemExit):
        call_command("audit", "verify")
    told = capsys.readouterr().out
    assert f"{case.id}, entry 6: Its decision is missing." in told
    for chain in ("policy", "seal"):
        assert f"{chain}: A row of it cannot be read (ValueError), so not all" in told
    assert told.endswith("The last seal cannot be read.\n")


SIGNS = {"a word": "'x'", "no letters": "CAST(x'ff' AS TEXT)"}


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL keeps no value of another type."
)
@pytest.mark.parametrize("sign", SIGNS)
def test_a_value_of_another_type_hides_nothing_else(case, other, sign):
    """In every column of the tables of cases, one after another."""
    tamper("UPDATE escalations_escalation SET version = 9 WHERE number = %s", other.number)
    tried = 0
    for kind in apps.get_app_config("escalations").get_models():
        for one in kind._meta.concrete_fields:
            with transaction.atomic():
                if not kind.objects.exists() or not forged(one, SIGNS[sign]):
                    continue
                tried += 1
                found = {finding.chain for finding in audit.verify().findings}
                assert other.id in found, (kind, one.name)
                transaction.set_rollback(True)
    assert tried > 100


def forged(column, value):
    """Whether the first row of its table has it now; a constraint may refuse it."""
    table = column.model._meta.db_table
    sql = f"UPDATE {table} SET {column.column} = {value} WHERE rowid = (SELECT min(rowid) FROM {table})"
    try:
        with transaction.atomic():
            tamper(sql)
    except DatabaseError:
        return False
    return True


@pytest.mark.each_database
def test_a_case_with_a_number_that_baton_never_gives_is_read_all_the_same():
    """A forged answer under a negative number was whole, and was given to the agent."""
    case = tampering.history()
    renumbered("-{0}", case)
    with lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE escalations_decision SET proceed = NOT proceed")
    found = sentences()
    assert any("number that Baton never gives" in one for one in found)
    assert any("decision" in one.lower() for one in found)


@pytest.mark.each_database
def test_a_number_beyond_the_last_that_was_given_is_named():
    case = tampering.history()
    assert sentences() == []
    renumbered("{0} + 10", case)
    assert any("number that Baton never gives" in one for one in sentences())


def renumbered(number, case):
    tables = {
        (kind._meta.db_table, field.column)
        for kind in apps.get_models()
        for field in kind._meta.concrete_fields
        if field.remote_field and field.remote_field.model is Escalation
    }
    with lifted(connection), connection.cursor() as cursor:
        for table, column in [("escalations_escalation", "number"), *tables]:
            new = number.format(column)
            cursor.execute(f"UPDATE {table} SET {column} = {new} WHERE {column} = {case.pk}")
