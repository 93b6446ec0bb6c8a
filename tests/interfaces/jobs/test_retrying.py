"""When a job is tried again: what may pass by itself, never what was refused."""

import pytest
from procrastinate.jobs import Job

from giftwell.interfaces.jobs.retrying import Patient
from giftwell.kit.errors import Invalid, NotFound, Refused, Unavailable


def job(attempts: int) -> Job:
    """A job that was tried so often."""
    return Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)


@pytest.mark.parametrize("error", [Refused(), Invalid(), NotFound()])
def test_a_refusal_would_only_be_repeated(error):
    assert Patient().get_retry_decision(exception=error, job=job(0)) is None


@pytest.mark.parametrize("error", [Unavailable(), OSError(), KeyError()])
def test_what_may_pass_is_tried_again_later_and_later_for_most_of_a_day(error):
    decisions = [Patient().get_retry_decision(exception=error, job=job(n)) for n in range(12)]
    assert all(decisions[:11])
    assert decisions[11] is None
    at = [decision.retry_at for decision in decisions[:11] if decision]
    assert at == sorted(at)
