"""Ways in which somebody loses the right to decide, and the sentence that each is refused with."""

from django.utils import timezone

from console.people import managing
from escalations.record.lines import BATON

SIGNED_OUT = "You are signed out. Nothing was changed."
READS_ONLY = "Your role may read cases but not decide them."


def closed(user):
    managing.deactivate(user, by=BATON, now=timezone.now())


def signed_out(user):
    managing.end_sessions(user, by=BATON, now=timezone.now())


def new_password(user):
    managing.give_new_password(user, by=BATON, now=timezone.now())


def auditor(user):
    managing.change(
        user, first_name="D", last_name="W", role="auditor", by=BATON, now=timezone.now()
    )
