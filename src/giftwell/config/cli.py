"""The `giftwell` command: serving, migrating and looking after; the commands of the business come from
interfaces/ops.

A command that fails says which thing and what to do, in one place, and exits non-zero.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click

from giftwell.config import processes
from giftwell.config.database import UnfitDatabase
from giftwell.config.environment import BadEnvironment, environment
from giftwell.config.migrate import CannotMigrate
from giftwell.config.spawning import CannotStart
from giftwell.kit.errors import DomainError

_BUSINESS = {
    "demo": "giftwell.interfaces.ops.commands.demo:demo",
    "create-admin": "giftwell.interfaces.ops.commands.create_admin:create_admin",
    "create-merchant": "giftwell.interfaces.ops.commands.create_merchant:create_merchant",
    "create-api-key": "giftwell.interfaces.ops.commands.create_api_key:create_api_key",
    "issue": "giftwell.interfaces.ops.commands.issue:issue",
    "import-cards": "giftwell.interfaces.ops.commands.import_cards:import_cards",
    "redeem": "giftwell.interfaces.ops.commands.redeem:redeem",
    "refund": "giftwell.interfaces.ops.commands.refund:refund",
    "reverse": "giftwell.interfaces.ops.commands.reverse:reverse",
    "load": "giftwell.interfaces.ops.commands.load:load",
    "transfer": "giftwell.interfaces.ops.commands.transfer:transfer",
    "merge": "giftwell.interfaces.ops.commands.transfer:merge",
    "split": "giftwell.interfaces.ops.commands.split:split",
    "replace": "giftwell.interfaces.ops.commands.replace:replace",
    "adjust": "giftwell.interfaces.ops.commands.adjust:adjust",
    "expire": "giftwell.interfaces.ops.commands.expire:expire",
    "reinstate": "giftwell.interfaces.ops.commands.reinstate:reinstate",
    "verify": "giftwell.interfaces.ops.commands.verify:verify",
    "audit": "giftwell.interfaces.ops.commands.audit:audit",
    "rotate-keys": "giftwell.interfaces.ops.commands.rotate_keys:rotate_keys",
    "rebuild-rollup": "giftwell.interfaces.ops.commands.rebuild_rollup:rebuild_rollup",
}


class Giftwell(click.Group):
    """The group of all commands; a command of the business is loaded once a database is at hand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, the serving ones first."""
        return [*super().list_commands(ctx), *_BUSINESS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in _BUSINESS:
            return super().get_command(ctx, cmd_name)
        from giftwell.config.run import servers_at_hand

        module, _, name = _BUSINESS[cmd_name].partition(":")
        if not _asks_for_help():
            ctx.with_resource(servers_at_hand(up_to_date=True))
        else:
            _set_up_django()
        command: click.Command = getattr(__import__(module, fromlist=[name]), name)
        return command


def _asks_for_help() -> bool:
    return "--help" in sys.argv[1:] or len(sys.argv) < 2


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giftwell.config.settings")
    django.setup()


@click.group(cls=Giftwell, context_settings={"help_option_names": ["-h", "--help"]})
def giftwell() -> None:
    """Giftwell, the gift card platform."""


@giftwell.command()
def run() -> None:
    """Serve everything from one command, with its own database and demo data unless told otherwise."""
    from giftwell.config.run import run as serve

    sys.exit(serve())


def _serve(target: str, interface: str, port: int, workers: int, threads: int) -> None:
    _fit_to_serve()
    processes.refuse_taken_port("0.0.0.0", port)  # noqa: S104 - a server's own choice of port
    command = processes.granian(
        target, interface, host="0.0.0.0", port=port, workers=workers, threads=threads  # noqa: S104
    )  # fmt: skip
    os.execv(command[0], command)  # noqa: S606 - the server takes this process's place and its signals


def _fit_to_serve() -> None:
    from giftwell.config.database import refuse_unfit_database

    if environment().is_embedded:
        raise BadEnvironment(
            "DATABASE_URL: not set. `giftwell run` brings its own; a server process needs an address."
        )
    _set_up_django()
    refuse_unfit_database()


@giftwell.command()
@click.option("--port", default=8000, show_default=True, envvar="PORT")
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=8, show_default=True, help="Requests at once in a process.")
def web(port: int, workers: int, threads: int) -> None:
    """Serve pages and the REST API."""
    _serve("giftwell.config.wsgi:application", "wsgi", port, workers, threads)


@giftwell.command()
@click.option("--port", default=8001, show_default=True, envvar="PORT")
@click.option("--workers", default=1, show_default=True, help="Processes.")
def pos(port: int, workers: int) -> None:
    """Serve the point of sale, /v1/pos/."""
    _serve("giftwell.config.pos:application", "asgi", port, workers, 1)


@giftwell.command()
def worker() -> None:
    """Run the jobs: deliver messages, relay events, keep the schedule."""
    _fit_to_serve()
    from giftwell.config.wiring import REACTIONS
    from giftwell.interfaces.jobs.worker import run_worker

    run_worker(REACTIONS)


@giftwell.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def migrate(as_json: bool) -> None:
    """Bring the database up to date: roles, tables, policies, functions."""
    from giftwell.config.run import bring_up_to_date, servers_at_hand

    with servers_at_hand():
        bring_up_to_date()
    click.echo(json.dumps({"migrated": True}) if as_json else "The database is up to date.")


@giftwell.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def renumber(as_json: bool) -> None:
    """After a logical restore, once: bring the stored transaction ids below this server's."""
    from giftwell.config.renumber import renumber as shift
    from giftwell.config.run import servers_at_hand

    with servers_at_hand():
        here = environment()
        by = shift(here.database_admin_url or here.database_url)
    said = f"Shifted by {by:,}." if by else "Nothing had to be shifted."
    click.echo(json.dumps({"shifted_by": by}) if as_json else said)


@giftwell.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--new-secrets", is_flag=True, help="Print a fresh set of secrets and stop.")
def doctor(as_json: bool, new_secrets: bool) -> None:
    """Say what is configured, reachable and missing."""
    from giftwell.config import doctor as surgery
    from giftwell.config import secrets

    if new_secrets:
        for name, value in secrets.new().items():
            click.echo(f"{name.upper()}={value}")
        return
    findings = surgery.examine()
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings]))
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.is_well else 'FAIL'}  {finding.what}: {finding.detail}")
    sys.exit(0 if all(finding.is_well for finding in findings) else 1)


def main() -> None:
    """Run the command line; known failures are one clear message and exit code 1."""
    _guarded(giftwell)


def _guarded(command: Callable[..., Any]) -> None:
    try:
        command()
    except (CannotStart, BadEnvironment, CannotMigrate, UnfitDatabase, processes.PortTaken) as error:
        click.echo(f"giftwell: {error}", err=True)
        sys.exit(1)
    except DomainError as error:
        details = "".join(f"\n  {name}: {text}" for name, text in error.errors.items())
        click.echo(f"giftwell: {error.detail} ({error.code}){details}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
