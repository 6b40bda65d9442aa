"""A filter of the list as it stands in an address, read and written in one place."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from escalations.inbox.lists import TABS, QueueFilter

# What of a filter stands in the address of the list; the page of it is asked for beside that.
ASKED = frozenset({"tab", "search", "task_type", "level", "urgency", "to_check"})
URGENCIES = (("late", "Late"), ("hour", "Late or due within an hour"))


def read(asked: Mapping[str, str], *, now: datetime) -> QueueFilter:
    """The filter that this address asks for; what it cannot be is left out."""
    level, urgency = asked.get("level", ""), asked.get("urgency", "")
    due = {"late": now, "hour": now + timedelta(hours=1)}
    return QueueFilter(
        tab=asked.get("tab", "mine"),
        search=asked.get("search", "")[:200],
        task_type=asked.get("task_type", "")[:64],
        level=int(level) if level in {"1", "2", "3", "4"} else None,
        urgency=urgency if urgency in due else "",
        due_before=due.get(urgency),
        to_check=asked.get("to_check") == "True",
        after=asked.get("after", ""),
    )


def written(wanted: QueueFilter) -> str:
    """The same filter as an address, without its page."""
    return urlencode(
        {name: value for name, value in asdict(wanted).items() if value and name in ASKED}
    )


def kept(address: str, *, now: datetime) -> str:
    """An address that somebody keeps: only what a filter knows is left; empty for no list."""
    wanted = read(dict(parse_qsl(address)), now=now)
    return written(wanted) if wanted.tab in TABS else ""
