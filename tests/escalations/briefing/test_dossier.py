import json

from escalations.briefing import dossier
from escalations.briefing.dossier import LabelledLine
from tests import packages


def test_customer_is_told_in_lines():
    assert dossier.customer(
        {
            "context": {
                "customer": {
                    "name": "Ann",
                    "id": "c-1",
                    "tier": "gold",
                    "since": "2020-03-01",
                    "lifetime_value": {"value": "6412.7", "currency": "EUR"},
                    "contact": {"email": "ann@x.example", "phone": ""},
                    "attributes": {
                        "orders": [{"order_id": "#1", "status": "sent", "count": 2}],
                        "vip": True,
                    },
                    "mood": "calm",
                }
            }
        }
    ) == (
        LabelledLine("Name", "Ann"),
        LabelledLine("Number", "c-1"),
        LabelledLine("Tier", "gold"),
        LabelledLine("Customer since", "1 Mar 2020"),
        LabelledLine("Spent so far", "€6,412.70"),
        LabelledLine("Email", "ann@x.example"),
        LabelledLine("Orders", "1", ("order #1, sent, count 2",)),
        LabelledLine("Vip", "yes"),
        LabelledLine("Mood", "calm"),
    )
    assert dossier.customer({}) == ()


def test_process_tells_what_is_done_what_failed_and_what_waits():
    told = dossier.process(
        {
            "context": {
                "process": {
                    "workflow": "refund",
                    "position": "{'step': 6, 'turns': 14}",
                    "completed": [
                        {
                            "label": "get_order_details",
                            "status": "done",
                            "detail": {"args": {"order_id": "#W1"}, "result": "Error: 503"},
                        },
                        {"label": "Check", "status": "failed"},
                    ],
                    "pending": [{"label": "Pay"}],
                }
            }
        }
    )
    assert (told.workflow, told.position) == ("refund", "step: 6, turns: 14")
    assert [(s.label, s.standing, s.detail) for s in (*told.done, *told.pending)] == [
        ("Get order details", "done", "#W1 → Error: 503"),
        ("Check", "failed", ""),
        ("Pay", "todo", ""),
    ]
    assert dossier.process({"context": {"process": {}}}) is None


def test_process_folds_earlier_steps_and_counts_the_rest():
    steps = [{"label": f"s{n}"} for n in range(100)]
    told = dossier.process({"context": {"process": {"completed": steps}}})
    assert (len(told.earlier), len(told.done), told.more) == (52, 8, 40)


def test_logs_are_the_last_lines():
    found, more = dossier.logs(
        {
            "context": {
                "environment": {
                    "logs": [{"text": f"l{n}", "level": "warning"} for n in range(20)],
                    "errors": [{"message": "503", "count": 3, "source": "bank"}],
                }
            }
        }
    )
    assert (len(found), more, found[-1].text, found[-1].level) == (12, 9, "l19", "warning")
    (error,), _ = dossier.logs(
        {"context": {"environment": {"errors": [{"message": "503", "count": 3, "source": "bank"}]}}}
    )
    assert error == dossier.Log(None, "error", "bank", "503 (3 times)")
    (error,), _ = dossier.logs(
        {"context": {"environment": {"errors": [{"message": "503", "detail": {"retry": "no"}}]}}}
    )
    assert error.text == "503 – retry no"


def test_where_it_ran_is_told():
    run = {"run_id": "r2", "parent_run_id": "r1", "thread_id": "t", "checkpoint_id": "c"}
    source = {"framework": {"name": "langgraph", "version": "1.2"}, "run": run}
    assert [(one.label, one.text) for one in dossier.environment({"source": source})] == [
        ("Framework", "langgraph"), ("Its version", "1.2"), ("Run", "r2"), ("Part of run", "r1"),
        ("Thread", "t"), ("Checkpoint", "c"),
    ]  # fmt: skip


def test_unknown_fields_and_metadata_are_told():
    package = {"summary": "x", "surprise": {"a": 1}, "metadata": {"score": 3}}
    assert dossier.others(package, {"summary", "metadata"}) == (
        LabelledLine("Surprise", "a 1"),
        LabelledLine("Score", "3"),
    )


def test_any_shape_becomes_short_lines():
    deep = {"a": {"b": {"c": {"d": [1, {"e": "f" * 9_000}]}}}, "l": [[1], {}], "n": None}
    for line in dossier.lines({"x": deep, "y": [deep] * 100, "z": "t" * 9_000}):
        assert all(len(text) <= 400 for text in (line.text, *line.entries))
    assert dossier.customer(packages.HOSTILE)
    assert json.dumps([line.label for line in dossier.others(packages.HOSTILE, set())])
