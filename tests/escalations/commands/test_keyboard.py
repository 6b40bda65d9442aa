"""Single keys: every one can be another, no two are the same, and screens show what a person has."""

import json
import re

import pytest
from django.test import Client

from console.models import User
from escalations import commands
from escalations.commands import keyboard
from tests.factories import PASSWORD, escalation, person

USUAL = keyboard.of_person({})


def test_every_key_of_a_verb_and_of_the_screen_stands_in_one_list_once():
    names = [one.name for one in keyboard.bindings()]
    assert names[:3] == ["next-case", "previous-case", "take-next"]
    keyed = {verb.name for verb in commands.every() if verb.key}
    assert keyed <= set(names)
    everywhere = keyboard.of_person({}, "")
    assert len(names) == len(set(names))
    assert len(everywhere) == len(set(everywhere.values()))
    assert keyboard.faults(USUAL) == {}


def test_only_what_differs_is_kept_and_relabels_what_is_drawn():
    other = keyboard.only_other(USUAL | {"approve": "ü", "reject": "", "gone-since": "q"})
    assert other == {"approve": "ü", "reject": ""}
    assert keyboard.of_person(other) == USUAL | other
    assert keyboard.relabelled(other) == {"a": "ü", "r": ""}
    # What a later version no longer has does no harm.
    assert keyboard.of_person({"gone-since": "q"}) == USUAL


@pytest.mark.parametrize("key", ["5", "ab", "٣", "\u200b", "enter", "²"])
def test_what_is_no_single_key_is_refused(key):
    assert list(keyboard.faults(USUAL | {"approve": key})) == ["approve"]


def test_a_conflict_is_said_on_both_sides_and_none_is_no_conflict():
    found = keyboard.faults(USUAL | {"approve": "j"})
    assert found == {
        "approve": "J is also the key for “Next case”.",
        "next-case": "J is also the key for “Approve”.",
    }
    assert keyboard.faults(USUAL | {"approve": "", "reject": ""}) == {}
    # On the floor no case is open, so that a verb's key is free there, and one of the screen is not.
    assert keyboard.faults(USUAL | {"floor-give": "a", "floor-spread": "e"}) == {}
    assert keyboard.faults(USUAL | {"floor-give": "n"}) == {
        "take-next": "N is also the key for “Floor: reassign”.",
        "floor-give": "N is also the key for “Take the next case”.",
    }
    assert keyboard.faults(USUAL | {"floor-give": "s"}).keys() == {"floor-give", "floor-spread"}
    # Two that change places are no conflict.
    assert keyboard.faults(USUAL | {"approve": "r", "reject": "a"}) == {}


@pytest.mark.django_db
class TestOnTheProfile:
    @pytest.fixture
    def client(self):
        client = Client(headers={"Accept": "text/html"})
        assert client.login(username=person("dana").username, password=PASSWORD)
        return client

    def save(self, client, **keys):
        fields = {f"key-{name.replace('_', '-')}": key for name, key in keys.items()}
        return client.post("/profile/keys/own/", fields)

    def test_they_are_kept_shown_and_taken_back(self, client):
        case = escalation()
        assert self.save(client, approve="Ü", next_case="").status_code == 302
        assert User.objects.get().own_keys == {"approve": "ü", "next-case": ""}
        page = client.get(f"/escalations/{case.id}/").content.decode()
        data = json.loads(re.search(r'<script id="keys"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
        assert data == keyboard.of_person({"approve": "ü", "next-case": ""}, "")
        assert '<kbd class="key">Ü</kbd>' in page
        assert '<kbd class="key">A</kbd>' not in page
        assert "<dd>Next case</dd>" not in page
        assert 'data-k="Ü"' in page
        # What a button is known by does not change with what stands on it.
        assert 'data-key="a"' in page
        assert client.post("/profile/keys/own/", {"usual": "1"}).status_code == 302
        assert User.objects.get().own_keys == {}

    def test_keys_of_the_floor_are_chosen_by_whoever_may_open_it(self):
        client = Client(headers={"Accept": "text/html"})
        names = re.compile(r'name="key-(floor-[\w-]+)"')
        for role, offered in (("reviewer", 0), ("supervisor", 6), ("admin", 6)):
            client.force_login(person(role, role))
            assert len(names.findall(client.get("/profile/").content.decode())) == offered
        assert self.save(client, **{"floor-give": "g", "floor-minute-back": "-"}).status_code == 302
        chosen = {"floor-give": "g", "floor-minute-back": "-"}
        assert User.objects.get(username="admin").own_keys == chosen
        page = client.get("/floor/").content.decode()
        (data,) = re.findall(r'<script id="page-keys"[^>]*>(.*?)</script>', page, re.DOTALL)
        assert json.loads(data) == keyboard.of_person(chosen, "routing:floor")
        assert "<dd>Floor: reassign what is selected" in page

    def test_a_conflict_keeps_what_was_and_shows_what_was_written(self, client):
        self.save(client, approve="ü")
        answer = self.save(client, approve="j")
        assert answer.status_code == 422
        text = answer.content.decode()
        assert re.findall(r'id="key-([\w-]+)-fault"', text) == ["next-case", "approve"]
        assert re.search(r'name="key-approve" value="j"', text)
        assert User.objects.get().own_keys == {"approve": "ü"}
