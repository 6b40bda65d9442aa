"""Speaks SMTP to the deployment's own mail server, and to no other."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

SILENCE_S = 10
BACKEND = "django.core.mail.backends.smtp.EmailBackend"
FOR_GOOD = range(550, 560)


class NotSent(Exception):
    """No mail left; the text says why, for a person to read. `for_good`: nor will it later."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        super().__init__(sentence)
        self.for_good = for_good


def is_set() -> bool:
    """Whether the deployment has a mail server."""
    return bool(settings.SMTP)


def send(to: str, subject: str, text: str, *, message_id: str) -> None:
    """Hand one mail over, waiting at most 10 s for each answer of the server.

    The same `message_id` again is the same mail again. Raises NotSent.
    """
    if not is_set():
        raise NotSent("There is no mail server: set BATON_SMTP_URL and BATON_MAIL_FROM.")
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{message_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    connection = get_connection(BACKEND, timeout=SILENCE_S, **settings.SMTP)
    mail = EmailMessage(subject, text, settings.MAIL_FROM, [to], headers=headers)
    mail.connection = connection
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise NotSent(_said(code, answer), for_good=code in FOR_GOOD) from error
    except smtplib.SMTPResponseException as error:
        raise NotSent(_said(error.smtp_code, error.smtp_error)) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotSent(f"No mail server answered: {error or type(error).__name__}.") from error


def _said(code: int, answer: bytes | str) -> str:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"The mail server answered {code} {' '.join(words.split())}"
