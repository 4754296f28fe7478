"""Pictures of the main screens on a demo estate: `python -m tests.browser.pictures [--all] [--days 7] [--to FOLDER]`.

Without `--all` only those that the READMEs show. With MONGODB_URI and REDIS_URL the estate is made in the database
`anju_pictures` of that server and used again the next time; otherwise in servers of its own that are thrown away.
"""

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from admin_app.accounts.operations import ensure_accounts
from admin_app.app import create_app
from jobs.schedule import SCHEDULE
from seeds.loader import demo_staff_logins, load
from seeds.people_at_work import Company
from seeds.simulation import Simulation
from store import clock
from store.connection import connect, ensure_indexes
from store.content.documents import Content
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.health import operations as health
from store.people.operations import actor_for
from store.requests.documents import ServiceRequest
from store.settings import Settings
from store.work import operations as work
from store.work.documents import WorkOrder
from tests.admin_app.conftest import PASSWORD
from tests.browser.clockwork import Clock
from tests.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES, SECRET_KEY
from tests.servers import Addresses, TestServers
from tests.tablet.building import build
from tests.tablet.tablets import Tablet

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
ZONE = ZoneInfo("Asia/Shanghai")
DATABASE = "anju_pictures"
WIDTHS = (1440, 1024)
HEIGHT, TALLEST = 900, 1500
TABLET_WIDTH = 1024
PLAN = "/admin/content/plan/sunshine-night-garage/"
CHAIN = "/admin/content/escalation_policy/complaint-chain/"


@dataclass(frozen=True)
class Picture:
    """`name` is the file's; `address` may name records of the estate (`{request}`).

    `shown` ones stand in the READMEs, scrolled down by `below` pixels.
    """

    name: str
    address: str
    shown: bool = False
    dark: bool = False
    language: str = "zh-CN"
    below: int = 0


PICTURES = (
    Picture("today", "/admin/today/", shown=True),
    Picture("today-dark", "/admin/today/", shown=True, dark=True),
    Picture("today-english", "/admin/today/", shown=True, language="en"),
    Picture("requests", "/admin/requests/"),
    Picture("request", "/admin/requests/{request}", shown=True),
    Picture("intake", "/admin/intake/"),
    Picture("repair-quoted", "/admin/requests/{quoted}"),
    Picture("repair-answered", "/admin/requests/{answered}"),
    Picture("repair-order", "/admin/work/{repair}"),
    Picture("repair-waiting", "/admin/work/{consent}"),
    Picture("findings", "/admin/findings/"),
    Picture("finding", "/admin/findings/{finding}", shown=True),
    Picture("incidents", "/admin/incidents/"),
    Picture("devices", "/admin/devices/"),
    Picture("handovers", "/admin/handovers/"),
    Picture("work", "/admin/work/"),
    Picture("work-order", "/admin/work/{round}"),
    Picture("board", "/admin/board/"),
    Picture("agenda", "/admin/agenda/", shown=True, below=420),
    Picture("plans", "/admin/plans/patrol/"),
    Picture("plan", PLAN, shown=True),
    Picture("plan-dark", PLAN, dark=True),
    Picture("plan-english", PLAN, language="en"),
    Picture("plan-revisions", f"{PLAN}revisions/"),
    Picture("plan-replay", f"{PLAN}replay/"),
    Picture("plan-uses", f"{PLAN}uses/"),
    Picture("route", "/admin/content/route/sunshine-garage/"),
    Picture("route-codes", "/admin/content/-/routes/sunshine-garage/codes/"),
    Picture("escalation", CHAIN, shown=True),
    Picture("calendar", "/admin/content/working_calendar/office-hours/", shown=True, below=620),
    Picture("drills", "/admin/drills/"),
    Picture("drill-year", "/admin/drills/year/"),
    Picture("drill", "/admin/drills/{drill}"),
    Picture("coverage", "/admin/coverage/", shown=True),
    Picture("service-items", "/admin/content/service_item/"),
    Picture("service-item", "/admin/content/service_item/complaint-attitude/"),
    Picture("checklist", "/admin/content/checklist/corridor/"),
    Picture("policy", "/admin/content/policy/{policy}/preview/"),
    Picture("content-type-new", "/admin/content/content_type/-/new/"),
    Picture("transfer", "/admin/transfer/"),
    Picture("import", "/admin/transfer/service_category/"),
    Picture("notices", "/admin/notices/"),
    Picture("jobs", "/admin/jobs/"),
    Picture("audit", "/admin/audit/"),
    Picture("inbox", "/admin/inbox/"),
    Picture("duty", "/admin/duty/"),
    Picture("duty-month", "/admin/duty-month/?roster=sunshine-guards"),
    Picture("staff", "/admin/directory/staff/"),
    Picture("member-of-staff", "/admin/directory/staff/-/guard"),
    Picture("households", "/admin/directory/household/"),
    Picture("rosters", "/admin/directory/roster/"),
    Picture("roster", "/admin/directory/roster/-/sunshine-guards"),
    Picture("search", "/admin/search/?q=1201"),
)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every screen at both widths, for looking at")
    parser.add_argument("--days", type=int, default=7, help="days of history")
    parser.add_argument("--to", type=Path, default=FOLDER)
    wanted = parser.parse_args(arguments)
    with servers() as addresses:
        app = make_estate(addresses, wanted.days)
        build()
        with served(app) as site:
            take(site, wanted.to, everything=wanted.all)
            take_tablet(site, wanted.to)


@contextmanager
def servers() -> Iterator[Addresses]:
    """The servers that the environment names, or new ones; the database is ours in either case."""
    running = TestServers()
    addresses = running.start()
    try:
        uri = urlunsplit(urlsplit(addresses.mongodb_uri)._replace(path=f"/{DATABASE}"))
        yield Addresses(uri, addresses.redis_url)
    finally:
        running.stop()


def afternoon() -> datetime:
    """Twenty to four in the afternoon of the last day on which it was that: a day in full swing."""
    there = clock.now().astimezone(ZONE)
    today = there.replace(hour=15, minute=40, second=0, microsecond=0)
    return (today if today <= there else today - timedelta(days=1)).astimezone(UTC)


def make_estate(addresses: Addresses, days: int) -> Flask:
    """The seeded estates with some days of history until this afternoon, and the accounts of the first logins."""
    given = {"MONGODB_URI": addresses.mongodb_uri, "REDIS_URL": addresses.redis_url, "SECRET_KEY": SECRET_KEY}
    settings = Settings.from_environment(given)
    connect(settings)
    ensure_indexes()
    now = afternoon()
    Clock(now, pytest.MonkeyPatch())
    if not WorkOrder.objects.first():
        start = now - timedelta(days=days)
        load(start)
        simulation = Simulation(start, now, seed=2026)
        Company(simulation).come_to_work()
        simulation.run(lambda _: None)
    app = create_app(settings)
    app.extensions["anju_periodic"] = SCHEDULE
    beat()
    ensure_accounts(app, demo_staff_logins(), PASSWORD)
    return app


def beat() -> None:
    """What the health pages would show of workers that run."""
    for each in SCHEDULE:
        health.beat_started(each.name, each.every_seconds, clock.now())
        health.beat_finished(each.name, clock.now(), {"done": 0})


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def records() -> Mapping[str, str]:
    """The records that pictures name: a request that was escalated, a round with a missed checkpoint, a drill."""
    running = ("open", "accepted", "waiting")
    escalated = ServiceRequest.objects(events__verb="escalate", state__in=running).order_by("-created_at").first()
    missed = WorkOrder.objects(kind="patrol", missed_count__gt=0).order_by("-starts_at").first()
    waiting = WorkOrder.objects(state="paused", quote__state="asked").first()
    repair = (
        WorkOrder.objects(kind="repair", materials__1__exists=True).first() or WorkOrder.objects(kind="repair").first()
    )
    quoted = ServiceRequest.objects(waiting_for="consent").first()
    answered = ServiceRequest.objects(state="answered", charge__total_fen__gt=0).first()
    paired = Finding.objects(state="closed", rounds__0__after__0__exists=True).order_by("-created_at").first()
    return {
        "finding": (paired or Finding.objects.first()).number,
        "quoted": (quoted or ServiceRequest.objects.first()).number,
        "answered": (answered or ServiceRequest.objects.first()).number,
        "repair": (repair or WorkOrder.objects.first()).number,
        "consent": (waiting or WorkOrder.objects.first()).number,
        "request": (escalated or ServiceRequest.objects.first()).number,
        "round": (missed or WorkOrder.objects(kind="patrol").first()).number,
        "drill": Drill.objects.order_by("planned_for").first().number,
        "policy": Content.objects(type="policy").first().code,
    }


def take(site: str, folder: Path, *, everything: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    named = records()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for width in WIDTHS if everything else WIDTHS[:1]:
            page = signed_in(browser, site, width, folder if everything else None)
            for picture in PICTURES:
                if everything or picture.shown:
                    suffix = f"-{width}" if everything else ""
                    shoot(page, site, picture, named, folder / f"{picture.name}{suffix}.png", whole=everything)
        browser.close()


def launch(playwright: Any) -> Any:
    """A browser as its users have it: with the package `chromium-l10n` its own date fields are Chinese too."""
    language = {**os.environ, "LANGUAGE": "zh_CN"}
    return playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS, env=language)


def take_tablet(site: str, folder: Path) -> None:
    """A guard's day, and the visit that a repairer is at."""
    running = WorkOrder.objects(kind="repair", estate="sunshine", state__in=("open", "accepted", "in_progress"))
    repair = running.filter(price_list__code__exists=True).first() or running.first()
    if repair is None:
        raise SystemExit("no repair is under way in this history: take other days (--days)")
    work.assign(repair.pk, to="repairer", actor=actor_for("manager"), now=clock.now())
    with sync_playwright() as playwright, TemporaryDirectory() as storage:
        browser = launch(playwright)
        hands = Tablet(browser, site, Path(storage), width=TABLET_WIDTH, moment=clock.now())
        hands.enrol(actor_for("guard"))
        hands.page.locator("li.row").first.wait_for()
        _shot(hands, folder / "tablet-today.png")
        hands.enrol(actor_for("repairer"))
        hands.go(f"/order/{repair.estate}/{quote(repair.key, safe='')}")
        hands.page.get_by_role("heading", name=repair.title).first.wait_for()
        _shot(hands, folder / "tablet-repair.png")
        hands.stop()
        browser.close()


def _shot(hands: Tablet, path: Path) -> None:
    hands.page.screenshot(path=path)
    print("tablet", path.name, flush=True)


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def signed_in(browser: Any, site: str, width: int, folder: Path | None) -> Any:
    page = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="zh-CN").new_page()
    page.goto(f"{site}/login")
    if folder:
        page.screenshot(path=folder / f"login-{width}.png")
    page.fill("#username", "manager")
    page.fill("#password", PASSWORD)
    page.check("[name=keep]")  # the estate's clock stands still while MongoDB's goes on
    page.click("button.primary")
    page.wait_for_url("**/admin/**")
    return page


def shoot(page: Any, site: str, picture: Picture, named: Mapping[str, str], path: Path, *, whole: bool) -> None:
    page.context.add_cookies([{"name": "theme", "value": "dark" if picture.dark else "light", "url": site}])
    address = picture.address.format(**named)
    answer = page.goto(f"{site}{address}{'&' if '?' in address else '?'}lang={picture.language[:2]}")
    page.wait_for_load_state("networkidle")
    if not whole:
        page.mouse.wheel(0, picture.below)
        page.wait_for_function(
            f"scrollY >= Math.min({picture.below}, document.documentElement.scrollHeight - innerHeight)"
        )
        page.screenshot(path=path)
        print(answer.status, path.name, flush=True)
        return
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height}
    page.screenshot(path=path, full_page=True, clip=clip)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    print(answer.status, path.name, "WIDER THAN THE WINDOW" if wide else "", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
