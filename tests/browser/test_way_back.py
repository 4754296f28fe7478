"""From a list to a record and back: the list is as it was, after a verb too."""

from typing import Any

import pytest

from store.kinds import made_kinds
from tests.admin_app.conftest import _application, app, serve
from tests.browser.test_typed_text import office, open_page, site
from tests.security.world import World

__all__ = ["_application", "app", "office", "serve", "site"]

KEPT = "?view=all&sort=-code&noted=1"
LISTS = (
    *(f"/admin/{each}/" for each in ("requests", "work", "findings", "drills", "incidents")),
    *(f"/admin/{kind.page}/" for kind in made_kinds()),
    *(f"/admin/directory/{each}/" for each in ("estate", "building", "unit", "household", "department", "staff")),
    *(f"/admin/content/{each}/" for each in ("route", "service_item", "service_category")),
)


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_found_again_as_it_was(office: Any, site: tuple[str, World], path: str) -> None:
    open_page(office, site[0] + path + KEPT)
    office.locator("main table tbody a").first.click()
    office.wait_for_selector("a.crumb")
    office.reload()
    office.click("a.crumb")
    office.wait_for_url(f"**{path}{KEPT}")


def test_it_is_found_again_after_verbs_and_from_a_tab_of_its_own(office: Any, site: tuple[str, World]) -> None:
    base, world = site
    listed = f"{base}/admin/requests/?view=all&kind={world.request.kind}"
    open_page(office, listed)
    record = f"/admin/requests/{world.request.number}"
    with office.context.expect_page() as opened:
        office.locator(f"tbody a[href='{record}']").first.click(modifiers=["Control"])
    tab = opened.value
    tab.wait_for_selector("html[data-drafts=ready]", state="attached")
    tab.fill("#answer-text", "已到现场")
    tab.click("button[formaction$='/note']")
    tab.wait_for_selector(".timeline >> text=已到现场")
    tab.click("a.crumb")
    tab.wait_for_url(listed)


def test_who_comes_from_elsewhere_is_led_to_the_plain_list(office: Any, site: tuple[str, World]) -> None:
    base, world = site
    open_page(office, f"{base}/admin/today/")
    open_page(office, f"{base}/admin/requests/{world.request.number}")
    office.click("a.crumb")
    office.wait_for_url(f"{base}/admin/requests/")
