"""`giftwell create-admin`: the only way to a role on the platform."""

import click

from giftwell.foundation.identity.create_admin import create_admin as make_admin
from giftwell.interfaces.common.access import PLATFORM_ROLES
from giftwell.interfaces.ops.commands.words import as_json, new_password, person_with, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


@click.command("create-admin")
@click.option("--email", required=True)
@click.option("--name", default="Platform admin", show_default=True, help="For a new account.")
@click.option("--role", default=PLATFORM_ROLES[0], show_default=True, type=click.Choice(PLATFORM_ROLES))
@as_json
def create_admin(email: str, name: str, role: str, as_json: bool) -> None:
    """Give a person a role on the platform; a new account gets a password, a known person keeps theirs."""
    password = None if person_with(email) else new_password()
    person = make_admin(
        email=email,
        name=name,
        password=password,
        role=role,
        actor=Actor.command("create-admin"),
        now=now(),
    )
    words = f"{person.email} has the role {role} on the platform."
    if password:
        words += f"\nTheir password, shown this once: {password}"
    say({"id": person.public_id, "email": person.email, "password": password}, words, as_json=as_json)
