"""What single keys do on the floor alone; J, K and X move and select there as in the list."""

from escalations.commands.keyboard import Binding
from escalations.eligibility import LEADS

PAGE = "routing:floor"
BINDINGS = (
    Binding(
        "floor-give",
        "r",
        "Floor: reassign",
        "Floor: reassign what is selected, or the late case that you are on",
        page=PAGE,
        roles=LEADS,
    ),
    Binding(
        "floor-spread", "s", "Floor: spread what is late over who fits", page=PAGE, roles=LEADS
    ),
    Binding("floor-minute-back", "[", "Floor of the past: a minute back", page=PAGE),
    Binding("floor-minute-on", "]", "Floor of the past: a minute on", page=PAGE),
    Binding("floor-quarter-back", "{", "Floor of the past: 15 minutes back", page=PAGE),
    Binding("floor-quarter-on", "}", "Floor of the past: 15 minutes on", page=PAGE),
)
