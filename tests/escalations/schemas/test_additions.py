"""What was appended to an open case, seen as one package."""

from escalations.schemas import additions

PACKAGE = {
    "task_type": "refund",
    "context": {
        "conversation": {"channel": "chat", "messages": [{"role": "customer", "text": "1"}]}
    },
}


def test_merged_appends_in_order_and_changes_nothing_else():
    said = [
        {"messages": [{"role": "customer", "text": "2"}], "logs": [{"text": "late"}]},
        {"messages": [{"role": "agent", "text": "3"}], "steps": [{"label": "asked"}]},
    ]

    merged = additions.merged(PACKAGE, said)

    assert merged["context"] == {
        "conversation": {
            "channel": "chat",
            "messages": [
                {"role": "customer", "text": "1"},
                {"role": "customer", "text": "2"},
                {"role": "agent", "text": "3"},
            ],
        },
        "environment": {"logs": [{"text": "late"}]},
        "process": {"completed": [{"label": "asked"}]},
    }
    assert len(PACKAGE["context"]["conversation"]["messages"]) == 1


def test_merged_of_nothing_is_the_package_itself():
    assert additions.merged(PACKAGE, []) is PACKAGE
