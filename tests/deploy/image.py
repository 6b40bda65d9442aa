"""The image as far as it can be had without an engine: its files, its commands, its health check."""

import fnmatch
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PORT = "8000"


def instructions() -> list[tuple[str, str]]:
    """What the Dockerfile says, as pairs of instruction and argument."""
    lines = [
        line
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (word, rest.strip()) for word, _, rest in (x.partition(" ") for x in joined.split("\n"))
    ]


def last(word: str) -> str:
    """The argument of the last such instruction, which is the one that counts."""
    return [argument for name, argument in instructions() if name == word][-1]


def command(port: int) -> list[str]:
    """What the image runs unless it is told otherwise, on another port."""
    return json.loads(last("CMD").replace(PORT, str(port)))


def health_check(port: int) -> list[str]:
    return json.loads(last("HEALTHCHECK").partition("CMD ")[2].replace(PORT, str(port)))


def environment() -> dict[str, str]:
    """What the image sets, with the environment of the tests in place of its own."""
    told = dict(word.partition("=")[::2] for word in shlex.split(last("ENV")))
    assert told.pop("PATH") == "/baton/.venv/bin:$PATH"
    return {**told, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def lay_out(folder: Path) -> Path:
    """The folder /baton of the image: what .dockerignore lets in, and the installed packages."""
    words = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [word for word in words if word and not word.startswith("#")]
    assert rules[0] == "*"
    left_out = [rule.removeprefix("**/") for rule in rules[1:] if not rule.startswith("!")]
    target = folder / "baton"
    target.mkdir()
    for rule in rules:
        if not rule.startswith("!"):
            continue
        source, into = ROOT / rule[1:], target / rule[1:]
        into.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, into, ignore=shutil.ignore_patterns(*left_out))
        else:
            assert not any(fnmatch.fnmatch(source.name, rule) for rule in left_out)
            shutil.copy2(source, into)
    (target / ".venv").symlink_to(Path(sys.executable).parent.parent)
    return target


class Container:
    """A process that runs in the laid-out folder as it would in the image."""

    def __init__(self, folder: Path, argv: list[str], variables: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                argv, cwd=folder, env=variables, stdout=output, stderr=subprocess.STDOUT
            )

    def healthy(self, argv: list[str], folder: Path, variables: dict[str, str]) -> None:
        """Waits until its health check says so."""
        until = time.monotonic() + 90
        while subprocess.run(argv, cwd=folder, env=variables, capture_output=True).returncode:
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.1)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def log(self) -> str:
        return self._log.read_text()
