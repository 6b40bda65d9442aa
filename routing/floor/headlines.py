"""What stands above the board, in sentences; what is not known is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalations.policy import versions
from escalations.text import formatting
from routing.attendance import calendar
from routing.attendance.calendar import Week
from routing.floor.history import Before, HowSoonTaken
from routing.floor.queue_lines import QueueLine
from routing.floor.snapshot import CLOSE, PersonNow, Queue, Scene, Standing

SHORTAGES = 2
Link = tuple[str, str]  # Where to, and its words.
LATE, SKILLS, METRICS = ("#late", "See them"), ("/skills/", "Skills"), ("/metrics/", "Metrics")
GONE_WITHIN = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Headline:
    """One observation. `moment` stands between `small` and `rest`, in the reader's own time."""

    icon: str
    mood: str
    strong: str
    text: str = ""
    small: str = ""
    moment: datetime | None = None
    rest: str = ""
    link: Link = ("", "")


def facts(
    seen: Scene,
    members: Sequence[PersonNow],
    lines: Sequence[QueueLine],
    before: Before | None,
    now: datetime,
) -> list[Headline]:
    """The most pressing first: lateness, people, and how much waits. `members` are everybody, of
    whatever team; `before` is not known of the past, nor of one team."""
    return [_lateness(seen, now), *_shortages(members, lines, now), _amount(seen, before, now)]


def late_counts(seen: Scene) -> tuple[int, int]:
    """How many cases are over time, and how many are due within five minutes."""
    over = sum(queue.over for queue in seen.queues)
    close = sum(queue.close for queue in seen.queues)
    over += sum(case.respond_by < seen.at for case in seen.held)
    close += sum(seen.at <= case.respond_by < seen.at + CLOSE for case in seen.held)
    return over, close


def clock(seconds: float) -> str:
    """`2:10`, `1:02:30`, as the clocks of the page show it."""
    left = abs(round(seconds))
    hours, minutes = divmod(left // 60, 60)
    rest = f"{left % 60:02}"
    return f"{hours}:{minutes:02}:{rest}" if hours else f"{minutes}:{rest}"


def _lateness(seen: Scene, now: datetime) -> Headline:
    over, close = late_counts(seen)
    soon = f"{close} {'is' if close == 1 else 'are'} due in the next 5 minutes."
    if over:
        strong = "1 case is over time" if over == 1 else f"{over} cases are over time"
        text = f"and {soon}" if close else ""
        return Headline("alert", "danger", strong, text, _worst(seen, now), link=LATE)
    elif close:
        strong = "1 case is" if close == 1 else f"{close} cases are"
        return Headline("clock", "warn", f"{strong} due in the next 5 minutes.", link=LATE)
    else:
        return Headline("yes", "ok", "Nothing is over time or close to it.")


def _worst(seen: Scene, now: datetime) -> str:
    late = [case for case in (*seen.late, *seen.held) if case.respond_by < now]
    if not late:
        return ""
    worst = min(late, key=lambda case: case.respond_by)
    # In minutes: this line is read again every 20 s, and its clock would stand still meanwhile.
    minutes = int((now - worst.respond_by).total_seconds()) // 60
    over = f"over by {formatting.duration(minutes * 60)}" if minutes else "over by less than 1 min"
    return f"The worst is {_title(worst)}, {over}."


def _title(case: Standing) -> str:
    named = versions.current().document.for_task_type(case.task_type).title
    return formatting.inside(named or formatting.title(case.task_type))


def _shortages(
    members: Sequence[PersonNow], lines: Sequence[QueueLine], now: datetime
) -> list[Headline]:
    """Queues for which nobody is free, or one person only; the worst two."""
    scarce = sorted((line for line in lines if line.mood), key=lambda one: one.free)[:SHORTAGES]
    ending = any(one.duty.until and one.duty.until - now < GONE_WITHIN for one in members)
    weeks = calendar.weeks_of([one.id for one in members], now) if scarce and ending else {}
    return [_shortage(line, members, weeks, now) for line in scarce]


def _shortage(
    line: QueueLine, members: Sequence[PersonNow], weeks: Mapping[int, Week], now: datetime
) -> Headline:
    queue = line.queue
    needed = formatting.listed([f"{skill} {n}" for skill, n in sorted(queue.skills.items())])
    what = f"what needs {needed}" if needed else "what needs no skill"
    who = "Only 1 person" if line.free else "Nobody"
    strong = f"{who} with room can take {what}."
    # Where the skill is there, it is from these cases that whoever has it is kept.
    kept = not line.free and any(one.takes_work and one.meets(queue.skills) for one in members)
    if kept:
        strong = f"Nobody with room can take what waits and needs {needed or 'no skill'}."
    waits = f"{queue.waiting} wait{'' if queue.waiting > 1 else 's'}"
    if line.free and line.beyond:
        waits += f"; nobody with room can take {line.beyond} of them"
    elif line.leads:
        waits += f"; only who leads can take {line.leads} of them"
    elif kept:
        waits += "; whoever has room for more is kept from them"
    waits += "."
    ends = _gone_at(queue, members, weeks, now)
    mood = "warn" if line.free else "danger"
    if ends is None:
        return Headline("people", mood, strong, small=waits, link=SKILLS)
    wished = " and ".join(f"{skill} at {n} or more" for skill, n in sorted(queue.skills.items()))
    rest = f"nobody on shift has {wished or 'the right to decide'}."
    return Headline("people", mood, strong, small="From", moment=ends, rest=rest, link=SKILLS)


def _gone_at(
    queue: Queue, members: Sequence[PersonNow], weeks: Mapping[int, Week], now: datetime
) -> datetime | None:
    """When the last of those on shift who could take it goes, if that is soon and nobody comes."""
    on = [
        member.duty.until
        for member in members
        if member.duty.on and member.is_there and member.meets(queue.skills)
    ]
    ends = [until for until in on if until is not None]
    # Somebody whose shift has no end stays, so that it is never without anybody.
    if not on or len(ends) < len(on):
        return None
    last = max(ends)
    able = (weeks.get(one.id, Week()) for one in members if one.meets(queue.skills))
    # Who has no shift is on none, though whoever offers them work asks no more of them.
    comes = any(week.rows and calendar.at(week, last).on for week in able)
    return last if last - now < GONE_WITHIN and not comes else None


def _amount(seen: Scene, before: Before | None, now: datetime) -> Headline:
    waiting = sum(queue.waiting for queue in seen.queues)
    waits = "Nothing waits" if not waiting else f"{waiting} wait{'s' if waiting == 1 else ''}"
    small = _taken(before.taken) if before and before.taken else ""
    if before is None or before.waited is None:
        return Headline("inbox", "dim", f"{waits}.", small=small, link=METRICS)
    more = waiting - before.waited
    at = f"at this time last {now:%A}"
    words = (
        f", as many as {at}."
        if not more
        else f", {abs(more)} {'more' if more > 0 else 'fewer'} than {at}."
    )
    icon, mood = ("up-m", "warn") if more > 0 else ("yes", "ok")
    return Headline(icon, mood, f"{waits}{words}", small=small, link=METRICS)


def _taken(lately: HowSoonTaken) -> str:
    if lately.half_s is not None:
        return f"Half of the last hour's were taken within {clock(lately.half_s)}."
    verb = "was" if lately.taken == 1 else "were"
    some = f"{lately.taken} {verb} taken" if lately.taken else "none was taken"
    return f"Of the last hour's {lately.came}, {some} so far."
