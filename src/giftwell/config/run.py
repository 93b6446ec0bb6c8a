"""`giftwell run`: the whole platform in one command, from an empty folder to a serving address."""

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import django

from giftwell.config import embedded, processes
from giftwell.config.database import UnfitDatabase, refuse_unfit_database
from giftwell.config.environment import ROOT, Environment, environment
from giftwell.config.migrate import migrate

_HOST = "127.0.0.1"
_READY_SECONDS = 60


@contextmanager
def servers_at_hand(*, up_to_date: bool = False) -> Iterator[embedded.Servers | None]:
    """Have a database and a cache while the block runs: those of the environment (None then), those already
    running for this DATA_DIR, or our own (brought `up_to_date` then, if asked).

    Must be entered before Django is set up, since it decides where the settings point.
    """
    here = environment()
    servers = None
    with ExitStack() as stack:
        if here.is_embedded:
            found = embedded.running(here.data_dir)
            servers = found or stack.enter_context(embedded.started(here.data_dir))
            _point_at(servers)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giftwell.config.settings")
        django.setup()
        if up_to_date:
            if here.is_embedded and not found:
                bring_up_to_date()
            refuse_unfit_database()
        yield servers


def _point_at(servers: embedded.Servers) -> None:
    here = environment()
    os.environ["DATABASE_URL"] = servers.database_url()
    os.environ["DATABASE_ADMIN_URL"] = servers.database_url(user="postgres")
    os.environ["CACHE_URL"] = servers.cache_url
    os.environ["OUTBOX_OPEN"] = "1"
    os.environ["DATA_DIR"] = str(here.data_dir)
    os.environ["BASE_URL"] = here.public_url
    from giftwell.config import secrets

    kept = secrets.load(here)
    for name in ("secret_key", "master_keys", "lookup_key", "sandbox_processor_secret"):
        os.environ[name.upper()] = getattr(kept, name)
    environment.cache_clear()
    embedded.make_database(servers)


def bring_up_to_date() -> None:
    """Migrate the database that is at hand, as its administrator."""
    here = environment()
    migrate(
        here.database_admin_url or here.database_url, app_password=urlsplit(here.database_url).password or ""
    )


def run() -> int:
    """Serve everything until asked to stop; gives back the exit code."""
    here = environment()
    began = time.monotonic()
    processes.refuse_taken_port(_HOST, here.port)
    stopped = threading.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: stopped.set())
    with servers_at_hand() as servers:
        _migrate_if_needed(may=here.is_embedded or bool(here.database_admin_url))
        collect_static()
        children = processes.Children(commands=_commands(here), environment=dict(os.environ))
        try:
            children.start("web", "pages")
            demo = _demo() if here.is_embedded else None
            # Not before: to a worker the demo's orders of days ago are overdue until they are paid.
            children.start("worker")
            if not _wait_until_ready(environment().public_url, stopped):
                return 0 if stopped.is_set() else 1
            _say_where(demo, time.monotonic() - began)
            return children.watch(stopped, first=servers.revive if servers else lambda: None)
        finally:
            children.stop()


def _migrate_if_needed(*, may: bool) -> None:
    try:
        refuse_unfit_database()
    except UnfitDatabase:
        if not may:
            raise
        bring_up_to_date()
        refuse_unfit_database()


def _commands(here: Environment) -> dict[str, list[str]]:
    # The till's process stands in front; pages and jobs have their own, so that neither ever holds it up.
    front = processes.granian(
        "giftwell.config.asgi:application", "asgi", host=_HOST, port=here.port, workers=1, threads=1
    )
    pages = processes.granian_behind(
        "giftwell.config.behind:application", "wsgi", threads=16,
        socket_path=embedded.pages_socket(here.data_dir),
    )  # fmt: skip
    return {"web": front, "pages": pages, "worker": [sys.executable, "-m", "giftwell.config.cli", "worker"]}


def collect_static() -> None:
    """Collect the static files when they are newer than what was collected."""
    from django.conf import settings
    from django.core.management import call_command

    manifest = settings.STATIC_ROOT / "staticfiles.json"
    source = ROOT / "src"
    newest = max(path.stat().st_mtime for path in source.rglob("static/**/*") if path.is_file())
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def _demo() -> dict[str, object]:
    from giftwell.interfaces.ops.demo import build_demo

    return build_demo()


def _wait_until_ready(base: str, stopped: threading.Event) -> bool:
    deadline = time.monotonic() + _READY_SECONDS
    problem = ""
    while time.monotonic() < deadline:
        if stopped.wait(0.1):
            return False
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=5):  # noqa: S310 - our own address
                return True
        except urllib.error.HTTPError as error:
            problem = f"{error.code} {error.read(2000).decode(errors='replace')}"
        except OSError as error:
            problem = str(error)
    sys.stderr.write(f"giftwell: the platform did not become ready: {problem}\n")
    return False


def _say_where(demo: dict[str, object] | None, seconds: float) -> None:
    base = environment().public_url
    lines = [f"\nGiftwell is serving {base} (ready in {seconds:.1f} s). Ctrl-C stops it.\n"]
    if demo:
        from giftwell.interfaces.ops.demo import welcome

        lines.append(welcome(demo))
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
