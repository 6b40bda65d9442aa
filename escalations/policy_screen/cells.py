"""The policy as the Levels screen shows it: one row per task type, one cell per level."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from escalations.money import currencies
from escalations.policy.document import AmountLimits, Limit, PolicyDocument, TaskType
from escalations.policy.hard_rules import HardRules
from escalations.text import formatting

LEVELS = (1, 2, 3, 4)
FALLBACK = "defaults"
FALLBACK_TITLE = "Everything else"
HEADINGS = {
    1: ("Agent acts alone", "a share is checked after"),
    2: ("Person approves", "agent drafts"),
    3: ("Person takes over", "agent is silent"),
    4: ("Alert at once", "nothing happens meanwhile"),
}
EXPLAINED = {
    1: "At least this sure, the agent acts without asking. Between the two, it acts and the share "
    "is checked by a person afterwards. Below the lower one, a person approves.",
    2: "The agent drafts; nothing happens until a person approves, edits or rejects.",
    3: "The agent stops and a person takes the case over. Whoever asks for a person comes here.",
    4: "People are alerted at once and until somebody acts; nothing happens meanwhile.",
}
APART = {"people": "", "teams": " of different teams", "roles": " of different roles"}
NO_BREAK = "\u00a0%"
KEPT = "\u00a0"
NOT_USED = "not used"


@dataclass(frozen=True, slots=True)
class WordChange:
    """Words that stay, go (`del`) or come (`ins`)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class LevelCell:
    """What brings a case of this task type to this level, and what the draft changes in it."""

    level: int
    first: list[WordChange]
    rest: list[WordChange]
    used: bool
    changed: bool
    lock: str = ""

    @property
    def place(self) -> str:
        """Its column, as the address says it."""
        return str(self.level)


@dataclass(frozen=True, slots=True)
class TaskTypeRow:
    """One task type, as it is in force and as the draft would have it."""

    name: str
    title: str
    cells: list[LevelCell]
    state: str = ""
    holds: list[WordChange] = field(default_factory=list)
    answer_by: list[WordChange] = field(default_factory=list)
    skills: list[WordChange] = field(default_factory=list)
    cases: int = 0


def rows(
    in_force: PolicyDocument,
    draft: PolicyDocument | None,
    hard: HardRules,
    cases: Mapping[str, int] = MappingProxyType({}),
) -> list[TaskTypeRow]:
    """Every task type of the policy and of the draft, the fallback last. `cases` counts those of
    late by task type; what the policy does not name counts for the fallback."""
    wanted = draft or in_force
    named = {**wanted.task_types, **in_force.task_types}
    rest = sum(count for name, count in cases.items() if name not in named)
    return [
        _row(name, in_force, wanted, hard, rest if name == FALLBACK else cases.get(name, 0))
        for name in [*named, FALLBACK]
    ]


def terms(policy: PolicyDocument, name: str) -> TaskType | None:
    """What holds for this row of the screen; None where the policy does not name it."""
    if name == FALLBACK:
        return policy.for_task_type("").model_copy(update={"title": FALLBACK_TITLE})
    elif policy.knows(name):
        return policy.for_task_type(name)
    else:
        return None


def _row(
    name: str, in_force: PolicyDocument, wanted: PolicyDocument, hard: HardRules, cases: int
) -> TaskTypeRow:
    before, after = terms(in_force, name), terms(wanted, name)
    shown = after or before
    assert shown is not None, "A row is drawn only for what one of the two policies names."
    state = {(True, False): "removed", (False, True): "new"}.get(
        (before is not None, after is not None), ""
    )
    lock = hard.locks(name)
    old, new = _own(name, in_force, before or shown), _own(name, wanted, after or shown)
    columns = [
        _locked(level, lock.title) if lock and level < lock.level else _cell(level, old, new)
        for level in LEVELS
    ]
    return TaskTypeRow(
        name=name,
        title=shown.title or name,
        cells=columns,
        state=state,
        holds=compared(_holds(old), _holds(new)),
        answer_by=compared(_answer_by(old), _answer_by(new)),
        skills=compared(_skills(old), _skills(new)),
        cases=cases,
    )


def _answer_by(task_type: TaskType) -> str:
    """`1 h, L3 15 min`: the time at level 2, and that at a higher level where it is another."""
    usual = task_type.respond_within(2)
    others = {level: task_type.respond_within(level) for level in (3, 4)}
    told = [f"L{level} {formatting.duration(s)}" for level, s in others.items() if s != usual]
    return ", ".join(one.replace(" ", KEPT) for one in (formatting.duration(usual), *told))


def _skills(task_type: TaskType) -> str:
    return ", ".join(f"{skill} {grade}" for skill, grade in task_type.skills.items()) or "any"


def _holds(task_type: TaskType) -> str:
    """What holds at every level, where it is not the usual."""
    told = [f"{task_type.units} units"] if task_type.units > 1 else []
    told += [task_type.hours] if task_type.hours else []
    many = len(task_type.amount_from)
    told += [f"amounts read from {many} action{'' if many == 1 else 's'}"] * bool(many)
    told += ["never below the skill level"] if task_type.strict else []
    return "; ".join(told)


def _own(name: str, policy: PolicyDocument, task_type: TaskType) -> TaskType:
    """The task type with its own rules only: those of the fallback stand in its row."""
    if name in policy.task_types:
        return task_type.model_copy(update={"rules": policy.task_types[name].rules})
    else:
        return task_type


def _locked(level: int, why: str) -> LevelCell:
    kept, reason = [WordChange("", "never alone")], [WordChange("", formatting.inside(why))]
    return LevelCell(level, kept, reason, used=False, changed=False, lock=why)


def _cell(level: int, before: TaskType, after: TaskType) -> LevelCell:
    old, new = _said(level, before), _said(level, after)
    return LevelCell(
        level=level,
        first=compared(old[0], new[0]),
        rest=compared(old[1], new[1]),
        used=new[0] != NOT_USED,
        changed=old != new,
    )


def _said(level: int, task_type: TaskType) -> tuple[str, str]:
    """What brings a case here, and in the small line what else does and what then holds."""
    ways, then = list(_ways(level, task_type)), list(_then(level, task_type))
    if level == 1 and ways:
        small = [f"and {way}" for way in ways[1:]]
    else:
        small = [f"or {way}" for way in ways[1:]]
    return (ways[0], "; ".join([*small, *then])) if ways else (NOT_USED, "")


def from_below(level: int, task_type: TaskType) -> list[str]:
    """The amounts over which a case comes here; they are set one level below."""
    return [
        f"over {_money(limit, currency)}"
        for currency, limits in task_type.amounts.items()
        if level > 1 and (limit := _limit_below(level, limits))
    ]


def compared(before: str, after: str) -> list[WordChange]:
    """The words both have at both ends, and between them what goes and what comes."""
    old, new = before.split(" "), after.split(" ")
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    pieces = [
        WordChange("", " ".join(new[:start])),
        WordChange("del", " ".join(old[start : len(old) - end])),
        WordChange("ins", " ".join(new[start : len(new) - end])),
        WordChange("", " ".join(new[len(new) - end :] if end else [])),
    ]
    return [
        WordChange(piece.kind, piece.text.replace(" %", NO_BREAK)) for piece in pieces if piece.text
    ]


def _alike(one: list[str], other: list[str]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _ways(level: int, task_type: TaskType) -> Iterator[str]:
    if task_type.level > level:
        return
    if level == 1:
        yield from _alone(task_type)
    elif task_type.level == level:
        yield "every case"
    else:
        yield from _raised(level, task_type)


def _alone(task_type: TaskType) -> Iterator[str]:
    for currency, limits in task_type.amounts.items():
        if limits.alone_up_to:
            yield f"up to {_money(limits.alone_up_to, currency)}"
    yield f"{formatting.percent(task_type.act_at)} sure"


def _raised(level: int, task_type: TaskType) -> Iterator[str]:
    if level == 2:
        yield f"under {formatting.percent(task_type.review_below)} sure"
    for currency, limits in task_type.amounts.items():
        limit = _limit_below(level, limits)
        if limit:
            yield f"over {_money(limit, currency)}"
    yield from _limits(level, task_type)
    yield from (f"tier {tier}" for tier, at in task_type.tiers.items() if at == level)
    yield from (formatting.inside(rule.reason) for rule in task_type.rules if rule.level == level)
    if level == 3:
        yield "asks for a person"


def _then(level: int, task_type: TaskType) -> Iterator[str]:
    if level == 1 and task_type.level == 1:
        yield from _checked(task_type)
        despite = [trigger.replace("_", " ") for trigger in task_type.act_despite]
        if despite:
            yield f"although it stops for {formatting.listed(despite, 'or')}"
    if level == 2 and task_type.level <= 2:
        if task_type.approvals > 1:
            yield f"{task_type.approvals} people{APART[task_type.approvals_from]}"
        if task_type.disagreement == "third_decides":
            yield "a third person decides where two disagree"
        for currency, limits in task_type.amounts.items():
            if limits.two_people_from:
                yield f"from {_money(limits.two_people_from, currency)}: 2 people"


def _checked(task_type: TaskType) -> Iterator[str]:
    if task_type.review_below < task_type.act_at:
        whole = task_type.flag_share >= 1
        share = "all" if whole else formatting.percent(task_type.flag_share)
        yield f"from {formatting.percent(task_type.review_below)}, {share} checked after"


def _limit_below(level: int, limits: AmountLimits) -> str | None:
    return {2: limits.alone_up_to, 3: limits.approve_up_to, 4: limits.take_over_up_to}[level]


def _limits(level: int, task_type: TaskType) -> Iterator[str]:
    told: list[tuple[Limit | None, str]] = [
        (task_type.failures_at_least, "failed {} times"),
        (task_type.sentiment_below, "mood under {}"),
        (task_type.turns_above, "over {} messages"),
        (task_type.minutes_above, "over {} min"),
    ]
    for limit, words in told:
        if limit and limit.level == level:
            yield words.format(formatting.number(limit.value))


def _money(amount: str, currency: str) -> str:
    return currencies.written(Decimal(amount), currency)
