"""The committed JSON Schemas are what the models generate."""

import json
from pathlib import Path

import jsonschema
import pytest

from escalations.schemas import published

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "schemas"


@pytest.mark.parametrize("name", sorted(published.published()))
def test_the_committed_schema_is_current(name):
    assert json.loads((FOLDER / name).read_text()) == published.published()[name], (
        "Write it anew with: manage.py snapshots"
    )


@pytest.mark.parametrize("name", sorted(published.published()))
def test_the_schema_is_sound(name):
    jsonschema.Draft202012Validator.check_schema(published.published()[name])
