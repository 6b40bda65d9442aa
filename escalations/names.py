"""Names for the ids in a proposed call, as far as the rest of the package gives them.

"credit_card_9513926" says nothing to a person; somewhere in the customer's record stands that it is
a Mastercard ending 2478. Only what the package itself says is used, and the id stays beside it.
"""

from collections.abc import Iterator
from typing import Any

_NODES_MAX = 40_000
_NAME_KEYS = ("name", "label", "title", "display_name", "full_name")
_LAST_DIGITS = ("last_four", "last4", "last_4")


def labels(context: Any) -> dict[str, str]:
    """Id to name, for every id in the context that stands in one object with a name."""
    found: dict[str, str] = {}
    for node, family in _objects(context):
        name = _name(node, family)
        if name:
            for own_id in _own_ids(node):
                found.setdefault(own_id, name)
    return found


def _objects(context: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object, with the name of the thing whose variant it is."""
    waiting: list[tuple[Any, str]] = [(context, "")]
    left = _NODES_MAX
    while waiting and left:
        left -= 1
        node, family = waiting.pop()
        if isinstance(node, list):
            waiting.extend((entry, family) for entry in reversed(node))
        elif isinstance(node, dict):
            yield node, family
            waiting.extend(
                (value, _plain_name(node) if key == "variants" else _passed_on(family, node))
                for key, value in reversed(node.items())
                if isinstance(value, dict | list)
            )


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


def _own_ids(node: dict[str, Any]) -> Iterator[str]:
    for key, value in node.items():
        if (key == "id" or key.endswith("_id")) and isinstance(value, str) and value:
            yield value
