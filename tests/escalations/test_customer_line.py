"""What the agent may tell the customer."""

import pytest

from escalations import customer_line
from escalations.models import State


@pytest.mark.parametrize("method", ["approval", "warm", "callback", "message"])
def test_line_is_there_while_the_case_is_open(method):
    said = {state: customer_line.line(method=method, state=state) for state in State.values}

    assert {state for state, line in said.items() if line} == set(State.open())
    assert len(set(said.values())) == 2
