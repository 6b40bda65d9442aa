"""The forms of the Levels screen: what an admin types, as parts of the policy document."""

import re
from collections.abc import Collection
from typing import Any, cast

from django import forms

from console.forms.faults import Focusing
from console.forms.numbers import Number, WholeNumber
from escalations.forms.policy_fields import (
    AmountSources,
    BatchLimits,
    Currency,
    Duration,
    Money,
    Percent,
    Replies,
    Skills,
    Triggers,
    Words,
)
from escalations.policy import operators
from escalations.policy.document import BATCH_MAX, RejectReason, TaskType
from escalations.policy.replies import VARIABLES
from escalations.text import formatting

JSON = dict[str, Any]
LIMITS = ("sentiment_below", "failures_at_least", "turns_above", "minutes_above")
AMOUNTS = {1: "alone_up_to", 2: "approve_up_to", 3: "take_over_up_to"}
LEVELS = [
    (1, "1, agent acts alone"),
    (2, "2, person approves"),
    (3, "3, person takes over"),
    (4, "4, alert at once"),
]
ON_TIMEOUT = [
    ("escalate", "alert supervisors"),
    ("reject", "answer “rejected”"),
    ("return_to_agent", "return it to the agent"),
    ("keep_waiting", "keep waiting"),
]


APPROVALS_FROM = [
    ("people", "different people"),
    ("teams", "different teams"),
    ("roles", "different roles"),
]
DISAGREEMENT = [("one_rejects", "one rejection ends it"), ("third_decides", "a third decides")]
PEOPLE = ("approvals", "blind", "approvals_from", "disagreement", "batch_max")


class Part(Focusing):
    """A form for some parts of one task type. `changes` gives only what differs from `shown`."""

    def __init__(self, shown: TaskType, data: Any = None) -> None:
        self.shown = shown
        super().__init__(data, initial=self.starts(shown), auto_id="level-%s")

    def starts(self, shown: TaskType) -> JSON:
        """What the fields say at first."""
        raise NotImplementedError

    def wishes(self) -> JSON:
        """The parts of the document that the fields stand for."""
        raise NotImplementedError

    def changes(self) -> JSON:
        """What has to be set in the draft; None takes a part out."""
        now = self.shown.model_dump(mode="json")
        return {name: value for name, value in self.wishes().items() if value != now[name]}


class AloneForm(Part):
    """Level 1."""

    level = forms.TypedChoiceField(label="Cases start at", choices=LEVELS, coerce=int)
    amount = Money(label="Amount up to", required=False)
    currency = Currency(label="Currency", required=False)
    act_at = Percent(label="At least sure")
    review_below = Percent(label="Hand over below")
    flag_share = Percent(label="Check after")
    act_despite = Triggers(
        label="Although it stops for",
        required=False,
        help_text="reasons after which it acts all the same, such as policy, low confidence",
    )

    at = 1

    def starts(self, shown: TaskType) -> JSON:
        return {
            "level": shown.level,
            "act_at": shown.act_at,
            "review_below": shown.review_below,
            "flag_share": shown.flag_share,
            "act_despite": shown.act_despite,
            **_amount_starts(self.at, shown),
        }

    def wishes(self) -> JSON:
        given = self.cleaned_data
        names = ("level", "act_at", "review_below", "flag_share", "act_despite")
        return {name: given[name] for name in names} | _amounts(self.at, self.shown, given)


class RaisedForm(Part):
    """Levels 2, 3 and 4: what brings a case there, and how soon it is answered."""

    level = forms.TypedChoiceField(label="Cases start at", choices=LEVELS, coerce=int)
    answer_within = Duration(label="Answer within")
    amount = Money(label="Amount up to", required=False)
    currency = Currency(label="Currency", required=False)
    two_people_from = Money(label="Two people from", required=False)
    approvals = WholeNumber(label="People to approve", min_value=1, max_value=10)
    blind = forms.BooleanField(label="Second person does not see the first verdict", required=False)
    approvals_from = forms.ChoiceField(
        label="They come from", required=False, choices=APPROVALS_FROM
    )
    disagreement = forms.ChoiceField(
        label="Where two disagree", required=False, choices=DISAGREEMENT
    )
    batch_max = BatchLimits(
        label="At most at once",
        required=False,
        help_text="cases that one press approves, by stated risk; what is not named, never",
    )
    failures_at_least = WholeNumber(label="Failed attempts from", required=False, min_value=1)
    turns_above = WholeNumber(label="Messages above", required=False, min_value=0)
    minutes_above = WholeNumber(label="Minutes above", required=False, min_value=0)
    sentiment_below = Number(label="Mood below, −1 to 1", required=False, min_value=-1, max_value=1)
    tiers = Words(label="Customer tiers", required=False)

    def __init__(self, at: int, shown: TaskType, data: Any = None) -> None:
        self.at = at
        super().__init__(shown, data)
        unused = {2: [], 3: [], 4: ["amount", "currency"]}[at]
        if at != 2:
            unused = [*unused, "two_people_from", *PEOPLE]
        for name in unused:
            del self.fields[name]

    def starts(self, shown: TaskType) -> JSON:
        limits = {name: getattr(shown, name) for name in LIMITS}
        return {
            "level": shown.level,
            "answer_within": shown.respond_within(self.at),
            "approvals": shown.approvals,
            "blind": shown.blind,
            "approvals_from": shown.approvals_from,
            "disagreement": shown.disagreement,
            "batch_max": {risk: shown.together_up_to(risk) for risk in BATCH_MAX},
            "tiers": [tier for tier, level in shown.tiers.items() if level == self.at],
            **{
                name: _short(one.value)
                for name, one in limits.items()
                if one and one.level == self.at
            },
            **_amount_starts(self.at, shown),
        }

    def wishes(self) -> JSON:
        given = self.cleaned_data
        wished = {"level": given["level"], **self._limits(given)}
        if given["answer_within"] != self.shown.respond_within(self.at):
            wished["respond_s"] = {str(self.at): given["answer_within"]}
        others = {tier: level for tier, level in self.shown.tiers.items() if level != self.at}
        wished["tiers"] = others | dict.fromkeys(given["tiers"], self.at)
        if self.at == 2:
            wished |= {name: given[name] for name in PEOPLE if given[name] not in ({}, "")}
        return wished if self.at == 4 else wished | _amounts(self.at, self.shown, given)

    def _limits(self, given: JSON) -> JSON:
        """A limit typed here comes to this level; one that was here and is empty goes."""
        wished: JSON = {}
        for name in LIMITS:
            was = getattr(self.shown, name)
            if given[name] is not None:
                wished[name] = {"value": float(given[name]), "level": self.at}
            elif was and was.level == self.at:
                wished[name] = None
        return wished


class TaskTypeForm(Part):
    """What holds at every level."""

    title = forms.CharField(label="Title", max_length=255)
    units = WholeNumber(
        label="Units it takes",
        required=False,
        min_value=1,
        max_value=10,
        help_text="of a person’s capacity",
    )
    hours = forms.ChoiceField(
        label="The time to answer runs",
        required=False,
        help_text="outside these opening hours it stands still; level 4 waits for none",
    )
    amount_from = AmountSources(
        label="Amounts are read from",
        required=False,
        help_text="one action per line, such as refund: /amount, /currency, or pay: /cents, EUR, "
        "minor units, or note: no money",
    )
    undo_s = Duration(label="Undo for")
    expires_s = Duration(label="Expires after", required=False, help_text="empty: never")
    on_timeout = forms.ChoiceField(label="When it expires", choices=ON_TIMEOUT)
    extend_s = Duration(
        label="Extended by",
        required=False,
        help_text="once for each holder, in the last fifth; empty: half of the time to answer",
    )
    skills = Skills(label="Skills needed", required=False, help_text="such as refunds 3, german 1")
    strict = forms.BooleanField(
        label="Never below these levels, however long it waits", required=False
    )
    reject_reasons = forms.CharField(
        label="Reasons to reject",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="one per line, after = what the agent is told with it, such as No photo = Ask "
        "{customer.name} for one; “another reason” is always there",
    )
    replies = Replies(
        label="Replies that people choose from",
        required=False,
        help_text="each below a line with its title, such as # On its way; the case fills in "
        + formatting.listed([f"{{{name}}}" for name in VARIABLES]),
    )

    def __init__(
        self,
        shown: TaskType,
        data: Any = None,
        *,
        hours: list[str],
        skills: Collection[str] = (),
    ) -> None:
        super().__init__(shown, data)
        choices = [("", "day and night"), *((name, f"only during {name}") for name in hours)]
        cast("forms.ChoiceField", self.fields["hours"]).choices = choices
        cast("Skills", self.fields["skills"]).known = skills

    def starts(self, shown: TaskType) -> JSON:
        reasons = "\n".join(map(_written, shown.reject_reasons))
        names = ["title", "undo_s", "expires_s", "on_timeout", "skills", "hours", "units", "strict"]
        names += ["amount_from", "extend_s", "replies"]
        return {name: getattr(shown, name) for name in names} | {"reject_reasons": reasons}

    def wishes(self) -> JSON:
        given = self.cleaned_data
        codes = {reason.label: reason.code for reason in self.shown.reject_reasons}
        lines = (line.strip() for line in given["reject_reasons"].splitlines())
        told = {label: text for line in lines for label, text in [_read(line)] if label}
        reasons = [
            {"code": codes.get(label) or code_of(label), "label": label}
            | ({"text": text} if text else {})
            for label, text in told.items()
        ]
        units = given["units"] or self.shown.units
        hours = given["hours"] or None
        return given | {"reject_reasons": reasons, "units": units, "hours": hours}


def _written(reason: RejectReason) -> str:
    return f"{reason.label} = {reason.text}" if reason.text else reason.label


def _read(line: str) -> tuple[str, str | None]:
    """The label, and what the agent is told with it."""
    label, _, text = line.partition(" = ")
    return label.strip(), text.strip() or None


class NewTaskTypeForm(Focusing):
    """A task type that the policy does not name yet."""

    name = forms.RegexField(
        r"^[a-z0-9][a-z0-9_./-]{0,63}$",
        label="Name",
        help_text="as agents send it, such as refund or retail/exchange",
        error_messages={
            "invalid": "Use small letters, digits, and _ . / - such as retail/exchange."
        },
    )
    title = forms.CharField(
        label="Title", max_length=255, help_text="as people read it, such as Refunds"
    )
    level = forms.TypedChoiceField(label="Cases start at", choices=LEVELS, coerce=int, initial=2)


class RuleForm(Focusing):
    """One more rule of a task type."""

    field = forms.CharField(
        label="When", max_length=255, help_text="such as customer.tier, risk.amount.value or text"
    )
    operator = forms.ChoiceField(label="Test", choices=list(operators.PHRASES.items()))
    value = forms.CharField(
        label="Value", required=False, max_length=1_000, help_text="lists with commas"
    )
    reason = forms.CharField(label="Because", max_length=255)

    def rule(self, level: int) -> JSON:
        """The rule as the policy writes it."""
        given = self.cleaned_data
        several = given["operator"] in operators.WITH_LIST or (
            given["operator"] == "mentions" and "," in given["value"]
        )
        made = {**given, "level": level, "value": typed(given["value"])}
        if several:
            made["value"] = [typed(one) for one in given["value"].split(",") if one.strip()]
        if given["operator"] in operators.ON_PRESENCE:
            del made["value"]
        return made


def typed(text: str) -> str | bool:
    """`true` and `false` are truth values; numbers stay as typed, which compares the same."""
    return {"true": True, "false": False}.get(text.strip().lower(), text.strip())


def code_of(label: str) -> str:
    """The code of a reason to reject, made of its words."""
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:64] or "other"


def _currency(shown: TaskType) -> str:
    return next(iter(shown.amounts), "EUR")


def _amount_starts(level: int, shown: TaskType) -> JSON:
    limits = shown.amounts.get(_currency(shown))
    starts: JSON = {"currency": _currency(shown)}
    if limits and level in AMOUNTS:
        starts |= {
            "amount": getattr(limits, AMOUNTS[level]),
            "two_people_from": limits.two_people_from,
        }
    return starts


def _amounts(level: int, shown: TaskType, given: JSON) -> JSON:
    amounts = {
        currency: limits.model_dump(exclude_none=True) for currency, limits in shown.amounts.items()
    }
    limits = amounts.pop(_currency(shown), {})
    fields = {AMOUNTS[level]: given["amount"]}
    if level == 2:
        fields["two_people_from"] = given["two_people_from"]
    limits = {name: value for name, value in (limits | fields).items() if value}
    own = {given["currency"] or "EUR": limits} if limits else {}
    wished = own | amounts
    same = {c: one.model_dump(exclude_none=True) for c, one in shown.amounts.items()} == wished
    return {} if same else {"amounts": wished}


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else value
