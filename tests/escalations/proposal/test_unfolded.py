"""What of several actions stands open, and what may be folded."""

from hypothesis import given
from hypothesis import strategies as st

from escalations.proposal import calls, labels

RISKS = st.fixed_dictionaries(
    {},
    optional={
        "reversible": st.booleans(),
        "level": st.sampled_from(["low", "high", "critical"]),
        "amount": st.just({"value": "20.00", "currency": "EUR"}),
    },
)
ACTIONS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["close_account", "refund", "add_note"]),
        "kind": st.sampled_from(["tool_call", "question"]),
        "args": st.sampled_from([{}, {"note": "x"}, {"amount": "20.00", "currency": "EUR"}]),
    },
    optional={"risk": RISKS, "compensation": st.just({"name": "reopen"})},
)


@given(st.lists(ACTIONS, max_size=6), st.one_of(st.none(), RISKS))
def test_nothing_that_must_be_seen_is_folded(actions, risk):
    named = [{"id": f"a{place}", **one} for place, one in enumerate(actions)]
    package = {"proposed_actions": named} | ({"risk": risk} if risk else {})
    steps = calls.steps(package, labels.read(None))
    shown = calls.unfolded(steps)
    # In the agent's order, so that what is folded is what comes last.
    assert shown == steps[: len(shown)]
    for action in named[len(shown) :]:
        said = {**(risk or {}), **action.get("risk", {})}
        assert action["kind"] == "tool_call"
        assert "amount" not in action["args"]
        assert said.get("level") != "critical"
        assert said.get("reversible", "compensation" in action) is True


def test_an_account_is_not_closed_in_a_fold():
    harmless = {"name": "add_note", "risk": {"reversible": True}}
    names = [("a1", {"name": "refund", "args": {"amount": "9.00", "currency": "EUR"}})]
    names += [("a2", {"name": "close_account"}), ("a3", harmless), ("a4", harmless)]
    package = {"proposed_actions": [{"id": place, **action} for place, action in names]}
    shown = calls.unfolded(calls.steps(package, labels.read(None)))
    assert [step.action_id for step in shown] == ["a1", "a2"]
