"""A reaction: a job that the relay starts for an event, in the scope of the event's merchant."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs.retrying import Patient

type React = Callable[[Event], object]


def reaction(name: str) -> Callable[[React], Task[Any, Any, Any]]:
    """Make a job called `name` out of a function of an event.

    Its log lines and audit rows carry the job's number as their request id.
    """

    def make(react: React) -> Task[Any, Any, Any]:
        @app.task(name=name, queue="reactions", retry=Patient(), pass_context=True)
        @wraps(react)
        def run(context: JobContext, *, event_id: str, merchant_id: str | None) -> None:
            entered = scope.merchant(UUID(merchant_id)) if merchant_id else scope.platform()
            names = {"request_id": f"job-{context.job.id}", "job": name}
            with structlog.contextvars.bound_contextvars(**names), entered:
                with reading():
                    event = Event.objects.get(pk=event_id)
                react(event)

        return run

    return make
