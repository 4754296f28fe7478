"""Whether something is done within so much CPU time. The kernel is the judge, not a clock: a busy machine changes nothing."""

import os
import resource
from collections.abc import Callable


def is_done_within(seconds: int, action: Callable[[], object]) -> bool:
    """Run the action in a fork of this process that is killed at the limit. Its errors are raised here too."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        try:
            action()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError("it failed before it was done")
    return os.WIFEXITED(status)
