"""When a job is tried again."""

from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from giftwell.kit.errors import DomainError, Unavailable

_WAITS = (2, 10, 60, 300, 900, 1800, 3600)
_MAX_ATTEMPTS = 12


class Patient(BaseRetryStrategy):
    """Again after 2 s, 10 s, a minute … an hour, up to twelve times; never what a verb refused for good."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Give up on a refusal, which would only be repeated, and on what has failed for most of a day."""
        is_refusal = isinstance(exception, DomainError) and not isinstance(exception, Unavailable)
        if is_refusal or job.attempts + 1 >= _MAX_ATTEMPTS:
            return None
        wait = _WAITS[min(job.attempts, len(_WAITS) - 1)]
        return RetryDecision(retry_in={"seconds": wait})
