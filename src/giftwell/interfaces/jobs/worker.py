"""The worker: runs the jobs and the relay until it is asked to stop. Any number of them may run, anywhere."""

import asyncio
import contextlib
import signal
import threading

import structlog
from procrastinate import App
from procrastinate.contrib.django import DjangoApp, connector_params
from procrastinate.contrib.django import app as jobs_app
from procrastinate.psycopg_connector import PsycopgConnector

from giftwell.interfaces.jobs import audit, books, bulk, cards, schedule  # noqa: F401 - register what runs by the clock
from giftwell.interfaces.jobs.relay import Reactions, keep_relaying

CONCURRENCY = 4
_HEARTBEAT_SECONDS = 5
# A worker silent for longer is dead, and what it was doing is given to another.
_DEAD_AFTER_SECONDS = 15
_GRACE_SECONDS = 12

logger = structlog.get_logger(__name__)


def run_worker(
    reactions: Reactions, *, stop: threading.Event | None = None, concurrency: int = CONCURRENCY
) -> None:
    """Work until `stop` is set; without one, until SIGTERM or SIGINT. Jobs that are running are finished
    first.

    A database that goes away is waited for; what was being done is done again by whoever finds it.
    """
    listens = stop is None
    asyncio.run(_work(reactions, stop or threading.Event(), listens=listens, concurrency=concurrency))


async def _work(reactions: Reactions, stop: threading.Event, *, listens: bool, concurrency: int) -> None:
    if listens:
        loop = asyncio.get_running_loop()
        for wanted in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(wanted, stop.set)
    relay = threading.Thread(target=keep_relaying, args=(reactions, stop), name="relay", daemon=True)
    relay.start()
    try:
        while not stop.is_set():
            try:
                await _run_jobs(stop, concurrency)
            except Exception:
                logger.exception("worker_failed")
                await _pause(stop, 2.0)
    finally:
        stop.set()
        await asyncio.to_thread(relay.join, _GRACE_SECONDS)


async def _run_jobs(stop: threading.Event, concurrency: int) -> None:
    """Run jobs until asked to stop, or until the worker gives up, as it does when its database goes away."""
    async with worker_app().open_async() as app:
        running = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                delete_jobs="successful",
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=_HEARTBEAT_SECONDS,
                stalled_worker_timeout=_DEAD_AFTER_SECONDS,
                shutdown_graceful_timeout=_GRACE_SECONDS,
            )
        )
        rescuing = asyncio.create_task(_rescue_jobs(app))
        try:
            while not stop.is_set() and not running.done():  # noqa: ASYNC110 - `stop` is set by other threads
                await asyncio.sleep(0.1)
        finally:
            rescuing.cancel()
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


def worker_app() -> App:
    """Return an app with a connection pool of its own.

    The tasks stay with Django's app, so that what the relay starts goes through Django's connection, into the
    transaction that is open there.
    """
    connector = PsycopgConnector(kwargs=connector_params("default"), min_size=1, max_size=4)
    app = DjangoApp(connector=connector)
    app.tasks = jobs_app.tasks
    app.periodic_registry = jobs_app.periodic_registry
    return app


async def _rescue_jobs(app: App) -> None:
    """Give the jobs of workers that died back to the queue."""
    while True:
        try:
            jobs = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_DEAD_AFTER_SECONDS)
            for job in jobs:
                logger.warning("job_rescued", job_id=job.id, task=job.task_name)
                await app.job_manager.retry_job(job)
        except Exception:
            # Another worker was faster, or the database is away: the next round finds what is left.
            logger.exception("rescue_failed")
        await asyncio.sleep(_HEARTBEAT_SECONDS)


async def _pause(stop: threading.Event, seconds: float) -> None:
    waited = 0.0
    while waited < seconds and not stop.is_set():
        await asyncio.sleep(0.1)
        waited += 0.1
