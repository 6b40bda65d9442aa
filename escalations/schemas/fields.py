"""The kinds of field that packages and decisions are made of."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from escalations.text import moments

T = TypeVar("T")

_PLAIN = r"A-Za-z0-9._~!$&'()*+,;="
_PERCENT = r"%[0-9A-Fa-f]{2}"
_PATH = rf"(?:[{_PLAIN}:@/-]|{_PERCENT})*"
_QUERY = rf"(?:\?(?:[{_PLAIN}:@/?-]|{_PERCENT})*)?(?:#(?:[{_PLAIN}:@/?-]|{_PERCENT})*)?"
_USER = rf"(?:(?:[{_PLAIN}:-]|{_PERCENT})*@)?"
_SITE = rf"//{_USER}(?:[{_PLAIN}-]|{_PERCENT})*(?::[0-9]*)?(?:/{_PATH})?"
_PLACE = rf"(?:/?(?:[{_PLAIN}:@-]|{_PERCENT}){_PATH}|/)?"
_URI = rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{_SITE}|{_PLACE}){_QUERY}"
_WEB = rf"https?:{_SITE}{_QUERY}"
_URI_WITH_ADDRESS = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*://{_USER}\[([^\]]*)\](?::[0-9]*)?(?:/{_PATH})?{_QUERY}"
)
_FUTURE_ADDRESS = re.compile(rf"[vV][0-9A-Fa-f]+\.[{_PLAIN}:-]+")


class Part(BaseModel):
    """A part of a document: nothing is converted, and unknown keys are kept."""

    model_config = ConfigDict(strict=True, extra="allow")


class ClosedPart(BaseModel):
    """A part that takes no unknown key."""

    model_config = ConfigDict(strict=True, extra="forbid")


class _Given:
    """Lets a field be absent (None in Python) while `null` in the document stays refused."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


@dataclass(frozen=True)
class _OneKind:
    """Answers a value that is none of several kinds with one sentence instead of one each."""

    sentence: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        union: Any = schema["schema"] if schema["type"] == "nullable" else schema
        union["custom_error_type"] = "kind"
        union["custom_error_message"] = self.sentence
        return schema


class _WholeNumber:
    """JSON knows one kind of number: 2.0 is the integer 2."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_whole, handler(source))


@dataclass(frozen=True)
class _Format:
    """A `format` of JSON Schema: a pattern for nearly all texts, a function for the rare rest."""

    name: str
    pattern: str
    rest: Callable[[str], bool]
    sentence: str
    also: str = ""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.union_schema(
            [
                core_schema.str_schema(pattern=rf"\A(?:{self.pattern})\z"),
                core_schema.no_info_after_validator_function(
                    self._check_rest, core_schema.str_schema()
                ),
            ],
            mode="left_to_right",
            custom_error_type="format",
            custom_error_message=self.sentence,
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        written = {"type": "string", "format": self.name}
        return {**written, "pattern": self.also} if self.also else written

    def _check_rest(self, text: str) -> str:
        if not self.rest(text):
            raise PydanticCustomError("format", "is not of this format")
        return text


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_leap_second(text: str) -> bool:
    found = moments.LEAP_SECOND.fullmatch(text)
    if not found:
        return False
    local, offset = found[1][11:], found[2]
    minutes = int(local[:2]) * 60 + int(local[3:])
    if offset not in "Zz":
        shift = int(offset[1:3]) * 60 + int(offset[4:])
        minutes += -shift if offset[0] == "+" else shift
    return minutes % 1440 == 1439


def _has_valid_address(text: str) -> bool:
    found = _URI_WITH_ADDRESS.fullmatch(text)
    if not found:
        return False
    try:
        ipaddress.IPv6Address(found[1])
    except ValueError:
        return _FUTURE_ADDRESS.fullmatch(found[1]) is not None
    else:
        return "%" not in found[1]


def _is_web_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and _has_valid_address(text)


def _never(text: str) -> bool:
    return False


Maybe = Annotated[T | None, _Given()]

Upto35 = Annotated[str, StringConstraints(max_length=35)]
Upto64 = Annotated[str, StringConstraints(max_length=64)]
Upto127 = Annotated[str, StringConstraints(max_length=127)]
Upto128 = Annotated[str, StringConstraints(max_length=128)]
Upto255 = Annotated[str, StringConstraints(max_length=255)]
Upto500 = Annotated[str, StringConstraints(max_length=500)]
Upto1000 = Annotated[str, StringConstraints(max_length=1000)]
Upto2000 = Annotated[str, StringConstraints(max_length=2000)]
Upto4000 = Annotated[str, StringConstraints(max_length=4000)]
Upto4096 = Annotated[str, StringConstraints(max_length=4096)]
Upto8000 = Annotated[str, StringConstraints(max_length=8000)]
Upto20000 = Annotated[str, StringConstraints(max_length=20_000)]
Upto50000 = Annotated[str, StringConstraints(max_length=50_000)]
Word = Annotated[str, StringConstraints(min_length=1)]
Name64 = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Name255 = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Hash = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Object = dict[str, Any]

Counted = Annotated[int, Field(ge=0), _WholeNumber()]
Ordinal = Annotated[int, Field(ge=1), _WholeNumber()]
OneToTen = Annotated[int, Field(ge=1, le=10), _WholeNumber()]
DateTime = Annotated[
    str,
    _Format(
        "date-time",
        moments.DATE_TIME,
        _is_leap_second,
        "must be a date and time with its offset, such as 2026-11-21T09:30:00Z",
    ),
]
Day = Annotated[str, _Format("date", moments.DAY, _never, "must be a date, such as 2026-11-21")]
Uri = Annotated[
    str, _Format("uri", _URI, _has_valid_address, "must be an absolute URI of ASCII characters")
]
WebAddress = Annotated[
    str,
    _Format(
        "uri",
        _WEB,
        _is_web_address,
        "must be an absolute URI that begins with http:// or https://",
        also="^https?://",
    ),
]
TextOrObject = Annotated[str | Object, _OneKind("must be a text or an object")]
StatedValue = Annotated[
    float | Upto2000 | bool,
    _OneKind("must be a number, true, false or a text of at most 2,000 characters"),
]
Plain = Annotated[
    float | str | bool | None, _OneKind("must be a number, a text, true, false or null")
]
