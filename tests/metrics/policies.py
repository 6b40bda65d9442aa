"""A policy in force for a test."""

from escalations import policy, policy_check
from escalations.record import Actor
from tests.factories import NOW


def publish(**task_types):
    in_force = policy.current()
    document = policy_check.check({**in_force.document.dump(), "task_types": task_types})
    policy.publish(document, by=Actor("operator", "test"), now=NOW, expected=in_force.number)
