"""Who stops, gets a person, unless the task type acts alone despite that trigger."""

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from escalations.package import unheeded
from escalations.policy import document
from escalations.schemas import package as packages
from escalations.schemas.package import SHAPE
from tests.escalations.triage.judging import judge, package, policy

NAMES = get_args(packages.Trigger.model_fields["type"].annotation)
# Bound by hard rules, or always obeyed, so that nothing lifts them.
BOUND = {"customer_request", "emergency", "regulatory", "compliance"}
ALONE = policy(note={"title": "Notes", "level": 1})
DESPITE = policy(note={"level": 1, "act_despite": [n for n in NAMES if n != "scheduled"]})


def note(**rest):
    return package(sure=0.99, **rest) | {"task_type": "note"}


def test_the_policy_knows_every_trigger():
    assert {*get_args(document.Trigger), document.DESPITE_NOTHING} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_trigger_stops_the_agent(name):
    sent = note(trigger={"type": name, "reason": "It stopped."})
    assert (judge(sent, ALONE).level == 1) == (name == "scheduled")
    assert (judge(sent, DESPITE).level > 1) == (name in BOUND)
    assert judge(note(), ALONE).level == 1


STOPPED = [
    ({"requested": {"method": "approval"}}, "The agent asks for an approval."),
    ({"requested": {"method": "review_draft"}}, "The agent asks a person to review its draft."),
    ({"requested": {"method": "choose_option"}}, "The agent asks a person to choose."),
    ({"requested": {"options": [{"id": "a", "label": "A"}]}}, "The agent asks a person to choose."),
    ({"requested": {"approvals_needed": 1}}, "The agent asks for an approval."),
    (
        {"proposed_actions": [{"id": "a", "name": "ask", "kind": "question"}]},
        "The agent asks a question that a person has to answer.",
    ),
    ({"hand_to_agent": "atlas"}, "The agent wants to hand the case to the agent “atlas”."),
    ({"flags": [{"code": "odd", "severity": "critical"}]}, "The flag “odd” is critical."),
    ({"risk": {"level": "critical"}}, "The agent says that the risk is critical."),
    (
        {"proposed_actions": [{"id": "a", "name": "x", "risk": {"level": "critical"}}]},
        "The agent says that the risk is critical.",
    ),
]


WORDS = (
    "needs_human", "needsHuman", "requires_approval", "requiresApproval", "human_review_required",
    "NEEDS HUMAN", "approval_required", "requires_human_review", "human_in_the_loop",
    "escalate_to_human", "manual_review", "needs_confirmation", "hitl", "human_input", "humanFeedback",
    "requires_action", "input-required", "TASK_STATE_INPUT_REQUIRED", "user_input_request",
    "interrupt_on", "requires_review", "requireApproval", "needs_decision", "four_eyes",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_person_asked_for_in_other_words_is_asked_for(word):
    action = {"id": "a", "name": "x"}
    for sent in (
        {word: True}, {word: "yes"}, {word: {"by": "finance"}}, {"flags": [{"code": word}]},
        {"flags": [{"code": "odd", "label": word}]}, {"requested": {word: True}},
        {"proposed_actions": [action | {word: True}]}, {"risk": {word: 1}},
        {"context": {word: True}}, {"context": {"customer": {word: True}}},
        {"context": {"process": {"state": {word: True}}}},
    ):  # fmt: skip
        for terms in (ALONE, DESPITE):
            verdict = judge(note(**sent), terms)
            said = (verdict.level, verdict.reasons[0].rule, verdict.reasons[0].sentence)
            assert said == (2, "requested", f"The agent asks for a person: “{word}”.")


@pytest.mark.parametrize(
    "sent",
    [
        *({word: value} for word in WORDS for value in (False, None, "", "no", "False", 0, [])),
        {"no_human_needed": True}, {"human_not_required": True},
        {"metadata": {"needs_human": True}}, {"flags": [{"code": "review"}]},
        {"flags": [{"code": "x", "label": "The person whom the customer requested is not in"}]},
        {"proposed_actions": [{"id": "a", "name": "x", "args": {"needs_human": True}}]},
    ],
)  # fmt: skip
def test_what_does_not_ask_for_a_person_does_not_stop(sent):
    assert judge(note(**sent), ALONE).level == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"proposed_actions": [{"id": "a", "name": "transfer_to_human_agents"}]},
         "The agent asks for a person: “transfer_to_human_agents”."),
        ({"proposed_actions": [{"id": "a", "name": "desk.askSupervisor"}]},
         "The agent asks for a person: “desk.askSupervisor”."),
        ({"trigger": {"type": "scheduled", "reason": "Daily", "rule": "human_approval_required"}},
         "The agent asks for a person: “human_approval_required”."),
        ({"context": {"process": {"position": "Awaiting human approval"}}},
         "The agent asks for a person: “Awaiting human approval”."),
        ({"context": {"process": {"pending": [{"label": "x", "status": "needs_review"}]}}},
         "The agent asks for a person: “needs_review”."),
        ({"flags": [{"code": "possible_fraud"}]}, "The flag “possible_fraud” warns of a danger."),
        ({"flags": [{"code": "Unsafe"}]}, "The flag “Unsafe” warns of a danger."),
    ],
)  # fmt: skip
def test_what_is_said_in_few_words_of_a_known_field_stops(sent, said):
    context = {**sent.get("context", {}), "reasoning": {"confidence": 0.99}}
    verdict = judge(
        note(**{k: v for k, v in sent.items() if k != "context"}) | {"context": context}, ALONE
    )
    assert (verdict.level, verdict.reasons[0].sentence) == (2, said)


@pytest.mark.parametrize(
    "sent",
    [
        {"flags": [{"code": "no_fraud"}, {"code": "low_risk"}, {"code": "harmless"}]},
        {"proposed_actions": [{"id": "a", "name": "humanize_text"}, {"id": "b", "name": "ask"}]},
        {"trigger": {"type": "scheduled", "reason": "Daily", "rule": "every_morning"}},
    ],
)
def test_other_few_words_do_not_stop(sent):
    assert judge(note(**sent), ALONE).level == 1


@pytest.mark.parametrize(("sent", "sentence"), STOPPED)
def test_what_asks_for_a_person_stops_whatever_is_listed(sent, sentence):
    for terms in (ALONE, DESPITE):
        verdict = judge(note(**sent), terms)
        assert (verdict.level, verdict.reasons[0].sentence) == (2, sentence)


def test_three_failures_stop_unless_they_are_listed():
    sent = note(attempted=[{"what": "redirect", "result": "failed"}] * 3)
    verdict = judge(sent, ALONE)
    assert (verdict.level, verdict.reasons[0].sentence) == (2, "The agent has failed 3 times.")
    assert judge(sent, DESPITE).level == 1
    assert judge(note(attempted=[{"what": "redirect", "result": "failed"}] * 2), ALONE).level == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"requested": {"blocking": True}},
        {"requested": {"method": "notify"}},
        {"requested": None},
        {"flags": [{"code": "odd"}], "risk": {"level": "high"}},
        {"trigger": {"type": 3}},
    ],
)
def test_what_was_not_sent_is_not_asked_for(sent):
    assert judge(note(**sent), ALONE).level == 1


def test_what_is_above_level_1_says_nothing_of_it():
    document = policy(note={"title": "Notes", "level": 2})
    verdict = judge(note(trigger={"type": "policy", "reason": "It stopped."}), document)
    assert [reason.rule for reason in verdict.reasons] == ["level"]


def test_a_no_in_the_wrong_place_stops_where_it_says_something():
    assert judge(note(reversible=False), ALONE).level == 2
    assert judge(note(reversible=None), ALONE).level == 1


# In twelve languages

TOLD = tomllib.loads(Path(__file__).with_name("stops.toml").read_text(encoding="utf-8"))
KINDS = ("flags", "tools", "steps", "sentences", "promises")


def told(language: str, which: str, kind: str) -> list[str]:
    return [one.strip() for one in TOLD[language][which].get(kind, "").split("|")]


def saying(kind: str, said: str) -> dict:
    action = {"id": "a1", "name": said if kind == "tools" else "note.write", "args": {"text": "x"}}
    place: dict = {
        "flags": {"flags": [{"code": said}]},
        "tools": {"proposed_actions": [action]},
        "steps": {"context": {"process": {"pending": [{"label": said}]}}},
        "sentences": {"summary": said},
        "promises": {"draft_response": {"text": said}},
    }[kind]
    context = {"reasoning": {"confidence": 0.99}, **place.get("context", {})}
    return note() | place | {"context": context}


def spelt(code: str) -> set[str]:
    """As other programs and people write it."""
    first, *rest = code.split("_")
    camel = first + "".join(word[:1].upper() + word[1:] for word in rest)
    plain = {code, code.replace("_", "-"), code.replace("_", " ").capitalize()}
    # Letters without a capital, or with an accent, are not told apart that way.
    return plain | {camel} if code.isascii() else plain


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", TOLD)
def test_who_stops_in_whatever_language_gets_a_person(language, kind):
    every = told(language, "stops", kind)
    missed = [said for said in every if judge(saying(kind, said), ALONE).level == 1]
    assert (bool(every), missed) == (True, [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", TOLD)
def test_what_is_only_like_it_stops_nobody(language, kind):
    quiet = told(language, "quiet", kind)
    assert [said for said in quiet if judge(saying(kind, said), ALONE).level > 1] == []


@pytest.mark.parametrize("language", TOLD)
def test_a_flag_stops_however_it_is_spelt(language):
    codes = [one for code in told(language, "stops", "flags") for one in spelt(code)]
    assert [code for code in codes if judge(saying("flags", code), ALONE).level == 1] == []


@pytest.mark.parametrize("language", TOLD)
def test_most_of_them_stop_as_a_key_that_no_field_has(language):
    """Not what says little of the case where it stands: `email: {nicht_bestätigt: true}`."""
    codes = told(language, "stops", "flags")
    sent = ({"reasoning": {"confidence": 0.99}, "order": {code: True}} for code in codes)
    stopped = [judge(note() | {"context": context}, ALONE).level > 1 for context in sent]
    assert sum(stopped) >= 0.8 * len(codes)


def test_a_no_to_going_on_is_named_where_nobody_reads_it():
    for key in ("nicht_ausfuehren", "ne_pas_executer", "approvazione_richiesta"):
        named = {one.pointer for one in unheeded.warnings({"metadata": {key: True}}, SHAPE)}
        assert named == {f"/metadata/{key}"}


IN_OTHER_WORDS = tomllib.loads(Path(__file__).with_name("stops_in_other_words.toml").read_text())


def in_other_words(which: str, kind: str) -> list[str]:
    listed = [IN_OTHER_WORDS[language][which].get(kind, "") for language in IN_OTHER_WORDS]
    return [one.strip() for several in listed for one in several.split("|") if one.strip()]


@pytest.mark.parametrize("kind", KINDS)
def test_nearly_all_who_stop_in_other_words_get_a_person(kind):
    every = in_other_words("stops", kind)
    missed = [said for said in every if judge(saying(kind, said), ALONE).level == 1]
    assert len(every) >= 80
    assert len(missed) / len(every) <= 0.03, missed


@pytest.mark.parametrize("kind", ["steps", "sentences", "promises"])
def test_hardly_anything_like_other_words_stops(kind):
    quiet = in_other_words("quiet", kind)
    false = [said for said in quiet if judge(saying(kind, said), ALONE).level > 1]
    assert len(quiet) >= 38
    assert len(false) / len(quiet) <= 0.04, false
