"""Sales sent by Celery workers over Redis: a sale whose answer was lost, or whose worker died, is read back and never just sent again.

Start a worker with `celery -A examples.celery_tasks worker`; REDIS_URL is the server, STAMPS_TOKEN and STAMPS_BASE_URL are those of the
client. A sale is `{"user": …, "store": …, "invoice_number": …, "total_value": …, "number_of_people": …, "created": ISO 8601}`:

    earn.delay(sale)

Redis has to keep what it is told (`appendonly yes`): its marks say which sales may have been sent. Workers keep their clocks by NTP.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import Any, cast

from celery import Celery  # type: ignore[import-untyped]  # it has no types
from redis import Redis

from loyalty_runtime import APIError, Applied, NotApplied, UncertainOutcomeError, outcome_of
from stamps_client import Stamps

URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
TIMEOUT = 20  # seconds a call may take, much less than the time after which a lost one counts as not made
app: Any = Celery("sales", broker=URL, backend=URL)
# A task of a worker that dies is given to another one, so it must find out what the first one did.
app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1)
marks: Any = cast("Any", Redis).from_url(URL)


def arguments(sale: dict[str, Any]) -> dict[str, Any]:
    """Return a sale as arguments of the call."""
    return {**sale, "created": datetime.fromisoformat(sale["created"])}


def mark(sale: dict[str, Any]) -> str:
    """Return the key under which the time of sending is kept."""
    return f"sent:{sale['invoice_number']}"


def send(sale: dict[str, Any]) -> str:
    """Send a sale, unless a worker before this one may have."""
    if not marks.set(mark(sale), time.time(), nx=True):
        settle.delay(sale)
        return "asking"
    try:
        with Stamps.from_env(timeout=TIMEOUT) as stamps:
            stamps.transactions.add(**arguments(sale))
    except UncertainOutcomeError:
        marks.set(mark(sale), time.time())
        settle.apply_async([sale], countdown=1)
        return "asking"
    except APIError:
        marks.delete(mark(sale))  # it took no effect; the failed task says why
        raise
    return "done"


def ask(task: Any, sale: dict[str, Any]) -> str:
    """Ask what came of a sale until it is known."""
    sent = marks.get(mark(sale))
    with Stamps.from_env(timeout=TIMEOUT) as stamps:
        outcome = outcome_of(stamps.transactions.add, sent=float(sent or time.time()))(**arguments(sale))
    if isinstance(outcome, Applied):
        return "done"
    if isinstance(outcome, NotApplied):
        marks.delete(mark(sale))
        earn.delay(sale)
        return "sent again"
    if outcome.ask_again is None:
        raise RuntimeError(f"A person has to look at a sale: {outcome.why}.")
    raise task.retry(countdown=min(outcome.ask_again, 30), max_retries=None)


earn: Any = app.task(send, name="earn")
settle: Any = app.task(ask, name="settle", bind=True)
