"""What a page only reads, it changes nothing of."""

import pytest
from django.apps import apps
from django.test import Client

from console.models import Role, User
from console.pages.table import PAGES
from escalations.models import ChainHead, Event
from routing.models import Team
from tests.factories import escalation, key, person

pytestmark = pytest.mark.django_db

# Facts are made of the record, which tells the same whether they are folded yet or not.
DERIVED = {"metrics.DaySum", "metrics.Fact", "metrics.Watermark"}
READ = sorted(page.path for page in PAGES.values() if "GET" in page.methods)


def rows():
    """Everything that the database holds."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label not in DERIVED:
            found[model._meta.label] = sorted(map(repr, model.objects.values_list()))
    return found


@pytest.mark.parametrize("role", Role.values)
def test_a_get_changes_nothing_but_that_it_was_read(role):
    case, team = escalation(by=key()), Team.objects.get_or_create(name="One")[0]
    ines = person("ines")
    client = Client()
    client.force_login(person("ada", role))
    places = {
        "<str:escalation_id>": case.id, "<int:person>": ines.pk, "<int:pk>": ines.pk,
        "<int:team>": team.pk, "<int:number>": 1, "<str:username>": "ines",
    }  # fmt: skip
    before = rows()
    for path in READ:
        for place, value in places.items():
            path = path.replace(place, str(value))
        for _ in range(2):
            client.get(f"/{path}")
            client.head(f"/{path}", headers={"HX-Request": "true"})
        after = rows()
        changed = {name for name in after if after[name] != before[name]}
        # Where the chain of the readings ends follows from its lines.
        assert (path, changed - {Event._meta.label, ChainHead._meta.label}) == (path, set())
        written = len(after[Event._meta.label]) - len(before[Event._meta.label])
        assert (path, written) == (
            path,
            int(path.endswith((f"{case.id}/", "raw/")) and "audit" not in path),
        )
        before = after
    assert User.objects.count() == 2
