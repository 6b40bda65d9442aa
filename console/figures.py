"""Figures of this web process for Prometheus, read at `/-/metrics`."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from console import clock
from console.pages import kept
from console.serving import longpoll, sockets
from escalations.deliveries.outbox import outboxes

GetResponse = Callable[[HttpRequest], HttpResponseBase]

registry = CollectorRegistry()
requests = Counter(
    "baton_requests", "Requests answered.", ["view", "method", "status"], registry=registry
)
seconds = Histogram(
    "baton_request_seconds", "Time to answer, without waiting in line.", ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5), registry=registry,
)  # fmt: skip
open_sockets = Gauge("baton_open_sockets", "WebSockets open in this process.", registry=registry)
open_sockets.set_function(lambda: sockets.opened)
kept_bytes = Gauge("baton_kept_bytes", "Drawn pieces of pages in memory.", registry=registry)
kept_bytes.set_function(lambda: kept.shelf.bytes)
waiting_agents = Gauge("baton_waiting_agents", "Questions held for a decision.", registry=registry)
waiting_agents.set_function(lambda: longpoll.waiting)
due_deliveries = Gauge("baton_due_deliveries", "Deliveries due and not sent.", registry=registry)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def count_requests(get_response: GetResponse) -> GetResponse:
    """Middleware: counts and times every request by the name of its view."""

    def counted(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else "none"
        # A method may be any word, and each new one would be a line that is kept for good.
        method = request.method if request.method in METHODS else "other"
        requests.labels(view, method, str(response.status_code)).inc()
        seconds.labels(view).observe(time.perf_counter() - started)
        return response

    return counted


def text() -> bytes:
    """All figures in Prometheus' text form."""
    due_deliveries.set(sum(box.late(now=clock.now()) for box in outboxes()))
    return generate_latest(registry)
