"""The one table of who reacts to what names events that exist and jobs that a worker knows."""

import importlib
import pkgutil

from procrastinate.contrib.django import app

import giftwell.domain
import giftwell.foundation
from giftwell.config.wiring import REACTIONS
from giftwell.foundation.events.event import DomainEvent


def all_event_types() -> list[str]:
    """The types of all events of all apps."""
    types: list[str] = []
    for floor in (giftwell.foundation, giftwell.domain):
        for module in pkgutil.iter_modules(floor.__path__, f"{floor.__name__}."):
            try:
                events = importlib.import_module(f"{module.name}.events")
            except ModuleNotFoundError:
                continue
            types += [
                one.TYPE
                for one in vars(events).values()
                if isinstance(one, type)
                and issubclass(one, DomainEvent)
                and one is not DomainEvent
                and one.__module__.startswith(events.__name__)
            ]
    return types


def test_every_event_in_the_table_exists():
    assert set(REACTIONS) <= set(all_event_types())


def test_no_two_events_have_one_type():
    types = all_event_types()
    assert len(types) == len(set(types))


def test_every_event_type_is_a_noun_and_what_happened_to_it():
    for name in all_event_types():
        noun, _, happened = name.partition(".")
        assert noun.isidentifier(), name
        assert happened.isidentifier(), name
        assert len(name) <= 60


def test_every_job_in_the_table_is_known_to_the_worker():
    for tasks in REACTIONS.values():
        for task in tasks:
            assert app.tasks[task.name] is task
