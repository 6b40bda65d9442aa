"""Whether the field of a rule is one that a package can have: one that is misspelt never fires."""

from typing import Any

from escalations import refusals
from escalations.package import observations
from escalations.package.shape import meant
from escalations.policy.document import PolicyDocument
from escalations.schemas.package import SHAPE
from escalations.text import pointers

FREE = "What is your agents' own stands in `metadata`, in `args` or in `customer.attributes`."


def faults(policy: PolicyDocument) -> list[refusals.Fault]:
    """Each rule whose field no package has, by its place in the policy."""
    parts = {"/defaults": policy.defaults} | {
        f"/task_types/{pointers.escaped(name)}": own for name, own in policy.task_types.items()
    }
    return [
        refusals.Fault(f"{pointer}/rules/{index}/field", why)
        for pointer, own in parts.items()
        for index, rule in enumerate(own.rules)
        if (why := fault(rule.field))
    ]


def require(rule: dict[str, Any]) -> None:
    """Raises Invalid for a rule whose field no package has."""
    field = str(rule.get("field"))
    why = observations.fault(field) or fault(field)
    if why:
        raise refusals.Invalid("The rule cannot work.", errors=[refusals.Fault("/field", why)])


def fault(field: str) -> str | None:
    """Which part of this path no package has, and what was probably meant; None if all are there.

    What an agent fills as it likes (`args`, `metadata`, `customer.attributes` …) is free.
    """
    if field in observations.DERIVED:
        return None
    names = field.split(".")
    path = ["context", *names] if names[0] in observations.SHORT else names
    short = len(path) - len(names)
    part = SHAPE
    for place, name in enumerate(path):
        if name not in part.keys:
            known = ".".join(path[short:place])
            if name.isdigit() and part.is_list:
                rest = ".".join(path[short:place] + path[place + 1 :])
                return f"A rule sees each one of a list: use {rest}, without the number."
            near = meant(name, part)
            said = f"“{known}” of a package has no “{name}”."
            return f"{said} Did you mean {known}.{near}?" if near else f"{said} {FREE}"
        if name in part.parts:
            part = part.parts[name]
        elif name in part.plain and place < len(path) - 1:
            return f"“{'.'.join(path[short : place + 1])}” is one value: nothing stands below it."
        else:
            return None
    return None
