"""One table of kinds: what is written is told, folded and allowed, and nothing else is."""

import ast
from pathlib import Path

import pytest

from escalations.models import Remark, State
from escalations.record import kinds
from escalations.record.kind import FREE, Figure, Kind, OfferEnds, Screen, Whom
from escalations.record.sentences import Said
from metrics import fold
from routing.models import Offer
from tests import written

ROOT = Path(__file__).resolve().parents[3]
CASES = kinds.of_cases()
# States, outcomes and columns of figures that are called like a kind of line.
OTHER_WORDS = {
    "escalations/briefing/decided.py": [
        "cancelled",
        "expired",
        "returned",
        "reversed",
        "taken_over",
    ],
    "escalations/models/querysets.py": ["offered", "snoozed"],
    "escalations/schemas/answers.py": ["cancelled", "decided", "expired", "offered", "snoozed"],
    "escalations/schemas/decision.py": [
        "cancelled",
        "expired",
        "returned",
        "reversed",
        "taken_over",
    ],
    "escalations/schemas/messages.py": ["delivered", "read"],
    "escalations/views/audit.py": ["cancelled", "expired"],
    "metrics/board.py": ["cancelled", "decided", "expired"],
    "metrics/reports.py": ["cancelled", "decided", "expired", "reversed"],
    "metrics/sums.py": ["cancelled", "decided", "expired", "reversed"],
    "metrics/views.py": ["cancelled", "decided", "expired", "reversed"],
}


def test_every_kind_that_is_written_has_its_row_and_no_other():
    rows = {(row.chain, row.name) for row in kinds.table()}
    assert rows == written.written()


def test_only_the_record_makes_lines():
    makes = [
        path.relative_to(ROOT).as_posix()
        for path, nodes in written.trees().items()
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Event"
    ]
    assert makes == ["escalations/record/lines.py"]


def test_no_other_module_has_a_table_of_kinds():
    """Two kinds side by side in a list, a set or the keys of a table are a second one."""
    names = {row.name for row in CASES}
    second = {
        path.relative_to(ROOT).as_posix(): sorted(named & names)
        for path, nodes in written.trees().items()
        if path.name != "kinds.py"
        for node in nodes
        if isinstance(node, ast.Dict | ast.Set | ast.List | ast.Tuple)
        for parts in [node.keys if isinstance(node, ast.Dict) else node.elts]
        for named in [{one.value for one in parts if isinstance(one, ast.Constant)}]
        if len(named & names) > 1
    }
    assert second == OTHER_WORDS


@pytest.mark.parametrize("row", CASES, ids=lambda row: row.name)
def test_every_kind_is_told_in_a_sentence(row):
    facts = {"from": "dana", "to": "amara", "holder": "dana"}
    title, details = row.sentence(Said(facts, {"dana": "Dana", "amara": "Amara"}))
    assert title[0].isupper()
    assert not title.endswith(".")
    assert "dana" not in title
    assert "amara" not in title
    assert all(not detail.endswith(".") for detail in details)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row.name)
def test_every_line_that_leads_to_a_state_is_folded(row):
    assert (row.figure is not None) == (row.after is not None)


def test_the_figures_know_what_to_make_of_each():
    assert fold._FOLDS.keys() == set(Figure) == {row.figure for row in CASES} - {None}


def test_words_are_kept_with_the_lines_of_their_kind():
    assert {row.remark for row in CASES} - {""} == set(Remark.Kind)


def test_offers_end_as_the_table_says():
    assert set(OfferEnds) == set(Offer.Outcome) - {Offer.Outcome.OPEN, Offer.Outcome.RELEASED}
    assert {row.offer for row in CASES if row.moves} == set(OfferEnds)


def test_everybody_is_told_of_something_and_only_answers_leave():
    assert set().union(*(row.told for row in CASES)) == set(Whom)
    told = [row.name for row in CASES if Whom.AGENT in row.told]
    assert told == [
        "asked", "extended", "decided", "taken_over", "returned", "resolved", "reversed", "expired",
        "cancelled", "facts_wanted",
    ]  # fmt: skip


def test_what_comes_back_waits_again_with_its_age():
    assert [row.name for row in CASES if row.comes_back] == [
        "declined", "offer_missed", "offer_withdrawn", "released", "lease_ended",
    ]  # fmt: skip


@pytest.mark.parametrize("row", CASES, ids=lambda row: row.name)
def test_words_for_others_name_only_what_there_is(row):
    given = {"case": "BTN-1", "who": "Dana", "to": "to Amara", "outcome": "approved"}
    for words in (row.followers, row.faster, row.returned, row.offer_over):
        assert "{" not in words.format(**given)
    assert bool(row.faster) == (row.moves and row.name != "received")


def test_a_case_is_read_again_where_it_moved():
    moving = [row for row in CASES if row.moves]
    assert {row.screen for row in moving} == {Screen.CASE}
    beside = {row.name: row.screen for row in CASES if not row.moves}
    read_again = [name for name, screen in beside.items() if screen is Screen.CASE]
    assert read_again == [
        "noted", "joined", "facts_answered", "handed_taken", "handover_asked", "handover_kept",
    ]  # fmt: skip
    assert sorted(kinds.beside()) == sorted(beside)


def test_chains_of_people_are_read_again_by_whom_they_concern():
    screens = {(row.chain, row.screen) for row in kinds.table() if row.chain != kinds.CASE}
    assert screens == {
        *(
            (chain, Screen.NOTHING)
            for chain in ("policy", "keys", "agents", "lookups", "demo", "seal")
        ),
        ("people", Screen.ROSTER),
        ("presence", Screen.STATUS),
    }


def test_a_second_row_for_a_kind_is_refused():
    with pytest.raises(ValueError, match="Two rows for “decided” of case"):
        kinds.add(Kind("decided", "Decided it twice"))
    kinds.add(kinds.of("decided"))
    assert kinds.of_cases() == CASES


def test_what_a_later_version_wrote_has_a_name_and_no_meaning():
    assert kinds.find("moved_to_the_moon") is None
    later = kinds.of("moved_to_the_moon")
    assert later.sentence(Said({})) == ("Moved to the moon", [])
    assert (later.figure, later.told, later.screen) == (None, frozenset(), Screen.NOTHING)


def test_a_case_leads_only_to_states_that_there_are():
    every = {state for row in CASES for state in (row.before or set()) | (row.after or set())}
    assert every <= set(State)
    assert {State.WAITING, State.SECOND} == FREE


def shown():
    """The table of docs/record.md."""
    yield "| Kind | Says | For the figures | Told, whatever is open | Screens read again |"
    yield "| --- | --- | --- | --- | --- |"
    for row in kinds.table():
        name = row.name if row.chain == kinds.CASE else f"{row.chain}: {row.name}"
        told = "; ".join(sorted(row.told))
        screen = "" if row.screen is Screen.NOTHING else row.screen
        yield f"| `{name}` | {row.says} | {row.figure or ''} | {told} | {screen} |"


def test_the_docs_show_the_table():
    assert "\n".join(shown()) in (ROOT / "docs/record.md").read_text()
