"""Answers on their way to agents: signed webhooks, tried for seven days."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from console.outside import outbound
from escalations import lifecycle
from escalations.deliveries import outbox, signing
from escalations.deliveries.outbox import Outbox, Outcome
from escalations.lifecycle import effect, outgoing
from escalations.lifecycle.taking_back.reversing import REVERSED
from escalations.models import Decision, Delivery, Endpoint
from escalations.models.deliveries import TEST
from escalations.record import sheets
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict

CHAIN = "agents"


class Webhooks(Outbox[Delivery]):
    """A receiver may be away for a weekend, and everybody's pauses differ, so that one that comes
    back is not met by all at once."""

    name, one, prefix = "webhooks", "webhook", "msg"
    rows = Delivery
    related = ("endpoint", "agent", "escalation", "decision")
    case = "escalation"
    sought = ("agent__name", "url")
    sending_sets = ("url",)
    couriers = 16
    lease = timedelta(seconds=20)
    try_for = outgoing.TRY_FOR
    pauses_s = (5, 30, 2 * 60, 10 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
    jitter = 1.0
    counts_as_unsent = Q(pk__in=())

    def send(
        self,
        row: Delivery,
        *,
        now: datetime,
        resolve: outbound.Resolver = outbound.system_resolver,
    ) -> Outcome:
        """To the endpoint as it is now, which may have been corrected meanwhile; not where a later
        decision has taken this one back, nor what tells of no case and is no test."""
        if _is_overtaken(row) or (row.escalation_id is None and row.kind != TEST):
            return Outcome(moot=True)
        endpoint = row.endpoint
        row.url = endpoint.url if endpoint else row.url
        if endpoint and endpoint.disabled_at:
            return Outcome("The endpoint is disabled.", over=True)
        body = row.body.encode()
        stored = endpoint.secret if endpoint else row.agent.signing_secret
        try:
            headers = signing.headers(stored, row.id, body, now=now)
        # Tried again, not given up: the endpoint may get a new secret, or the deployment its old
        # key.
        except signing.SecretUnreadable as error:
            return Outcome(str(error))
        return outbox.post(row.url, body, headers, resolve=resolve)

    def leased(self, rows: QuerySet[Delivery], *, now: datetime) -> None:
        """From now on nobody takes back what they tell of."""
        effect.hand_out(Decision.objects.filter(pk__in=rows.values("decision")), now=now)

    def settled(self, row: Delivery, outcome: Outcome, *, now: datetime) -> None:
        """An endpoint that is gone is disabled; what ended stands in the record."""
        if outcome.over and row.endpoint:
            _disable(row.endpoint, now)
        if row.state != Delivery.State.DUE and not outcome.moot:
            kind = "undelivered" if outcome.error else "delivered"
            # Where it went, as the row may say something else before and after.
            facts: dict[str, int | str | None] = {
                "attempts": row.attempts,
                "status": outcome.status,
                "endpoint": row.endpoint_id,
            }
            hidden = {} if row.endpoint else {"address": row.url}
            _write(row, kind, now=now, facts=facts, hidden=hidden)

    def require_replayable(self, row: Delivery, *, now: datetime) -> None:
        if row.kind == TEST:
            raise Conflict(
                "a_test", "It was a test event; send another from the page of its agent."
            )
        if row.endpoint and row.endpoint.disabled_at:
            raise Conflict("endpoint_disabled", "Its endpoint is disabled; enable that first.")
        until = row.undoable_until(now)
        if until is not None:
            # Sent, nobody could take it back any more, who was promised that they can.
            said = "Whoever decided can still take it back; it leaves by itself after that."
            raise Conflict("can_be_undone", said, at=until)
        if _is_overtaken(row):
            raise Conflict("overtaken", "A later decision took this one back.")

    def replayed(self, row: Delivery, *, by: Actor, now: datetime) -> None:
        """It goes to where the endpoint is now, and the record says who had it sent."""
        if row.endpoint:
            row.url, row.host = row.endpoint.url, outbound.origin(row.endpoint.url)
            row.save(update_fields=["url", "host"])
        _write(row, "replayed", actor=by, now=now)

    def dead(self) -> list[str]:
        tests = self.messages().filter(state=Delivery.State.DEAD, kind=TEST)
        gone = set(tests.values_list("id", flat=True))
        return [one for one in super().dead() if one not in gone]

    def unsent(self, *, now: datetime) -> list[Delivery]:
        return [row for row in super().unsent(now=now) if row.kind != TEST]

    def well(self) -> str:
        return "Every answer has arrived, or is still being tried."


WEBHOOKS = Webhooks()


def _is_overtaken(row: Delivery) -> bool:
    """Whether an agent that hears of it now would hear what was taken back since. What merely came
    before something else, as a takeover before it was given back, it hears all the same."""
    reversed_ = Decision.objects.filter(
        escalation=row.escalation_id, undone_at=None, outcome=REVERSED
    )
    told = row.decision
    return told is not None and reversed_.filter(sequence__gt=told.sequence).exists()


def _disable(endpoint: Endpoint, now: datetime) -> None:
    """As an admin does, but nobody asked for it."""
    # Only where it is not disabled already: the first time stands.
    if Endpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=True).update(disabled_at=now):
        facts = {"agent": endpoint.agent.name, "endpoint": endpoint.name}
        sheets.append(CHAIN, "endpoint_disabled", actor=BATON, at=now, facts=facts)


def _write(
    delivery: Delivery,
    kind: str,
    *,
    now: datetime,
    actor: Actor = BATON,
    facts: Mapping[str, int | str | None] | None = None,
    hidden: Mapping[str, str] | None = None,
) -> None:
    """A line of the record: that the agent was told, or could not be."""
    if delivery.escalation:
        told = {"delivery": delivery.id, "decision": delivery.decision_id, "type": delivery.kind}
        lifecycle.note(
            delivery.escalation, kind, actor=actor, facts=told | dict(facts or {}), now=now,
            hidden=hidden,
        )  # fmt: skip
