"""Ids that sort by time: `esc_`, `dec_`, `evt_` and a UUID of version 7."""

import uuid_utils


def new(prefix: str) -> str:
    """A fresh id such as `esc_019aa0…`; it holds no dot, as Standard Webhooks asks."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"
