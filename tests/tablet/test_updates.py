"""A new version of the app waits until it is let in, and never strands what was entered under the old one."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from admin_app.tablet import shell
from store.tablet.documents import EntryOutcome
from tests import cast
from tests.api.world import make_order
from tests.tablet.tablets import Tablet


@pytest.fixture
def release(built_app: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Publishes another build; the first is what `site` serves."""
    folder = tmp_path / "dist"
    shutil.copytree(shell.FOLDER, folder)
    monkeypatch.setattr(shell, "FOLDER", folder)

    def publish() -> None:
        page, worker = folder / "index.html", folder / "service-worker.js"
        page.write_text(page.read_text().replace("<title>安居", "<title>新版安居"))
        # Another revision of the page is what makes the worker of a real build another one.
        old = worker.read_text()
        for packed in (*folder.glob("*.br"), *folder.glob("*.gz")):
            packed.unlink()
        new = re.sub(r"(url:[`\"']/tablet/[`\"'],revision:[`\"'])", r"\1new-", old)
        assert new != old
        worker.write_text(new)

    return publish


def test_a_new_version_waits_and_takes_queued_work_with_it(
    tablet: Callable[..., Tablet], release: Callable[[], None]
) -> None:
    make_order(kind="cleaning", checkpoints=[], assignee="guard", title="大堂保洁检查")
    hands = tablet(cast.guard())
    row = hands.page.get_by_role("button", name="大堂保洁检查").first
    row.wait_for()
    release()
    hands.page.evaluate("navigator.serviceWorker.ready.then(worker => worker.update())")
    banner = hands.page.get_by_role("button", name="更新")
    banner.wait_for()

    hands.offline()
    row.click()
    hands.page.wait_for_url("**/tablet/order/**")
    assert "新版" not in hands.page.title()
    banner.click()
    hands.page.wait_for_function("() => document.title.includes('新版')")
    hands.unlock(cast.guard())
    assert hands.unsent() == 1

    hands.online()
    hands.wait_until_sent()
    assert [(each.seq, each.result) for each in EntryOutcome.objects] == [(1, "applied")]
