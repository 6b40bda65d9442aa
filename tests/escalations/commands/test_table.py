"""Every verb × every state × everybody: what the table opens is done, everything else is refused."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from console import clock
from escalations import commands, lifecycle
from escalations.access import Viewer
from escalations.commands import Command, table
from escalations.models import Escalation, State
from escalations.refusals import Conflict, Invalid, NotAllowed, Refused
from routing.transfers import handovers
from tests.factories import NOW, after, escalation, key, viewer

pytestmark = pytest.mark.django_db

PEOPLE = ("dana", "kofi", "ruth", "ada", "vera")
ROLES = dict(zip(PEOPLE, ("reviewer", "reviewer", "supervisor", "admin", "auditor"), strict=True))
OPTIONS = [{"id": "wait", "label": "Wait"}, {"id": "send", "label": "Send"}]
# Opening what one has already, or was offered, is answered rather than refused.
ALSO_DONE = {
    ("claim", State.HELD, "dana"), ("accept", State.HELD, "dana"), ("claim", State.OFFERED, "dana"),
    ("claim", State.LIVE, "dana"), ("accept", State.LIVE, "dana"),
}  # fmt: skip


class Undone(Exception):
    """Takes back what was tried."""


@pytest.fixture
def people() -> dict[str, Viewer]:
    return {name: viewer(name, role) for name, role in ROLES.items()}


def brought_to(state, people, *, has_left=False) -> Escalation:
    """A case in that state; where it is somebody's it is Dana's, and Kofi asks for what she holds."""
    key("atlas")
    case = escalation(
        requested={"options": OPTIONS}, redactions=["/summary"], hand_to_agent="atlas"
    )
    dana, kofi = people["dana"], people["kofi"]
    if state == State.SECOND:
        Escalation.objects.filter(pk=case.pk).update(approvals=2)
        commands.perform(viewer("sofia"), _sent("approve", case), now=NOW)
    elif state == State.OFFERED:
        lifecycle.offer(case, to=dana, until=after(45), now=NOW)
    elif state == State.HELD:
        handovers.ask(lifecycle.claim(case, by=dana, now=NOW), by=kofi, now=NOW)
    elif state == State.LIVE:
        live = lifecycle.take_over(case, by=dana, version=1, now=NOW)
        handovers.ask(live, by=kofi, now=NOW)
    elif state == State.SNOOZED:
        lifecycle.snooze(case, by=dana, version=1, until=after(600), now=NOW)
    elif state == State.DECIDED:
        commands.perform(dana, _sent("approve", case), now=NOW)
        # Undoing goes by the clock of the database.
        soon = clock.now() + timedelta(hours=-1 if has_left else 1)
        Escalation.objects.filter(pk=case.pk).update(effective_at=soon)
    elif state in (State.CANCELLED, State.EXPIRED):
        Escalation.objects.filter(pk=case.pk).update(state=state, closed_at=NOW)
    case.refresh_from_db()
    return case


def _sent(name, case, **arguments) -> Command:
    return Command(name, str(uuid.uuid4()), case.id, case.version, arguments)


def refusal(person, verb, case) -> Refused | None:
    """Why this person may not do it now, or nothing; what was done is taken back."""
    try:
        with transaction.atomic():
            commands.perform(person, _sent(verb.name, case, **verb.example), now=after(3))
            raise Undone
    except Undone:
        return None
    except (Conflict, NotAllowed) as refused:
        return refused


@pytest.mark.parametrize("state", State)
def test_what_stands_open_is_done_and_nothing_else(state, people):
    case = brought_to(state, people)
    assert case.state == state
    for name, person in people.items():
        case.refresh_from_db()
        may = commands.open_to(person, case)
        done = {verb.name for verb in commands.every() if refusal(person, verb, case) is None}
        also = {verb for verb, where, whose in ALSO_DONE if (where, whose) == (state, name)}
        assert (name, done) == (name, may | also)


def test_what_has_left_is_reversed_by_its_decider_and_who_leads(people):
    case = brought_to(State.DECIDED, people, has_left=True)
    verb = commands.find("reverse")
    done = {name for name, one in people.items() if refusal(one, verb, case) is None}
    assert done == {"dana", "ruth", "ada"}


def test_the_last_fifth_of_a_deadline_is_extended_by_its_holder_alone(people, monkeypatch):
    late = after(3_400)
    monkeypatch.setattr(clock, "now", lambda: late)
    case = brought_to(State.HELD, people)
    lifecycle.beat(case, by=people["dana"], active=True, now=late)
    case.refresh_from_db()
    opened = {name for name, one in people.items() if "extend" in commands.open_to(one, case)}
    assert opened == {"dana"}
    commands.perform(people["dana"], _sent("extend", case), now=late)


@pytest.mark.parametrize("verb", commands.every(), ids=lambda verb: verb.name)
def test_every_verb_is_open_to_somebody_and_never_to_who_only_reads(verb, people):
    opened = set()
    for state in verb.states:
        case = brought_to(state, people, has_left=verb.name == "reverse")
        if verb.name == "extend":
            due = clock.now() + timedelta(minutes=5)
            Escalation.objects.update(respond_by=due)
            case.refresh_from_db()
        opened |= {name for name, one in people.items() if verb.name in commands.open_to(one, case)}
    assert opened
    assert opened <= {name for name, role in ROLES.items() if role in verb.roles} - {"vera"}


def test_what_is_excluded_or_too_much_leaves_only_what_gives_back(people):
    case = brought_to(State.HELD, people)
    case.excluded = ["dana"]
    left = {verb.name for verb in commands.every() if verb.though_unable}
    never = {"decline", "reveal", "reverse", "undo", "say", "hand_back", "call"}
    assert commands.open_to(people["dana"], case) == left - never


def test_names_and_keys_are_nobody_elses():
    keys = [verb.key.key for verb in commands.every() if verb.key]
    fixed = set("jknox123456[]0d?/")
    assert len(keys) == len(set(keys))
    assert fixed.isdisjoint(keys)


@pytest.mark.parametrize("verb", commands.every(), ids=lambda verb: verb.name)
def test_the_manual_names_every_argument(verb):
    own = set() if verb.decides else set(verb.arguments.model_fields)
    assert {name for name in own if f"`{name}`" not in verb.told} == set()


def test_a_frame_may_carry_the_fields_of_the_form():
    frame = {"command": "snooze", "fields": {"minutes": "15", "text": "Later", "comes_back": "on"}}
    read = commands.arguments_of(frame)
    assert (read["minutes"], read["text"], read["comes_back"]) == (15, "Later", True)


@pytest.mark.parametrize("fields", [None, 3, ["minutes"], {"minutes": 15}])
def test_fields_that_are_no_texts_are_left_alone(fields):
    read = commands.arguments_of({"command": "snooze", "minutes": 15, "fields": fields})
    assert isinstance(fields, dict) or read["minutes"] == 15


def test_a_role_that_a_verb_does_not_name_is_refused(people, monkeypatch):
    only_leads = replace(table.find("claim"), roles=frozenset({"supervisor"}))
    monkeypatch.setitem(table._VERBS, "claim", only_leads)
    case = brought_to(State.WAITING, people)
    assert "claim" not in commands.open_to(people["dana"], case)
    with pytest.raises(NotAllowed):
        commands.perform(people["dana"], _sent("claim", case), now=NOW)
    assert commands.perform(people["ruth"], _sent("claim", case), now=NOW)["state"] == "held"


def test_faults_of_arguments_are_named_before_anything_is_done(people):
    case = brought_to(State.WAITING, people)
    with pytest.raises(Invalid) as refused:
        commands.perform(people["dana"], _sent("snooze", case, minutes="x"), now=NOW)
    assert [fault.pointer for fault in refused.value.errors] == ["/minutes"]
