"""No field is accepted in silence: what of a package has no effect here, or names nothing there
is. It is accepted all the same, so that no agent breaks by it."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations import people_named, ports
from escalations.agents import endpoints
from escalations.calls import customer_time
from escalations.lifecycle import answers
from escalations.masking import masks
from escalations.models import Agent
from escalations.package import dangling, observations, unheeded
from escalations.policy.document import PolicyDocument
from escalations.refusals import Fault
from escalations.schemas.package import Received
from escalations.text import formatting, moments, names

JSON = Mapping[str, Any]
UNKNOWN_WORK = "The policy does not know “{}”: it is judged as all other work is.{}"
NO_SKILL = "Nobody here has the skill “{}”, so the case fits nobody.{}"
NO_NAME_OF_SKILL = "No skill can have this name, so nobody is asked for by it."
NO_EVENT = "There is no event “{}”, so nothing is sent for it. There are {}."
IN_THE_PAST = {
    "/deadlines/respond_by": "This is in the past: the case is late as it comes.",
    "/deadlines/expires_at": "This is in the past: nobody can answer before `on_timeout` acts.",
    "/deadlines/escalate_at": "This is in the past: the case goes a level up as it comes.",
    "/requested/callback_at": "This is in the past: the case waits for no time to call.",
}
REMINDED_IN_THE_PAST = "This is in the past: nobody is reminded then."
REMINDED_TOO_LATE = "Nobody is reminded then: the case has ended at `expires_at` of the answer."
ACTION_IN_THE_PAST = "This is in the past: people can only turn the action down."
SOONER = "The policy asks for an answer sooner, and that counts: see `respond_by` in the answer."
ENDS_BEFORE = (
    "Nothing happens then: the case ends or goes a level up at `expires_at` of the answer."
)
UP_BEFORE = "The case goes a level up at `escalate_at`, and does not expire from then on."
NO_AGENT = "There is no agent “{}” here.{} A person can hand the case to another one."
ONESELF = "That is you: name another agent, or leave it out."
AGENT_OFF = "The agent “{}” is switched off. A person can hand the case to another one."
NO_ZONE = (
    "There is no time zone “{}”, so the customer’s time is not known. Use a name such as "
    "Europe/Paris."
)
ALIKE = 0.75
NEVER_ENDS = "Nothing acts on it: neither the package nor the policy says when the case expires."


@dataclass(frozen=True, slots=True)
class JudgedTimes:
    """What became of the times that a package states, and when it came."""

    policy: PolicyDocument
    respond_by: datetime
    expires_at: datetime | None
    now: datetime
    ends_it: bool = False


def warnings(received: Received, judged: JudgedTimes, *, agent: Agent) -> list[Fault]:
    """Each such thing by JSON pointer into the full form, with what to do about it; `agent` sent
    it."""
    each = (*_each(received, judged), *_other_agent(received.document, agent))
    return unheeded.at_most(each)


def people_missing(
    document: JSON, policy: PolicyDocument, skills: Mapping[str, int], approvals: int
) -> Iterator[Fault]:
    """Who is missing where more people have to approve than there are, and where everybody who
    could is excluded."""
    excluded = people_named.excluded(document)
    terms = policy.for_task_type(document["task_type"])
    lack = ports.people_missing(terms, skills=skills, people=approvals, without=excluded)
    asks = "approvals_needed" in (document.get("requested") or {})
    if lack:
        yield Fault("/requested/approvals_needed" if asks else "/task_type", lack)
    if nobody := ports.nobody_left(skills, without=excluded):
        yield Fault("/requested/excluded_reviewers", nobody)


def _each(received: Received, judged: JudgedTimes) -> Iterator[Fault]:
    document = received.document
    yield from _work(document, judged.policy)
    yield from people_named.warnings(document)
    yield from _skills(document)
    yield from _times(document, judged)
    yield from _zone(document)
    yield from _events(document)
    yield from dangling.warnings(document)
    yield from masks.warnings(document)
    yield from received.warnings


def _work(document: JSON, policy: PolicyDocument) -> Iterator[Fault]:
    name = document["task_type"]
    # A policy that names no work judges all of it alike.
    if policy.task_types and not policy.knows(name):
        yield Fault("/task_type", UNKNOWN_WORK.format(name, _meant(name, policy.task_types)))


def _other_agent(document: JSON, agent: Agent) -> Iterator[Fault]:
    named = answers.asks_to_hand(document)
    if not named:
        return
    off = dict(Agent.objects.values_list("name", "disabled_at"))
    to = names.meant(named, off)
    if to == agent.name:
        yield Fault("/hand_to_agent", ONESELF)
    elif not to:
        others = [name for name, disabled in off.items() if not disabled and name != agent.name]
        yield Fault("/hand_to_agent", NO_AGENT.format(named, _meant(named, others)))
    elif off[to]:
        yield Fault("/hand_to_agent", AGENT_OFF.format(to))


def _skills(document: JSON) -> Iterator[Fault]:
    wanted = observations.part(dict(document), "requested").get("skills") or ()
    had = ports.skills_had() if wanted else frozenset()
    for place, name in enumerate(wanted):
        pointer = f"/requested/skills/{place}"
        if not observations.can_be_skill(name):
            yield Fault(pointer, NO_NAME_OF_SKILL)
        elif name not in had:
            yield Fault(pointer, NO_SKILL.format(name, _meant(name, had)))


def _zone(document: JSON) -> Iterator[Fault]:
    customer = (document.get("context") or {}).get("customer") or {}
    name = customer.get("time_zone")
    if name and customer_time.found(name) is None:
        yield Fault("/context/customer/time_zone", NO_ZONE.format(name))


def _times(document: JSON, judged: JudgedTimes) -> Iterator[Fault]:
    for pointer, detail in IN_THE_PAST.items():
        part, _, name = pointer[1:].partition("/")
        at = moments.found((document.get(part) or {}).get(name))
        if at is not None and at <= judged.now:
            yield Fault(pointer, detail)
    for place, action in enumerate(document.get("proposed_actions") or ()):
        ends = moments.found(action.get("expires_at"))
        if ends is not None and ends <= judged.now:
            yield Fault(f"/proposed_actions/{place}/expires_at", ACTION_IN_THE_PAST)
    deadlines = document.get("deadlines") or {}
    yield from _reminders(deadlines, judged)
    wished = moments.found(deadlines.get("respond_by"))
    if wished is not None and wished > judged.respond_by:
        yield Fault("/deadlines/respond_by", SOONER)
    yield from _end(deadlines, judged.expires_at)


def _reminders(deadlines: JSON, judged: JudgedTimes) -> Iterator[Fault]:
    ends = judged.expires_at
    for place, stated in enumerate(deadlines.get("remind_at") or ()):
        at = moments.found(stated)
        if at is not None and at <= judged.now:
            yield Fault(f"/deadlines/remind_at/{place}", REMINDED_IN_THE_PAST)
        elif at is not None and ends is not None and at >= ends and judged.ends_it:
            yield Fault(f"/deadlines/remind_at/{place}", REMINDED_TOO_LATE)


def _end(deadlines: JSON, ends_at: datetime | None) -> Iterator[Fault]:
    own, up = (moments.found(deadlines.get(name)) for name in ("expires_at", "escalate_at"))
    if deadlines.get("on_timeout") and ends_at is None and own is None and up is None:
        yield Fault("/deadlines/on_timeout", NEVER_ENDS)
    # A case that went up already has no end any more.
    if ends_at is not None and up is not None and up != ends_at:
        yield Fault("/deadlines/escalate_at", ENDS_BEFORE)
    elif ends_at is not None and up == ends_at and own is not None and own != up:
        yield Fault("/deadlines/expires_at", UP_BEFORE)


def _events(document: JSON) -> Iterator[Fault]:
    known = {*endpoints.EVENTS, *(name.rpartition(".")[2] for name in endpoints.EVENTS)}
    for place, name in enumerate((document.get("callback") or {}).get("events") or ()):
        if name not in known:
            there = formatting.listed(sorted(endpoints.EVENTS))
            yield Fault(f"/callback/events/{place}", NO_EVENT.format(name, there))


def _meant(name: str, known: Iterable[str]) -> str:
    """What was probably meant. The last part of a name decides, so that `retail/return` is not
    taken for `retail/exchange`."""
    last = {one.rpartition("/")[2]: one for one in sorted(known, reverse=True)}
    near = difflib.get_close_matches(name.rpartition("/")[2], last, n=1, cutoff=ALIKE)
    return f" Did you mean “{last[near[0]]}”?" if near else ""
