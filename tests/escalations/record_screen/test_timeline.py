"""Every kind of line as a sentence, through the real acts that write them."""

import pytest

from escalations import lifecycle
from escalations.agents import reports
from escalations.models import Escalation
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.record.chains import Finding
from escalations.record.lines import Actor
from escalations.record_screen import timeline
from escalations.record_screen.timeline import EditedArgument
from escalations.schemas import reports as schemas
from tests import factories
from tests.factories import NOW, after

pytestmark = pytest.mark.django_db


def told(case, **more):
    """Who, what and the details of each entry."""
    found = timeline.entries(
        audit.lines_of(case), names={"dana": "Dana Whitlock"}, changes={}, **more
    )
    return [(entry.who, entry.title, " ".join(entry.details)) for entry in found]


def last(case, **more):
    return told(case, **more)[-1]


def decide(case, by, command, **choice):
    choice = Choice(command, **choice)
    reasons = ["not_justified"]
    return lifecycle.decide(
        case, choice, by=by, version=case.version, reject_reasons=reasons, now=after(60)
    )


def test_arrival_says_how_much_human_and_why():
    case = factories.escalation()
    who, title, details = last(case)
    assert (who, title) == ("mira", "Asked for a person")
    assert details == (
        "Level 2: a person approves. Judged by version 1 of the policy. "
        "Answer due 15:00:00 on 19 Nov. 40 % of what people need was in the package."
    )


def test_holding_and_giving_back():
    case, dana = factories.escalation(), factories.viewer()
    case = lifecycle.claim(case, by=dana, now=after(1))
    assert last(case) == ("Dana Whitlock", "Opened the case and held it", "")
    lifecycle.release(case, by=dana, version=2, now=after(2))
    assert last(case) == ("Dana Whitlock", "Gave the case back", "")
    lifecycle.claim(case, by=dana, now=after(3))
    assert last(case) == ("Dana Whitlock", "Opened the case and held it", "Hold number 2.")


def test_hold_that_ended_because_the_case_is_not_theirs_to_decide():
    case, dana = factories.escalation(), factories.viewer()
    case = lifecycle.claim(case, by=dana, now=after(1))
    assert not lifecycle.take_back(case, whose=dana.user_id + 1, reason="revised", now=after(2))
    assert lifecycle.take_back(case, whose=dana.user_id, reason="revised", now=after(2))
    why = "They may not decide the new version."
    assert last(case) == ("Baton", "Ended the hold of Dana Whitlock", why)


def test_hold_that_ended_by_itself():
    case, dana = factories.escalation(), factories.viewer()
    case = lifecycle.claim(case, by=dana, now=after(1))
    lifecycle.lose_lease(case, now=after(100))
    title = "Ended the hold of Dana Whitlock"
    assert last(case) == ("Baton", title, "Their screen was gone.")


@pytest.mark.parametrize(
    ("command", "choice", "title", "may"),
    [
        ("approve", {}, "Approved", "The agent may act on it."),
        ("reject", {"reason_code": "not_justified"}, "Rejected", "The agent may not act."),
        (
            "respond",
            {"reply": "No."},
            "Answered instead of the agent’s action",
            "The agent may act on it.",
        ),
    ],
)
def test_decision_says_what_the_agent_may_do(command, choice, title, may):
    case = decide(factories.escalation(), factories.viewer(), command, **choice)
    who, said, details = last(case)
    assert (who, said) == ("Dana Whitlock", title)
    assert may in details
    assert "In effect from 14:01:10 on 19 Nov." in details
    assert ("Reason: not justified." in details) == (command == "reject")


def test_undo_and_withdrawal():
    case, dana = factories.escalation(), factories.viewer()
    case = decide(case, dana, "approve")
    case = lifecycle.undo(case, by=dana, version=2, now=after(65))
    assert last(case) == ("Dana Whitlock", "Took the decision back", "They hold the case again.")
    lifecycle.cancel(case, agent="mira", now=after(70))
    assert last(case) == ("mira", "Withdrew the case", "The agent may not act.")


def test_silence_is_told_as_silence():
    package = factories.REFUND | {
        "deadlines": {"expires_at": "2026-11-21T15:00:00Z", "on_timeout": "reject"}
    }
    case = factories.escalation(package)
    Escalation.objects.update(alert_step=1, alert_at=case.respond_by)
    lifecycle.raise_alert(case, now=after(86400))
    assert last(case)[:2] == ("Baton", "Noted that the answer is late")
    lifecycle.expire(Escalation.objects.get(), now=after(3 * 86400))
    assert last(case) == (
        "Baton",
        "Closed the case: nobody answered in time",
        "Silence never approves; the agent asked for a refusal then.",
    )


def test_reading_reporting_and_the_customer():
    case = decide(factories.escalation(), factories.viewer(), "approve")
    facts = {"version": 2, "part": "briefing"}
    lifecycle.note(case, "read", actor=Actor("person", "dana"), facts=facts, now=after(80))
    assert last(case) == ("Dana Whitlock", "Read the briefing", "")
    case = Escalation.objects.get()
    reports.report(case, schemas.Outcome(outcome="executed"), agent="mira", now=after(90))
    assert last(case) == ("mira", "Carried the answer out", "")
    said = schemas.Feedback(csat=4, resolved=True, had_to_repeat=True)
    reports.feedback(case, said, agent="mira", now=after(99))
    assert last(case) == (
        "mira",
        "Passed on what the customer said",
        "Satisfied: 4 of 5. Had to repeat themselves. Solved.",
    )


@pytest.mark.parametrize(
    ("kind", "facts", "title", "details"),
    [
        (
            "delivered",
            {"attempts": 1, "status": 200},
            "Handed the answer to the agent",
            "Signed webhook, answered 200 at the first attempt.",
        ),
        (
            "delivered",
            {"attempts": 3, "status": 204},
            "Handed the answer to the agent",
            "Signed webhook, answered 204 after 3 attempts.",
        ),
        (
            "undelivered",
            {"attempts": 21, "status": None},
            "Gave up handing the answer over",
            (
                "21 attempts, the last answered nothing. "
                "It stands under Deliveries; the agent can still fetch it."
            ),
        ),
        ("something_new", {}, "Something new", ""),
    ],
)
def test_deliveries_and_what_later_versions_write(kind, facts, title, details):
    case = factories.escalation()
    lifecycle.note(case, kind, actor=Actor("baton"), facts=facts, now=NOW)
    assert last(case) == ("Baton", title, details)


def test_blind_vote_does_not_say_what_it_was():
    case = factories.escalation()
    facts = {"state": "second", "version": 2, "command": "approve", "package_version": 1}
    lifecycle.note(case, "voted", actor=Actor("person", "dana"), facts=facts, now=NOW)
    assert last(case)[1] == "Gave one approval"
    assert last(case, blind=True) == (
        "Dana Whitlock",
        "Had their part",
        "Another person must answer without seeing it.",
    )
    (*_, hidden) = timeline.entries(audit.lines_of(case), names={}, changes={}, blind=True)
    assert hidden.raw == ""


def test_findings_stand_beside_their_entries():
    case = factories.escalation()
    (entry,) = timeline.entries(
        audit.lines_of(case),
        names={},
        changes={},
        findings=[Finding(case.id, "It was changed.", 1), Finding(case.id, "No row.", None)],
    )
    assert entry.faults == ["It was changed."]
    assert (entry.initials, len(entry.short_hash), entry.hash) == ("M", 9, case.chain_hash)
    assert entry.raw.startswith('{"actor":"agent:mira","at":"2026-11-19T14:00:00.000000Z"')


def test_changes_are_those_of_each_edited_call():
    package = {
        "proposed_actions": [{"id": "a1", "args": {"amount": "76.50", "to": "card", "x": 1}}]
    }
    decision = {
        "actions": [
            {"action_id": "a1", "edited": {"args": {"amount": "68.00", "to": "card", "y": True}}},
            {"action_id": "a2", "type": "approve"},
        ]
    }
    assert timeline.changes_in(package, decision) == [
        EditedArgument("amount", "76.50", "68.00"),
        EditedArgument("x", "1", "nothing"),
        EditedArgument("y", "nothing", "yes"),
    ]
    assert timeline.changes_in({}, {}) == []


def test_handing_on_reads_as_sentences():
    dana = factories.viewer("dana", "supervisor")
    amara = factories.viewer("amara", "supervisor", refunds=3, german=2)
    case = factories.escalation()

    def pass_on(**to):
        at = case.version
        return lifecycle.pass_on(case, by=dana, version=at, now=NOW, **to)

    case = pass_on(skills={"refunds": 3, "german": 2})
    assert last(case)[1:] == (
        "Passed the case on to whoever has german at 2 and refunds at 3 or better", "It keeps its age.",
    )  # fmt: skip
    case = pass_on(person=amara)
    assert last(case)[1] == "Passed the case on to amara"
    case = pass_on()
    assert last(case)[1] == "Passed the case on to a supervisor"
    until = factories.after(3600)
    case = lifecycle.snooze(case, by=dana, version=case.version, until=until, now=NOW)
    assert last(case)[1:] == (
        "Put the case off",
        "Until 15:00:00 on 19 Nov. Its clock stands still.",
    )
    lifecycle.wake(case, now=until)
    assert last(case)[1] == "Brought the case back"
    case = lifecycle.claim(case, by=dana, now=until)
    case = lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=until)
    assert last(case)[1:] == ("Took the case over from Dana Whitlock", "Hold number 2.")
