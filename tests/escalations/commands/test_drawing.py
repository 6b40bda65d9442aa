"""What is drawn of the verbs: the buttons of a case in their order, keys, palette and scripts."""

import json
import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from escalations import commands, lifecycle
from escalations.briefing import reading
from escalations.commands import drawing
from tests import packages
from tests.factories import NOW, PASSWORD, after, escalation, person, viewer

pytestmark = pytest.mark.django_db


def context_of(case, who):
    case.refresh_from_db()
    return reading.context(who, case, now=after(1))


def buttons(case, who):
    return [(act.verb.name, act.words) for act in context_of(case, who)["acts"].every]


def test_buttons_of_a_free_case_stand_in_their_order():
    context = context_of(escalation(), viewer())
    groups = {
        name: [act.verb.name for act in acts] for name, acts in context["acts"].groups.items()
    }
    assert groups == {
        "offer": [],
        "answer": ["approve", "edit", "reject", "respond"],
        "hand_on": ["take_over", "ask", "pass_on", "snooze"],
        "give_back": [],
    }


def test_where_nothing_is_proposed_the_answer_stands_first_and_large():
    acts = context_of(escalation(packages.SMALLEST), viewer())["acts"]
    assert [act.verb.name for act in acts.groups["answer"]] == ["respond", "reject"]
    assert acts.named["respond"].look == "primary wide"


def test_what_is_offered_is_accepted_or_declined_and_who_leads_takes_it():
    case, dana, ruth = escalation(), viewer(), viewer("ruth", "supervisor")
    lifecycle.offer(case, to=dana, until=after(45), now=NOW)
    assert buttons(case, dana)[:2] == [("accept", "Accept"), ("decline", "Decline")]
    assert buttons(case, ruth) == [("claim", "Take it now")]
    assert buttons(case, viewer("kofi")) == []


def test_who_leads_takes_a_held_case_and_others_ask_for_it():
    case, dana = escalation(), viewer()
    lifecycle.claim(case, by=dana, now=NOW)
    assert buttons(case, dana)[-1] == ("release", "Release")
    assert buttons(case, viewer("kofi")) == [("ask_handover", "Ask to take over")]
    assert buttons(case, viewer("ruth", "supervisor")) == [("ask_handover", "Take this case")]


def test_a_conversation_that_was_left_is_taken_up_by_a_press():
    """It has no answer that would claim it."""
    amara, dana = viewer("amara"), viewer()
    case = lifecycle.take_over(escalation(), by=amara, version=1, now=NOW)
    lifecycle.pass_on(case, by=amara, version=2, person=dana, now=after(1))
    assert buttons(case, dana)[0] == ("claim", "Take it now")


def test_a_decided_case_has_only_the_dialog_that_reverses_it():
    case, dana = escalation(), viewer()
    sent = commands.Command("approve", "once", case.id, 1)
    commands.perform(dana, sent, now=NOW)
    assert buttons(case, dana) == [("reverse", "Reverse")]


def test_every_dialog_and_panel_that_a_button_opens_is_on_the_page():
    case, dana = escalation(), viewer()
    lifecycle.claim(case, by=dana, now=NOW)
    context = context_of(case, dana)
    page = render_to_string("escalations/briefing.html", context)
    opened = context["acts"].opened
    assert opened >= {"edit", "reject-dialog", "respond", "pass-on-dialog", "snooze-dialog"}
    assert {name for name in opened if f'id="{name}"' not in page} == set()
    keys = {act.verb.key.key for act in context["acts"].every if act.verb.key}
    assert {key for key in keys if f'data-key="{key}"' not in page} == set()


def test_every_page_carries_keys_palette_and_data_of_the_verbs():
    client = Client()
    assert client.login(username=person("dana").username, password=PASSWORD)
    page = client.get("/profile/").text
    data = json.loads(re.search(r'<script id="verbs"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data == drawing.for_scripts()
    assert data["snooze"] == {
        "key": "s",
        "does": "snooze it",
        "done": "Snoozed. The case comes back by itself.",
        "after": "gone",
        "dialog": "snooze-dialog",
        "rereads": "",
        "decides": False,
        "saves_draft": True,
        "undo_s": 6,
    }
    for verb in drawing.keyed():
        assert f"<dd>{verb.key.help}</dd>" in page
    runs = re.findall(r'data-run="([\w-]+)"', page)
    verbs = [verb.name for verb in drawing.findable()]
    assert runs[: len(verbs) + 1] == ["approve", *verbs]
    # What answers by being pressed goes the way of its key, which looks whether the brief is seen.
    assert {"undo", "reveal", "note", "extend", "reverse"} <= set(verbs)
    assert ("Ask to take over" in page, "Take this case" in page) == (True, False)
