"""Who may come in: an API key with the scope, as often as the rate limit allows."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from console import clock
from console.serving import fields, longpoll
from escalations import refusals
from escalations.agents import keys, rate_limit
from escalations.models import ApiKey
from escalations.refusals import Fault

AT_ODDS = "It came more than once, with different values; send one."


class AgentRequest(HttpRequest):
    """A request that was let in."""

    auth: ApiKey
    rate: rate_limit.Allowance | None


class Entrance(HttpBearer):
    """Lets in keys that have `scope`. Raises Unknown, NotAllowed or Exceeded, and Invalid where a
    header of one value came with two."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> ApiKey:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        key = keys.find(text.strip() if kind.lower() == "bearer" else "", now=clock.now())
        # The long-poll front asks several times for one call of the agent.
        again = longpoll.is_repeat(request.META)
        # After the key is known and before its scope: a call for what the key may not do counts as
        # well.
        request.rate = None if again else rate_limit.take(key.pk)  # type: ignore[attr-defined]
        if self.scope not in key.scopes:
            raise refusals.NotAllowed("scope", f"This key does not have the scope {self.scope}.")
        # Joined, two keys of idempotency would be a third one.
        faults = [Fault("", f"{name}: {AT_ODDS}") for name in fields.at_odds(request.META)]
        if faults:
            raise refusals.Invalid("A header cannot be used.", errors=faults)
        return key

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        return self(request)
