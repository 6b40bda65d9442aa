"""Which agent gets a case, and which could."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from escalations.lifecycle import answers
from escalations.lifecycle.answers import Answer
from escalations.models import Agent, Escalation
from escalations.refusals import Conflict
from escalations.text import formatting, names, untrusted

JSON = Mapping[str, Any]
NO_AGENT = (
    "There is no agent “{}” here that could take this case: hand it to another, or reject it."
)


@dataclass(frozen=True, slots=True)
class OtherAgents:
    """`asked` is the one that the package names, `named` the one that an approval gives it to;
    `names` are all that there are, but for the one whose case it is, `own`."""

    asked: str = ""
    named: str = ""
    names: tuple[str, ...] = ()
    own: str = ""
    proposes: bool = False

    @property
    def takes_it(self) -> bool:
        """Whether there is the agent that an approval gives it to, if it gives it to any."""
        return not self.named or self.named in self.names

    @property
    def instead(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name != self.named)

    @property
    def is_known(self) -> bool:
        """Whether there is the agent that the package names."""
        return self.asked in self.names


def spelt(package: dict[str, Any]) -> dict[str, Any]:
    """The package with the agent that it names called as that agent is."""
    asked = answers.asks_to_hand(package)
    found = Agent.objects.called(asked) if asked else None
    return package if found is None else {**package, "hand_to_agent": found.name}


def settle(escalation: Escalation, package: JSON, answer: Answer) -> tuple[Answer, Agent | None]:
    """The answer as it can be carried out, and the agent that it gives the case to, if any. Raises
    Conflict where that cannot be."""
    if answer.handed_to is None:
        return answer, None
    found = Agent.objects.called(answer.handed_to)
    if found is not None and found.pk == escalation.agent_id:
        found = None
    if found is not None and found.disabled_at is None:
        return replace(answer, handed_to=found.name), found
    # A name of no agent here says nothing, as the warning told its agent: the rest is answered.
    if (
        found is None
        and answer.handed_to == answers.asks_to_hand(package)
        and answers.proposes(package)
    ):
        return replace(answer, handed_to=None), None
    raise Conflict("no_such_agent", NO_AGENT.format(formatting.cut(answer.handed_to)))


def named(escalation: Escalation, package: JSON, standing: JSON | None) -> str:
    """The agent that gets the case by an approval: of the answer that waits for others, the one it
    names."""
    return untrusted.line(others(escalation, package, standing).named, 80)


def others(escalation: Escalation, package: JSON, standing: JSON | None) -> OtherAgents:
    """Nothing, and nothing read, where it is to be handed to nobody."""
    asked = answers.asks_to_hand(package)
    if not asked:
        return OtherAgents()
    disabled = dict(Agent.objects.order_by("name").values_list("name", "disabled_at"))
    own = escalation.agent.name
    asked = names.meant(asked, disabled) or asked
    disabled.pop(own, None)
    there = tuple(name for name, at in disabled.items() if at is None)
    proposes = answers.proposes(package)
    if standing is not None:
        to = str(standing.get("handed_to") or "")
    else:
        to = "" if proposes and asked not in disabled else asked
    return OtherAgents(asked, to, there, own, proposes)
