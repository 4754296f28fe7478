"""The tablet app in a real Chromium, on the served product: first load, Today, taps, sync.

What the network brings is counted on the wire. A slow tablet is Chromium's own throttling of the page's thread, four times;
encryption and the stretching of the PIN run beside it, so those are told apart and not made slower by it.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any

from bench import serving, shift
from bench.ground import Ground
from bench.table import Measured
from bench.tablet_scripts import LOADS, TAPS, WATCH
from bench.wire import relayed
from store.actor import Actor
from tests.tablet.building import build
from tests.tablet.tablets import Tablet

SLOWER = 4
OPENINGS = 5
PHOTOS = 50
QUEUED = 500
FIRST_LOAD_KB, TODAY_SECONDS, TAP_MS, SYNC_SECONDS = 300.0, 2.0, 100.0, 10.0
PATIENCE_MS = 120_000


def measure(ground: Ground) -> list[Measured]:
    from playwright.sync_api import sync_playwright

    build()
    who = shift.prepare(ground)
    with (
        serving.served(ground, shift.DATABASE) as port,
        tempfile.TemporaryDirectory(prefix="anju-bench-tablet-") as folder,
        sync_playwright() as playwright,
    ):
        browser = SimpleNamespace(browser_type=playwright.chromium)
        lines = _first_load(browser, port, Path(folder) / "first")
        with _tablet(browser, f"http://127.0.0.1:{port}", Path(folder) / "second") as tablet:
            tablet.enrol(who, password=shift.PASSWORD)
            tablet.page.get_by_text("大堂检查 0", exact=True).wait_for()
            lines += _today(tablet, who)
            lines += _a_day_without_network(tablet)
    return lines


@contextmanager
def _tablet(browser: Any, site: str, folder: Path) -> Iterator[Tablet]:
    tablet = Tablet(browser, site, folder)
    tablet.page.set_default_timeout(PATIENCE_MS)
    try:
        yield tablet
    finally:
        tablet.stop()


# ---------------------------------------------------------------- first load


def _first_load(browser: Any, port: int, folder: Path) -> list[Measured]:
    with relayed(port) as relay, _tablet(browser, f"http://127.0.0.1:{relay.port}", folder) as tablet:
        network = tablet.context.new_cdp_session(tablet.page)
        network.send("Network.enable")
        loaded: list[float] = []
        network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
        tablet.open()
        tablet.page.get_by_role("heading").first.wait_for()
        tablet.wait_until_kept()
        tablet.page.wait_for_timeout(1_000)
        page, everything = sum(loaded) / 1024, relay.received / 1024
        encodings = tablet.page.evaluate(LOADS)
    kept = f"{everything - page:.0f} KB more by the service worker, which keeps it for offline use"
    figures = f"{page:.0f} KB in {len(loaded)} answers ({encodings}), headers included; {kept}"
    return [
        Measured("tablet: first load ÷ 1 KB", figures, page, FIRST_LOAD_KB),
        Measured("… with what is kept for offline use", f"{everything:.0f} KB on the wire", everything, FIRST_LOAD_KB),
    ]


# ---------------------------------------------------------------- Today


def _today(tablet: Tablet, who: Actor) -> list[Measured]:
    tablet.page.add_init_script(WATCH)
    found = {slower: [_opening(tablet, who, slower) for _ in range(OPENINGS)] for slower in (1, SLOWER)}
    lines = []
    for slower, times in found.items():
        starting, unlocking, stretching = (median(each[n] for each in times) for n in range(3))
        whole = starting + unlocking
        figures = (
            f"{starting:.2f} s to the PIN, {unlocking:.2f} s from it to the list; stretching {stretching:.2f} s apart"
        )
        bound = TODAY_SECONDS if slower == SLOWER else None
        lines.append(
            Measured(f"tablet: Today, {shift.ORDERS} orders, CPU ÷ {slower}", _with_load(figures), whole, bound)
        )
    return lines


def _opening(tablet: Tablet, who: Actor, slower: int) -> tuple[float, float, float]:
    """Seconds from navigation to the PIN pad, from there to a list that answers without the stretching, and that."""
    with _slowed(tablet, slower):
        tablet.open()
        tablet.unlock(who)
        marks = tablet.page.wait_for_function("() => window.anjuMarks.quiet && window.anjuMarks").json_value()
    stretching = marks["stretched"] - marks["stretching"]
    return marks["pad"] / 1000, (marks["quiet"] - marks["digit"] - stretching) / 1000, stretching / 1000


@contextmanager
def _slowed(tablet: Tablet, slower: int) -> Iterator[None]:
    session = tablet.context.new_cdp_session(tablet.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    try:
        yield
    finally:
        # Not detached: that would end the cut network too.
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})


# ---------------------------------------------------------------- taps and sync


def _a_day_without_network(tablet: Tablet) -> list[Measured]:
    tablet.offline()
    pictures = shift.pictures(PHOTOS)
    checklists = (n for n in range(shift.ORDERS) if n % 5 != 4)
    for picture in pictures:
        _check(tablet, next(checklists))
        _photograph(tablet, picture)
    queued, size = tablet.unsent(), _average_photo(tablet)
    lines = []
    for slower in (1, SLOWER):
        with _slowed(tablet, slower):
            taps = [each for _ in range(6) for each in _check(tablet, next(checklists))]
        p95 = quantiles(taps, n=20)[-1]
        figures = f"median {median(taps):.0f} ms, p95 {p95:.0f} ms, longest {max(taps):.0f} ms of {len(taps)} taps"
        name = f"tablet: a tap → 已存本机 shown, {queued} queued, CPU ÷ {slower} (p95)"
        lines.append(Measured(name, _with_load(figures), p95, TAP_MS))
    return [*lines, _sync(tablet, size)]


def _check(tablet: Tablet, n: int) -> list[float]:
    """All items of an order with one tap each; how long each took, in milliseconds."""
    tablet.go(f"/checklist/{shift.ESTATE}/{shift.key_of(n)}")
    tablet.page.get_by_role("button", name="合格", exact=True).wait_for()
    times: list[float] = tablet.page.evaluate(TAPS, shift.TAPS)
    return times


def _photograph(tablet: Tablet, picture: bytes) -> None:
    before = tablet.unsent()
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture}
    tablet.page.locator("input[type=file][capture]").set_input_files(photo)
    tablet.page.get_by_role("button", name="看大图").first.wait_for()
    tablet.page.get_by_role("button", name="下一步", exact=True).click()
    tablet.page.wait_for_url("**/tablet/order/**")
    if tablet.unsent() != before + 1:
        raise RuntimeError("the photo made no entry")


def _average_photo(tablet: Tablet) -> float:
    sizes: list[int] = tablet.read("photos", "size")
    if len(sizes) != PHOTOS or min(sizes) < 150 * 1024:
        raise RuntimeError(f"{len(sizes)} photos, the smallest of {min(sizes, default=0)} bytes")
    return sum(sizes) / len(sizes) / 1024


def _sync(tablet: Tablet, size: float) -> Measured:
    queued = tablet.unsent()
    began = time.monotonic()
    tablet.online()
    tablet.page.evaluate("dispatchEvent(new Event('online'))")  # the emulated network does not always say it
    with suppress(AssertionError):  # what is left is told
        tablet.wait_until_sent(patience=PATIENCE_MS / 1000)
    took, left = time.monotonic() - began, tablet.unsent()
    figures = f"{queued} entries, {PHOTOS} photos of {size:.0f} KB on average: {took:.1f} s"
    figures += f"; {left} entries and {tablet.read('photos', 'state').count('kept')} photos were left" if left else ""
    return Measured("tablet: sync after a day without a network", _with_load(figures), took, SYNC_SECONDS)


def _with_load(figures: str) -> str:
    return f"{figures} (load {os.getloadavg()[0]:.0f})"
