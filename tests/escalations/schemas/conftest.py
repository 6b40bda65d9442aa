"""The contract that lives beside the project."""

from pathlib import Path

import pytest

CONTRACT = Path(__file__).resolve().parents[4] / "shared" / "contract"


@pytest.fixture(scope="session")
def shared_contract():
    """The folder of the contract's JSON Schemas; skips without it."""
    if not CONTRACT.is_dir():
        pytest.skip(f"There is no {CONTRACT}.")
    return CONTRACT
