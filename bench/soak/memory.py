"""What processes hold of the machine's memory, minute by minute."""

from pathlib import Path

from bench.figures import Ratio

FLAT_MAX = 1.10
WARM = 2  # Samples before the one to compare with: all connect, then work for a minute.


def of(process: int) -> tuple[float, float]:
    """Resident and proportional megabytes of a process."""
    found = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0]) / 1024
    return found["Rss"], found["Pss"]


class Curve:
    """The samples of one process."""

    def __init__(self, name: str, process: int) -> None:
        self.name, self._process = name, process
        self._pss: list[float] = []

    def sample(self) -> str:
        """One more, as a text."""
        rss, pss = of(self._process)
        self._pss.append(pss)
        return f"{self.name} {rss:.0f} / {pss:.0f} MB"

    def ratio(self) -> Ratio:
        """The last sample ÷ the first warm one."""
        first = self._pss[min(WARM, len(self._pss) - 1)]
        return Ratio(f"{self.name}: end ÷ warm", self._pss[-1], first, "MB", goal=FLAT_MAX)

    def slope(self) -> float:
        """Megabytes for each minute, by least squares over the warm samples."""
        warm = self._pss[WARM:]
        middle, mean = (len(warm) - 1) / 2, sum(warm) / max(1, len(warm))
        spread = sum((place - middle) ** 2 for place in range(len(warm)))
        if not spread:
            return 0.0
        return sum((place - middle) * (y - mean) for place, y in enumerate(warm)) / spread
