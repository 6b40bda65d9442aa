"""What the manuals tell people to type and open is there."""

import re
import shlex
import subprocess
import sys
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command, get_commands

from tests.deploy import image

MANUALS = ("CONTRIBUTING.md", "README.md", "docs/operating.md", "docs/upgrading.md")
FOLDERS = ("bench", "bin", "console", "deploy", "docs", "escalations", "metrics", "routing")
FILES = rf"\b(?:{'|'.join(FOLDERS)}|static|templates|tests)/[\w./*-]*[\w/]"


@pytest.mark.parametrize("manual", MANUALS)
def test_paths_in_manuals_exist(manual):
    text = (image.ROOT / manual).read_text()
    text = re.sub(r"^\S+ +\| +\d+ \++$", "", text, flags=re.MULTILINE)  # What a diff would add.
    quoted = " ".join(
        re.findall(r"`[^`]+`|^```.*?^```|\]\([^)]+\)", text, re.MULTILINE | re.DOTALL)
    )
    named = {path.rstrip("/.") for path in re.findall(rf"(?<![\w/.-]){FILES}", quoted)}
    assert sorted(path for path in named if not list(image.ROOT.glob(path))) == []


@pytest.mark.parametrize("manual", MANUALS)
def test_commands_in_manuals_exist(manual):
    text = (image.ROOT / manual).read_text()
    named = set(re.findall(r"(?:manage\.py|run --rm(?: --\S+| -T)* manage) ([a-z_]+)\b", text))
    assert sorted(named - set(get_commands())) == []
    benches = set(re.findall(r"python -m (bench(?:\.\w+)*)", text))
    for bench in benches:
        done = subprocess.run(
            [sys.executable, "-m", bench, "--help"], cwd=image.ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


def test_links_between_documents_lead_somewhere():
    for path in [*image.ROOT.glob("*.md"), *image.ROOT.glob("docs/*.md")]:
        links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
        local = [link for link in links if ":" not in link]
        assert [link for link in local if not (path.parent / link).exists()] == [], path.name


@pytest.mark.django_db
def test_the_first_call_in_the_readme_runs_as_it_stands(client, capsys):
    text = (image.ROOT / "README.md").read_text()
    call_command("create_agent", "mira")
    secret = re.search(r"btn_\w+", capsys.readouterr().out)[0]
    command = re.search(r"^curl -s http.*?\}'", text, re.MULTILINE | re.DOTALL)[0]
    words = shlex.split(command.replace("$KEY", secret))
    given = {flag: value for flag, value in pairwise(words) if flag.startswith("-")}
    headers = dict(value.split(": ", 1) for flag, value in pairwise(words) if flag == "-H")
    kind = headers.pop("Content-Type", "application/x-www-form-urlencoded")
    path = urlsplit(words[2]).path
    answer = client.post(path, given["-d"], content_type=kind, headers=headers)
    assert (answer.status_code, answer.json()["disposition"]) == (201, "review")
