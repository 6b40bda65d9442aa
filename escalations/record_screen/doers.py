"""Who is meant by what somebody types under "Who", and in which cases they did something."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Case, CharField, Exists, F, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Length, Substr

from escalations.models import Agent, Event
from escalations.models.events import ActorOf
from escalations.record import kinds

# Who is no person and no agent, as the record begins their name, with what people call them.
MACHINES = {
    "policy": {"policy", "the policy"},
    "baton": {"baton"},
    "operator": {"operator", "an operator", "an operator of this server"},
}
# Whoever runs a command of this machine, by its name.
OPERATORS = {"operator", "command"}
# Readings stand in a chain beside that of their case: `case/<its id>/reads`.
BESIDE, READS = "case/", "/reads"


def nobody_is_called(who: str) -> Q:
    """Where this is a whole name, its bearer is meant, and nobody of a name like it."""
    bearers = get_user_model().objects.filter(username=who)
    return Q(~Exists(Agent.objects.filter(name=who))) & Q(~Exists(bearers))


def people(who: str) -> QuerySet[Any]:
    """Whose username this is; else, of small and large letters alike, or whose name has all its
    words."""
    named = get_user_model().objects.annotate(
        called=Concat(Value(" "), "first_name", Value(" "), "last_name", Value(" "))
    )
    words = Q()
    for word in who.split():
        words &= Q(called__icontains=f" {word} ")
    like = Q(username__iexact=who) | words
    return named.filter(Q(username=who) | like & nobody_is_called(who))


def agents(who: str) -> QuerySet[Agent]:
    """Of this name; else, of small and large letters alike."""
    return Agent.objects.filter(Q(name=who) | Q(name__iexact=who) & nobody_is_called(who))


def machine(kind: str) -> str:
    """Which machine a kind of actor is, as no person and no agent can be called; empty for none."""
    kind = "operator" if kind in OPERATORS else kind
    return f"{kind}:" if kind in MACHINES else ""


def machines(who: str) -> list[str]:
    """Those that may be meant."""
    word = who.casefold()
    return [machine(kind) for kind, words in MACHINES.items() if word in words]


def actors(who: str) -> list[str]:
    """Everybody who may be meant, as lines of the record name them."""
    called = [one.removesuffix(":") for one in machines(who)]
    return [
        *("operator:manage.py" if one == "operator" else one for one in called),
        *(f"person:{person.get_username()}" for person in people(who)),
        *(f"agent:{name}" for name in agents(who).values_list("name", flat=True)),
    ]


def cases_of(kind: str, actors: Collection[str] | None) -> QuerySet[Any]:
    """The ids of cases in whose record these did this; an empty kind: anything, None: anybody.
    Readings are in it. Read from one index, never from the lines."""
    # All of them by name: the index begins with the kind.
    wanted = [kind] if kind else [row.name for row in kinds.of_cases()]
    lines = Event.objects.filter(kind__in=wanted)
    if actors is not None:
        stored = [ActorOf.stored(actor) for actor in actors]
        lines = lines.annotate(actor=ActorOf("body")).filter(actor__in=stored)
    inner = Substr("chain", len(BESIDE) + 1, Length("chain") - len(BESIDE) - len(READS))
    case = Case(
        When(chain__startswith=BESIDE, then=inner), default=F("chain"), output_field=CharField()
    )
    return lines.order_by().values_list(case, flat=True)
