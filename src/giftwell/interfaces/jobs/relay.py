"""The relay: reads events in commit order and starts the jobs that react to them."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.db import close_old_connections
from procrastinate.tasks import Task

from giftwell.foundation.events.models import Event
from giftwell.foundation.events.relay import relay
from giftwell.kit.clock import now

type Reactions = Mapping[str, tuple[Task[Any, Any, Any], ...]]

FOLLOWER = "jobs"
BATCH = 500
_PAUSE_SECONDS = 0.2
_PAUSE_AFTER_FAILURE_SECONDS = 2.0

logger = structlog.get_logger(__name__)


def relay_once(reactions: Reactions) -> int:
    """Start the jobs for the next events, and return how many events there were.

    The jobs are inserted through Django's own connection, in the transaction that moves the relay's position.
    """

    def start_jobs(events: Sequence[Event]) -> None:
        wanted: dict[Task[Any, Any, Any], list[dict[str, Any]]] = defaultdict(list)
        for event in events:
            merchant_id = str(event.merchant_id) if event.merchant_id else None
            for task in reactions.get(event.type, ()):
                wanted[task].append({"event_id": str(event.id), "merchant_id": merchant_id})
        for task, jobs in wanted.items():
            task.batch_defer(*jobs)

    return relay(FOLLOWER, start_jobs, now=now(), limit=BATCH)


def keep_relaying(reactions: Reactions, stop: threading.Event) -> None:
    """Relay until `stop` is set: at once while batches are full, else five times a second.

    Any number of processes may do this; the relay's row lets one through at a time.
    """
    while not stop.is_set():
        pause = _PAUSE_SECONDS
        try:
            if relay_once(reactions) == BATCH:
                pause = 0
        except Exception:
            # Nothing is lost: the position has not moved. The database may be away for a moment.
            logger.exception("relay_failed")
            pause = _PAUSE_AFTER_FAILURE_SECONDS
        finally:
            close_old_connections()
        stop.wait(pause)
