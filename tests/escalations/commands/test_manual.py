"""The commands in docs/api.md are those there are."""

from pathlib import Path

import pytest

from escalations import commands
from escalations.commands import manual

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api.md"


def test_the_committed_page_is_current():
    text = PAGE.read_text()
    assert manual.renewed(text) == text, "Write it anew with: manage.py snapshots"
    assert all(f"| `{verb.name}` |" in text for verb in commands.every())


def test_a_page_without_a_place_for_the_table_is_refused():
    with pytest.raises(ValueError, match="stands between"):
        manual.renewed("# A page")
