"""The rows that routing brings to the table of kinds: what is asked of who holds a case, and what
changes of people, skills, teams, shifts and presence."""

from escalations.record import sentences as say
from escalations.record.kind import Kind, Screen, Whom
from escalations.record.sentences import Said, Told
from routing.attendance.automatic import SetBy, State

FINISHING = "Offline once what they hold is done"
SET_BY = {
    SetBy.MISSED: "An offer was missed",
    SetBy.LOST: "The connection was lost",
    SetBy.SHIFT: "By their shift",
    SetBy.PAUSED: "An offer was declined",
}


def _presence(said: Said) -> Told:
    facts = said.facts
    state = str(facts.get("state", ""))
    told = [State(state).label if state in State.values else state]
    told += [SET_BY[facts["set_by"]]] if facts.get("set_by") in SET_BY else []
    told += [str(facts["reason"])] if facts.get("reason") else []
    told += [FINISHING] if facts.get("draining") else []
    return "Set the status of a person", [". ".join(told)]


OF_CASES = (
    Kind(
        "handover_asked",
        "Asked whoever holds the case for it",
        tell=say.handover_asked,
        notified=frozenset({Whom.HOLDER}),
        refreshes=Screen.CASE,
    ),
    Kind(
        "handover_kept",
        "Kept the case that was asked for",
        tell=say.handover_kept,
        notified=frozenset({Whom.ASKER}),
        refreshes=Screen.CASE,
    ),
)
OF_PEOPLE = {
    "skill_added": "Added a skill",
    "skill_removed": "Removed a skill",
    "team_added": "Added a team",
    "team_changed": "Changed how a team gets work",
    "team_removed": "Removed a team",
    "duty_set": "Set the team of a person and how they get work",
    "limits_set": "Set how much of a kind of work a person takes",
    "shifts_set": "Set the weekly shifts of a person",
    "time_off_added": "Added time off of a person",
    "time_off_removed": "Removed time off of a person",
}
ROWS = (
    *OF_CASES,
    *(
        Kind(name, says, chain="people", refreshes=Screen.ROSTER)
        for name, says in OF_PEOPLE.items()
    ),
    Kind(
        "presence_set",
        "Set the status of a person",
        chain="presence",
        tell=_presence,
        refreshes=Screen.STATUS,
    ),
)
