"""Agents, the keys they come in with and the endpoints they listen on."""

from django.db import models

from escalations.text import formatting, names


class AgentQuerySet(models.QuerySet["Agent"]):
    def called(self, name: str) -> "Agent | None":
        """The agent that this name means, whatever its capitals."""
        agents = self.in_bulk(field_name="name")
        return agents.get(names.meant(name, agents))


class Agent(models.Model):
    """Software that asks. `name` is its public id, as in `source.agent.id` of a package."""

    name = models.CharField(max_length=255, unique=True)
    signing_secret = models.CharField(
        max_length=255, blank=True, help_text="Signs what goes to a package's own `callback.url`."
    )
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    facts_url = models.CharField(
        max_length=1000, blank=True, help_text="Where what its actions rest on is read again."
    )
    facts_token = models.CharField(max_length=2000, blank=True, help_text="Sent there; encrypted.")
    facts_fields = models.JSONField(
        default=list, help_text="Each `[label, path in the answer]`; none: the answer has `facts`."
    )

    objects = AgentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """One way in for an agent. Only the prefix and the SHA-256 of the secret are kept."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(max_length=16, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    callback_hosts = models.JSONField(
        default=list, help_text="Hosts that a package's `callback.url` may name."
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    lifetime = models.DurationField(
        null=True, blank=True, help_text="Given when it was made; a key in its place gets it anew."
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.agent}: {self.prefix}"


class Endpoint(models.Model):
    """Where an agent wants its webhooks. `name` is what a package's `callback.endpoint` says."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="endpoints")
    name = models.CharField(max_length=64)
    url = models.URLField(max_length=2000)
    secret = models.CharField(max_length=255)
    events = models.JSONField(default=list, help_text="Event types wanted; empty means all.")
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "name"], name="endpoint_once_per_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.name}"

    @property
    def wants(self) -> list[str]:
        """The events that it gets, as they are called on screen; empty means all."""
        return [formatting.event(one) for one in self.events]
