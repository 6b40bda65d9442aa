"""What must hold after a race."""

from collections.abc import Collection

from bench.races.world import World
from bench.world.pressing import Answer


class Wrong(Exception):
    """A promise that was broken, in a sentence."""


def require(holds: bool, otherwise: str) -> None:
    """Raises Wrong."""
    if not holds:
        raise Wrong(otherwise)


def acked(answer: Answer) -> bool:
    """Whether the command counted."""
    return bool(answer["type"] == "ack")


def lost_to(answer: Answer, winner: str | None, codes: Collection[str]) -> None:
    """Refused with one of these codes, and with the name of the winner if it was a person."""
    require(answer["code"] in codes, f"refused with {answer}, not one of {sorted(codes)}")
    by = (answer["by"] or {}).get("id")
    require(winner is None or by == winner, f"{winner} was faster, and was told: {answer}")


async def answered_once(
    world: World, case: str, heard: Answer | None, *, by: str | None, sequence: int | None = None
) -> None:
    """One answer stands, it is what the agent got, and the sequences have no gap; `by` is whose."""
    kept = await world.kept(case)
    standing = kept["standing"]
    require(len(standing) == 1, f"{len(standing)} answers stand: {kept}")
    require(heard == standing[0], f"the agent got {heard}, and {standing[0]} stands")
    sequences = kept["sequences"]
    require(sequences == [*range(1, len(sequences) + 1)], f"the sequences are {sequences}")
    last = standing[0]["sequence"]
    require(last == sequences[-1] and sequence in {None, last}, f"{last} of {sequences} stands")
    require(by is None or kept["decided"] == by, f"{by} decided, the case says {kept['decided']}")
