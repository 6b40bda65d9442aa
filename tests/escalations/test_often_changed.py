import json

import pytest

from escalations import often_changed
from escalations.briefing import reading
from escalations.models import Decision, Escalation
from tests.escalations.briefing.test_reading import page_of
from tests.factories import NOW, REFUND, escalation, key, viewer

pytestmark = pytest.mark.django_db

PROPOSED = REFUND["proposed_actions"][0]["args"]
AMOUNT = {("refund", "/amount"): (3, 5)}


def fresh(agent, **keys):
    """A case that joins no other that waits."""
    return escalation(by=agent, customer_ref=f"c-{Escalation.objects.count()}", **keys)


def decided(agent, count, *, undone=None, automatic=False, tool="refund", case=None, **changes):
    """As many decided cases, each with these arguments changed."""
    call = {"name": tool, "args": PROPOSED | changes}
    kind = {"type": "edit", "edited": call} if changes else {"type": "approve"}
    body = {"actions": [{"action_id": "a1", "call": call, **kind}]}
    for _ in range(count):
        one = fresh(agent, **(case or {}))
        Decision.objects.create(
            id=f"dec_{one.number}", escalation=one, escalation_version=90, sequence=90,
            outcome="edited" if changes else "approved", proceed=True, automatic=automatic,
            decided_at=NOW, effective_at=NOW, undone_at=undone, package_version=1,
            body=json.dumps(body),
        )  # fmt: skip


def test_what_is_changed_in_half_of_enough_calls_is_counted():
    agent = key()
    decided(agent, 2, amount="60.00")
    decided(agent, 2)
    assert often_changed.read(fresh(agent)) == {}
    decided(agent, 1, amount="70.00")
    assert often_changed.read(fresh(agent)) == AMOUNT
    decided(agent, 2)
    assert often_changed.read(fresh(agent)) == {}


def test_only_the_last_ten_count():
    agent = key()
    decided(agent, 6)
    decided(agent, 10, amount="60.00")
    assert often_changed.read(fresh(agent)) == {("refund", "/amount"): (10, 10)}


def test_what_is_undone_automatic_of_others_or_with_another_tool_does_not_count():
    agent = key()
    decided(agent, 5, amount="1.00", undone=NOW)
    decided(agent, 5, amount="2.00", automatic=True)
    decided(agent, 5, amount="3.00", tool="credit")
    decided(key("other"), 5, amount="4.00")
    decided(agent, 5, amount="5.00", case={"task_type": "other"})
    assert often_changed.read(fresh(agent)) == {}


def test_it_is_said_at_the_field_and_to_nobody_who_may_not_edit():
    agent = key()
    decided(agent, 3, amount="60.00")
    decided(agent, 2)
    case = fresh(agent)
    page = page_of(case, viewer(), NOW)
    assert page.count("Changed in 3 of the last 5 of these") == 1
    assert page.index("edit:a1:/amount") < page.index("Changed in 3 of the last 5")
    assert "of the last 5 of these" not in page_of(case, viewer("ada", "auditor"), NOW)


def test_one_statement_whatever_there_is(django_assert_num_queries):
    agent = key()
    decided(agent, 12, amount="60.00")
    case = Escalation.objects.get(pk=fresh(agent).pk)
    with django_assert_num_queries(1):
        often_changed.read(case)
    assert reading.context(viewer(), case, now=NOW)["editing"].forms[0].changed == 0
