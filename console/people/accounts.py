"""How people get accounts: an admin makes them, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "Username and password do not match.",
        "too_many_login_attempts": "Too many tries. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Whose name and password these are. A closed account is answered as a wrong password is:
        counted, and in the same words, so that nobody learns from it that the password was right.
        """
        user = super().authenticate(request, **credentials)
        if user is None or user.is_active:
            return user
        # allauth took the count of this try back, as for everybody whose password is right.
        self.pre_authenticate(request, **credentials)
        self.authentication_failed(request, **credentials)
        return None

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By address and name: by the name alone anybody could keep its owner out from afar."""
        name = str(credentials.get("username", "")).lower()
        return f"{ratelimit.get_ip(request)} {name}"
