"""Opening hours and routing as the Levels screen shows them, with what the draft changes."""

from dataclasses import dataclass

from escalations.policy import wording
from escalations.policy.deadlines import OpeningHours
from escalations.policy.document import PolicyDocument
from escalations.policy_screen.cells import WordChange, compared

HOLIDAYS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One set of opening hours. `state` is new, removed or nothing."""

    name: str
    zone: list[WordChange]
    week: list[WordChange]
    holidays: list[WordChange]
    kept_by: list[str]
    state: str = ""


@dataclass(frozen=True, slots=True)
class RingLine:
    """Who may take a case from when on; `kind` is `del` or `ins` where the draft changes it."""

    title: str
    after: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of routing and its value."""

    label: str
    value: list[WordChange]


def hours(in_force: PolicyDocument, draft: PolicyDocument | None) -> list[HoursRow]:
    """All opening hours of the policy and of the draft."""
    wanted = draft or in_force
    return [_hours_row(name, in_force, wanted) for name in {**wanted.hours, **in_force.hours}]


def rings(in_force: PolicyDocument, draft: PolicyDocument | None) -> list[RingLine]:
    """The rings in order, those that the draft takes out before those that it brings."""
    before = in_force.routing.rings
    after = draft.routing.rings if draft else before
    lines = [(ring, "del") for ring in before if ring not in after]
    lines += [(ring, "" if ring in before else "ins") for ring in after]
    lines.sort(key=lambda line: line[0].after_min)
    return [RingLine(wording.ring_title(ring), wording.after(ring), kind) for ring, kind in lines]


def settings(in_force: PolicyDocument, draft: PolicyDocument | None) -> list[Setting]:
    """Each setting of routing but the rings."""
    before = wording.settings(in_force.routing)
    after = wording.settings((draft or in_force).routing)
    return [
        Setting(label[:1].upper() + label[1:], compared(old, new))
        for (label, old), (_, new) in zip(before, after, strict=True)
    ]


def _hours_row(name: str, in_force: PolicyDocument, wanted: PolicyDocument) -> HoursRow:
    before, after = in_force.hours.get(name), wanted.hours.get(name)
    shown = after or before
    assert shown is not None, "A row is drawn only for what one of the two policies names."
    was = before if before and after else shown
    state = {(True, False): "removed", (False, True): "new"}.get((bool(before), bool(after)), "")
    return HoursRow(
        name=name,
        zone=compared(was.time_zone, shown.time_zone),
        week=compared(wording.week(was), wording.week(shown)),
        holidays=compared(_holidays(was), _holidays(shown)),
        kept_by=wanted.keeping(name),
        state=state,
    )


def _holidays(opening: OpeningHours) -> str:
    days = [wording.date_in_words(day) for day in sorted(opening.holidays)]
    more = len(days) - HOLIDAYS_SHOWN
    told = ", ".join(days[:HOLIDAYS_SHOWN])
    if more > 0:
        told += f" and {more} more"
    return f"closed on {told}" if told else "no holidays"
