"""`flask --app wsgi user token …`, `tokens`, `revoke-token`: API tokens from the command line."""

import click

from admin_app.accounts.authority import OPERATOR
from admin_app.accounts.commands import user
from admin_app.tokens import operations
from admin_app.tokens import scopes as scoping
from store import clock
from store.errors import AnjuError


def _complain(error: AnjuError) -> click.ClickException:
    return click.ClickException(f"{error.words.en} / {error.words.zh}")


@user.command("token")
@click.argument("username")
@click.option("--scope", "scopes", multiple=True, required=True, help="all, read, or a permission such as work.do.")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@click.option("--days", type=int, default=None, help="How long it lives; without it, until it is revoked.")
def token(username: str, scopes: tuple[str, ...], name: str, days: int | None) -> None:
    """Make an API token and print it once."""
    try:
        minted = operations.mint(username, list(scopes), name=name, days=days, actor=OPERATOR, now=clock.now())
    except AnjuError as error:
        raise _complain(error) from error
    click.echo(minted.secret)
    click.echo("Keep it: it is not shown again.", err=True)


@user.command("tokens")
@click.argument("username")
def tokens(username: str) -> None:
    """Show the API tokens of an account."""
    try:
        found = operations.tokens_of(username, actor=OPERATOR)
    except AnjuError as error:
        raise _complain(error) from error
    for each in found:
        used = f"{each.last_used_at:%Y-%m-%d %H:%M}" if each.last_used_at else "never used"
        state = "revoked" if each.revoked_at else "active"
        click.echo(f"{each.id} {each.hint}… {state:8} {used:17} {' '.join(each.scopes)}  {each.name}")


@user.command("revoke-token")
@click.argument("token_id")
def revoke_token(token_id: str) -> None:
    """End an API token for good."""
    try:
        operations.revoke(token_id, actor=OPERATOR, now=clock.now())
    except AnjuError as error:
        raise _complain(error) from error
    click.echo("revoked")


@user.command("scopes")
def scopes_() -> None:
    """Show the scopes that tokens can have."""
    click.echo("\n".join(scoping.known()))
