"""`flask --app wsgi jobs …`, hung on by `wsgi.py`."""

from datetime import UTC, datetime

import click

from jobs.doctor import doctor
from jobs.safekeeping import backup, restore
from jobs.schedule import BY_NAME, SCHEDULE
from store.clock import now
from store.health import operations as health

EXPECTED = {each.name: each.every_seconds for each in SCHEDULE}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@click.group()
def jobs() -> None:
    """What happens on time: how it fares, and running one job by hand."""


@jobs.command()
def status() -> None:
    """Every periodic job with its last run; the exit status is 1 when one is stale."""
    moment = now()
    known = health.beats()
    # The beginning of time as the start: who asks by hand wants no minute of grace.
    late = {each.name: each for each in health.all_stale(EXPECTED, moment, LONG_AGO)}
    for each in SCHEDULE:
        beat = known.get(each.name)
        state = late[each.name].why.en if each.name in late else "ok"
        last = _ago(beat.last_finished if beat else None, moment)
        error = f"  {beat.last_error}" if beat and beat.last_error else ""
        click.echo(f"{each.name:16} {each.queue:8} every {each.every_seconds:>6} s  last {last:>12}  {state}{error}")
    for bad in health.bad_records(20):
        click.echo(f"put aside by {bad.job}: {bad.about['kind']} {bad.about['number']} ({bad.error})")
    if late:
        raise SystemExit(1)


@jobs.command()
@click.argument("name", type=click.Choice(sorted(BY_NAME)))
def run(name: str) -> None:
    """Run one periodic job now, in this process."""
    # Late: the web process hangs this command on without paying for what workers import.
    from jobs import tasks

    click.echo(f"{name}: {getattr(tasks, name)()}")


def _ago(moment: datetime | None, now_: datetime) -> str:
    return "never" if moment is None else f"{(now_ - moment).total_seconds():.0f} s ago"


commands: list[click.Command] = [jobs, backup, restore, doctor]
