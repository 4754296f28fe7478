"""The commands `simulate` and `demo`: a year on a scratch database, ninety days of history on the real one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from pymongo import MongoClient

from seeds.loader import demo_staff_logins, estates, load
from seeds.people_at_work import Company
from seeds.report import Account, account, lines
from seeds.simulation import Outage, Simulation
from store import clock
from store.connection import DEFAULT_DATABASE, connect, ensure_indexes
from store.settings import Settings
from store.watch import Watch
from store.work.documents import WorkOrder

DEMO_DAYS = 90
DEMO_SEED = 2026
LONGEST_OUTAGE_HOURS = 40
# Nobody looks at a letter of a simulated year, and each delivery is ten commands.
SELDOM = timedelta(hours=2)


@click.command("simulate")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day, estate time.")
@click.option("--days", type=click.IntRange(1, 1100), default=365, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--outages", type=click.IntRange(0, 50), default=3, show_default=True, help="Stretches without workers.")
@with_appcontext
def simulate(since: datetime, days: int, seed: int, outages: int) -> None:
    """Run the seeded estates through a stretch of time and print what became of every slot.

    Works on scratch databases of its own, which are dropped before and after; the real data is not touched.
    """
    settings: Settings = current_app.extensions["anju_settings"]
    zone = ZoneInfo(settings.timezone)
    start = datetime.combine(since.date(), time(0), zone).astimezone(UTC)
    span = Span(settings, start, days, seed, outages)
    with click.progressbar(length=days * len(estates()), label=f"{start:%Y-%m-%d} + {days}") as bar:
        found = run_apart(span, estates(), bar.update)
    for line in lines(found):
        click.echo(line)


@dataclass(frozen=True)
class Span:
    """The stretch of time that the estates go through."""

    settings: Settings
    start: datetime
    days: int
    seed: int
    outages: int


def run_apart(span: Span, codes: Sequence[str], on_days: Callable[[int], None]) -> Account:
    """Each estate in a process of its own: they share people at the top, but no record. Raises `SimulationFailed`."""
    spawn = get_context("spawn")
    parts: dict[Connection, BaseProcess] = {}
    try:
        for code in codes:
            ours, theirs = spawn.Pipe(duplex=False)
            parts[ours] = spawn.Process(target=_run_one, args=(span, code, theirs), daemon=True)
            parts[ours].start()
            # Or nobody would notice that the other end is gone.
            theirs.close()
        return sum(_told(list(parts), on_days), Account())
    finally:
        for process in parts.values():
            process.terminate()
            process.join()
        # Cut off, a part could not do it.
        for code in codes:
            with MongoClient[Any](scratch_uri(span.settings.mongodb_uri, code)) as client:
                client.drop_database(client.get_default_database().name)


def _told(waiting: list[Connection], on_days: Callable[[int], None]) -> Iterator[Account]:
    """What each part has to say at its end, in the order in which they come."""
    while waiting:
        ready = wait(waiting)
        for each in [part for part in waiting if part in ready]:
            try:
                word = each.recv()
            except EOFError:
                raise SimulationFailed from None
            if isinstance(word, Account):
                waiting.remove(each)
                yield word
            else:
                on_days(word)


class SimulationFailed(click.ClickException):
    """One of the processes has ended without its account; what it said is above."""

    def __init__(self) -> None:
        super().__init__("模拟中断 / the simulation was cut off")


def _run_one(span: Span, code: str, told: Connection) -> None:
    """One estate on a scratch database of its own; says each day, and at the end what has become of it."""
    watch = Watch()
    with scratch(span.settings, watch, code):
        # Everything is in force from the start on, so the first slot that counts is the first of the first day.
        load(span.start, code)
        without_workers = drawn_outages(span.start, span.days, span.seed, span.outages)
        until = span.start + timedelta(days=span.days)
        simulation = Simulation(span.start, until, span.seed, without_workers, watch=watch, deliver_every=SELDOM)
        Company(simulation).come_to_work()
        simulation.run(lambda _: told.send(1))
        told.send(account(simulation, span.start))


@contextmanager
def scratch(settings: Settings, watch: Watch, part: str) -> Iterator[None]:
    """A database that is there only inside: the settings' one with `_simulation_` and the part's name behind its name.
    `watch` hears every command to it."""
    uri = scratch_uri(settings.mongodb_uri, part)
    database = connect(replace(settings, mongodb_uri=uri), durable=False, watch=watch)
    database.client.drop_database(database.name)
    ensure_indexes()
    try:
        yield
    finally:
        database.client.drop_database(database.name)
        connect(settings)


def scratch_uri(uri: str, part: str) -> str:
    """The address of a scratch database beside the one that `uri` names, or names by saying nothing."""
    scheme, _, rest = uri.partition("://")
    place, _, options = rest.partition("?")
    hosts, _, name = place.partition("/")
    return f"{scheme}://{hosts}/{name or DEFAULT_DATABASE}_simulation_{part}" + (f"?{options}" if options else "")


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
    with click.progressbar(range(DEMO_DAYS + 1), label=f"{simulation.now:%Y-%m-%d} + {DEMO_DAYS + 1}") as bar:
        simulation.run(lambda _: bar.update(1))
    made = current_app.extensions["anju_ensure_accounts"](demo_staff_logins())
    for login in made:
        click.echo(f"  {login.username:<12}{login.password}")
