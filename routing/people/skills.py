"""Which skills there are: trades and languages. Who has them is in `roster`."""

from datetime import datetime

from django.db import IntegrityError, transaction

from escalations.policy import versions
from escalations.policy.document import PolicyDocument, TaskType
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from routing.models import Proficiency, Skill
from routing.people import announcing

NAME_MAX = 64
USED_MAX = 3


def usable(name: str) -> bool:
    """As the policy writes skills: no sign that stands between them."""
    plain = name.isprintable() and not set(name) & set(",:+")
    return plain and 0 < len(name) <= NAME_MAX and name == name.strip()


@transaction.atomic
def add(name: str, kind: str, *, by: Actor, now: datetime) -> Skill:
    """One more skill. Raises Invalid naming the field at fault."""
    if not usable(name):
        raise Invalid.of("/name", "Use at most 64 letters, without commas, colons or plus signs.")
    if kind not in Skill.Kind.values:
        raise Invalid.of("/kind", "Choose trade or language.")
    same = Skill.objects.filter(name__iexact=name).first()
    if same is not None:
        raise Invalid.of("/name", f"There is already a skill called {same.name}.")
    # Two who add it at once both pass the question above; the unique key lets one through.
    try:
        with transaction.atomic():
            made = Skill.objects.create(name=name, kind=kind)
    except IntegrityError as error:
        raise Invalid.of("/name", f"There is already a skill called {name}.") from error
    announcing.note("skill_added", {"skill": name, "kind": str(kind)}, by=by, now=now)
    return made


@transaction.atomic
def remove(skill: Skill, *, by: Actor, now: datetime) -> None:
    """Forget a skill that nobody has. Raises Conflict, saying who or what still uses it."""
    # A full lock, not `no_key`: whoever gives somebody this skill refers to its row and must wait.
    skill = Skill.objects.select_for_update().get(pk=skill.pk)
    having = Proficiency.objects.filter(skill=skill, grade__gt=0).select_related("person")
    if people := [row.person.name for row in having.order_by("person__first_name")]:
        have = "has" if len(people) == 1 else "have"
        text = f"{_listed(people)} {have} {skill.name}; set it to 0 first."
        raise Conflict("in_use", text)
    wanted = requirements(versions.current().document)
    if kinds := sorted(title for title, names in wanted.items() if skill.name in names):
        raise Conflict("in_use", f"The policy asks for {skill.name}: {_listed(kinds)}.")
    # A grade of 0 is no skill to anybody, but its row would still hold on to this one.
    Proficiency.objects.filter(skill=skill).delete()
    skill.delete()
    announcing.note("skill_removed", {"skill": skill.name}, by=by, now=now)


def names() -> list[str]:
    """Every skill there is, whether or not anybody has it."""
    return list(Skill.objects.order_by("name").values_list("name", flat=True))


def known() -> dict[str, str]:
    """Every skill there is or that the policy asks for, with its kind: trades first, by name."""
    asked = {
        name for wanted in requirements(versions.current().document).values() for name in wanted
    }
    kinds = dict.fromkeys(asked, str(Skill.Kind.TRADE)) | dict(
        Skill.objects.values_list("name", "kind")
    )
    in_order = sorted(
        kinds.items(), key=lambda one: (one[1] == Skill.Kind.LANGUAGE, one[0].lower())
    )
    return dict(in_order)


def requirements(document: PolicyDocument) -> dict[str, dict[str, int]]:
    """Title of a kind of work to the skills it may ask for, each at its highest proficiency."""
    every = {name: document.for_task_type(name) for name in document.task_types}
    found = {terms.title or name: _required(terms) for name, terms in every.items()}
    return {**found, "every other kind of work": _required(document.defaults)}


def _required(terms: TaskType) -> dict[str, int]:
    wanted = dict(terms.skills)
    for rule in terms.rules:
        for skill, grade in rule.skills.items():
            wanted[skill] = max(grade, wanted.get(skill, 0))
    return wanted


def _listed(names: list[str]) -> str:
    more = len(names) - USED_MAX
    shown = names[:USED_MAX] + ([f"{more} more"] if more > 0 else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
