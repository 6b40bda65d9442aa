"""Lines about accounts: whoever writes at the same moment gets the next place."""

from functools import partial

import pytest

from escalations.agents import endpoints, keys, registry
from escalations.record import audit, sheets
from escalations.record.lines import Actor
from tests.at_once import at_once
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor("person", "nadia")
ROUNDS, AT_ONCE = 10, 4


def test_changes_of_agents_at_the_same_moment_all_count():
    for number in range(ROUNDS):
        names = [f"agent-{number}-{place}" for place in range(AT_ONCE)]
        made = at_once(*(partial(registry.create, name, by=BY, now=NOW) for name in names))
        assert [getattr(one, "name", one) for one in made] == names
        first, second, *_ = made
        done = at_once(
            partial(registry.renew_secret, first, by=BY, now=NOW),
            partial(registry.disable, second, by=BY, now=NOW),
            partial(keys.create, first, scopes=("escalations",), by=BY, now=NOW),
            partial(keys.create, second, scopes=("escalations",), by=BY, now=NOW),
            partial(
                endpoints.register,
                first,
                name="hook",
                url="https://agent.example/hook",
                by=BY,
                now=NOW,
            ),
        )
        assert not [one for one in done if isinstance(one, Exception)]
    assert audit.verify("agents").whole
    assert sheets.read() is not None
