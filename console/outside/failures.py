"""What went wrong with a call to somebody else, in a sentence: never in the words of a library."""

import errno
import ssl

TOO_LATE = "did not answer in time"
UNREACHED = "could not be reached"
UNREAD = "gave no answer that can be read"
NO_HTTP = ("The answer was not HTTP.", UNREAD)
_CUT = "the connection was cut"
_SYSTEM = {
    errno.ECONNREFUSED: "the connection was refused",
    errno.ECONNRESET: _CUT,
    errno.ECONNABORTED: _CUT,
    errno.EPIPE: _CUT,
    errno.ENETUNREACH: "no way leads there",
    errno.EHOSTUNREACH: "no way leads there",
}
_EXPIRED, _TOO_EARLY, _OTHER_NAME, _UNKNOWN = 10, 9, 62, {18, 19, 20, 21}


class NameNotFound(OSError):
    """A name has no address; the text says so."""


class Failure(Exception):
    """Nothing came of a call. The text is a sentence for whoever looks after it; `told` is what
    people are told, after the name of who was called."""

    def __init__(self, sentence: str, told: str = UNREACHED) -> None:
        super().__init__(sentence)
        self.told = told


def of_call(error: Exception, *, after_s: float) -> tuple[str, str]:
    """The sentence, and what people are told, where no whole answer came."""
    if isinstance(error, TimeoutError):
        return f"No answer within {after_s:.0f} s.", TOO_LATE
    elif isinstance(error, ssl.SSLError):
        return f"No secure connection: {_of_tls(error)}.", UNREACHED
    return f"No connection: {_of_system(error)}.", UNREACHED


def of_mail(error: Exception) -> str:
    """The same of the mail server, for whoever looks after it."""
    if isinstance(error, TimeoutError):
        why = "it said nothing in time"
    elif isinstance(error, ssl.SSLError):
        why = _of_tls(error)
    else:
        why = _of_system(error, "it broke off")
    return f"No mail server answered: {why}."


def of_status(status: int) -> tuple[str, str]:
    """The same of an answer that is none."""
    if 300 <= status < 400:
        told = f"answered with a redirect ({status}), which is not followed"
    else:
        told = f"answered with an error ({status})"
    return f"It {told}.", told


def _of_tls(error: ssl.SSLError) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return "what answers there speaks no TLS that Baton speaks"
    elif error.verify_code == _EXPIRED:
        return "its certificate has expired"
    elif error.verify_code == _TOO_EARLY:
        return "its certificate is not valid yet"
    elif error.verify_code == _OTHER_NAME:
        return "its certificate is of another name"
    elif error.verify_code in _UNKNOWN:
        return "its certificate is of nobody whom this machine trusts"
    return "its certificate is not valid"


def _of_system(error: Exception, otherwise: str = _CUT) -> str:
    if isinstance(error, NameNotFound):
        return str(error)
    return _SYSTEM.get(getattr(error, "errno", None) or 0, otherwise)
