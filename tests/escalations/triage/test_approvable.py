"""What a person could not approve now is not cleared by the machine; every field is looked at."""

from datetime import timedelta

import pytest

from escalations.lifecycle import answers
from escalations.proposal.choices import Choice
from escalations.schemas import package as packages
from tests.escalations.triage.judging import NOW, judge, package, policy

CLEARS = policy(note={"title": "Notes", "level": 1, "act_despite": ["policy"]})
ACTION = {"id": "a1", "name": "note.write", "args": {"text": "x"}}
PAST, LATER = (str((NOW + timedelta(hours=h)).isoformat()) for h in (-1, 1))
DESCRIBED = {"required": ["street"], "properties": {"street": {"type": "string"}}}
WHEN = "at 08:00 UTC on 21 Nov 2026"


def note(**rest):
    return package(sure=0.99, **({"proposed_actions": [ACTION]} | rest)) | {"task_type": "note"}


def action(**rest):
    return {"proposed_actions": [ACTION | rest]}


def asks(**rest):
    return {"requested": rest}


FORBIDS = [
    (action(allowed_decisions=["reject", "respond"]),
     "“note.write” may not be approved: the agent allows only reject or respond."),
    (action(allowed_decisions=["edit"]),
     "“note.write” may not be approved: the agent allows only edit."),
    ({"proposed_actions": [ACTION, ACTION | {"id": "a2", "allowed_decisions": ["reject"]}]},
     "“note.write” may not be approved: the agent allows only reject."),
    (action(expires_at=PAST), f"“note.write” expired before it came, {WHEN}."),
    (action(expires_at=NOW.isoformat()),
     "“note.write” expired before it came, at 09:00 UTC on 21 Nov 2026."),
    ({"deadlines": {"expires_at": PAST, "on_timeout": "reject"}},
     f"Its time was over before it came, {WHEN}."),
    ({"deadlines": {"escalate_at": PAST}}, f"Its time was over before it came, {WHEN}."),
    (action(depends_on=["a9"]), "“note.write” waits for “a9”, which is not there."),
    (action(args_schema=DESCRIBED),
     "“note.write” does not fit what the agent says of its arguments: street: This is needed."),
    (action(args={"street": 7}, args_schema=DESCRIBED),
     "“note.write” does not fit what the agent says of its arguments: street: This must be text."),
    ({"recommended_action": "reject"}, "The agent recommends “reject”, not to approve it."),
    ({"recommended_action": " Edit "}, "The agent recommends “Edit”, not to approve it."),
    ({"recommended_action": "voucher"}, "The agent recommends “voucher”, not to approve it."),
    (asks(assignee="dana"), "The agent asks for dana."),
    (asks(skills=["refunds", "fraud"]), "The agent asks for somebody with refunds and fraud."),
    (asks(team="North"), "The agent asks for the team North."),
    (asks(queue="returns"), "The agent asks for the queue returns."),
    (asks(excluded_reviewers=["dana"]), "The agent says who may not decide it: dana."),
]  # fmt: skip
ALLOWS = [
    {},
    action(allowed_decisions=["approve", "reject"], expires_at=LATER),
    {"deadlines": {"expires_at": LATER, "on_timeout": "reject"}},
    {"deadlines": {"escalate_at": LATER}},
    action(args={"street": "Long Lane 4"}, args_schema=DESCRIBED),
    action(args_schema={"type": "no type"}),
    {"recommended_action": "approve"},
    {"recommended_action": " "},
    asks(assignee="", skills=[], excluded_reviewers=None),
    {"trigger": {"type": "policy", "reason": "It is listed."}},
]


@pytest.mark.parametrize(("sent", "sentence"), FORBIDS)
def test_it_goes_to_a_person_with_the_sentence(sent, sentence):
    verdict = judge(note(**sent), CLEARS)
    assert (verdict.level, verdict.reasons[0].sentence) == (2, sentence)


@pytest.mark.parametrize("sent", ALLOWS)
def test_what_the_machine_clears_a_person_could_have_approved(sent):
    sent = note(**sent)
    assert judge(sent, CLEARS).level == 1
    answer = answers.answer(sent, Choice("approve"), reject_reasons=[], now=NOW)
    assert (answer.proceed, answer.outcome) == (True, "approved")


# Each field of a package that says something about who may clear it: this module, or another rule.
READ_BY = {
    packages.Package: {
        "approvable": {"recommended_action", "deadlines", "proposed_actions", "requested"},
        "stopping": {"trigger", "flags", "risk", "attempted", "hand_to_agent"},
        "keeping": {"supersedes", "re_escalates"},
        "judging": {"task_type", "context", "summary", "original_intent", "priority"},
        "nobody: it says nothing of who clears it": {
            "schema_", "idempotency_key", "created_at", "source", "tenant", "customer_ref",
            "correlation_id", "draft_response", "attachments", "links", "callback", "redactions",
            "metadata", "next_steps",
        },
    },
    packages.Requested: {
        "approvable": {"queue", "skills", "assignee", "excluded_reviewers"},
        "stopping": {"method", "approvals_needed", "options"},
        "judging": {"callback_at"},
        "nobody: its use is in every case the same": {"blocking", "return_to_agent"},
        "nobody: whether it joins a call is asked of what was judged": {"join"},
    },
    packages.Deadlines: {
        "approvable": {"expires_at", "escalate_at"},
        "due": {"respond_by", "on_timeout"},
        "nobody: people are told then, however it is judged": {"remind_at"},
    },
    packages.Action: {
        "approvable": {"allowed_decisions", "expires_at"},
        "stopping": {"kind", "risk"},
        "judging": {"name", "args"},
        "nobody: how it is shown and edited, and what the agent needs back": {
            "id", "title", "description", "args_schema", "response_schema", "editable_args",
            "switchable_to", "preview", "correlation", "metadata", "compensation", "claims", "facts",
        },
        # All that is there is cleared together, so that none lacks another.
        "approvable: on what is not there": {"depends_on"},
    },
}  # fmt: skip


@pytest.mark.parametrize("part", READ_BY, ids=lambda part: part.__name__)
def test_every_field_was_asked_whether_it_forbids_the_machine_to_go_on(part):
    named = [name for names in READ_BY[part].values() for name in names]
    assert sorted(named) == sorted(part.model_fields)
