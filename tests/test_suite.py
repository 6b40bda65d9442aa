"""`bin/test`: which parts it runs, what it says afterwards, and that a path runs alone."""

import subprocess
import sys

import pytest

from tests import suite
from tests.running import databases

BARE = ("-p", "no:django", "-p", "no:cacheprovider")
CASES = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_one" time="2.5"/>
<testcase classname="tests.test_a" name="test_two[x]" time="0.5"><skipped/></testcase>
</testsuite></testsuites>"""


def took(name, cases=(), failed=()):
    one = suite.Took(name, wall_s=60, processor_s=90, failed=list(failed))
    one.slowest = list(cases)
    one.cases = len(one.slowest)
    return one


def bin_test(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "tests.suite", *arguments, "-p", "no:cacheprovider"],
        cwd=suite.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_path_runs_alone():
    done = bin_test("tests/test_suite.py::test_databases_are_named_for_their_migrations")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True)
    assert "== Checks" not in done.stdout


def test_an_option_that_nobody_knows_is_refused():
    done = bin_test("--quickly")
    assert done.returncode == 4
    assert "--quickly" in done.stderr


def test_databases_are_named_for_their_migrations():
    assert databases.migrations() == databases.migrations()
    assert len(databases.migrations()) == 16


def test_every_test_runs_on_sqlite_and_what_touches_the_database_on_postgresql():
    def of(part):
        return (
            part.chosen[0],
            part.chosen[part.chosen.index("-m") + 1] if "-m" in part.chosen else "",
        )

    assert [(part.scaled, *of(part)) for part in suite.PARTS] == [
        (False, "tests", "not scaled"),
        (False, "tests/screens", ""),
        (True, "tests", "database or scaled"),
        (True, "tests/screens", "services"),
    ]
    assert all("worksteal" in part.chosen for part in suite.PARTS[:3])


@pytest.mark.parametrize(
    ("arguments", "parts", "more"),
    [
        ([], suite.PARTS, ()),
        (["--all"], suite.PARTS, ("--all",)),
        (["--quick"], (suite.QUICK,), ()),
    ],
)
def test_the_argument_chooses_the_parts(arguments, parts, more):
    assert suite.plan(arguments) == (parts, more)


@pytest.mark.parametrize("arguments", [["tests/test_tidy.py"], ["-k", "word"], ["--quick", "x"]])
def test_anything_else_is_for_pytest(arguments):
    assert suite.plan(arguments) is None


def test_the_report_names_parts_and_the_ten_slowest():
    many = [(float(number), f"test_{number}") for number in range(1, 9)]
    said = suite.report([took("One", many), took("Two", [(99.5, "slow"), *many], ["Two"])])
    lines = said.splitlines()
    assert lines[1].split() == ["cases", "skipped", "seconds", "of", "processors"]
    assert lines[2].split() == ["One", "8", "60", "90"]
    assert lines[4].split() == ["Together", "17", "120", "180"]
    assert lines[7] == "    99.5 s  slow"
    assert len([line for line in lines if " s  " in line]) == 10
    assert lines[-1] == "Failed: Two"


def test_the_report_is_read_from_what_pytest_wrote(tmp_path):
    (tmp_path / "junit.xml").write_text(CASES)
    one = took("One")
    suite.read(tmp_path / "junit.xml", one)
    assert (one.cases, one.skipped) == (2, 1)
    assert one.slowest == [
        (2.5, "tests/test_a.py::test_one (One)"),
        (0.5, "tests/test_a.py::test_two[x] (One)"),
    ]


@pytest.mark.parametrize(("second", "failed"), [("passes", []), ("fails", ["One"])])
def test_what_failed_beside_others_runs_once_more_alone(tmp_path, monkeypatch, second, failed):
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]")
    (tmp_path / "tests").mkdir()
    test = (
        "from pathlib import Path\n"
        "def test_sure(): pass\n"
        "def test_hasty():\n"
        "    mark = Path(__file__).with_name('mark')\n"
        "    was = mark.exists(); mark.touch()\n"
        f"    assert was and {second == 'passes'}\n"
    )
    (tmp_path / "tests/test_story.py").write_text(test)
    one = suite.run(suite.Part("One", ("tests",)), BARE)
    assert (one.failed, one.cases) == (failed, 2)
    named = [] if failed else ["tests/test_story.py::test_hasty"]
    assert one.unsteady == named
    said = suite.report([one])
    assert ("Failed beside others, passed alone" in said) is bool(named)
    assert said.endswith("Failed: One" if failed else "All passed")


def test_many_that_failed_are_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]")
    (tmp_path / "tests").mkdir()
    tests = "".join(f"def test_{n}(): assert False\n" for n in range(suite.AGAIN_MAX + 1))
    (tmp_path / "tests/test_story.py").write_text(tests)
    monkeypatch.setattr(suite, "try_again", pytest.fail)
    assert suite.run(suite.Part("One", ("tests",)), BARE).failed == ["One"]


def test_one_that_waits_for_ever_fails_and_is_tried_again_alone(tmp_path, monkeypatch, capfd):
    """As one did in a browser, until whoever had asked for the tests gave up."""
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nfaulthandler_timeout = 2\nfaulthandler_exit_on_timeout = true"
    )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_story.py").write_text(
        "import pathlib, time\n"
        "def test_short(): pass\n"
        "def test_endless():\n"
        "    if not pathlib.Path('once').exists():\n"
        "        pathlib.Path('once').touch()\n"
        "        time.sleep(60)\n"
    )
    one = suite.run(suite.Part("One", ("tests", *suite.SPREAD)), BARE)
    assert (one.failed, one.unsteady) == ([], ["tests/test_story.py::test_endless"])
    assert "in test_endless" in capfd.readouterr().err


def test_processor_time_of_lost_children_is_counted():
    """As those of a killed browser are: their parent ends first and never waits for them."""
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    leave = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
    script = f"""
import os, subprocess, sys
from tests import suite
suite.adopt_orphans()
with suite.Watch("Part") as watch:
    subprocess.run([sys.executable, "-c", {leave!r}])
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
print(watch.processor_s > 0.5)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=suite.ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["== Part", "True"], done.stderr


def test_what_a_worker_leaves_behind_is_ended():
    """It would keep our output open, and whoever reads that would wait for it."""
    wait = "import time; time.sleep(60)"
    leave = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {wait!r}])"
    twice = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {leave!r}]).wait()"
    script = f"""
import subprocess, sys
from tests import suite
suite.adopt_orphans()
for left in {[leave, twice]!r}:
    subprocess.run([sys.executable, "-c", left])
suite.end_orphans()
"""
    # Whoever reads what a child writes waits until the last that holds it has ended.
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=suite.ROOT, capture_output=True, check=False, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, b"")
