"""The one place that knows everyone: makes the application and hangs the command groups of seeds and jobs on it."""

import gc
import os

from admin_app.accounts.operations import ensure_accounts
from admin_app.app import create_app
from jobs.commands import commands as job_commands
from jobs.schedule import SCHEDULE
from seeds.commands import commands as seed_commands
from store.connection import connect
from store.settings import BadSetting, Settings

try:
    settings = Settings.from_environment(os.environ)
except BadSetting as bad:
    # Whoever starts it reads one sentence with the setting's name, not a traceback.
    raise SystemExit(f"设置有误 / bad setting – {bad}") from None
connect(settings)
app = create_app(settings)
# The health pages say which jobs there ought to be, whether they have ever run or not.
app.extensions["anju_periodic"] = SCHEDULE
# Seeds know the staff but not the accounts; their commands ask for accounts here and print new logins once.
app.extensions["anju_ensure_accounts"] = lambda logins: ensure_accounts(
    app, logins, os.environ.get("ANJU_DEMO_PASSWORD") or None
)
for command in (*seed_commands, *job_commands):
    app.cli.add_command(command)
# What stands now stands to the end: a full collection would walk its 400,000 objects after every dozen pages, and
# hold up all threads of the process for 0.2 s.
gc.collect()
gc.freeze()
