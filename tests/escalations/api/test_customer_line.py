"""What the agent may tell the customer."""

import pytest

from escalations.api import customer_line
from escalations.models import State
from escalations.policy.methods import Outlook
from tests.factories import NOW


@pytest.mark.parametrize("method", ["approval", "warm", "callback", "message"])
def test_line_is_there_while_the_case_is_open(method):
    said = {state: customer_line.line(method=method, state=state) for state in State.values}

    assert {state for state, line in said.items() if line} == set(State.open())
    assert len(set(said.values())) == 2


@pytest.mark.parametrize(
    ("wait_s", "when"),
    [(None, ""), (0, " now"), (1, " in about 1 min"), (181, " in about 4 min"), (15_000, "")],
)
def test_wait_is_said_where_it_is_known_and_worth_saying(wait_s, when):
    said = customer_line.line(method="warm", state="waiting", outlook=Outlook(2, 0, wait_s))
    assert said == (
        f"I am handing you to a colleague{when}, who will see what we have discussed so far."
    )


def test_own_time_of_the_customer_is_kept():
    said = customer_line.line(
        method="callback", state="snoozed", outlook=Outlook(2, 0, 60), callback_at=NOW
    )
    assert said == (
        "A colleague will call you back at the time you asked for and will know what we have "
        "discussed so far."
    )


@pytest.mark.parametrize(
    ("state", "on_shift", "promises"),
    [("waiting", 0, False), ("second", 0, False), ("waiting", 1, True), ("held", 0, True)],
)
def test_no_colleague_is_promised_where_nobody_can_speak_with_them(state, on_shift, promises):
    said = customer_line.line(method="warm", state=state, outlook=Outlook(on_shift))
    assert ("handing you to a colleague" in said) is promises
    assert promises or "nobody can speak with you at this moment" in said
