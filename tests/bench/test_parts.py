"""What the bench has other processes run is there; only `bench all` runs every part itself."""

import ast
import importlib
import json
import pkgutil
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bench
from bench import __main__ as main
from bench.faults import record
from bench.figures import Ratio
from bench.probes import counting, pages, sending, worse
from bench.soak import memory
from bench.world import package

SOURCES = sorted(Path(bench.__file__).parent.rglob("*.py"))
MODULES = [found.name for found in pkgutil.walk_packages(bench.__path__, "bench.")]
CALL = re.compile(r"from ([\w.]+) import (\w+); \2\.(\w+)\(")


@pytest.mark.parametrize("name", [one for one in MODULES if not one.endswith("__main__")])
def test_every_part_can_be_imported(name):
    importlib.import_module(name)


def test_what_is_run_elsewhere_is_there():
    calls = [CALL.match(text) for path in SOURCES for text in _texts(path)]
    assert all(calls), "Code for another process is one call of a function of the bench."
    for call in calls:
        module = importlib.import_module(f"{call[1]}.{call[2]}")
        assert callable(getattr(module, call[3]))
    assert len(calls) >= 6


def test_memory_is_flat_or_not_by_its_last_and_its_warm_sample(monkeypatch):
    held = iter([50, 80, 100, 101, 102, 130])
    monkeypatch.setattr(memory, "of", lambda process: (0, next(held)))
    curve = memory.Curve("web", 1)
    for _ in range(5):
        curve.sample()
    assert (curve.ratio().value, curve.ratio().reached, curve.slope()) == (1.02, True, 1)
    curve.sample()
    assert not curve.ratio().reached


def test_a_document_made_worse_is_another_and_often_still_json():
    chance, good = random.Random(1), package.document()
    made = [worse.document(good, chance) for _ in range(300)]
    read = [text for text in made if _is_json(text)]
    assert len(set(made)) > 290
    assert 100 < len(read) < 300
    assert all(json.loads(text) != good for text in read)


def test_the_forms_of_a_page_are_found_with_what_stands_in_them():
    page = """<form action="/a/#x"><input name="csrfmiddlewaretoken" value="t"><input name="q"
    value="1"><textarea name="text"></textarea></form><button hx-post="/b/" name="on"></button>"""
    found = [(form.action, form.fields) for form in pages.forms_in(page)]
    assert found == [("/a/", {"q": "1", "text": "1"}), ("/b/", {})]


def test_a_503_that_says_when_to_come_again_is_no_fault(tmp_path):
    tally = counting.Tally(tmp_path)
    probe = sending.Probe("GET /", "GET", "/", (("A", "\0"),))
    for answer in (
        sending.Answer(200),
        sending.Answer(503, headers={"retry-after": "2"}),
        sending.Answer(503),
        sending.Answer(sending.NEVER),
    ):
        tally.add("mutations", probe, answer, port=1)
    assert (tally.total, len(tally.wrong)) == (4, 2)
    kept = sorted(tmp_path.iterdir())
    assert [one.read_bytes() for one in kept] == [probe.encoded(1)] * 2
    assert probe.encoded(1) == b"GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\nA: \0\r\n\r\n"


def test_what_leaves_twice_or_is_another_answer_is_named():
    heard = {"esc_1": "dec_1", "esc_2": "dec_2", "esc_3": "dec_3"}
    hooks = [["msg_1", "esc_1", "dec_1", 1]] * 2 + [["msg_2", "esc_2", "dec_0", 1]]
    hooks += [["msg_3", "esc_3", "dec_3", 1], ["msg_4", "esc_3", "dec_3", 1]]
    assert [told[:5] for told in record.told_elsewhere(heard, hooks)] == ["esc_2", "esc_3"]


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _texts(path: Path) -> Iterator[str]:
    """The texts in a module, or their beginnings, that are code with a part of the bench in it."""
    tree = ast.parse(path.read_text())
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for text in texts:
        if isinstance(text, str) and re.search(r"^(from|import) bench\b", text, re.MULTILINE):
            yield text


def test_a_ratio_is_read_as_it_was_written():
    """`bench all` hears of each part through its JSON."""
    one = Ratio("click", 3.0, 1.5, "ms", 2, at_least=False)
    assert Ratio.of({"bench": "click", **one.as_json()}) == one


def test_of_many_parts_one_that_fails_keeps_no_other(monkeypatch, capsys):
    monkeypatch.setattr(main, "BENCHES", ("a", "b"))
    parts = {"a": None, "b": [Ratio("b", 1.0, None, "", 2)]}
    monkeypatch.setattr(main, "_apart", parts.get)
    monkeypatch.setattr("sys.argv", ["bench", "all", "--json"])
    with pytest.raises(SystemExit, match=r"No figure came of a\."):
        main.main()
    assert [one["bench"] for one in json.loads(capsys.readouterr().out)] == ["b"]
