"""Opening hours and routing as the Levels screen shows them, with what the draft changes."""

from dataclasses import dataclass

from escalations.policy import wording
from escalations.policy.deadlines import OpeningHours
from escalations.policy.document import PolicyDocument
from escalations.policy_screen.cells import FALLBACK, WordChange, compared, terms
from escalations.text import formatting

HOLIDAYS_SHOWN = 3
LADDER_PARTS = {"ladder", "alarm", "customer_wait"}


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
class LadderRow:
    """Who is told of the cases of one task type as they wait, and how a person comes in."""

    name: str
    title: str
    ladder: list[WordChange]
    alarm: list[WordChange]
    customer_wait: list[WordChange]


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


def ladders(in_force: PolicyDocument, draft: PolicyDocument | None) -> list[LadderRow]:
    """What holds for everything else, then each task type that says something of its own."""
    wanted = draft or in_force
    named = [
        name
        for name in {**wanted.task_types, **in_force.task_types}
        if any(_says_own(one, name) for one in (wanted, in_force)) and wanted.knows(name)
    ]
    return [_ladder_row(name, in_force, wanted) for name in [FALLBACK, *named]]


def settings(in_force: PolicyDocument, draft: PolicyDocument | None) -> list[Setting]:
    """Each setting of routing but the rings."""
    before = wording.settings(in_force.routing)
    after = wording.settings((draft or in_force).routing)
    return [
        Setting(label[:1].upper() + label[1:], compared(old, new))
        for (label, old), (_, new) in zip(before, after, strict=True)
    ]


def _says_own(policy: PolicyDocument, name: str) -> bool:
    own = policy.task_types.get(name)
    return own is not None and bool(own.model_fields_set & LADDER_PARTS)


def _ladder_row(name: str, in_force: PolicyDocument, wanted: PolicyDocument) -> LadderRow:
    after = terms(wanted, name)
    assert after is not None, "A row is drawn only for what the newer policy names."
    before = terms(in_force, name) or after
    return LadderRow(
        name=name,
        title=after.title or name,
        ladder=compared(wording.ladder(before.ladder), wording.ladder(after.ladder)),
        alarm=compared(wording.alarm(before.alarm), wording.alarm(after.alarm)),
        customer_wait=compared(
            wording.customer_wait(before.customer_wait), wording.customer_wait(after.customer_wait)
        ),
    )


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
    days = [formatting.date_in_words(day) for day in sorted(opening.holidays)]
    more = len(days) - HOLIDAYS_SHOWN
    told = ", ".join(days[:HOLIDAYS_SHOWN])
    if more > 0:
        told += f" and {more} more"
    return f"closed on {told}" if told else "no holidays"
