"""The form of handing back, and the same under the names of the socket."""

import pytest

from escalations.commands.conversing import CLOSED, handed_back


@pytest.mark.parametrize("closes", [{"at": CLOSED}, {"closes": "true"}, {"closes": "on"}])
def test_closed_it_goes_on_nowhere(closes):
    said = handed_back({**closes, "first_line": "Hello", "promises": "A call\n\nA voucher"})
    assert (said["closes"], said["resume_at"], said["first_line"]) == (True, "", "")
    assert said["promises"] == ["A call", "A voucher"]


@pytest.mark.parametrize("name", ["at", "resume_at"])
def test_the_step_is_named_either_way(name):
    said = handed_back({name: "Step 7", "closes": "false"})
    assert (said["closes"], said["resume_at"]) == (False, "Step 7")
