"""What a package may not say, though each part of it is well formed."""

import pytest

from escalations.package import consistency

ACTION = {"id": "a1", "name": "refund", "args": {}}
OPTION = {"id": "o1", "label": "Refund it all"}


@pytest.mark.parametrize(
    ("package", "pointer"),
    [
        ({"proposed_actions": [ACTION, ACTION]}, "/proposed_actions/1/id"),
        ({"requested": {"options": [OPTION, OPTION | {"label": "No"}]}}, "/requested/options/1/id"),
    ],
)
def test_an_id_names_one_thing(package, pointer):
    assert [fault.pointer for fault in consistency.faults(package)] == [pointer]
