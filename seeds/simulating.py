"""The commands `simulate` and `demo`: a year on a scratch database, ninety days of history on the real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from seeds.loader import demo_staff_logins, load
from seeds.people_at_work import Company
from seeds.report import lines
from seeds.simulation import Outage, Simulation
from store import clock
from store.connection import DEFAULT_DATABASE, connect, ensure_indexes
from store.settings import Settings
from store.watch import Watch
from store.work.documents import WorkOrder

DEMO_DAYS = 90
DEMO_SEED = 2026
LONGEST_OUTAGE_HOURS = 40


@click.command("simulate")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day, estate time.")
@click.option("--days", type=click.IntRange(1, 1100), default=365, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--outages", type=click.IntRange(0, 50), default=3, show_default=True, help="Stretches without workers.")
@with_appcontext
def simulate(since: datetime, days: int, seed: int, outages: int) -> None:
    """Run the seeded estates through a stretch of time and print what became of every slot.

    Works on a scratch database of its own, which is dropped before and after; the real data is not touched.
    """
    settings: Settings = current_app.extensions["anju_settings"]
    zone = ZoneInfo(settings.timezone)
    start = datetime.combine(since.date(), time(0), zone).astimezone(UTC)
    watch = Watch()
    with scratch(settings, watch):
        # Everything is in force from the start on, so the first slot that counts is the first of the first day.
        load(start)
        without_workers = drawn_outages(start, days, seed, outages)
        simulation = Simulation(start, start + timedelta(days=days), seed, without_workers, watch=watch)
        Company(simulation).come_to_work()
        _run(simulation, days)
        for line in lines(simulation, start):
            click.echo(line)


@contextmanager
def scratch(settings: Settings, watch: Watch) -> Iterator[None]:
    """A database that is there only inside: the settings' one with `_simulation` behind its name. `watch` hears every
    command to it."""
    database = connect(replace(settings, mongodb_uri=scratch_uri(settings.mongodb_uri)), durable=False, watch=watch)
    database.client.drop_database(database.name)
    ensure_indexes()
    try:
        yield
    finally:
        database.client.drop_database(database.name)
        connect(settings)


def scratch_uri(uri: str) -> str:
    """The address of the scratch database beside the one that `uri` names, or names by saying nothing."""
    scheme, _, rest = uri.partition("://")
    place, _, options = rest.partition("?")
    hosts, _, name = place.partition("/")
    return f"{scheme}://{hosts}/{name or DEFAULT_DATABASE}_simulation" + (f"?{options}" if options else "")


def drawn_outages(start: datetime, days: int, seed: int, number: int) -> list[Outage]:
    """Stretches of 30 minutes to 40 hours, not overlapping."""
    dice = Random(f"outages:{seed}")
    found: list[Outage] = []
    for part in range(number):
        first = start + timedelta(days=days) * part / number
        since = first + timedelta(days=days) / number * dice.uniform(0.1, 0.6)
        hours = min(dice.uniform(0.5, LONGEST_OUTAGE_HOURS), days * 24 / number * 0.3)
        found.append(Outage(since, since + timedelta(hours=hours)))
    return found


def _run(simulation: Simulation, days: int) -> None:
    label = f"{simulation.now:%Y-%m-%d} + {days}"
    with click.progressbar(range(days), label=label) as bar:
        simulation.run(lambda _: bar.update(1))


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Load the first content and make ninety days of history through the same verbs; needs an empty database."""
    ensure_indexes()
    if WorkOrder.objects.first():
        click.echo("已有业务记录，不再生成演示数据 / There are records already; no demo data is made.")
        return
    now = clock.now()
    zone = ZoneInfo(current_app.extensions["anju_settings"].timezone)
    first: date = now.astimezone(zone).date() - timedelta(days=DEMO_DAYS)
    start = datetime.combine(first, time(0), zone).astimezone(UTC)
    load(start)
    simulation = Simulation(start, now, DEMO_SEED)
    Company(simulation).come_to_work()
    _run(simulation, DEMO_DAYS + 1)
    made = current_app.extensions["anju_ensure_accounts"](demo_staff_logins())
    for login in made:
        click.echo(f"  {login.username:<12}{login.password}")
