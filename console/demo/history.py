"""What happened lately in the demo world, lived through at the real doors with its own times."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import orjson

from console.demo import stories
from console.demo.drafting import DraftedPackage
from console.demo.policy import TASK_TYPES
from console.demo.showpieces import SHOWPIECES
from console.demo.stories import StoryWeight
from escalations import intake, lifecycle
from escalations.access import Viewer
from escalations.agents import reports
from escalations.models import ApiKey, Escalation, State
from escalations.policy import versions
from escalations.proposal.choices import Choice
from escalations.schemas import reports as schemas

DAYS = 14
SHARE_OF_THE_LAST_DAY = 0.5
THINK_S_MAX = 55
QUIET = timedelta(minutes=4)
WAITED_S_MAX = 1500
SHORTEST_DEADLINE_S = min(
    seconds for one in TASK_TYPES.values() for seconds in one["respond_s"].values()
)
LATE_MAX = 2


@dataclass(slots=True)
class Actors:
    """Everybody who takes part, and the one source of chance."""

    people: list[Viewer]
    keys: dict[str, ApiKey]
    rng: Random
    raised: list[tuple[Escalation, DraftedPackage]] = field(default_factory=list)


def live_through(actors: Actors, count: int, *, now: datetime) -> None:
    """`count` cases over the last days, half of them in the last 24 hours, all answered."""
    for at in sorted(_moment(actors.rng, now) for _ in range(count)):
        told = stories.draw(actors.rng)
        _live(actors, told, told.story(actors.rng, at), at, now)
    for escalation, case in actors.raised:
        _raise_again(actors, escalation, case, now)


def leave_open(actors: Actors, count: int, *, now: datetime) -> None:
    """Cases that wait now: those written by hand, and others of every kind; few are late."""
    for place, show in enumerate(SHOWPIECES, start=1):
        at = now - timedelta(minutes=place * 0.9)
        _accept(actors, show(actors.rng, at), at)
    waiting = Escalation.objects.waiting()
    while waiting.count() < count:
        enough_late = waiting.filter(respond_by__lt=now).count() >= LATE_MAX
        longest = SHORTEST_DEADLINE_S if enough_late else WAITED_S_MAX
        at = now - timedelta(seconds=actors.rng.randrange(40, longest))
        _accept(actors, stories.case(actors.rng, at), at)


def _moment(rng: Random, now: datetime) -> datetime:
    """Some time lately, mostly while people work."""
    if rng.random() < SHARE_OF_THE_LAST_DAY:
        ago = timedelta(hours=rng.uniform(0.7, 24))
    else:
        hour = rng.triangular(7, 21, 14)
        midnight = now.replace(hour=0, minute=0, second=0) - timedelta(days=rng.randrange(2, DAYS))
        ago = now - midnight - timedelta(hours=hour)
    return now - ago


def _accept(actors: Actors, case: DraftedPackage, at: datetime) -> Escalation:
    return intake.accept(actors.keys[case.agent], case.body, now=at).escalation


def _live(
    actors: Actors, told: StoryWeight, case: DraftedPackage, at: datetime, now: datetime
) -> None:
    rng = actors.rng
    escalation = _accept(actors, case, at)
    if escalation.state == State.DECIDED:
        _report(actors, escalation, case, now)
        return
    if rng.random() < 0.02:
        agent = escalation.agent.name
        lifecycle.cancel(
            escalation, agent=agent, now=at + timedelta(seconds=rng.randrange(30, 200))
        )
        return
    if rng.random() < 0.03:
        _let_expire(actors, escalation, case, at, now)
        return
    verdict = stories.verdict(told, rng)
    _decide(actors, escalation, case, verdict, at=at, now=now)
    _report(actors, escalation, case, now)
    if rng.random() < (0.16 if verdict == "reject" else 0.03):
        actors.raised.append((escalation, case))


def _let_expire(
    actors: Actors, escalation: Escalation, case: DraftedPackage, at: datetime, now: datetime
) -> None:
    """Nobody answered; the case ends as its agent asked for meanwhile, with a typed outcome."""
    end = min(at + timedelta(hours=3), now - QUIET)
    until = {"expires_at": end.isoformat(), "on_timeout": "return_to_agent"}
    document = orjson.loads(case.body)
    document["deadlines"] = {**(document.get("deadlines") or {}), **until}
    soon = at + timedelta(seconds=1)
    key = actors.keys[case.agent]
    escalation = intake.revise(key, escalation, orjson.dumps(document), now=soon).escalation
    _raise_alerts(escalation, end)
    lifecycle.expire(escalation, now=end + timedelta(seconds=1))


def _decide(
    actors: Actors,
    escalation: Escalation,
    case: DraftedPackage,
    verdict: str,
    *,
    at: datetime,
    now: datetime,
) -> None:
    """One or more people decide, each after waiting and thinking for a while."""
    at = min(at + timedelta(seconds=_wait_s(actors.rng, escalation.level)), now - QUIET)
    choice = _choice(escalation, case, verdict)
    asked = _who(actors, escalation)
    for by in asked:
        _raise_alerts(escalation, at - timedelta(seconds=1))
        held = lifecycle.claim(escalation, by=by, now=at)
        at += timedelta(seconds=actors.rng.randrange(6, THINK_S_MAX))
        escalation = _answered(actors, held, choice, by, at)
        if escalation.state == State.DECIDED:
            break
        choice = Choice("approve")
        at += timedelta(seconds=actors.rng.randrange(20, 200))
        # An edit that met a rule needs more people than the case did.
        if by is asked[-1] and escalation.approvals >= len(asked):
            asked += _others(actors, escalation, asked)


def _raise_alerts(escalation: Escalation, until: datetime) -> None:
    """Each alert at its own moment, as the sweep would have raised it."""
    while escalation.alert_at is not None and escalation.alert_at <= until:
        # Whose time is over at that very moment has ended instead.
        if not lifecycle.raise_alert(escalation, now=escalation.alert_at):
            return
        escalation.refresh_from_db(fields=["alert_at", "alert_step", "overdue_at"])


def _answered(
    actors: Actors, held: Escalation, choice: Choice, by: Viewer, at: datetime
) -> Escalation:
    decided = _act(held, choice, by, at)
    if decided.state == State.DECIDED and decided.undo_s >= 10 and actors.rng.random() < 0.02:
        back = lifecycle.undo(
            decided, by=by, version=decided.version, now=at + timedelta(seconds=4)
        )
        decided = _act(back, Choice("reject", reason_code="other"), by, at + timedelta(seconds=20))
    return decided


def _act(escalation: Escalation, choice: Choice, by: Viewer, at: datetime) -> Escalation:
    task_type = versions.current().document.for_task_type(escalation.task_type)
    return lifecycle.decide(
        escalation,
        choice,
        by=by,
        version=escalation.version,
        reject_reasons=[reason.code for reason in task_type.reasons_to_reject()],
        attention={"active_s": 5 + escalation.number % 40, "chosen_by": "key"},
        digest=escalation.digest,
        now=at,
    )


def _choice(escalation: Escalation, case: DraftedPackage, verdict: str) -> Choice:
    """What the verdict means for this very package."""
    options = (case.package.get("requested") or {}).get("options")
    actions = case.package.get("proposed_actions") or []
    draft = case.package.get("draft_response")
    if verdict == "reject":
        return Choice("reject", reason_code=case.reason, instructions=_note(case.reason))
    elif options and case.answer and not draft:
        return Choice("choose", option_id=case.answer)
    elif not actions and not draft:
        return Choice("respond", reply="Yes, please do; I have written it into the file.")
    elif verdict == "respond":
        return Choice("respond", reply="I have called the customer myself. Nothing more to do.")
    elif verdict == "edit":
        return _edit(escalation, case, actions, draft)
    else:
        return Choice("approve")


def _edit(
    escalation: Escalation,
    case: DraftedPackage,
    actions: list[dict[str, Any]],
    draft: dict[str, Any] | None,
) -> Choice:
    """The call, the reply or only its wording; of several actions the last is refused."""
    if len(actions) > 1:
        each = [{"action_id": one["id"], "type": "approve"} for one in actions]
        return Choice("approve", actions=[*each[:-1], {**each[-1], "type": "reject"}])
    elif draft and escalation.number % 4 == 0:
        return Choice("edit", reply=draft["text"].replace(", ", " – ", 1))
    elif case.reply and (not actions or escalation.number % 2):
        return Choice("edit", reply=case.reply)
    elif case.args and actions:
        first = actions[0]
        call = {"name": first["name"], "args": {**first["args"], **case.args}}
        return Choice("edit", actions=[{"action_id": first["id"], "type": "edit", "edited": call}])
    else:
        return Choice("approve")


def _note(reason: str) -> str:
    return f"{reason.replace('_', ' ').capitalize()}; see the file."


def _who(actors: Actors, escalation: Escalation) -> list[Viewer]:
    """As many different people as are needed, among those with the skills."""
    able = [
        one for one in actors.people if one.decides and one.meets(escalation.requirement.skills)
    ]
    reviewers = [one for one in able if one.role == "reviewer"]
    if len(reviewers) >= escalation.approvals:
        able = reviewers
    return actors.rng.sample(able, k=min(len(able), escalation.approvals + 1))


def _others(actors: Actors, escalation: Escalation, asked: list[Viewer]) -> list[Viewer]:
    """So many more that the author's edit is approved by as many as it needs."""
    wished = escalation.requirement.skills
    able = [one for one in actors.people if one.decides and one.meets(wished) and one not in asked]
    return able[: escalation.approvals + 1 - len(asked)]


def _wait_s(rng: Random, level: int) -> float:
    """Minutes as people have them: mostly a few, sometimes an hour; serious cases go first."""
    typical = {2: 5.4, 3: 4.6, 4: 3.4}[level]
    return min(rng.lognormvariate(typical, 0.95), 3 * 3600)


def _report(actors: Actors, escalation: Escalation, case: DraftedPackage, now: datetime) -> None:
    """What the agent did with it, and sometimes what the customer said of it."""
    rng = actors.rng
    escalation = Escalation.objects.get(pk=escalation.pk)
    if escalation.effective_at is None or escalation.effective_at > now - QUIET:
        return
    at = escalation.effective_at + timedelta(seconds=rng.randrange(1, 9))
    word = "refused" if escalation.outcome == "rejected" else "executed"
    if rng.random() < 0.02:
        word = "failed"
    said: dict[str, Any] = {"outcome": word}
    reports.report(escalation, schemas.Outcome(**said), agent=case.agent, now=at)
    if "conversation" in (case.package.get("context") or {}) and rng.random() < 0.2:
        _survey(rng, escalation, case.agent, min(at + timedelta(hours=1), now))


def _survey(rng: Random, escalation: Escalation, agent: str, at: datetime) -> None:
    good = escalation.outcome in {"approved", "edited"}
    csat = rng.choices([1, 2, 3, 4, 5], [1, 1, 3, 8, 9] if good else [4, 5, 5, 3, 1])[0]
    said = schemas.Feedback(csat=csat, resolved=csat > 2, had_to_repeat=rng.random() < 0.15)
    reports.feedback(escalation, said, agent=agent, now=at)


def _raise_again(actors: Actors, earlier: Escalation, case: DraftedPackage, now: datetime) -> None:
    """The agent comes back with the same matter, some hours or days later."""
    earlier = Escalation.objects.get(pk=earlier.pk)
    at = (earlier.decided_at or now) + timedelta(minutes=actors.rng.randrange(30, 2400))
    if earlier.state != State.DECIDED or at > now - timedelta(minutes=30):
        return
    reason = {"type": "repeated_failure", "reason": "The customer came back: it was not settled."}
    package = case.package | {"re_escalates": earlier.id, "trigger": reason}
    again = DraftedPackage(case.agent, package, case.args, case.reply, case.reason, case.answer)
    escalation = _accept(actors, again, at)
    if escalation.state in {State.WAITING, State.SECOND}:
        _decide(actors, escalation, again, "approve", at=at, now=now)
        _report(actors, escalation, again, now)
