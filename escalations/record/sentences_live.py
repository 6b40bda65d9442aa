"""What the lines of a conversation that people have say, and those of what came of an answer: as in
`sentences.py`."""

from collections.abc import Callable, Mapping
from typing import Any

from escalations.asked import expected
from escalations.record import sentences as say
from escalations.record.sentences import JSON, Said, Told
from escalations.text import formatting


def asked(said: Said) -> Told:
    wants = {"version": "for another version"}.get(str(said.facts.get("wants")), "for more")
    until = f"It has until {say.moment(said.facts.get('until'))}"
    kind = expected.KINDS.get(str(said.facts.get("kind")), "")
    expects = f"The answer is to be {kind}" if kind else ""
    return f"Asked the agent {wants}", [until, expects, "The clock stands still meanwhile"]


_CALLS = {
    "reached": "Called the customer and reached them",
    "no_answer": "Called the customer: no answer",
    "voicemail": "Called the customer and left a message",
    "engaged": "Called the customer: the line was busy",
    "wrong_number": "Called the customer: a wrong number",
    "refused": "Called the customer, who did not want to talk",
}


def called(said: Said) -> Told:
    until, promised = said.facts.get("until"), said.facts.get("promised") or 0
    again = f"Tries again {say.moment(until)}; the clock stands still meanwhile" if until else ""
    promises = f"{promised} promise{'' if promised == 1 else 's'} made" if promised else ""
    words = _CALLS.get(str(said.facts.get("call")), "Called the customer")
    return words, [again, promises]


def noted(said: Said) -> Told:
    named = [say.name_of(one, said.names) for one in said.facts.get("mentions") or ()]
    return "Wrote a private note", [f"For {formatting.listed(named)}" if named else ""]


def reminded(said: Said) -> Told:
    count = said.facts.get("told") or 0
    people = f"{count} {'person was' if count == 1 else 'people were'} told"
    return "Reminded people of it", ["Its agent asked for that", people]


def extended(said: Said) -> Told:
    due, was = (say.moment(said.facts.get(name)) for name in ("respond_by", "was"))
    return "Took more time for the answer", [f"It is due {due}; it was due {was}"]


def taken_over(said: Said) -> Told:
    return "Took the conversation over", [
        "The agent says and does nothing until it is handed back",
        say.voided(said.facts),
        say.came_from(said),
        say.hold(said.facts),
    ]


def returned(said: Said) -> Told:
    return "Handed the conversation back to the agent", _stretch(said.facts)


def resolved(said: Said) -> Told:
    return "Closed the conversation", [*_stretch(said.facts), "The agent goes on nowhere"]


def _stretch(facts: JSON) -> list[str]:
    turns, promises = facts.get("turns"), facts.get("promises")
    made = f"{promises} promise{'' if promises == 1 else 's'} made" if promises else ""
    return [f"{turns} message{'' if turns == 1 else 's'} while people had it", made]


def facts_wanted(said: Said) -> Told:
    when = "when approving" if said.facts.get("command") else "when opening the case"
    whose = "the agent’s" if _read_from(said) else "its"
    return f"Asked {_read_from(said) or 'the agent'} {when} whether {whose} facts still hold", []


def facts_answered(said: Said) -> Told:
    host = _read_from(said)
    if not said.facts.get("count"):
        unread = f"Could not read the agent’s facts at {host}"
        return (
            unread if host else "Could not reach the agent to ask whether its facts still hold",
            [],
        )
    return f"Read at {host} what the facts are now" if host else "Said what its facts are now", []


def _read_from(said: Said) -> str:
    """The host that was asked in the place of the agent."""
    return str(said.facts.get("read_from") or "")


def looked_up(said: Said) -> Told:
    return f"Looked up {_look_up(said)} at {_read_from(said)}", []


def look_up_answered(said: Said) -> Told:
    if not said.facts.get("count"):
        return f"Could not read {_look_up(said)} at {_read_from(said)}", []
    return f"Read {_look_up(said)} at {_read_from(said)}", []


def of_look_up(done: str) -> Callable[[Said], Told]:
    """What an admin did to a look-up, and which kind of work it is for."""

    def tell(said: Said) -> Told:
        agent, task_type = said.facts.get("agent"), str(said.facts.get("task_type") or "")
        work = f"for {task_type}" if task_type else "for every kind of work"
        return f"{done} the look-up {_look_up(said)}", [f"{work} of {agent}" if agent else work]

    return tell


def _look_up(said: Said) -> str:
    return f"“{said.facts.get('name') or 'something'}”"


_RESTED_ON = {
    "same": "{} had just said that its facts still hold",
    "changed": "They had been shown which facts are others now",
    "unanswered": "{} did not say whether its facts still hold",
}


def decided(said: Said) -> Told:
    title, details = say.decided(said)
    rested = _RESTED_ON.get(str(said.facts.get("facts")), "")
    host = str(said.facts.get("facts_from") or "")
    if host:
        rested = rested.replace("its facts", "the agent’s facts")
    return title, [*details, _handed_to(said), rested.format(host or "The agent")]


def _handed_to(said: Said) -> str:
    agent = said.facts.get("handed_to")
    return f"The agent {agent} has the case from then on" if agent else ""


RESULTS = {
    "executed": "Carried the answer out",
    "failed": "Tried to carry the answer out, and it failed",
    "refused": "Refused to carry the answer out",
    "too_late": "Got the answer too late to carry it out",
}
ALTHOUGH = "The agent reports that it did it although it was told not to"


def is_against(result: str, answer: Mapping[str, Any]) -> bool:
    """Whether the agent did what this answer (a decision document) told it not to do. After a
    reversal that is the way back, which it was told to go."""
    return result == "executed" and not answer["proceed"] and answer["outcome"] != "reversed"


def outcome_reported(said: Said) -> Told:
    if said.facts.get("told_not_to"):
        return ALTHOUGH, []
    overtaken = "Of the answer before, which does not stand any more"
    details = [overtaken] if said.facts.get("overtaken") else []
    return RESULTS.get(str(said.facts.get("result")), "Reported what it did"), details


def feedback_reported(said: Said) -> Told:
    facts = said.facts
    effort, csat = facts.get("effort"), facts.get("csat")
    return "Passed on what the customer said", [
        f"Satisfied: {csat} of 5" if csat is not None else "",
        f"Effort: {effort} of 7" if effort is not None else "",
        "Had to repeat themselves" if facts.get("had_to_repeat") else "",
        {True: "Solved", False: "Not solved"}.get(facts["resolved"], "")
        if "resolved" in facts
        else "",
    ]
