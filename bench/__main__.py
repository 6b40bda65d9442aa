"""`python -m bench <what>`: each figure of docs/performance.md as a ratio, measured here."""

import argparse
import json
import time
from importlib import import_module

from bench.figures import table

BENCHES = (
    "ingest",
    "queue",
    "push",
    "click",
    "talk",
    "channels",
    "waiting",
    "start",
    "matching",
    "dispatch",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", choices=[*BENCHES, "all"])
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.add_argument("--rounds", type=int, default=5, help="how often both sides take turns")
    parser.add_argument("--rows", type=int, default=100_000, help="open cases of the large queue")
    parser.add_argument("--sockets", type=int, default=1_000, help="screens of the push bench")
    parser.add_argument("--agents", type=int, default=1_000, help="agents of the waiting bench")
    given = parser.parse_args()
    done = []
    for what in BENCHES if given.what == "all" else [given.what]:
        started = time.monotonic()
        ratios = import_module(f"bench.{what}").measure(given)
        done += [{"bench": what, **ratio.as_json()} for ratio in ratios]
        if not given.json:
            print(f"{what} ({time.monotonic() - started:.0f} s)\n{table(ratios)}\n", flush=True)
    if given.json:
        print(json.dumps(done, indent=2))


if __name__ == "__main__":
    main()
