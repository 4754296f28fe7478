"""A tablet in somebody's hands: a Chromium with a storage of its own, which can lose its network and be killed."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from store.actor import Actor
from tests.admin_app.conftest import PASSWORD
from tests.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES

PIN = "135790"
NAME = "巡更平板 1"
PATIENCE_MS = 20_000
# What the console says of a network that the test itself has cut.
CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_FAILED", "ERR_NETWORK_CHANGED")


class Tablet:
    """`page` is the app. `complaints` is what its console said in red, but for the network that was cut on purpose.

    `camera` is a y4m film that its camera shows. `moment` is what its clock shows when it is switched on, for tests with
    a clock of their own; `flags` are the browser's. Killed or stopped, the tablet keeps its storage and starts again.
    """

    def __init__(
        self,
        browser: Any,
        site: str,
        folder: Path,
        *,
        width: int = 1024,
        camera: Path | None = None,
        moment: datetime | None = None,
        flags: Sequence[str] = (),
    ) -> None:
        self._type = browser.browser_type
        self.site, self.folder, self.width, self.camera, self.moment = site, folder, width, camera, moment
        self.flags = flags
        self.complaints: list[str] = []
        self.start()

    def start(self) -> None:
        self.context = self._type.launch_persistent_context(
            str(self.folder),
            executable_path=next(filter(None, map(shutil.which, CHROMIUM_NAMES))),
            args=[*CHROMIUM_FLAGS, *self._camera_flags(), *self.flags],
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": self.width, "height": 900},
            permissions=["camera", "microphone", "notifications"],
        )
        if self.moment is not None:
            self.context.clock.install(time=self.moment)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _camera_flags(self) -> list[str]:
        if self.camera is None:
            return []
        film = f"--use-file-for-fake-video-capture={self.camera}"
        return ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", film]

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not any(each in message.text for each in CUT):
            self.complaints.append(message.text)

    # ------------------------------------------------------------------ what happens to a tablet

    def kill(self) -> None:
        """SIGKILL to the whole browser: nothing is written, asked or closed any more."""
        self.lose_power()
        with suppress(Error):  # it is gone already when something was on its way
            self.context.close()

    def lose_power(self) -> None:
        """The killing alone, which another thread may do at any moment; `kill` tidies up after it."""
        for pid in self._processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def restart(self) -> None:
        """Begin again after `kill` (or a battery), with what is on the disk."""
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()
        self.start()

    def sleep_until(self, moment: datetime) -> None:
        """The tablet wakes up at `moment`: its wall clock has gone on, its monotonic one stood still."""
        self.moment = moment
        self.context.clock.set_system_time(moment)

    def stop(self) -> None:
        self.context.close()

    def offline(self) -> None:
        self.context.set_offline(True)

    def online(self) -> None:
        self.context.set_offline(False)

    def _processes(self) -> list[int]:
        """The browser's processes, by the storage that only they name."""
        mine = f"--user-data-dir={self.folder}"
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and mine in _words_of(entry):
                found.append(int(entry.name))
        return found

    # ------------------------------------------------------------------ what a person does

    def enrol(self, who: Actor, *, pin: str = PIN, name: str = NAME, password: str = PASSWORD) -> None:
        """Sign in, name the tablet if it has no name, choose a PIN; ends at Today, ready for offline use."""
        self.page.goto(f"{self.site}/login?next=/tablet/enrol")
        self.page.fill("#username", who.code)
        self.page.fill("#password", password)
        self.page.click("button.primary")
        self.page.wait_for_url(f"{self.site}/tablet/enrol")
        field = self.page.get_by_label("平板名称")
        heading = self.page.get_by_role("heading", name="设一个 6 位 PIN")
        field.or_(heading).first.wait_for()
        if field.is_visible():
            field.fill(name)
            self.page.get_by_role("button", name="下一步").click()
        heading.wait_for()
        self.type_pin(pin)
        self.page.get_by_role("heading", name="再输一次 PIN").wait_for()
        self.type_pin(pin)
        self.wait_for_today()
        self.wait_until_kept()
        self.wait_until(self._has_work, "everybody's work is on the tablet")

    def _has_work(self) -> bool:
        """The server's first answer is kept for everybody: without it nobody's estate is known, and nothing can be reported."""
        return self.read("sealed", "kind").count("cursor") == len(self.read("people", "code"))

    def unlock(self, who: Actor, *, pin: str = PIN) -> None:
        """From the lock screen, of several people or of one; ends at the screen that the address names."""
        others = self.page.get_by_role("button", name=who.name)
        asked = self.page.get_by_role("heading", name=f"{who.name}，请输入 PIN")
        asked.or_(others).first.wait_for()
        if not asked.is_visible():
            others.click()
            asked.wait_for()
        self.type_pin(pin)
        asked.wait_for(state="detached")

    def type_pin(self, pin: str) -> None:
        for digit in pin:
            self.page.get_by_role("button", name=f"数字 {digit}").click()

    def open(self, path: str = "/") -> None:
        self.page.goto(f"{self.site}/tablet{path}")

    def go(self, path: str) -> None:
        """To another screen without loading the app anew, as a link inside it does."""
        self.page.evaluate(
            "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }",
            f"/tablet{path}",
        )

    # ------------------------------------------------------------------ what a test waits for

    def wait_for_today(self) -> None:
        self.page.get_by_role("heading", name="今日").first.wait_for()

    def wait_until_kept(self) -> None:
        """The service worker has every file: from now on the app starts without a network."""
        # As a function: a bare expression would be evaluated anew each time, which the site's policy forbids.
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def unsent(self) -> int:
        """Entries in the database of the tablet that the server has not confirmed (all people)."""
        return self.read("entries", "state").count("queued")

    def read(self, store: str, name: str) -> list[Any]:
        """One value of every row, beside the app, so that it does not depend on what a screen says."""
        found: list[Any] = self.page.evaluate(_READ, [store, name])
        return found

    def wait_until(self, is_so: Callable[[], bool], what: str, *, patience: float = PATIENCE_MS / 1000) -> None:
        """For what only the database of the tablet knows; what a screen shows is waited for by its words."""
        deadline = time.monotonic() + patience
        while not is_so():
            assert time.monotonic() < deadline, f"not yet: {what}"
            self.page.wait_for_timeout(100)

    def wait_until_sent(self, *, but: int = 0, patience: float = PATIENCE_MS / 1000) -> None:
        """All entries but so many, which are of people who have not unlocked."""
        self.wait_until(lambda: self.unsent() <= but, "all entries have left the tablet", patience=patience)


_READ = """([store, name]) => new Promise((resolve, reject) => {
  const asked = indexedDB.open("anju-tablet");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const rows = asked.result.transaction(store).objectStore(store).getAll();
    rows.onsuccess = () => {
      asked.result.close();
      resolve(rows.result.map((row) => row[name]));
    };
  };
})"""


def _words_of(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return []  # it ended while we looked
