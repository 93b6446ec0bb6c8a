"""The relay: commit order, none skipped, none lost, one relay at a time."""

import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from giftwell.foundation.events.models import Event, Follower
from giftwell.foundation.events.record import record
from giftwell.foundation.events.relay import is_behind, relay
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from tests.foundation.events.test_record import ME, event_of

INSERT = """insert into events_event (id, type, subject, data, actor, at)
            values (uuidv7(), 'thing.happened', %s, '{}', 'command:tests', now())"""


def happen(*subjects: str) -> None:
    """Let things happen, each in its own transaction."""
    for subject in subjects:
        with scope.platform(), transaction():
            record(event_of(None, subject), actor=ME, at=now())


def follow(limit: int = 100) -> list[str]:
    """Relay once, and tell the subjects that were handed on."""
    told: list[str] = []
    relay("tests", lambda events: told.extend(event.subject for event in events), now=now(), limit=limit)
    return told


def follow_to_the_end(limit: int = 100) -> list[str]:
    """Relay until nothing is left. The first call only introduces the follower."""
    told: list[str] = []
    while is_behind("tests"):
        told += follow(limit)
    return told


def relay_when_visible(tell) -> None:
    """Relay until something is told: a transaction of another test on this server may hold it back."""
    while is_behind("tests"):
        relay("tests", tell, now=now())
        time.sleep(0.02)


def test_events_are_handed_on_in_commit_order_each_once(own_database):
    happen("a", "b", "c")
    assert follow_to_the_end(limit=2) == ["a", "b", "c"]
    assert follow() == []
    happen("d")
    assert follow_to_the_end() == ["d"]


def test_what_an_older_open_transaction_wrote_is_never_skipped(own_database):
    follow()
    with psycopg.connect(own_database.admin_url) as slow:
        slow.execute(INSERT, ["early"])
        happen("late")
        assert follow() == []
        assert is_behind("tests")
        slow.commit()
    assert follow_to_the_end() == ["early", "late"]


def test_a_rolled_back_transaction_holds_nothing_up(own_database):
    follow()
    with psycopg.connect(own_database.admin_url) as slow:
        slow.execute(INSERT, ["never"])
        happen("real")
        slow.rollback()
    assert follow_to_the_end() == ["real"]


def test_what_fails_to_be_handed_on_is_handed_on_again(own_database):
    follow()
    happen("a")

    class Broken(Exception):
        """The one who was told fell over."""

    def break_down(events):
        raise Broken

    with pytest.raises(Broken):
        relay_when_visible(break_down)
    assert follow_to_the_end() == ["a"]


def test_what_the_follower_writes_and_its_position_commit_together(own_database):
    follow()
    happen("a")

    def write_then_break(events):
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into events_cursor (name, xid, event_id) values ('other', 0, %s)", [Follower.START]
            )
        raise RuntimeError("after writing")

    with pytest.raises(RuntimeError, match="after writing"):
        relay_when_visible(write_then_break)
    with reading():
        assert not Follower.objects.filter(name="other").exists()


@contextmanager
def busy_elsewhere(url: str):
    """Another relay that holds the follower's row."""
    with psycopg.connect(url) as other:
        other.execute("select 1 from events_cursor where name = 'tests' for update")
        yield
        other.rollback()


def test_a_second_relay_does_nothing_while_the_first_is_at_work(own_database):
    follow()
    happen("a")
    with busy_elsewhere(own_database.admin_url):
        assert follow() == []
    assert follow_to_the_end() == ["a"]


def test_many_relays_under_load_hand_every_event_on_exactly_once(own_database):
    follow()
    told: list[str] = []
    lock = threading.Lock()
    done = threading.Event()
    writers = [
        threading.Thread(target=lambda n=n: _closing(happen, *(f"{n}-{i}" for i in range(40))))
        for n in range(4)
    ]

    def keep_following() -> None:
        while not done.is_set() or is_behind("tests"):
            found: list[Event] = []
            relay("tests", found.extend, now=now(), limit=7)
            with lock:
                told.extend(event.subject for event in found)
        connection.close()

    readers = [threading.Thread(target=keep_following) for _ in range(3)]
    for thread in [*writers, *readers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert sorted(told) == sorted(f"{n}-{i}" for n in range(4) for i in range(40))
    with scope.platform(), reading():
        assert Event.objects.filter(type="thing.happened").count() == 160


def _closing(act, *args) -> None:
    try:
        act(*args)
    finally:
        connection.close()
