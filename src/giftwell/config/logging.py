"""Structured logs."""


def logging_settings(level: str) -> dict[str, object]:
    """Django's LOGGING setting for this level."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": level},
    }
