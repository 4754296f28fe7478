"""`flask --app wsgi doctor`: what is wrong with this installation, and how to mend it.

When a bad setting keeps the application from starting at all, `python -m jobs.doctor` says the same.
"""

import os

import click


@click.command("doctor")
def doctor() -> None:
    """Check settings, servers, workers, plans and calendars; the exit status is 1 when anything is bad."""
    # Late: the web process hangs this command on without paying for what the checks import.
    from jobs.doctor_round import examine_environment, report

    raise SystemExit(report(examine_environment(os.environ)))


if __name__ == "__main__":
    doctor()
