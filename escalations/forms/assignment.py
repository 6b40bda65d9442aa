"""The form of how work is handed out, on the Levels screen: rings, offers and weights."""

from collections.abc import Iterator
from typing import Any

from django import forms

from console.forms.faults import Focusing
from console.forms.numbers import Number, WholeNumber
from escalations.forms.policy_fields import Duration
from escalations.policy.assignment import Ring, Routing

JSON = dict[str, Any]
RINGS_MAX = 10
WEIGHTS = {"urgent": "Urgent", "high": "High", "normal": "Normal", "low": "Low"}
SPARED = {f"level_{n}": f"Level {n}, minutes" for n in range(1, 5)}
WHO = [
    ("", "nobody else"),
    ("1", "one level lower"),
    ("2", "2 levels lower"),
    ("3", "3 levels lower"),
    ("4", "4 levels lower"),
    ("5", "the skill at any level"),
    ("anyone", "anyone present"),
]


class Weight(Number):
    """`10` on screen, 10.0 in the policy."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value:g}" if isinstance(value, float) else value


class RoutingForm(Focusing):
    """Who else may take a case that nobody fits, how offers go, and what weighs how much."""

    offer_s = Duration(label="An offer stands for", help_text="from 10 s to 10 min")
    missed_offers_max = WholeNumber(label="Set away after missed offers", min_value=1, max_value=10)
    worry_min = WholeNumber(
        label="How many minutes ahead we worry",
        min_value=1,
        max_value=240,
        help_text="more: cases come forward earlier before they are late",
    )
    fit = Weight(
        label="How picky about fit",
        min_value=0,
        max_value=10,
        help_text="0: whoever is free; 4: mostly who is quick at it",
    )
    keep_free_min = WholeNumber(
        label="Minutes a unit is kept free",
        min_value=0,
        max_value=240,
        help_text="for a case that takes one more than somebody has",
    )
    shorter_first = forms.BooleanField(label="Shorter cases first", required=False)

    def __init__(self, shown: Routing, data: Any = None) -> None:
        self.shown = shown
        rows = _rows(shown, data)
        super().__init__(data, initial=_starts(shown), auto_id="routing-%s")
        for number in range(rows):
            self.fields[f"after_{number}"] = Duration(
                label=f"Ring {number + 1}, after", required=False
            )
            self.fields[f"who_{number}"] = forms.ChoiceField(
                label=f"Ring {number + 1}, then also", choices=WHO, required=False
            )
        for name, label in WEIGHTS.items():
            self.fields[name] = Weight(label=label, min_value=0.01, max_value=1_000)
        for name, label in SPARED.items():
            self.fields[name] = WholeNumber(label=label, min_value=0, max_value=10_080)
        self.rows = rows

    def ring_fields(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each ring."""
        for number in range(self.rows):
            yield self[f"after_{number}"], self[f"who_{number}"]

    def weight_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in WEIGHTS]

    def spared_fields(self) -> list[forms.BoundField]:
        """After how long whoever declined or missed a case is asked again, by level."""
        return [self[name] for name in SPARED]

    def setting_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields]

    def clean(self) -> JSON:
        """Each ring says both when and who."""
        given = self.cleaned_data
        for number in range(self.rows):
            after, who = given.get(f"after_{number}"), given.get(f"who_{number}")
            if who and after is None and f"after_{number}" not in self.errors:
                self.add_error(f"after_{number}", "Type after how long, such as 5 min.")
            elif after is not None and after % 60:
                self.add_error(f"after_{number}", "Use whole minutes.")
            elif after is not None and not who:
                self.add_error(f"who_{number}", "Choose who, or leave the time empty.")
        return given

    def changes(self) -> JSON:
        """What has to be set in the draft."""
        given = self.cleaned_data
        wished = {name: given[name] for name in self.base_fields}
        wished["weights"] = {name: given[name] for name in WEIGHTS}
        wished["spare_min"] = {name: given[name] for name in SPARED}
        wished["rings"] = [
            _ring(given[f"after_{number}"], given[f"who_{number}"])
            for number in range(self.rows)
            if given[f"who_{number}"]
        ]
        now = self.shown.model_dump(mode="json")
        now["rings"] = [ring.model_dump(exclude_defaults=True) for ring in self.shown.rings]
        return {name: value for name, value in wished.items() if value != now[name]}


def _rows(shown: Routing, data: Any) -> int:
    if data is None:
        return min(RINGS_MAX, len(shown.rings) + 2)
    else:
        return sum(f"after_{number}" in data for number in range(RINGS_MAX))


def _starts(shown: Routing) -> JSON:
    starts: JSON = shown.model_dump(exclude={"rings", "weights", "spare_min"})
    starts |= shown.weights.model_dump() | shown.spare_min.model_dump()
    for number, ring in enumerate(shown.rings):
        starts |= {f"after_{number}": ring.after_min * 60, f"who_{number}": _who(ring)}
    return starts


def _who(ring: Ring) -> str:
    return "anyone" if ring.anyone else str(ring.lower_by)


def _ring(after_s: int, who: str) -> JSON:
    what: JSON = {"anyone": True} if who == "anyone" else {"lower_by": int(who)}
    return {"after_min": after_s // 60} | what
