"""What became of a message to the customer, as the agent says: delivered, read, or failed.

It raises no version and writes no line: a channel tells this of every message, and nothing of a
case follows from it. Whoever looks at the conversation is told.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from escalations.live import hints
from escalations.models import ChatMessage, Escalation, Receipt
from escalations.refusals import Invalid

OURS = (ChatMessage.Role.OPERATOR, ChatMessage.Role.SYSTEM)


@transaction.atomic
def receive(
    escalation: Escalation, number: int, state: str, *, reason: str = "", now: datetime
) -> Receipt:
    """What of this message is known from here on; a channel that says one was delivered or read
    says so of those before it as well. Said again it is what was said first.

    Raises Invalid for a number that no message to the customer has.
    """
    ours = escalation.chat_messages.filter(role__in=OURS)
    message = ours.filter(number=number).first()
    if message is None:
        detail = f"There is no message {number} to the customer."
        raise Invalid.of("/number", detail)
    told = {message.pk: message}
    if state != Receipt.State.FAILED:
        # A message that failed was not read because a later one was.
        known = Q(receipts__state__in=(state, Receipt.State.FAILED))
        told |= {one.pk: one for one in ours.filter(number__lt=number).exclude(known)}
    rows = [Receipt(message=one, state=state, reason=reason, at=now) for one in told.values()]
    # Two of the same at once, or one sent again: the first stands.
    Receipt.objects.bulk_create(rows, ignore_conflicts=True)
    hints.spoken(escalation, number)
    return Receipt.objects.get(message=message, state=state)
