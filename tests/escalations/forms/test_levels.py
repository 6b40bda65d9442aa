"""What an admin types on Levels, as parts of the policy."""

import pytest

from escalations.forms.levels import TaskTypeForm
from escalations.policy.document import TaskType
from escalations.policy.replies import CannedReply

TYPED = "# On its way\nDear {customer.name},\n\nsoon.\n\n# Short\nYes."
KEPT = [
    CannedReply(title="On its way", text="Dear {customer.name},\n\nsoon."),
    CannedReply(title="Short", text="Yes."),
]


def form(typed, shown=None):
    kept = {"title": "Refunds", "undo_s": "10 s", "on_timeout": "escalate", "replies": typed}
    return TaskTypeForm(shown or TaskType(), kept, hours=[])


def test_replies_are_typed_and_shown_as_they_are_typed():
    typed = form(TYPED)
    assert typed.is_valid()
    assert typed.changes()["replies"] == [one.model_dump() for one in KEPT]
    shown = TaskTypeForm(TaskType(replies=KEPT), hours=[])
    assert str(shown["replies"]).endswith(f"\n{TYPED}</textarea>")
    again = form(TYPED, TaskType(replies=KEPT))
    assert again.is_valid()
    assert "replies" not in again.changes()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("# A\nDear {custmer.name}", "Did you mean {customer.name}?"),
        ("Dear customer", "Begin each reply with a line such as"),
        ("# A\n# B\ntext", "“# A” needs a title and, below it, its text."),
    ],
)
def test_a_reply_that_could_not_be_kept_is_refused_where_it_is_typed(typed, said):
    wrong = form(typed)
    assert not wrong.is_valid()
    assert list(wrong.errors) == ["replies"]
    assert said in wrong.errors["replies"][0]
