"""What of a task type nobody can do, with what may be meant by a skill that there is not."""

from escalations import ports
from escalations.policy import staffing
from escalations.policy.document import TaskType
from escalations.policy.staffing import Shortage


def remarks(terms: TaskType) -> list[Shortage]:
    """In sentences. Of a skill that there is not, that is said and not that nobody has it."""
    unknown = staffing.unknown(terms, ports.skills_known())
    said = {one.about[1] for one in unknown}
    short = staffing.remarks_of(terms, ports.staff())
    return [*unknown, *(one for one in short if one.about[1] not in said)]
