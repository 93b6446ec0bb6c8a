"""Do everything that is waiting, here and now: for demo data, and for tests of whole stories."""

import asyncio
import time

from procrastinate.contrib.django import app as jobs_app
from procrastinate.contrib.django.models import ProcrastinateJob

from giftwell.foundation.events.relay import is_behind
from giftwell.interfaces.jobs.relay import FOLLOWER, Reactions, relay_once
from giftwell.interfaces.jobs.worker import worker_app


class StillBusy(Exception):
    """Something was still waiting when the time was over."""


def work_off(reactions: Reactions, *, seconds: float = 30.0) -> None:
    """Relay events and run jobs until nothing is left that could run now; what waits for a later try stays.

    An event that cannot be relayed yet, because an older transaction is open somewhere in the database
    server, is waited for. Raises StillBusy after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        relayed = relay_once(reactions)
        if _jobs_waiting():
            asyncio.run(_run_waiting_jobs())
        elif not relayed:
            if not is_behind(FOLLOWER):
                return
            time.sleep(0.05)
        if time.monotonic() > deadline:
            raise StillBusy


def _jobs_waiting() -> bool:
    return ProcrastinateJob.objects.filter(status="todo", scheduled_at=None).exists()


async def _run_waiting_jobs() -> None:
    async with worker_app().open_async() as app:
        app.periodic_registry = type(jobs_app.periodic_registry)()
        await app.run_worker_async(
            wait=False, listen_notify=False, install_signal_handlers=False, delete_jobs="successful"
        )
