"""Commands of this part, hung on `flask --app wsgi` by `wsgi.py`."""

from collections.abc import Iterable
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from seeds.loader import Loaded, demo_staff_logins, load
from seeds.simulating import demo, simulate
from store import clock
from store.connection import ensure_indexes
from store.words import Words

DONE = Words(
    "初始内容已载入：新建 {created}，更新 {updated}，未变 {unchanged}，保留人工修改 {kept}",
    "First content loaded: {created} new, {updated} updated, {unchanged} unchanged, {kept} kept as people changed them",
)
REFUSED = Words("{key} 未载入：{why}", "{key} was not loaded: {why}")
LOGINS = Words("首次登录（密码只显示这一次）：", "First logins (the passwords are shown only this once):")


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Load the first content. Running it again changes nothing that people have changed."""
    ensure_indexes()
    _report(load(clock.now()))
    # The accounts belong to the web part; `wsgi.py` hands over how they are made.
    made = current_app.extensions["anju_ensure_accounts"](demo_staff_logins())
    _print_logins(made)


def _report(loaded: Loaded) -> None:
    for key, problems in loaded.refused.items():
        why = Words("；".join(each.words.zh for each in problems), "; ".join(each.words.en for each in problems))
        _say(REFUSED.fill(key=key, why=why))
    outcomes = ("created", "updated", "unchanged", "kept")
    _say(DONE.fill(**{outcome: loaded.count(outcome) for outcome in outcomes}))


def _print_logins(made: Iterable[Any]) -> None:
    logins = list(made)
    if logins:
        _say(LOGINS)
    for login in logins:
        click.echo(f"  {login.username:<12}{login.password}")


def _say(words: Words) -> None:
    click.echo(f"{words.zh}\n{words.en}")


commands: list[click.Command] = [seed, simulate, demo]
