"""The fields of the Levels screen: what people type, and what the policy document says."""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms
from pydantic_core import PydanticCustomError

from escalations.money import currencies
from escalations.policy import amount_source, replies
from escalations.policy.document import BATCH_MAX
from escalations.text import formatting, pointers

JSON = dict[str, Any]
UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
}
TIME = re.compile(r"(\d{1,8}) ?([a-z]*)(?: |$)")


class Percent(forms.CharField):
    """`90 %` on screen, 0.9 in the policy: all that stands there, as saving the field stores what
    it shows."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, float | int):
            return value
        return f"{formatting.number(Decimal(str(value)) * 100)} %"

    def clean(self, value: Any) -> float | None:
        text = super().clean(value).replace("%", "").strip()
        if not text:
            return None
        if not re.fullmatch(r"\d{1,3}(\.\d{1,20})?", text) or Decimal(text) > 100:
            raise forms.ValidationError("Type a number from 0 to 100, such as 85 %.")
        return float(Decimal(text) / 100)


class Money(forms.CharField):
    """`1,925.00` on screen, `1925.00` in the policy."""

    def prepare_value(self, value: Any) -> Any:
        plain = isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value)
        return currencies.written(Decimal(value), "").strip() if plain else value

    def clean(self, value: Any) -> str:
        text: str = super().clean(value).strip().lstrip("€$£").strip()
        if text and not re.fullmatch(r"(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d{1,6})?", text):
            raise forms.ValidationError("Type an amount such as 80.00 or 1,925.00.")
        return text.replace(",", "")


class Currency(forms.CharField):
    """Its three letters, however they are typed."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value).strip().upper()
        if text and not re.fullmatch("[A-Z]{3}", text):
            raise forms.ValidationError("Type the three letters of a currency, such as EUR.")
        return text


class Duration(forms.CharField):
    """`1 h 30 min` on screen, seconds in the policy. A number alone is asked for its unit: whoever
    types 90 may mean minutes."""

    def prepare_value(self, value: Any) -> Any:
        return formatting.duration(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip().lower()
        if not text:
            return None
        parts = TIME.findall(text)
        if TIME.sub("", text) or any(unit and unit not in UNITS for _, unit in parts):
            raise forms.ValidationError("Type a time such as 30 s, 5 min, 2 h or 1 day.")
        bare = next((number for number, unit in parts if not unit and int(number)), None)
        if bare is not None:
            asked = formatting.listed([f"{bare} {unit}" for unit in ("s", "min", "h")], "or")
            raise forms.ValidationError(f"“{text}” says no unit: type {asked}.")
        return sum(int(number) * UNITS[unit or "s"] for number, unit in parts)


class Words(forms.CharField):
    """A list with commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        words = (word.strip() for word in super().clean(value).split(","))
        return list(dict.fromkeys(word for word in words if word))


class Triggers(Words):
    """`low confidence` on screen, `low_confidence` in the policy."""

    def prepare_value(self, value: Any) -> Any:
        shown = super().prepare_value(value)
        return shown.replace("_", " ") if isinstance(value, list) else shown

    def clean(self, value: Any) -> list[str]:
        return ["_".join(words.lower().split()) for words in super().clean(value)]


class Skills(forms.CharField):
    """`refunds 3, german 1`; a skill without a grade means 1. However a known one is spelt, small
    or large, it is that one."""

    known: Collection[str] = ()

    def prepare_value(self, value: Any) -> Any:
        shown = isinstance(value, dict)
        return ", ".join(f"{name} {grade}" for name, grade in value.items()) if shown else value

    def clean(self, value: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        spelt = {name.casefold(): name for name in self.known}
        for part in filter(None, (part.strip() for part in super().clean(value).split(","))):
            match = re.fullmatch(r"(.*\S)\s+(\d+)", part)
            name, grade = (match[1], pointers.number(match[2])) if match else (part, 1)
            if grade is None or not 1 <= grade <= 5:
                raise forms.ValidationError(
                    f"Proficiencies go from 1 to 5, such as “{formatting.cut(name)} 3”, not "
                    f"“{formatting.cut(part)}”."
                )
            name = spelt.get(name.casefold(), name)
            if name in found:
                raise forms.ValidationError(f"“{formatting.cut(name)}” is there twice.")
            found[name] = grade
        return found


class BatchLimits(forms.CharField):
    """`low 50, medium 20`: how many at once, by the risk that the agent states; a risk that is not
    named is never answered so, and nothing at all leaves it as it is."""

    def prepare_value(self, value: Any) -> Any:
        shown = isinstance(value, dict)
        return ", ".join(f"{risk} {count}" for risk, count in value.items()) if shown else value

    def clean(self, value: Any) -> dict[str, int]:
        parts = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        found: dict[str, int] = dict.fromkeys(BATCH_MAX, 0) if parts else {}
        for part in parts:
            risk, _, written = part.lower().rpartition(" ")
            count = pointers.number(written)
            if risk not in found or count is None or count > 50:
                known = formatting.listed(list(found))
                raise forms.ValidationError(
                    f"Write a risk ({known}) and a number up to 50, such as “low 50”, not "
                    f"“{formatting.cut(part)}”."
                )
            found[risk] = count
        return found


class Replies(forms.CharField):
    """Texts, each below a line with its title: `# On its way`."""

    widget = forms.Textarea(attrs={"rows": 8})

    def prepare_value(self, value: Any) -> Any:
        return replies.lines(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dict[str, str]]:
        try:
            found = replies.written(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        for one in found:
            try:
                replies.known(one["text"])
            except PydanticCustomError as error:
                raise forms.ValidationError(f"“{one['title']}”: {error.message()}") from None
        return found


class AmountSources(forms.CharField):
    """One action on each line: `refund: /amount, /currency`."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(amount_source.lines(value)) if isinstance(value, dict) else value

    def clean(self, value: Any) -> JSON:
        found = {}
        for line in filter(None, (line.strip() for line in super().clean(value).splitlines())):
            try:
                name, source = amount_source.written(line)
            except ValueError:
                raise forms.ValidationError(
                    "Write the action, where its amount stands and its currency, such as "
                    f"“refund: /amount, /currency”, not “{formatting.cut(line)}”."
                ) from None
            found[name] = source
        return found
