"""Conversations that people have: how fast a message goes there and back, and what kill -9 loses.

`python -m bench talk` measures, `python -m bench.talk --rounds 200` kills.
"""

import argparse
from importlib import import_module

from bench.figures import Ratio


def measure(given: argparse.Namespace) -> list[Ratio]:
    """As each part of `python -m bench`."""
    found: list[Ratio] = import_module("bench.talk.there_and_back").measure(given)
    return found
