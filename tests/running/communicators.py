"""Channels' testing communicators without Daphne, which only its live server needs.

`channels.testing` imports that server, and so a dozen packages, before anything else of it can be
used; so the package is entered without running its `__init__`.
"""

import sys
from importlib.util import find_spec
from types import ModuleType

import channels

if find_spec("daphne") is None and "channels.testing" not in sys.modules:
    package = ModuleType("channels.testing")
    package.__path__ = [f"{folder}/testing" for folder in channels.__path__]
    sys.modules["channels.testing"] = package

from channels.testing.websocket import WebsocketCommunicator

__all__ = ["WebsocketCommunicator"]
