"""The house rules that a machine can check. Each says what to do when it fails."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House

ROOT = Path(__file__).resolve().parent.parent
HOUSE = House(ROOT)
APPS = ("console", "escalations", "metrics", "routing")
SCRIPT_LINES_MAX = 5_600
READS_THE_ENVIRONMENT = {
    "console/asgi.py", "console/celery.py", "console/environment.py", "console/wsgi.py",
}  # fmt: skip


def files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


CODE = [
    path for path in files(*(f"{app}/**/*.py" for app in APPS)) if "migrations" not in path.parts
]
TESTS = files("tests/**/*.py")
TEMPLATES = files("templates/**/*.html")
STYLES = [path for path in files("static/css/**/*.css") if "vendor" not in path.parts]
SCRIPTS = [path for path in files("static/js/**/*.js") if "vendor" not in path.parts]
OWN = [*CODE, *TESTS, *TEMPLATES, *STYLES, *SCRIPTS, *files("bin/*", "docs/*.md", "*.md")]


def lines_with(paths: list[Path], pattern: str, flags: int = 0) -> list[str]:
    found = re.compile(pattern, flags)
    return [
        f"{name(path)}:{number}: {line.strip()[:80]}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if found.search(line)
    ]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize(
    ("paths", "limit"),
    [(CODE, 400), (TESTS, 400), (TEMPLATES, 150), (STYLES, 250), (SCRIPTS, 120)],
    ids=["code", "tests", "templates", "styles", "scripts"],
)
def test_files_are_short(paths, limit):
    sizes = {name(path): len(path.read_text().splitlines()) for path in paths}
    assert {path: size for path, size in sizes.items() if size > limit} == {}


def test_scripts_are_few():
    """What a page can say in HTML, or the server can answer, needs no line here."""
    assert HOUSE.script_lines() <= SCRIPT_LINES_MAX


def test_template_lines_are_short():
    assert lines_with(TEMPLATES, r".{121,}") == []


def test_functions_are_short():
    def limit(path: Path) -> int:
        if path.name == "tasks.py":
            return 20
        else:
            return 35 if "views" in path.parts else 50

    sizes = {
        f"{name(path)}:{node.lineno} {node.name}": (node.end_lineno - node.lineno + 1, limit(path))
        for path in CODE
        for node in functions(path)
    }
    assert {where: size for where, (size, most) in sizes.items() if size > most} == {}


def test_modules_are_named_for_what_they_do():
    vague = {"utils", "util", "helpers", "helper", "services", "service", "misc", "common"}
    assert [name(path) for path in CODE if vague & {path.stem, *path.parts}] == []


def test_imports_go_one_way():
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


ROGUE = """from escalations.lifecycle import {module}
"""


@pytest.mark.parametrize("module", ["moves", "writes", "holding"])
def test_nothing_but_the_life_cycle_can_write_a_state(module, tmp_path):
    """Tried: a rule elsewhere that reaches for a write is refused by name."""
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "routing" / "rogue.py").write_text(ROGUE.format(module=module))
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"routing.rogue -> escalations.lifecycle.{module}" in done.stdout.replace("\n", " ")


def test_no_statement_elsewhere_changes_an_escalation():
    elsewhere = [path for path in CODE if "lifecycle" not in path.parts]
    by_row = r"\b(escalation|case)\.save\(|Escalation\.objects.*\.(update|bulk_update)\(.*\bstate="
    by_hand = r"UPDATE escalations_escalation|UPDATE \{TABLE\}"
    assert lines_with(elsewhere, rf"{by_row}|{by_hand}") == []


def test_code_prints_nothing_and_leaves_no_notes_behind():
    assert lines_with(CODE, r"\b(?<!\.)print\(|\bbreakpoint\(") == []
    note = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
    assert lines_with(OWN, rf"\b({note})\b") == []


def test_only_one_module_reads_the_environment():
    elsewhere = [path for path in CODE if name(path) not in READS_THE_ENVIRONMENT]
    allowed = r"os\.environ\.get\(\"BATON_PASSWORD\""
    assert [
        line
        for line in lines_with(elsewhere, r"os\.(environ|getenv)")
        if not re.search(allowed, line)
    ] == []


def test_no_model_signals_and_no_rule_in_save():
    assert lines_with(CODE, r"\b(pre|post)_(save|delete)\b|m2m_changed") == []
    models = [path for path in CODE if "models" in path.parts or path.name == "models.py"]
    assert lines_with(models, r"def (save|delete)\(") == []


def test_tasks_are_nudged_never_published_from_a_request():
    publish = {"console/hints/nudge.py", "console/serving/beat.py"}
    code = [path for path in CODE if name(path) not in publish]
    assert lines_with(code, r"\.(delay|apply_async|send_task)\(") == []


def test_only_one_module_opens_connections_to_other_servers():
    # The simulated agent is a client of Baton, not a part of it.
    code = [path for path in CODE if path.stem != "outbound" and "simulation" not in path.parts]
    assert (
        lines_with(
            code,
            r"^\s*(import|from) (httpx|httpcore|requests|smtplib|urllib\.request|django\.core\.mail)\b",
        )
        == []
    )


def test_templates_hold_no_script_no_style_and_no_trusted_text():
    assert lines_with(TEMPLATES, r"\|\s*safe\b|{%\s*autoescape off") == []
    script = r"<script(?![^>]*(\bsrc=|application/json))"
    assert lines_with(TEMPLATES, rf"{script}|<style\b|javascript:", re.IGNORECASE) == []
    handler = r"<[^>%]*\s(on[a-z]+|hx-on[:a-z-]*|style)\s*=\s*[\"']"
    assert lines_with(TEMPLATES, handler, re.IGNORECASE) == []
    assert lines_with(TEMPLATES, r"hx-trigger=\"[^\"]*\[|hx-vals=.?js:|hx-vars") == []


def test_scripts_evaluate_nothing():
    assert lines_with(SCRIPTS, r"\beval\(|new Function\(|document\.write|\bconsole\.log\(") == []


def test_a_list_in_a_template_keeps_the_role_of_a_list():
    """What tells of it (`status`, `alert`) stands around it: its entries would be of no list."""
    other = re.compile(r"<(?:ul|ol|li)\b[^>]*\brole=[^>]*>")
    found = {f"{one.name}: {tag}" for one in TEMPLATES for tag in other.findall(one.read_text())}
    assert found == set()


def test_included_templates_begin_with_an_underscore_and_pages_do_not():
    text = "\n".join(path.read_text() for path in TEMPLATES)
    included = set(re.findall(r"{%\s*include\s+[\"']([^\"'#]+)[\"']", text))
    own = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES}
    fragments = {path for path in own if Path(path).name.startswith("_")}
    rendered = "\n".join(path.read_text() for path in CODE)
    pages = {path for path in own if path in rendered}
    assert sorted((included & own) - fragments - pages) == []
    assert sorted(fragments - included - pages) == []


def test_colours_come_from_the_tokens():
    raw = r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|hwb|lab|lch|oklab|oklch)a?\((?!from)"
    elsewhere = [path for path in STYLES if path.name != "tokens.css"]
    assert lines_with(elsewhere, raw, re.IGNORECASE) == []


def test_styles_use_logical_properties():
    physical = r"^\s*(margin|padding|border)-(left|right)\b|text-align:\s*(left|right)"
    assert lines_with(STYLES, physical) == []


def test_tests_go_through_the_real_doors():
    assert (
        lines_with(TESTS, r"^\s*(import|from) unittest\.mock|^\s*from unittest import mock") == []
    )


def test_tests_mirror_the_code():
    stories = {"append_only", "migrations", "races", "stateful"}
    strays = []
    for path in files(*(f"tests/{app}/**/test_*.py" for app in APPS)):
        tested = path.stem.removeprefix("test_")
        room = ROOT / path.parent.relative_to(ROOT / "tests")
        places = [room / f"{tested}.py", room / tested, room / "commands" / f"{tested}.py"]
        if not any(place.exists() for place in places) and tested not in {*stories, room.name}:
            strays.append(name(path))
    assert strays == []


def test_rooms_can_be_looked_over():
    assert {room: count for room, count in HOUSE.rooms().items() if count > 20} == {}


def test_nothing_goes_in_circles():
    assert HOUSE.module_circles() == []
    assert HOUSE.room_circles() == []


def test_a_class_has_a_name_of_its_own():
    assert HOUSE.classes_named_twice() == {}


def test_every_setting_is_in_the_manual():
    manual = ROOT / "docs" / "operating.md"
    used = set(re.findall(r"\"(BATON_[A-Z_]+)\"", (ROOT / "console/environment.py").read_text()))
    text = manual.read_text()
    assert sorted(name for name in {*used, "DATABASE_URL", "REDIS_URL"} if name not in text) == []


def test_a_morph_passes_over_no_attribute_by_the_beginning_of_its_name():
    """htmx compares beginnings: while it passed over `data-open`, a button that became an opener
    did not get its `data-opens`."""
    kept = re.search(
        r'"morphIgnore": \[(.*?)\]', (ROOT / "templates/base.html").read_text(), re.DOTALL
    )
    assert kept is not None
    begins = [one for one in re.findall(r'"([a-z-]+)"', kept[1]) if not one.endswith("-")]
    found = {
        (path.name, name)
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"[\s](data-[a-z-]+)", path.read_text())
        if any(name.startswith(one) and name != one for one in begins)
    }
    assert found == set()
