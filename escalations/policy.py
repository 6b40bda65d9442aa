"""The policy in force."""

from dataclasses import dataclass

from escalations.models import PolicyVersion
from escalations.policy_document import PolicyDocument


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy that judges now; number 0 is the one of a fresh install."""

    number: int
    document: PolicyDocument


def current() -> InForce:
    """The newest published policy."""
    newest = PolicyVersion.objects.order_by("-number").first()
    if newest is None:
        return InForce(0, PolicyDocument())
    return InForce(newest.number, PolicyDocument.model_validate(newest.document))
