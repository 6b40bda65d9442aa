"""The workflow and the hooks: what they call is there, and is what bin/test calls."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

from tests.deploy import image

WORKFLOW = yaml.safe_load((image.ROOT / ".github/workflows/ci.yml").read_text())
HOOKS = yaml.safe_load((image.ROOT / ".pre-commit-config.yaml").read_text())["repos"]


def steps() -> list[dict]:
    return [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def test_workflow_runs_what_ci_runs():
    assert [step["run"] for step in WORKFLOW["jobs"]["test"]["steps"] if "run" in step][
        -1
    ] == ".ci/run"
    assert (image.ROOT / ".ci/run").read_text().splitlines()[-1].endswith('/../bin/test"')


def test_every_program_of_the_project_in_the_workflow_is_there():
    commands = " ".join(step.get("run", "") for step in steps())
    named = re.findall(r"(?<![\w/.])(?:\.ci|bin|deploy)/[\w.-]+", commands)
    assert sorted(set(named)) == [
        ".ci/run", "bin/dependencies", "deploy/answers.py", "deploy/make-secrets",
    ]  # fmt: skip
    assert [name for name in named if not (image.ROOT / name).is_file()] == []


def test_actions_are_pinned_by_their_commit():
    text = (image.ROOT / ".github/workflows/ci.yml").read_text()
    used = re.findall(r"uses: (.*)", text)
    assert [
        one for one in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v[\d.]+", one)
    ] == []


def test_workflow_may_only_read_and_tests_on_the_python_of_the_image():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    containers = {job["container"] for job in WORKFLOW["jobs"].values() if "container" in job}
    (container,) = containers
    stage = next(argument for word, argument in image.instructions() if word == "FROM")
    assert stage.split()[0].replace("-slim", "") == container


def test_hooks_are_installed_programs_of_the_tests():
    (local,) = HOOKS
    assert local["repo"] == "local"
    checks = (image.ROOT / "tests/suite.py").read_text()
    for hook in local["hooks"]:
        program, *arguments = shlex.split(hook["entry"])
        assert (hook["language"], program.partition(".venv/bin/")[0]) == ("system", "")
        assert (Path(sys.executable).parent / Path(program).name).exists()
        if Path(program).name != "python" and arguments != ["format"]:
            words = [Path(program).name, *arguments[:1]]
            told = ", ".join(f'"{word}"' for word in words if word != "--force-exclude")
            assert f"[{told}" in checks


def test_shell_scripts_are_sound():
    for path in [*image.ROOT.glob("bin/*"), *image.ROOT.glob("deploy/*"), image.ROOT / ".ci/run"]:
        if path.is_file() and path.read_text().startswith("#!/usr/bin/env bash"):
            subprocess.run(["bash", "-n", path], check=True)
            assert path.stat().st_mode & 0o111, path
