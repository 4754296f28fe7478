"""A browser that was killed may hold its storage for a moment longer: the app says so, and waits."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import cast
from tests.tablet.tablets import Tablet


@contextmanager
def held(folder: Path) -> Iterator[Callable[[], None]]:
    """The lock of the app's database, as a process that is dying holds it; gives what lets it go."""
    (lock,) = folder.glob("Default/IndexedDB/*.leveldb/LOCK")
    with lock.open("r+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield lambda: fcntl.lockf(file, fcntl.LOCK_UN)


def test_an_app_that_starts_beside_a_dying_one_waits_for_its_storage(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    hands.kill()
    with held(hands.folder) as let_go:
        hands.restart()
        hands.open()
        hands.page.get_by_role("heading", name="平板的存储还没有打开").wait_for()
        let_go()
        hands.unlock(cast.guard())
    hands.wait_for_today()
