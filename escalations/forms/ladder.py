"""The form of who is told as a case waits, and of how a person comes in, for one task type."""

from collections.abc import Iterator
from typing import Any

from django import forms

from console.forms.faults import Focusing
from escalations.forms.policy_fields import Duration, Percent
from escalations.policy import wording
from escalations.policy.deadlines import LadderStep
from escalations.policy.document import TaskType
from escalations.refusals import Fault
from escalations.text import formatting

JSON = dict[str, Any]
STEPS_MAX, MORE = 20, 2
KINDS = {
    "ladder": ("when due", "80 % of the time, when due, or 5 min after it"),
    "alarm": ("on arrival", "on arrival, or 2 min after it"),
}
OF = {"ladder": "Levels 2 and 3", "alarm": "Level 4"}
TELL = [("", "no step"), *wording.AUDIENCES.items()]
WAIT = ("stay_up_to_s", "urgent_stays", "otherwise")
NAMES = (*KINDS, "customer_wait")
WHEN = "Type {start}, a time after it such as 5 min{share}."


class When(forms.CharField):
    """`80 %`, `when due` or `5 min` on screen; a share or minutes in the policy."""

    def __init__(self, kind: str, **given: Any) -> None:
        super().__init__(**given)
        self.kind, self.start = kind, KINDS[kind][0]

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        elif value.get("share") is not None:
            return Percent().prepare_value(value["share"])
        else:
            return (
                formatting.duration(value["after_min"] * 60) if value["after_min"] else self.start
            )

    def clean(self, value: Any) -> JSON | None:
        text = super().clean(value).strip().lower()
        if not text:
            return None
        elif text in {self.start, "at once", "0"}:
            return {"after_min": 0}
        elif "%" in text and self.kind == "ladder":
            return {"share": self._share(text)}
        try:
            seconds = Duration().clean(text.removesuffix("later").removesuffix("after it").strip())
        except forms.ValidationError:
            seconds = None
        if seconds is None:
            share = ", or a part of the time such as 80 %" if self.kind == "ladder" else ""
            raise forms.ValidationError(WHEN.format(start=f"“{self.start}”", share=share))
        if seconds % 60:
            raise forms.ValidationError("Use whole minutes.")
        return {"after_min": seconds // 60}

    def _share(self, text: str) -> float:
        share = Percent().clean(text.removesuffix("of the time").strip())
        if not share or share >= 1:
            raise forms.ValidationError("Type more than 0 and less than 100 %.")
        return share


class LadderForm(Focusing):
    """Steps that are left empty are none; the last one may repeat."""

    inherit = forms.BooleanField(label="As for “Everything else”", required=False)
    stay_up_to_s = Duration(
        label="A customer stays for up to",
        help_text="if somebody who can take the case is free by then; 0 s: only if at once",
    )
    urgent_stays = forms.BooleanField(label="At level 4 always", required=False)
    otherwise = forms.ChoiceField(
        label="Otherwise",
        choices=[
            ("callback", "is called back, if a way is known"),
            ("message", "gets an answer in writing"),
        ],
    )

    def __init__(self, shown: TaskType, data: Any = None, *, inherits: bool | None) -> None:
        """`inherits` is None for the fallback, from which the others inherit."""
        self.shown, self.is_fallback = shown, inherits is None
        super().__init__(data, initial=self._starts(bool(inherits)), auto_id="ladder-%s")
        if self.is_fallback:
            del self.fields["inherit"]
        self.counts = {kind: self._count(kind) for kind in KINDS}
        wait = {name: self.fields.pop(name) for name in WAIT}
        for kind, count in self.counts.items():
            for number in range(count):
                self._add_step(kind, number)
            self.fields[f"{kind}_every"] = Duration(
                label="The last comes again every", required=False, help_text="empty: it does not"
            )
        # Last, as on the screen.
        self.fields |= wait

    def rows(self) -> Iterator[tuple[str, list[list[forms.BoundField]], forms.BoundField]]:
        """Each list: its kind, its steps with their fields, and how often the last repeats."""
        for kind, count in self.counts.items():
            steps = [
                [self[f"{kind}_{part}_{number}"] for part in ("when", "tell", "widen")]
                for number in range(count)
            ]
            yield kind, steps, self[f"{kind}_every"]

    def wait_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in WAIT]

    def clean(self) -> JSON:
        """Each step says both when and whom, and comes later than the one before."""
        for kind in KINDS:
            self._check(kind)
        stay = self.cleaned_data.get("stay_up_to_s")
        if stay is not None and stay > 3_600:
            self.add_error("stay_up_to_s", "Use at most 1 h.")
        if not self.errors and self.initial["inherit"] and self.inherits() and self.changes():
            # Both cannot be meant, and what was typed must not be lost in silence.
            self.add_error("inherit", "Take this tick away to give it what you typed.")
        return self.cleaned_data

    def remarks(self) -> list[Fault]:
        """What of it cannot be kept as it is typed, with the field that says so."""
        return [
            Fault(f"/{name}", f"{self._named(name)}: {error}")
            for name, errors in self.errors.items()
            for error in errors
        ]

    def inherits(self) -> bool:
        return bool(self.cleaned_data.get("inherit"))

    def changes(self) -> JSON:
        """What has to be set in the draft."""
        given = self.cleaned_data
        wished: JSON = {kind: self._steps(kind) for kind in KINDS}
        wished["customer_wait"] = {name: given[name] for name in WAIT}
        now = self.shown.model_dump(mode="json")
        for kind in KINDS:
            now[kind] = [_dumped(step) for step in getattr(self.shown, kind)]
        return {name: value for name, value in wished.items() if value != now[name]}

    def _named(self, name: str) -> str:
        label = str(self.fields[name].label)
        words = f"{label[:1].lower()}{label[1:]}"
        return next((f"{of}, {words}" for kind, of in OF.items() if name.startswith(kind)), label)

    def _starts(self, inherits: bool) -> JSON:
        starts: JSON = {"inherit": inherits, **self.shown.customer_wait.model_dump()}
        for kind in KINDS:
            for number, step in enumerate(getattr(self.shown, kind)):
                when = {"share": step.share, "after_min": step.after_min}
                starts |= {
                    f"{kind}_name_{number}": step.name,
                    f"{kind}_when_{number}": when,
                    f"{kind}_tell_{number}": step.tell,
                    f"{kind}_widen_{number}": step.widen,
                }
                if step.repeat_min:
                    starts[f"{kind}_every"] = step.repeat_min * 60
        return starts

    def _count(self, kind: str) -> int:
        if self.is_bound:
            return sum(f"{kind}_when_{number}" in self.data for number in range(STEPS_MAX))
        else:
            return min(STEPS_MAX, len(getattr(self.shown, kind)) + MORE)

    def _add_step(self, kind: str, number: int) -> None:
        nth = f"Step {number + 1}"
        self.fields[f"{kind}_name_{number}"] = forms.CharField(
            required=False, max_length=16, widget=forms.HiddenInput
        )
        self.fields[f"{kind}_when_{number}"] = When(kind, label=f"{nth}, when", required=False)
        self.fields[f"{kind}_tell_{number}"] = forms.ChoiceField(
            label=f"{nth}, tells", choices=TELL, required=False
        )
        self.fields[f"{kind}_widen_{number}"] = forms.BooleanField(
            label=f"{nth}: from now on the next ring may take it", required=False
        )

    def _check(self, kind: str) -> None:
        given, last = self.cleaned_data, (-1, -1.0)
        for number in range(self.counts[kind]):
            when, tell = f"{kind}_when_{number}", f"{kind}_tell_{number}"
            if when in self.errors or tell in self.errors:
                continue
            if given.get(when) and not given.get(tell):
                self.add_error(tell, "Choose who is told, or leave the time empty.")
            elif given.get(tell) and not given.get(when):
                self.add_error(when, "Type when, or choose no step.")
            elif given.get(when):
                place = _place(given[when])
                if place <= last:
                    self.add_error(when, "Each step must come later than the one before.")
                last = place
        every = given.get(f"{kind}_every")
        if every is not None and (every % 60 or not 60 <= every <= 86_400):
            self.add_error(f"{kind}_every", "Use whole minutes, from 1 min to 1 day.")

    def _steps(self, kind: str) -> list[JSON]:
        given = self.cleaned_data
        numbers = [n for n in range(self.counts[kind]) if given[f"{kind}_when_{n}"]]
        taken = {given[f"{kind}_name_{number}"] for number in numbers}
        free = (name for n in range(1, 99) if (name := f"step_{n}") not in taken)
        steps: list[JSON] = []
        for number in numbers:
            name = given[f"{kind}_name_{number}"] or next(free)
            widen = given[f"{kind}_widen_{number}"]
            step = LadderStep.model_construct(
                name=name, **given[f"{kind}_when_{number}"],
                tell=given[f"{kind}_tell_{number}"], widen=widen,
            )  # fmt: skip
            steps.append(_dumped(step))
        if steps and given[f"{kind}_every"]:
            steps[-1]["repeat_min"] = given[f"{kind}_every"] // 60
        return steps


def _dumped(step: LadderStep) -> JSON:
    """As the policy writes it, with who is told although it is the usual."""
    dumped: JSON = {"name": step.name}
    dumped |= {"share": step.share} if step.share is not None else {"after_min": step.after_min}
    dumped["tell"] = step.tell
    if step.widen:
        dumped["widen"] = True
    if step.repeat_min:
        dumped["repeat_min"] = step.repeat_min
    return dumped


def _place(when: JSON) -> tuple[int, float]:
    return (0, when["share"]) if "share" in when else (1, float(when["after_min"]))
