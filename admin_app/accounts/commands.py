"""`flask --app wsgi user …`: accounts from the command line."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup

from admin_app.accounts import documents, operations
from admin_app.accounts.authority import OPERATOR
from store import clock
from store.errors import AnjuError
from store.people.operations import actor_for

user = AppGroup("user", help="Sign-in accounts.")


def _telling(command: Callable[..., None]) -> Callable[..., None]:
    """Say an error of the house in one sentence instead of a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except AnjuError as error:
            raise click.ClickException(f"{error.words.en} / {error.words.zh}") from error

    return run


@user.command("add")
@click.argument("username")
@click.option("--staff", required=True, help="Code of the member of staff who signs in.")
@click.option("--email", default=None)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@_telling
def add(username: str, staff: str, email: str | None, password: str) -> None:
    """Make an account."""
    documents.ensure_indexes()
    person = actor_for(staff)
    operations.create(username, password, staff, clock.now(), email, actor=OPERATOR)
    click.echo(f"{operations.normal_username(username)} signs in as {person.name} ({staff})")


@user.command("password")
@click.argument("username")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@_telling
def password_(username: str, password: str) -> None:
    """Set a new password and end all sessions of the account."""
    operations.set_password(username, password, actor=OPERATOR, now=clock.now())
    click.echo("password set, all sessions ended")


@user.command("list")
@_telling
def list_() -> None:
    """Show all accounts."""
    for account in operations.accounts_for(OPERATOR):
        factor = "second factor" if account.tf_primary_method else "password"
        click.echo(f"{account.username:20} {account.staff:16} {'active' if account.active else 'disabled':9} {factor}")


@user.command("disable")
@click.argument("username")
@_telling
def disable(username: str) -> None:
    """Refuse sign-in and end all sessions."""
    operations.set_active(username, False, actor=OPERATOR, now=clock.now())
    click.echo("disabled, all sessions ended")


@user.command("enable")
@click.argument("username")
@_telling
def enable(username: str) -> None:
    """Allow sign-in again."""
    operations.set_active(username, True, actor=OPERATOR, now=clock.now())
    click.echo("enabled")


@user.command("reset-second-factor")
@click.argument("username")
@_telling
def reset_second_factor(username: str) -> None:
    """Forget the authenticator app of somebody who lost it."""
    operations.reset_second_factor(username, actor=OPERATOR, now=clock.now())
    click.echo("second factor removed, all sessions ended")
