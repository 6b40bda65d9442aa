"""The policy's words for handing out, as matching wants to be told them."""

from escalations.policy.assignment import Routing
from routing.matching import ANYONE, Terms


def terms_of(routing: Routing) -> Terms:
    """The policy's words as the numbers of matching."""
    return Terms(
        worry_min=routing.worry_min,
        fit=routing.fit,
        keep_free_min=routing.keep_free_min,
        shorter_first=0.5 if routing.shorter_first else 0.0,
        rings=tuple(
            (float(ring.after_min), ANYONE if ring.anyone else ring.lower_by)
            for ring in routing.rings
        ),
    )
