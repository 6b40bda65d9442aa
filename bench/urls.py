"""Baton's addresses, and one where a signed-in person gets nothing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from console import urls


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [*urls.urlpatterns, path("-/empty", empty)]
