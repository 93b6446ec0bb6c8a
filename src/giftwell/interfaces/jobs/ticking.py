"""Running a function by the clock: once, however many workers there are."""

from collections.abc import Callable
from functools import wraps

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app


def tick(name: str, cron: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Run a function by the clock, in no scope.

    It enters its own. Ticks that nobody worked off do not pile up.
    """

    def make(react: Callable[[], object]) -> Callable[[], object]:
        @app.periodic(cron=cron)
        @app.task(name=name, queue="schedule", queueing_lock=name, lock=name, pass_context=True)
        @wraps(react)
        def run(context: JobContext, timestamp: int) -> None:
            with structlog.contextvars.bound_contextvars(request_id=f"job-{context.job.id}", job=name):
                react()

        return react

    return make
