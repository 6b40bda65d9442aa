"""The record: append-only, hash-chained lines. Triggers refuse UPDATE and DELETE."""

from typing import Any

from django.db import connection, models

from escalations.models.escalations import Escalation


class ActorOf(models.Func):
    """Who did what a line tells, out of its body: canonical JSON begins with `{"actor":"`. For an
    index, so that a person is found by everything they did without a column of its own."""

    output_field = models.CharField()
    BEGINS, LENGTH_MAX = len('{"actor":"') + 1, 640

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        named = f"CAST(substr(%(expressions)s, {self.BEGINS}, {self.LENGTH_MAX}) AS TEXT)"
        # Written out: an index is taken only for an expression that is written like its own.
        template = f"substr({named}, 1, instr({named}, '\"') - 1)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Not decoded: the last letter may be cut in two.
        bytes_of = f"substr(%(expressions)s, {self.BEGINS}, {self.LENGTH_MAX})"
        template = f"split_part(encode({bytes_of}, 'escape'), '\"', 1)"
        return self.as_sql(compiler, connection, template=template, **context)

    @staticmethod
    def stored(actor: str) -> str:
        """An actor as this expression gives it."""
        if connection.vendor == "postgresql":
            letters = (chr(one) if one < 128 else f"\\{one:03o}" for one in actor.encode())
            return "".join("\\\\" if letter == "\\" else letter for letter in letters)
        else:
            return actor


class Event(models.Model):
    """One line of one chain. `body` is the canonical JSON whose hash `hash` continues the chain."""

    chain = models.CharField(max_length=64, help_text="An escalation's id, `policy`, `people`, …")
    position = models.PositiveIntegerField(help_text="1 for the first of its chain.")
    escalation = models.ForeignKey(
        Escalation,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="events",
    )
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    body = models.BinaryField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="chain_without_forks"),
        ]
        indexes = [
            models.Index("escalation", "position", name="events_of_escalation"),
            models.Index(
                models.F("kind"), ActorOf("body"), models.F("chain"), name="events_by_who"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.position} {self.kind}"


class ChainHead(models.Model):
    """Where a chain that belongs to no escalation ends, so that a tail that was cut off shows."""

    chain = models.CharField(max_length=64, primary_key=True)
    length = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain}/{self.length}"


class SealedSheet(models.Model):
    """What the last seal said of one account: one person with their rights, or one agent."""

    name = models.CharField(max_length=300, primary_key=True, help_text="person/dana, agent/mira")
    digest = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name
