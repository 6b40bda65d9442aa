import os
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from console import environment, secret_key

KEY = "k" * 40


def test_a_secret_key_is_made_once_and_only_the_owner_reads_it(tmp_path):
    found = environment.read({"BATON_DATA": str(tmp_path / "new")})
    key = secret_key.of(found)
    assert len(key) > 50
    assert secret_key.of(found) == key
    assert stat.S_IMODE(os.stat(tmp_path / "new" / "secret_key").st_mode) == 0o600
    assert os.listdir(tmp_path / "new") == ["secret_key"]


def test_a_given_secret_key_is_used_and_nothing_written(tmp_path):
    found = environment.read({"BATON_SECRET_KEY": KEY, "BATON_DATA": str(tmp_path)})
    assert secret_key.of(found) == KEY
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kept", [b"", b"short", b"\xff\xfe" * 20], ids=str)
def test_what_cannot_be_a_key_is_refused_and_stays(tmp_path, kept):
    """An empty one let the server start, and answered each page with 500."""
    (tmp_path / "secret_key").write_bytes(kept)
    with pytest.raises(ImproperlyConfigured, match="secret_key"):
        secret_key.of(environment.read({"BATON_DATA": str(tmp_path)}))
    assert (tmp_path / "secret_key").read_bytes() == kept
