"""Why a case that is over time or close to it is stuck, in one sentence."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from escalations.models import State
from escalations.text import formatting
from routing.floor.snapshot import PersonNow, Standing
from routing.floor.who_can import WhoCan
from routing.models import Offer

# Three beats of the page that has it open.
SEEN = timedelta(seconds=45)
NO_ANSWER = {Offer.Outcome.MISSED: "no answer", Offer.Outcome.DECLINED: "declined"}


def reasons(cases: Sequence[Standing], who_can: WhoCan, now: datetime) -> dict[int, str]:
    """A sentence for each of these cases, in one statement."""
    members = {member.id: member for member in who_can.members}
    tried = _tried([case.number for case in cases if case.person is None], members)
    return {case.number: _reason(case, members, tried, who_can, now) for case in cases}


def of_somebody(case: Standing, member: PersonNow | None, now: datetime) -> str:
    """What whoever has it does with it, as far as that shows."""
    name = member.first if member else "Somebody"
    if case.state == State.OFFERED:
        left = max(0, round((case.until - now).total_seconds())) if case.until else 0
        return f"Offered to {name}" + (f", {formatting.duration(left)} to answer" if left else "")
    held = since(case.since, now)
    if case.opened_at is None:
        return f"Taken {held} ago" if case.since else "Held"
    elif now - case.opened_at < SEEN:
        return f"Open now, taken {held} ago" if case.since else "Open now"
    else:
        return f"Kept, not opened for {since(case.opened_at, now)}"


def since(then: datetime | None, now: datetime) -> str:
    """`48 s`, `31 min`, `2 h`: how long ago, in its largest unit."""
    if then is None:
        return ""
    seconds = max(0, round((now - then).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    elif seconds < 3600:
        return f"{seconds // 60} min"
    elif seconds < 86_400:
        return f"{seconds // 3600} h"
    else:
        days = seconds // 86_400
        return "1 day" if days == 1 else f"{days} days"


def _reason(
    case: Standing,
    members: dict[int, PersonNow],
    tried: dict[int, str],
    who_can: WhoCan,
    now: datetime,
) -> str:
    if case.person is not None:
        return of_somebody(case, members.get(case.person), now)
    said = tried.get(case.number, "")
    if not said and case.state == State.SECOND:
        said = "Waits for a second person"
    says = who_can.says(case)
    return f"{said}; {says}" if said else says[:1].upper() + says[1:]


def _tried(numbers: Sequence[int], members: dict[int, PersonNow]) -> dict[int, str]:
    """Whom it was offered to since it last was anybody's, and what they answered."""
    offers = Offer.objects.filter(escalation__in=numbers).order_by("pk")
    rows: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, person, outcome in offers.values_list("escalation", "person", "outcome"):
        if outcome in NO_ANSWER and person in members:
            names = rows[number][NO_ANSWER[Offer.Outcome(outcome)]]
            names += [members[person].first] if members[person].first not in names else []
        elif outcome in {Offer.Outcome.ACCEPTED, Offer.Outcome.RELEASED}:
            rows.pop(number, None)
    return {number: _offered(found) for number, found in rows.items()}


def _offered(found: dict[str, list[str]]) -> str:
    parts = [f"to {formatting.listed(names)}, {answer}" for answer, names in found.items()]
    return "Offered " + "; ".join(parts)
