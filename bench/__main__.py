"""`python -m bench <what>`: each figure of docs/performance.md as a ratio, measured here."""

import argparse
import json
import subprocess
import sys
import time
from importlib import import_module

from bench.figures import Ratio, table

BENCHES = (
    "ingest",
    "queue",
    "look",
    "push",
    "click",
    "talk",
    "channels",
    "waiting",
    "start",
    "idle",
    "matching",
    "dispatch",
    "history",
    "due",
    "loop",
    "painted",
    "floor",
    "people",
    "post",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", choices=[*BENCHES, "peer", "all"])
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.add_argument("--rounds", type=int, default=5, help="how often both sides take turns")
    parser.add_argument("--rows", type=int, default=100_000, help="open cases of the large queue")
    parser.add_argument("--sockets", type=int, default=1_000, help="screens of the push bench")
    parser.add_argument("--agents", type=int, default=1_000, help="agents of the waiting bench")
    parser.add_argument("--cases", type=int, default=50_000, help="decided cases of the history")
    parser.add_argument("--due", type=int, default=400, help="cases of each kind due at once")
    parser.add_argument(
        "--store", choices=["sqlite", "postgresql"], default="sqlite", help="of the history bench"
    )
    given = parser.parse_args()
    done, failed = [], []
    for what in BENCHES if given.what == "all" else [given.what]:
        started = time.monotonic()
        ratios = _apart(what) if given.what == "all" else _here(what, given)
        if ratios is None:
            failed.append(what)
            continue
        done += [{"bench": what, **ratio.as_json()} for ratio in ratios]
        if ratios and not given.json:
            print(f"{what} ({time.monotonic() - started:.0f} s)\n{table(ratios)}\n", flush=True)
    if given.json:
        print(json.dumps(done, indent=2))
    if failed:
        sys.exit(f"No figure came of {', '.join(failed)}.")


def _here(what: str, given: argparse.Namespace) -> list[Ratio]:
    return list(import_module(f"bench.{what}").measure(given))


def _apart(what: str) -> list[Ratio] | None:
    """In a process of its own, as each sets Django up for a database of its own; None if it
    fails."""
    options = [one for one in sys.argv[1:] if one not in {"all", "--json"}]
    command = [sys.executable, "-m", "bench", what, "--json", *options]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        return None
    return [Ratio.of(one) for one in json.loads(ended.stdout)]


if __name__ == "__main__":
    main()
