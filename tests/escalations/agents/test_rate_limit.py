"""The bucket of tokens of each key."""

import pytest

from escalations.agents import rate_limit
from escalations.agents.rate_limit import Allowance


@pytest.fixture(autouse=True)
def _three_at_once(settings):
    settings.CALLS_PER_MINUTE = 18  # 0.3 a second, 3 at once
    rate_limit.forget()
    yield
    rate_limit.forget()


def test_take_counts_down_and_refuses():
    rates = [rate_limit.take(1, at_s=100.0) for _ in range(3)]

    assert rates == [Allowance(3, 2, 4, 1), Allowance(3, 1, 7, 1), Allowance(3, 0, 10, 4)]
    with pytest.raises(rate_limit.Exceeded) as refusal:
        rate_limit.take(1, at_s=100.0)
    assert refusal.value.detail == "Too many calls; send the next in 4 s."
    assert refusal.value.rate.headers() == {
        "RateLimit-Limit": "3",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "10",
    }


def test_take_fills_up_again_with_time():
    for _ in range(3):
        rate_limit.take(1, at_s=100.0)

    assert rate_limit.take(1, at_s=104.0).remaining == 0
    assert rate_limit.take(1, at_s=200.0).remaining == 2


def test_take_counts_each_key_for_itself():
    for _ in range(3):
        rate_limit.take(1, at_s=100.0)

    assert rate_limit.take(2, at_s=100.0).remaining == 2
