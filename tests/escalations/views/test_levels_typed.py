"""What is said on Levels while somebody types."""

import pytest

from escalations.models import PolicyDraft
from routing.models import Skill
from tests import factories
from tests.escalations.views.policies import address, field_of, text

pytestmark = pytest.mark.django_db


def test_a_skill_that_nobody_has_is_said_while_typing(ruth):
    factories.person("dana", skills={"refunds": 3})
    Skill.objects.create(name="French", kind="language")
    page = ruth.get(address("levels"), {"edit": "refund"}).content.decode()
    names = ["title", "undo_s", "on_timeout", "skills"]
    typed = {name: field_of(page, name) for name in names} | {"edit": "refund"}
    typed |= {"on_timeout": "escalate", "units": "1"}
    for skills, said in (
        ("refunds 4", "Nobody has refunds at 4 or more; the most that anybody has is 3."),
        ("frensh 1", "There is no skill “frensh”. Did you mean French?"),
        ("plumbing 1", "There is no skill “plumbing”. It is added on the page Skills."),
        ("french 1", "Nobody has the skill French."),
        ("Refunds 3", ""),
    ):
        answer = ruth.post(address("levels-remarks"), typed | {"skills": skills})
        assert (skills, " ".join(text(answer).split())) == (skills, said)
    assert PolicyDraft.objects.count() == 0


def test_a_skill_is_known_however_it_is_spelt(ruth):
    Skill.objects.create(name="Italian", kind="language")
    page = ruth.get(address("levels"), {"edit": "refund"}).content.decode()
    typed = {name: field_of(page, name) for name in ("title", "undo_s")} | {"edit": "refund"}
    typed |= {"on_timeout": "escalate", "units": "1", "skills": "italian 2"}
    ruth.post(address("levels-cell"), typed)
    drafted = ruth.get(address("levels"), {"edit": "refund"})
    assert 'value="Italian 2"' in drafted.content.decode()
    twice = text(ruth.post(address("levels-cell"), typed | {"skills": "italian 2, ITALIAN 3"}))
    assert "“Italian” is there twice." in twice


@pytest.mark.parametrize("typed", ["90", "1 h 30"])
def test_a_time_without_a_unit_is_asked_for_it_while_typing(ruth, typed):
    asked = f"“{typed}” says no unit: type {typed.split()[-1]} s"
    page = ruth.get(address("levels"), {"edit": "refund"}).content.decode()
    kept = {name: field_of(page, name) for name in ("title", "undo_s")} | {"edit": "refund"}
    kept |= {"on_timeout": "escalate", "units": "1", "expires_s": typed}
    assert f"Expires after: {asked}" in text(ruth.post(address("levels-remarks"), kept))
    assert asked in text(ruth.post(address("levels-cell"), kept))
    ring = {"routing": "1", "after_0": typed, "who_0": "1"}
    assert f"Ring 1, after: {asked}" in text(ruth.post(address("levels-remarks"), ring))
    assert PolicyDraft.objects.count() == 0
