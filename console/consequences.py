"""What an act that cannot be undone ends, said before it is done."""

from datetime import datetime

from django.utils.timesince import timesince

from console.models import User
from escalations.agents.keys import USE_NOTED_EVERY
from escalations.models import Agent, ApiKey, Endpoint, LookUp

NEW_SIGNATURES = "Receivers that still check with the old secret refuse what is signed from now on."


def of_revoking(key: ApiKey, now: datetime) -> str:
    """By when it was last used anybody sees whether an agent still lives on it."""
    if key.last_used_at is None:
        used = f"It was never used by {key.agent.name}."
    else:
        used = f"Last used {_ago(key.last_used_at, now)} by {key.agent.name}."
    return f"{used} Every call with it is refused from now on, and it cannot be brought back."


def of_switching_off(agent: Agent, keys: int) -> str:
    many = "its key is" if keys == 1 else f"all of its {keys} keys are"
    return f"{agent.name} hands over nothing while it is off: {many} refused."


def of_not_sending(endpoint: Endpoint) -> str:
    return f"{endpoint.name} is sent nothing while it is off; answers wait there."


def of_asking_itself(agent: Agent) -> str:
    return f"{agent.name} itself is asked by webhook again, and the token is forgotten."


def of_removing(look_up: LookUp) -> str:
    return f"Nobody can look up {look_up.name} any more, and its token is forgotten."


def of_new_password(user: User) -> str:
    return f"The password of {user.name} ends now, and so does every session of theirs."


def of_signing_out(user: User) -> str:
    return f"Every screen of {user.name} asks for the password again."


def of_closing(user: User, taken: int) -> str:
    held = f" They hold {taken} of their units; that work goes back." if taken else ""
    return f"{user.name} is signed out and cannot sign in.{held} What they decided stays theirs."


def _ago(then: datetime, now: datetime) -> str:
    """A use is noted once in so long: within that nobody knows it closer."""
    if now - then < 2 * USE_NOTED_EVERY:
        return "within the last 2 minutes"
    return f"{timesince(then, now, depth=1)} ago"
