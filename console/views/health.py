"""For load balancers and Prometheus: alive, ready, and figures."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from console import condition, figures

LOOPBACK = {"127.0.0.1", "::1"}


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when nothing is away that this process cannot do without, otherwise 503; names both."""
    findings = condition.findings()
    ready = all(finding.ok for finding in findings if finding.needed)
    document = {finding.part: _word(finding) for finding in findings}
    document["status"] = "ok" if ready else "not ready"
    return JsonResponse(document, status=200 if ready else 503)


def _word(finding: condition.Check) -> str:
    if finding.ok:
        return "ok"
    return "not ready" if finding.needed else "missing"


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever has BATON_METRICS_TOKEN or asks from this host without a proxy."""
    if _may_read_figures(request):
        return HttpResponse(figures.text(), content_type="text/plain; version=0.0.4; charset=utf-8")
    else:
        denied = "Send BATON_METRICS_TOKEN as a bearer token, or ask from this host.\n"
        return HttpResponse(
            denied, status=401, content_type="text/plain", headers={"WWW-Authenticate": "Bearer"}
        )


def _may_read_figures(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        given = text.strip() if kind.lower() == "bearer" else ""
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    # Behind a proxy on this host everybody seems to ask from it.
    forwarded = {"X-Forwarded-For", "Forwarded"} & set(request.headers)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded
