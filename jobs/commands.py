"""Commands of this part, hung on `flask --app wsgi` by `wsgi.py`."""

import click

commands: list[click.Command] = []
