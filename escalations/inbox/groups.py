"""The parts of a person's own list, each under a head with its count.

They are cut out of the one order of the list and change nothing in it; `static/js/desk/heads.js`
draws the same lines while the page is open.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.safestring import SafeString

from escalations.inbox.lists import PAGE, QueueFilter, QueuePage
from escalations.models.querysets import WAITS_ON_OTHERS
from escalations.policy import priority

# As long as what is of low priority is put back: so nothing that is late stands below this line.
SOON = max(-start for start in priority.HEAD_START.values())


@dataclass(slots=True)
class ListPart:
    """A head and its rows; without a title the list is one."""

    name: str
    title: str = ""
    note: str = ""
    rows: list[SafeString] = field(default_factory=list)
    goes_on: bool = False

    @property
    def counted(self) -> str:
        """How many are shown, and whether the next page has more of them."""
        return f"{len(self.rows)}{'+' if self.goes_on else ''}"


def of(
    page: QueuePage, wanted: QueueFilter, *, now: datetime, decides: bool = True
) -> list[ListPart]:
    """The rows of this page in their parts, also those that have none now; nothing needs who only
    reads."""
    if wanted.search:
        title = f"Cases that match “{wanted.search}”"
        return [ListPart("all", title, "in every list", page.rows, len(page.rows) == PAGE)]
    if wanted.tab != "mine":
        return [ListPart("all", rows=page.rows)]
    soon = SOON.seconds // 60
    if decides:
        pressing = ListPart("now", "Needs you now", f"alerts, offers, due within {soon} min")
    else:
        pressing = ListPart("now", "Most urgent", f"alerts, due within {soon} min")
    groups = [pressing, ListPart("next", "Next"), ListPart("others", "Waiting on others")]
    until = int((now + SOON).timestamp() * 1_000_000)
    for row, (turn, rank) in zip(page.rows, page.places, strict=True):
        if turn == WAITS_ON_OTHERS:
            groups[2].rows.append(row)
        elif rank <= until:
            groups[0].rows.append(row)
        else:
            groups[1].rows.append(row)
    if page.next:
        groups[1 if groups[1].rows else 0].goes_on = True
    return groups
