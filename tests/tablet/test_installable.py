"""What a browser asks of an app before it may stand on the home screen, and that the real one is read by everybody."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from PIL import Image

from tests import cast
from tests.api.world import make_order
from tests.tablet.gallery import AXE
from tests.tablet.tablets import Tablet
from tests.tablet.test_screens import SERIOUS, SMALL, WIDE

PAGES = ("/", "/patrol", "/report", "/pending", "/me", "/handover")
TITLE = "大堂保洁检查"


def test_the_app_may_be_installed_and_starts_without_a_network(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    page = hands.page
    assert page.evaluate("isSecureContext")
    address = urljoin(page.url, page.locator("link[rel=manifest]").get_attribute("href"))
    manifest = json.loads(hands.context.request.get(address).text())
    assert manifest["name"]
    assert manifest["display"] == "standalone"
    assert manifest["start_url"].startswith(manifest["scope"])
    assert manifest["theme_color"] == page.locator("meta[name=theme-color]").first.get_attribute("content")
    shapes = {(each["sizes"], each.get("purpose", "any")) for each in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= shapes
    for each in manifest["icons"]:
        picture = Image.open(BytesIO(hands.context.request.get(urljoin(address, each["src"])).body()))
        assert (picture.format, "{}x{}".format(*picture.size)) == ("PNG", each["sizes"])

    worker = page.evaluate("navigator.serviceWorker.controller.scriptURL")
    assert worker.endswith("/tablet/service-worker.js")
    hands.offline()
    hands.open(manifest["start_url"].removeprefix("/tablet"))
    hands.unlock(cast.guard())
    hands.wait_for_today()


def test_every_page_of_the_real_app_can_be_read_and_hit(tablet: Callable[..., Tablet]) -> None:
    order = make_order(kind="cleaning", checkpoints=[], assignee="guard", priority=3, title=TITLE)
    walk = make_order(assignee="guard", priority=3)
    hands = tablet(cast.guard())
    hands.page.get_by_role("link", name=TITLE).first.wait_for()
    session = hands.context.new_cdp_session(hands.page)
    # By the debugger, because the page's own policy lets in no foreign script.
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    about = [f"/{page}/{each.estate}/{each.key}" for page, each in (("order", order), ("round", walk))]
    faults: dict[str, list[Any]] = {}
    for path in (*PAGES, *about):
        hands.go(path)
        hands.page.locator("h1").first.wait_for()
        found = [*hands.page.evaluate(SMALL), *hands.page.evaluate(SERIOUS)]
        found += ["scrolls sideways"] if hands.page.evaluate(WIDE) else []
        if found:
            faults[path] = found
    assert faults == {}
    assert hands.complaints == []
