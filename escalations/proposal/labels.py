"""Names for the ids in a proposed call, as far as the rest of the package gives them.

"credit_card_9513926" says nothing to a person; somewhere in the customer's record stands that it is
a Mastercard ending 2478. Only what the package itself says is used, and the id stays beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escalations.text.mask import MASK

_NODES_MAX = 40_000
_ALIKE_MAX = 40
_NAME_KEYS = ("name", "label", "title", "display_name", "full_name")
_NO_ID = ("", MASK)
_LAST_DIGITS = ("last_four", "last4", "last_4")


@dataclass(frozen=True, slots=True)
class Names:
    """Id to name, and which ids stand in the same kind of place."""

    labels: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, set[str]] = field(default_factory=dict)
    members: Mapping[str, list[str]] = field(default_factory=dict)

    def get(self, found: str, default: str = "") -> str:
        """What the package calls this id."""
        return self.labels.get(found, default)

    def alike(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Other named ids from where these stand: what a person might choose instead."""
        places = dict.fromkeys(place for one in ids for place in sorted(self.places.get(one, ())))
        others = dict.fromkeys(other for place in places for other in self.members[place])
        return tuple(other for other in others if other in self.labels)[:_ALIKE_MAX]


def read(context: Any) -> Names:
    """Every id of the context that stands in one object with a name."""
    labels: dict[str, str] = {}
    places: dict[str, set[str]] = {}
    members: dict[str, list[str]] = {}
    for node, family, place in _objects(context):
        own_ids = list(_own_ids(node))
        # Most objects, such as messages, have no id that anything could name them by.
        name = _name(node, family) if own_ids else ""
        for key, own_id in own_ids:
            if name:
                labels.setdefault(own_id, name)
            places.setdefault(own_id, set()).add(f"{place}/{key}")
            members.setdefault(f"{place}/{key}", []).append(own_id)
    return Names(labels, places, members)


def _objects(context: Any) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Every object, with the name of the thing whose variant it is and the key it stands under."""
    waiting: list[tuple[Any, str, str]] = [(context, "", "")]
    left = _NODES_MAX
    while waiting and left:
        left -= 1
        node, family, place = waiting.pop()
        if isinstance(node, list):
            # Reversed, because the last that goes in comes out first.
            waiting.extend((entry, family, place) for entry in reversed(node))
        elif isinstance(node, dict):
            yield node, family, place
            waiting.extend(
                (
                    value,
                    _plain_name(node) if key == "variants" else _passed_on(family, node),
                    place if _is_own_key(key, value) else key,
                )
                for key, value in reversed(node.items())
                if isinstance(value, dict | list)
            )


def _is_own_key(key: str, value: Any) -> bool:
    """Whether an object stands under its own id, as in a table of them."""
    return isinstance(value, dict) and any(own_id == key for _, own_id in _own_ids(value))


def _passed_on(family: str, node: dict[str, Any]) -> str:
    """A family name reaches the variants themselves, not what belongs to a thing of its own."""
    return "" if _plain_name(node) or any(_own_ids(node)) else family


def _name(node: dict[str, Any], family: str) -> str:
    digits = next((node[k] for k in _LAST_DIGITS if isinstance(node.get(k), str)), "")
    if digits:
        brand = node.get("brand") or node.get("source") or "card"
        return f"{_brand(brand)} ending {digits}"
    name = _plain_name(node) or family
    if not name and isinstance(node.get("source"), str) and isinstance(node.get("id"), str):
        balance = node.get("balance")
        known = isinstance(balance, int | float)
        return (
            f"{_brand(node['source'])}, balance {balance:.2f}" if known else _brand(node["source"])
        )
    details = _details(node.get("options"))
    if name and node.get("available") is False:
        details = f"{details}, not available" if details else "not available"
    return f"{name} ({details})" if name and details else name


def _brand(value: Any) -> str:
    text = str(value).replace("_", " ").strip()
    return "PayPal" if text.lower() == "paypal" else text.capitalize()


def _plain_name(node: dict[str, Any]) -> str:
    for key in _NAME_KEYS:
        value = node.get(key)
        if isinstance(value, str) and 0 < len(value) <= 120:
            return value
        elif isinstance(value, dict):
            words = [value.get("first_name"), value.get("last_name")]
            return " ".join(word for word in words if isinstance(word, str))
    return ""


def _details(options: Any) -> str:
    if not isinstance(options, dict):
        return ""
    said = []
    for key, value in list(options.items())[:6]:
        text = str(value)
        said.append(f"{key} {text}" if text.lower() in {"none", "yes", "no"} else text)
    return ", ".join(said)[:120]


def _own_ids(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if (key == "id" or key.endswith("_id")) and isinstance(value, str) and value not in _NO_ID:
            yield key, value
