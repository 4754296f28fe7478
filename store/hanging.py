"""The end of a process that hangs: whoever goes on says so from time to time, and who does not is ended.

Python's own watch does it, in a thread that needs no interpreter: it ends a process that is stuck inside a regular
expression or a library too, and writes to the log where that is. Supervisors start again what has ended, never what hangs.
"""

import faulthandler


def goes_on(seconds: float) -> None:
    """The process is sound and says so again within `seconds`; else it is ended with exit code 1."""
    faulthandler.dump_traceback_later(seconds, exit=True)


def is_leaving() -> None:
    """It ends by itself and is watched no longer."""
    faulthandler.cancel_dump_traceback_later()
