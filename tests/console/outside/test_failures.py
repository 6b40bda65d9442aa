"""Every failure of a call is a sentence that whoever reads it understands."""

import errno
import re
import ssl

import pytest

from console.outside import failures

# Words of a library or of the interpreter, which nobody who reads a page knows.
RAW = re.compile(r"bytearray|Errno|errno|b['\"]|Error\b|illegal|<|object at|_[A-Z]|[A-Z]_")


@pytest.mark.parametrize(
    ("error", "sentence", "told"),
    [
        (TimeoutError("timed out"), "No answer within 2 s.", failures.TOO_LATE),
        (ConnectionError("[Errno 104] reset"), "No connection: the connection was cut.", None),
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
            "No connection: the connection was refused.", None,
        ),
        (OSError(errno.ENETUNREACH, "x"), "No connection: no way leads there.", None),
        (OSError(9999, "[Errno 9999] odd"), "No connection: the connection was cut.", None),
        (
            ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"),
            "No secure connection: what answers there speaks no TLS that Baton speaks.", None,
        ),
        (
            ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] odd"),
            "No secure connection: its certificate is not valid.", None,
        ),
    ],
)  # fmt: skip
def test_every_failure_is_a_sentence_without_the_words_of_a_library(error, sentence, told):
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_code = 1
    said = failures.of_call(error, after_s=2.0)
    assert said == (sentence, told or failures.UNREACHED)
    for one in (*said, failures.of_mail(error)):
        assert not RAW.search(one)
