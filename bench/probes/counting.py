"""What was answered, by endpoint and class of status, and what should not have been."""

import threading
from collections import Counter
from pathlib import Path

from bench.probes.sending import NEVER, Answer, Probe

CLASSES = ("1xx", "2xx", "3xx", "4xx", "503", "5xx", "none")
SHOWN_MAX = 40


class Tally:
    """Filled by many threads; what is wrong is kept as a file with the bytes of the request."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self.sources: Counter[str] = Counter()
        self.wrong: list[str] = []

    def add(self, source: str, probe: Probe, answer: Answer, *, port: int) -> None:
        """One answer. A 503 that says when to come again is documented (docs/api.md)."""
        kind = _kind(answer)
        with self._lock:
            self.sources[source] += 1
            self._counts[probe.name, kind] += 1
            if kind in {"5xx", "none"}:
                self._keep(probe, answer, port)

    @property
    def total(self) -> int:
        return self._counts.total()

    def printed(self) -> str:
        """A line for each endpoint, and under them what was wrong."""
        names = sorted({name for name, _ in self._counts})
        width = max((len(name) for name in names), default=0)
        head = " ".join(f"{kind:>7}" for kind in CLASSES)
        lines = [f"{'':{width}} {head}"]
        for name in [*names, "together"]:
            counts = (self._count(name, kind, names) for kind in CLASSES)
            lines.append(f"{name:{width}} " + " ".join(f"{count:7,}" for count in counts))
        return "\n".join([*lines, "", *self.wrong[:SHOWN_MAX]])

    def _count(self, name: str, kind: str, names: list[str]) -> int:
        if name != "together":
            return self._counts[name, kind]
        return sum(self._counts[each, kind] for each in names)

    def _keep(self, probe: Probe, answer: Answer, port: int) -> None:
        file = self._folder / f"{len(self.wrong) + 1:04}.request"
        file.write_bytes(probe.encoded(port))
        status = answer.status or "no answer"
        self.wrong.append(f"{probe.name}: {status} {answer.said[:200]!r}\n    its bytes: {file}")


def _kind(answer: Answer) -> str:
    if answer.status == NEVER:
        return "none"
    elif answer.status == 503 and "retry-after" in answer.headers:
        return "503"
    else:
        return f"{answer.status // 100}xx"
