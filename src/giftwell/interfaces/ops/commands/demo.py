"""`giftwell demo`: make the demo data, or find it, and print how to get in."""

import json

import click

from giftwell.interfaces.ops.commands.words import as_json
from giftwell.interfaces.ops.demo import build_demo, welcome


@click.command("demo")
@as_json
def demo(as_json: bool) -> None:
    """Make two demo merchants with people, keys and cards. Repeated, it answers the same."""
    built = build_demo()
    click.echo(json.dumps(built) if as_json else welcome(built))
