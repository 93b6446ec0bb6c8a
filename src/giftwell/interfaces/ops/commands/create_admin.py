"""`giftwell create-admin`: the only way to a role on the platform."""

import click

from giftwell.foundation.identity.create_admin import create_admin as make_admin
from giftwell.interfaces.ops.commands.words import as_json, new_password, person_with, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


@click.command("create-admin")
@click.option("--email", required=True)
@click.option("--name", default="Platform admin", show_default=True, help="For a new account.")
@as_json
def create_admin(email: str, name: str, as_json: bool) -> None:
    """Make a person a platform admin; a new account gets a password, a known person keeps theirs."""
    password = None if person_with(email) else new_password()
    person = make_admin(
        email=email, name=name, password=password, actor=Actor.command("create-admin"), now=now()
    )
    words = f"{person.email} is a platform admin."
    if password:
        words += f"\nTheir password, shown this once: {password}"
    say({"id": person.public_id, "email": person.email, "password": password}, words, as_json=as_json)
