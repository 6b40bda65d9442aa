"""The shape of a package, read off the models, so that no part of it can be forgotten."""

from typing import Any, get_args, get_origin

from pydantic import BaseModel

from escalations.package import shape
from escalations.package.shape import Path, Shape
from escalations.text import formatting

INSTEAD_MAX = 5


def of(model: type[BaseModel], name: str = "", *, is_list: bool = False) -> Shape:
    """The keys of this model, and the shapes of the models below it."""
    parts: dict[str, Shape] = {}
    keys, plain, needed = set(), set(), set()
    for field_name, field in model.model_fields.items():
        key = field.alias or field_name
        keys.add(key)
        if field.is_required():
            needed.add(key)
        inner = _model_in(field.annotation)
        if inner is not None:
            parts[key] = of(inner, key, is_list=_has_list(field.annotation))
        elif not _is_free(field.annotation):
            plain.add(key)
    return Shape(name, frozenset(keys), parts, is_list, frozenset(plain), frozenset(needed))


def beside(document: Any, whole: Shape, path: Path) -> str:
    """What was sent beside a required field that is missing, and is no field itself."""
    sent = shape.instead(document, whole, path)[:INSTEAD_MAX]
    told = [f"“{key[:64]}”{f' (did you mean {meant}?)' if meant else ''}" for key, meant in sent]
    return f"; no field here is {formatting.listed(told, 'or')}" if told else ""


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in it: alone, in a list, or where it may be left out."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(one) for one in get_args(annotation))
    return next((one for one in inner if one is not None), None)


def _is_free(annotation: Any) -> bool:
    """Whether an object of the sender's own may stand there."""
    own = annotation is Any or get_origin(annotation) is dict
    return own or any(map(_is_free, get_args(annotation)))


def _has_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(map(_has_list, get_args(annotation)))
