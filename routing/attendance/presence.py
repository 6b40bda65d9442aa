"""Who is there: what people say of themselves, what supervisors say, and what Baton finds.

The one writer of `Presence`. Every change is a line of the chain `presence/<username>`, and takes
back what was offered to somebody who is not available any more.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from console.hints import hub, nudge
from console.models import Role, User
from escalations import lifecycle
from escalations.access import Viewer
from escalations.models import Escalation, Vote
from escalations.models import State as CaseState
from escalations.policy import versions
from escalations.record import lines
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict, Fault, Invalid, NotAllowed
from routing.attendance import automatic, calendar
from routing.attendance.automatic import PresenceChange, SetBy, State
from routing.attendance.calendar import Week
from routing.models import Offer, Presence
from routing.people import units

CHAIN = "presence/{}"
REASONS = ("Lunch", "Break", "Training", "Meeting")
OF_BATON = {
    automatic.FINISHED,
    automatic.SHIFT_OVER,
    automatic.NOT_ON_SHIFT,
    automatic.MISSED,
    automatic.TOO_MUCH,
}
REASON_LENGTH = 100
# Who said these themselves, or is not reachable, does not have what a supervisor gave them either.
LEAVING = {SetBy.SELF, SetBy.LEAD, SetBy.LOST}
# What an open dialog may add to the time of an offer, in all.
DIALOG_MAX = timedelta(minutes=2)


def of(user_ids: Collection[int]) -> dict[int, Presence]:
    """How these people are now; who was never there has no row."""
    return {row.person_id: row for row in Presence.objects.filter(person__in=user_ids)}


def takes_work(row: Presence | None) -> bool:
    """Whether something may be offered to whoever this is."""
    return row is not None and row.state == State.PRESENT


def set_state(
    user: User,
    state: str,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
    back_at: datetime | None = None,
    draining: bool = False,
) -> Presence:
    """Somebody says how they are, or a supervisor says it of them; what they have not answered
    goes back at once. Draining is busy until what they hold is finished, then away.

    Raises NotAllowed for whoever does not lead others, and for whoever does not take cases;
    Conflict where somebody without an open screen is to be available; Invalid naming the fault.
    """
    _require_may(user, by)
    _require_usable(state, reason, back_at, now)
    own = by.user_id == user.pk
    with transaction.atomic():
        row = _locked(user.pk, now)
        if state == State.PRESENT and not own and row.state == State.OFFLINE:
            raise Conflict("not_there", f"{user.name} has no screen of Baton open.")
        # Whoever says so has a screen open; without this the next sweep would find them lost.
        if own:
            row.seen_at = now
        if own and state == State.PRESENT and row.state == State.PRESENT:
            row.ready_at = now
            row.save(update_fields=["ready_at"])
            nudge.nudge("dispatch")
        set_by = SetBy.SELF if own else SetBy.LEAD
        finishing = draining and state == State.BUSY
        change = PresenceChange(state, set_by, reason.strip(), back_at, finishing)
        _become(row, change, actor=Actor("person", by.username), now=now)
    # After the commit: a missed offer locks its case and then this row, and here cases are locked.
    # The other way round two would wait for each other.
    _recall(row, now)
    return row


def end_shift(user: User, *, by: Viewer, now: datetime) -> Presence:
    """Offline at once for whoever holds nothing; who holds something finishes it first.

    Raises as `set_state`.
    """
    holds = Escalation.objects.filter(state__in=CaseState.held(), held_by=user).exists()
    state = State.BUSY if holds else State.OFFLINE
    return set_state(user, state, by=by, now=now, reason=automatic.SHIFT_OVER, draining=holds)


def missed(user_id: int, *, since: datetime, now: datetime) -> None:
    """An offer made to this person at `since` was not answered in time. After as many in a row as
    the policy bears they are away until they say they are back, and what else matching offered
    them goes back on commit. Whoever was at work meanwhile has missed nothing.
    """
    bears = versions.current().document.routing.missed_offers_max
    with transaction.atomic():
        row = _locked(user_id, now)
        at_work = _has_worked(row, since)
        begins = at_work or _answered_since(user_id)
        row.missed = (0 if begins else row.missed) + (0 if at_work else 1)
        row.save(update_fields=["missed"])
        # Whoever is offline has left, and away would say that they are there.
        if row.state != State.OFFLINE and row.missed >= bears:
            change = PresenceChange(State.AWAY, SetBy.MISSED, automatic.MISSED)
            _become(row, change, actor=BATON, now=now)
    # The case of the missed offer is locked; locking others now would wait for each other.
    transaction.on_commit(partial(_recall, row, now), robust=True)


def declined(user_id: int, *, reason: str, now: datetime) -> None:
    """Whoever declines an offer because it is too much, or for a break, is offered nothing until
    they say so; what else matching offered them goes back on commit."""
    with transaction.atomic():
        row = _locked(user_id, now)
        change = automatic.declining(row, reason)
        if change is None:
            return
        _become(row, change, actor=Actor("person", row.person.username), now=now)
    transaction.on_commit(partial(_recall, row, now), robust=True)


def silent(user_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these people of whose screens nothing was heard lately: gone, as far as we know."""
    rows = of(user_ids)
    return {one for one in user_ids if one not in rows or automatic.is_silent(rows[one], now)}


def lose(user_id: int, *, now: datetime) -> bool:
    """Whoever is silent while something is offered to them has lost the connection: all that is
    offered to them goes back, and nobody has missed it. False where they were heard meanwhile."""
    with transaction.atomic():
        row = _locked(user_id, now)
        if not automatic.is_silent(row, now):
            return False
        if row.state != State.OFFLINE:
            _become(row, automatic.lost(row), actor=BATON, now=now)
    _recall(row, now)
    return True


def beat(
    seen: Mapping[int, bool], now: datetime, *, in_dialog: Collection[int] = frozenset()
) -> None:
    """Screens of these people were heard, and whether a hand moved there: they are seen, what
    came to them stays theirs, and who was offline arrives. What is offered to those `in_dialog`
    waits for their answer meanwhile."""
    # Read before they are marked as seen: whoever arrives is judged by the beat before this one.
    rows = of(seen)
    _mark_seen(seen, now)
    _keep_what_is_held(seen, now)
    if in_dialog:
        _prolong_offers(in_dialog, now)
    for person, row in rows.items():
        if seen[person] and automatic.after_miss(row, now) is not None:
            _come_back(person, now)
    there = {one for one, row in rows.items() if row.state != State.OFFLINE}
    others = User.objects.filter(pk__in=set(seen) - there, is_active=True)
    absent = list(others.exclude(role=Role.AUDITOR).values_list("pk", flat=True))
    weeks = calendar.weeks_of(absent, now) if absent else {}
    for person in absent:
        seen_at = rows[person].seen_at if person in rows else None
        _arrive(person, seen_at, weeks[person], now)


def recall(user_id: int, *, reason: str, now: datetime, given: bool = True) -> int:
    """Take back what is offered to somebody who is not there for it; counts. Unless `given`, what
    a supervisor gave them stands for its own time."""
    theirs = Escalation.objects.filter(offered_to=user_id, state=CaseState.OFFERED)
    if not given:
        open_ = Offer.objects.filter(person=user_id, outcome=Offer.Outcome.OPEN)
        theirs = theirs.exclude(pk__in=open_.exclude(given_by=None).values("escalation"))
    return sum(
        lifecycle.withdraw(case, whose=user_id, reason=reason, now=now) for case in list(theirs)
    )


def sweep(now: datetime) -> int:
    """What changes by itself: lost screens, shifts and breaks that begin or end, finished work.
    Counts. Safe to run twice, and by two at once."""
    rows = {row.person_id: row for row in there(now)}
    weeks, taken = calendar.weeks_of(rows, now), units.taken_of(rows)
    done = sum(_settle(row, weeks[one], taken.get(one, 0), now) for one, row in rows.items())
    for person, row in rows.items():
        _note_idle(row, taken.get(person, 0), now)
    return done


def there(now: datetime) -> QuerySet[Presence]:
    """Everybody who is signed in, whatever the moment."""
    return Presence.objects.exclude(state=State.OFFLINE)


def recall_all(now: datetime) -> int:
    """End the offers to who is not available any more; counts the people. Safe to run twice."""
    people = offered_in_vain(now).values_list("person", flat=True).distinct()
    for person in people:
        recall(person, reason="not_available", now=now, given=False)
    return len(people)


def offered_in_vain(now: datetime) -> QuerySet[Offer]:
    """What matching offered to somebody in the moment in which they went."""
    gone = (State.BUSY, State.AWAY, State.OFFLINE)
    found = Offer.objects.filter(outcome=Offer.Outcome.OPEN, given_by__isnull=True)
    return found.filter(person__presence__state__in=gone)


def _require_may(user: User, by: Viewer) -> None:
    if user.role == Role.AUDITOR or not by.decides:
        raise NotAllowed("not_allowed", "Auditors read; they have no status.")
    if by.user_id != user.pk and not by.leads:
        raise NotAllowed("not_allowed", "Only supervisors set the status of others.")


def _require_usable(state: str, reason: str, back_at: datetime | None, now: datetime) -> None:
    faults = []
    if state not in State.values:
        faults.append(Fault("/state", "Choose available, busy, away or offline."))
    if len(reason.strip()) > REASON_LENGTH:
        faults.append(Fault("/reason", f"Use at most {REASON_LENGTH} characters."))
    if back_at is not None and back_at <= now:
        faults.append(Fault("/back_at", "Choose a time that is still to come."))
    if faults:
        raise Invalid(faults[0].detail, errors=faults)


def _locked(user_id: int, now: datetime) -> Presence:
    """Their row, locked until the transaction ends; who has none gets one."""
    # Only a row that is there can be locked; of two first beats at once one makes it and the other
    # finds it.
    Presence.objects.get_or_create(
        person_id=user_id, defaults={"since": now, "set_by": SetBy.SHIFT}
    )
    return Presence.objects.select_for_update().get(person=user_id)


def _become(row: Presence, change: PresenceChange, *, actor: Actor, now: datetime) -> bool:
    """Write the change, its line and its hints; False, and only what was seen, if it is none."""
    wanted = asdict(change)
    if all(getattr(row, name) == value for name, value in wanted.items()):
        row.save(update_fields=["seen_at"])
        return False
    for name, value in wanted.items():
        setattr(row, name, value)
    row.since = now
    row.save()
    lines.append(
        CHAIN.format(row.person.username), "presence_set", actor=actor, at=now, facts=_facts(change)
    )
    _hint(row.person_id, "presence")
    nudge.nudge("dispatch")
    return True


def _hint(user_id: int, kind: str) -> None:
    message = {"type": "notice", "person": user_id, "kind": kind}
    transaction.on_commit(partial(hub.publish, message), robust=True)


def _facts(change: PresenceChange) -> dict[str, str | bool]:
    """Reasons in words of their own may be personal, and a line is for ever."""
    known = {"", *REASONS, *OF_BATON}
    return {
        "state": str(change.state),
        "reason": change.reason if change.reason in known else "other",
        "set_by": str(change.set_by),
        "draining": change.draining,
    }


def _recall(row: Presence, now: datetime) -> None:
    if not takes_work(row):
        given = row.set_by in LEAVING
        recall(row.person_id, reason=str(row.state), now=now, given=given)


def _has_worked(row: Presence, since: datetime) -> bool:
    """Whether a hand of theirs moved since then, on any screen or on what they hold."""
    if row.active_at is not None and row.active_at >= since:
        return True
    held = Escalation.objects.filter(state__in=CaseState.held(), held_by=row.person_id)
    decided = Escalation.objects.filter(decided_by=row.person_id, decided_at__gte=since)
    voted = Vote.objects.filter(person=row.person_id, voted_at__gte=since)
    return held.filter(active_at__gte=since).exists() or decided.exists() or voted.exists()


def _answered_since(user_id: int) -> bool:
    """Whether they accepted, voted on or decided anything since they missed an offer before this
    one."""
    # The newest of the two is the one that is being counted; whatever was answered since the one
    # before it begins the count anew.
    before = Offer.objects.filter(person=user_id, outcome=Offer.Outcome.MISSED)
    times = list(before.order_by("-answered_at").values_list("answered_at", flat=True)[:2])
    last = times[1] if len(times) > 1 else None
    if last is None:
        return True
    accepted = Offer.objects.filter(person=user_id, outcome=Offer.Outcome.ACCEPTED)
    voted = Vote.objects.filter(person=user_id, voted_at__gt=last)
    decided = Escalation.objects.filter(decided_by=user_id, decided_at__gt=last)
    return accepted.filter(answered_at__gt=last).exists() or voted.exists() or decided.exists()


def _mark_seen(seen: Mapping[int, bool], now: datetime) -> None:
    """One statement. A row that is being written just now is left to the next beat."""
    # An UPDATE waits for locked rows; only the SELECT inside it can pass over them.
    theirs = Presence.objects.select_for_update(skip_locked=True).filter(person__in=seen)
    with transaction.atomic():
        moved = [person for person, moved in seen.items() if moved]
        active_at = Case(When(person__in=moved, then=Value(now)), default=F("active_at"))
        rows = Presence.objects.filter(pk__in=theirs.values("pk"))
        rows.update(seen_at=now, active_at=active_at)


def _keep_what_is_held(seen: Collection[int], now: datetime) -> None:
    """What they hold stays theirs, whichever case is open on screen and however they came to it,
    until nothing was done in that very case for too long."""
    held = Escalation.objects.filter(state__in=CaseState.held(), held_by__in=seen)
    numbers = set(held.values_list("pk", flat=True))
    if numbers:
        lifecycle.keep(numbers, now=now)


def _prolong_offers(user_ids: Collection[int], now: datetime) -> None:
    """A dialog lies over what is offered to them: they get the whole time for it again, and at
    most `DIALOG_MAX` more than it had."""
    offers = Offer.objects.filter(person__in=user_ids, outcome=Offer.Outcome.OPEN)
    for offer in offers.select_related("escalation"):
        until = min(now + (offer.until - offer.offered_at), offer.until + DIALOG_MAX)
        whose = offer.person_id
        if lifecycle.prolong(offer.escalation, whose=whose, until=until, now=now):
            _hint(whose, "offer")


def _come_back(user_id: int, now: datetime) -> None:
    with transaction.atomic():
        row = _locked(user_id, now)
        # Asked again under the lock: they may have said how they are meanwhile.
        change = automatic.after_miss(row, now)
        if change is not None:
            row.missed = 0
            _become(row, change, actor=BATON, now=now)


def _arrive(user_id: int, seen_at: datetime | None, week: Week, now: datetime) -> None:
    """`seen_at` is the last beat before this one."""
    with transaction.atomic():
        row = _locked(user_id, now)
        # `_mark_seen` has written this beat already, and `arriving` asks how long ago the one
        # before it was.
        row.seen_at = seen_at
        change = automatic.arriving(row, week=week, now=now)
        row.seen_at = now
        # Asked again under the lock: another process may have let them arrive meanwhile.
        if row.state == State.OFFLINE and change is not None:
            _become(row, change, actor=BATON, now=now)
        else:
            row.save(update_fields=["seen_at"])


def _settle(row: Presence, week: Week, taken: int, now: datetime) -> bool:
    """Asks without a lock whether anything is due, and again under it."""
    asked = partial(automatic.due, taken=taken, week=week, now=now)
    if asked(row) is None:
        return False
    with transaction.atomic():
        row = _locked(row.person_id, now)
        change = None if row.state == State.OFFLINE else asked(row)
        changed = change is not None and _become(row, change, actor=BATON, now=now)
    if changed:
        _recall(row, now)
    return changed


def _note_idle(row: Presence, taken: int, now: datetime) -> None:
    """Since when whoever holds nothing does so."""
    if (row.idle_since is None) is (taken == 0):
        idle_since = None if taken else now
        # Only where it is as it was read: of two sweeps at once the second would move the moment.
        Presence.objects.filter(pk=row.pk, idle_since=row.idle_since).update(idle_since=idle_since)
