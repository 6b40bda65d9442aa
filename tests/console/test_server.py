"""A data folder has one server."""

import pytest

from console import server


@pytest.mark.parametrize("lose_the_file", [False, True])
def test_a_second_server_is_refused(tmp_path, lose_the_file):
    with server.only_one(tmp_path):
        if lose_the_file:
            (tmp_path / "serve.lock").unlink()
        with pytest.raises(server.AlreadyRunning), server.only_one(tmp_path):
            pass
    with server.only_one(tmp_path):
        pass
