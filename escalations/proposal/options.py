"""The options that an agent offers: a button each, but for those that only name one of the page.

An option `approve` labelled “approve” is the button Approve itself, and pressing that answers with
its id. With any other label it is an option like the others: chosen by what people read on it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from escalations.text.blanks import is_blank

JSON = Mapping[str, Any]
BUTTONS = {"approved": "approve", "edited": "edit", "rejected": "reject"}


def stated(package: JSON) -> Sequence[JSON]:
    """All that the package names, in its full form."""
    return (package.get("requested") or {}).get("options") or ()


def of_their_own(package: JSON) -> dict[str, JSON]:
    """Those that are drawn and chosen, by id."""
    return {option["id"]: option for option in stated(package) if not names_a_button(option)}


def words(package: JSON, option_id: str | None) -> str:
    """What people read on the option with this id; the id where nothing is to read."""
    labels = {option["id"]: str(option.get("label") or "") for option in stated(package)}
    label = labels.get(option_id or "", "").strip()
    return (option_id or "") if is_blank(label) else label


def names_a_button(option: JSON) -> bool:
    """Whether it says no more than a button of the page does."""
    label = str(option.get("label") or option["id"]).strip().casefold()
    return option["id"] in BUTTONS.values() and label == option["id"]


def button_of(package: JSON, outcome: str) -> str | None:
    """The id of the option that names the button whose outcome this is, if the agent offered it."""
    pressed = BUTTONS.get(outcome)
    return (
        pressed if any(o["id"] == pressed and names_a_button(o) for o in stated(package)) else None
    )
