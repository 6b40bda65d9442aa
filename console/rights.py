"""Who may open which page of the console; rules ask `access.py` instead."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from console.models import LEADS, Role
from escalations import access
from escalations.record.lines import Actor

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def admins(view: View[Rest]) -> View[Rest]:
    """For admins only; others are told so (403), strangers sign in first."""
    return _for(frozenset({Role.ADMIN}), view)


def leads(view: View[Rest]) -> View[Rest]:
    """For supervisors and admins only; others are told so (403), strangers sign in first."""
    return _for(LEADS, view)


def actor(request: HttpRequest) -> Actor:
    """The signed-in person as the record names them."""
    return Actor("person", request.user.get_username())


def _for(roles: frozenset[Role], view: View[Rest]) -> View[Rest]:
    @login_required
    @wraps(view)
    def checked(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if access.viewer_of(request.user).role not in roles:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("View[Rest]", checked)
