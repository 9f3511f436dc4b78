"""Figures for Prometheus: how many, how long, how late. Every label has a few known values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from sqlmodel import Session

from storage import outbox_view
from storage.outbox import State

CHANNELS = ("web", "terminal", "lines", "wechat", "wecom", "telegram")
REASONS = (
    "encrypted",
    "form",
    "key",
    "rate",
    "replay",
    "signature",
    "size",
    "time",
    "token",
)  # of callbacks
OTHER = "other"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(frozen=True)
class Stock:
    """What stands in the outbox.

    Args:
        outbox: how many rows are in each state.
        oldest: when the oldest that is not delivered was to leave.
    """

    outbox: Mapping[State, int]
    oldest: datetime | None


def take_stock(session: Session) -> Stock:
    """Look at the outbox."""
    return Stock(outbox_view.counts(session), outbox_view.oldest_undelivered(session))


class Figures:
    """An observer that counts, in a registry of its own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        by_channel = ["channel"]
        self._messages = Counter(
            "steward_messages", "Messages that came to their end", ["channel", "status"], registry=registry
        )
        self._repeats = Counter("steward_repeats", "Messages that had come before", by_channel, registry=registry)
        self._seconds = Histogram(
            "steward_answer_seconds",
            "From a message to its commit",
            by_channel,
            registry=registry,
            buckets=SECONDS,
        )
        self._sends = Counter("steward_sends", "Sendings by outcome", ["channel", "outcome"], registry=registry)
        self._refused = Counter(
            "steward_callbacks_refused", "Callbacks not taken", ["channel", "reason"], registry=registry
        )
        self._done_at = Gauge(
            "steward_job_last_success_timestamp_seconds", "When a job was last done", ["job"], registry=registry
        )
        self._job_failures = Counter("steward_job_failures", "Jobs that failed", ["job"], registry=registry)
        self._waiting = Gauge("steward_database_waiting", "Units of work waiting or under way", registry=registry)
        self._answers = Gauge("steward_database_up", "Whether the database answered", registry=registry)
        self._outbox = Gauge("steward_outbox", "Rows of the outbox", ["state"], registry=registry)
        self._oldest = Gauge(
            "steward_oldest_undelivered_seconds", "How late the oldest undelivered push is", registry=registry
        )

    def answered(self, channel: str, status: str, seconds: float, is_repeat: bool) -> None:
        """Count a message and the time it took; one that had come before took none."""
        channel = _known(channel)
        self._messages.labels(channel, status).inc()
        if is_repeat:
            self._repeats.labels(channel).inc()
        else:
            self._seconds.labels(channel).observe(seconds)

    def sent(self, channel: str, outcome: str) -> None:
        """Count a sending."""
        self._sends.labels(_known(channel), outcome).inc()

    def did(self, job: str, is_done: bool) -> None:
        """Keep when a job was done last, or count its failure."""
        if is_done:
            self._done_at.labels(job).set_to_current_time()
        else:
            self._job_failures.labels(job).inc()

    def refused(self, channel: str, reason: str) -> None:
        """Count a refusal."""
        self._refused.labels(_known(channel), reason if reason in REASONS else OTHER).inc()

    def show(self, waiting: int, stock: Stock | None, now: datetime) -> bytes:
        """All figures, in Prometheus' form.

        Args:
            waiting: how many units of work wait.
            stock: what stands in the outbox; none where the database did not answer.
            now: the moment, aware.
        """
        self._waiting.set(waiting)
        self._answers.set(stock is not None)
        if stock:
            for state, number in stock.outbox.items():
                self._outbox.labels(state.value).set(number)
            late = (now - stock.oldest).total_seconds() if stock.oldest else 0.0
            self._oldest.set(max(0.0, late))
        else:
            self._outbox.clear()
            self._oldest.set(float("nan"))
        return generate_latest(self._registry)


def _known(channel: str) -> str:
    return channel if channel in CHANNELS else OTHER
