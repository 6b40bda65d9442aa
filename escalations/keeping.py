"""What a case keeps of what was said before, and what follows it takes over from it."""

from escalations.lifecycle.taking_back.reversing import REVERSED
from escalations.models import Escalation, Remark, Requirement, State, requirements
from escalations.triage import kept
from escalations.triage.verdict import Reason

WAITS = Reason(kept.WAITS, "It waits for a person already, so a person decides it.", level=2)
DID = {"approved": "approved", "edited": "edited", "rejected": "rejected"}


def for_version(escalation: Escalation) -> tuple[Reason, ...]:
    """What holds for another version of its package. Asked under the lock of the case."""
    said = kept.reasons(escalation.reasons, kept.EARLIER)
    return (*said, *_passed_on(escalation), WAITS)


def for_follower(earlier: Escalation, *, replaces: bool) -> tuple[Reason, ...]:
    """What holds for a case that supersedes this one, or raises it again."""
    said = kept.reasons(earlier.reasons, f"{kept.FROM}{earlier.case_number}")
    if replaces:
        said = (*said, *_passed_on(earlier))
    else:
        # How long the earlier case waited says nothing of one that begins.
        said = tuple(one for one in said if one.rule != kept.TIMED_OUT)
    sentence = _of_a_person(earlier, replaces=replaces)
    first = (Reason(kept.BEFORE, sentence, earlier.id, level=2),) if sentence else ()
    return (*first, *said)


def _of_a_person(earlier: Escalation, *, replaces: bool) -> str:
    """What a person did with it or had to do; empty where the policy cleared it alone."""
    case = earlier.case_number
    if earlier.outcome == REVERSED:
        return f"A person reversed what was answered to this before (case {case})."
    elif earlier.decided_by_id is not None:
        return f"A person {DID.get(earlier.outcome, 'answered')} this before (case {case})."
    elif earlier.state in State.open():
        doing = "takes the place of" if replaces else "raises again"
        return f"It {doing} {case}, which waits for a person."
    elif earlier.outcome in {State.CANCELLED, State.EXPIRED}:
        return f"A person was to decide this before (case {case}, {earlier.outcome})."
    else:
        return ""


def _passed_on(escalation: Escalation) -> tuple[Reason, ...]:
    """The skills to which a person passed it on, while it still asks for them."""
    asked = requirements.skills_of(escalation.requirement_id)
    remarks = escalation.remarks.filter(kind=Remark.Kind.PASSED)
    targets = list(remarks.order_by("-pk").values_list("target", flat=True)) if asked else []
    rows = {row.key: row.skills for row in Requirement.objects.filter(key__in=targets)}
    found = (rows[target] for target in targets if rows.get(target))
    skills: dict[str, int] = next(found, {})
    if not skills or any(grade > asked.get(name, 0) for name, grade in skills.items()):
        return ()
    sentence = f"A person passed it on to whoever has {requirements.key(skills)}."
    return (Reason(kept.PASSED_ON, sentence, skills=skills),)
