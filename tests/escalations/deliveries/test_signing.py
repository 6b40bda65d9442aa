import base64

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from console import clock
from escalations.deliveries import signing


def test_secret_is_one_that_the_library_takes():
    secret = signing.new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert signing.new_secret() != secret
    Webhook(secret)


def test_sealed_secret_opens_and_hides(settings):
    stored = signing.sealed("whsec_abcd")
    assert "abcd" not in stored
    assert len(signing.sealed(signing.new_secret())) <= 255
    assert signing.opened(stored) == "whsec_abcd"


def test_secret_survives_a_change_of_key_by_its_fallback(settings):
    stored = signing.sealed("whsec_abcd")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 4
    assert signing.opened(stored) == "whsec_abcd"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(signing.SecretUnreadable, match="give this endpoint a new one"):
        signing.opened(stored)


@pytest.mark.parametrize("stored", ["", "whsec_plain", "gAAAA"])
def test_what_was_never_sealed_is_unreadable(stored):
    with pytest.raises(signing.SecretUnreadable):
        signing.opened(stored)


def test_headers_verify_against_exactly_these_bytes():
    secret = signing.new_secret()
    body = '{"reply": "Dear Inès"}'.encode()
    headers = signing.headers(signing.sealed(secret), "msg_1", body, now=clock.now())
    assert headers["webhook-id"] == "msg_1"
    assert Webhook(secret).verify(body, headers) == {"reply": "Dear Inès"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers | {"webhook-id": "msg_2"})
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(body, headers)
