"""Two tablets finish the same order without a network: who comes second sees both sides, and nothing of his is lost."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from store.photos.documents import Photo
from store.tablet.documents import EntryOutcome
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import make_account
from tests.api.world import make_order
from tests.browser.conftest import at_a_browser
from tests.browser.people import Person
from tests.tablet.camera import photo
from tests.tablet.tablets import Tablet

__all__ = ["at_a_browser"]

TITLE = "喷淋末端检查"
FIRST, SECOND = "东侧压力正常", "西侧压力偏低，已复位阀门"


def finish(hands: Tablet, pictures: int, note: str) -> None:
    """The whole order on one tablet that hears of nobody."""
    page: Any = hands.page
    page.get_by_role("button", name=f"开始：{TITLE}").click()
    page.get_by_role("heading", name="现场照片与备注").wait_for()
    for number in range(1, pictures + 1):
        page.locator("input[type=file][capture]").set_input_files(photo(f"{note[:2]} {number}"))
        page.get_by_role("button", name=f"看大图：照片 照片 {number}").first.wait_for()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("备注").fill(note)
    page.get_by_role("button", name="完成", exact=True).click()
    page.get_by_role("heading", name="这张工单已完成").wait_for()


def test_the_second_sees_the_conflict_and_keeps_his_as_a_supplement_with_his_photos(
    app: Flask, tablet: Callable[..., Tablet], at_a_browser: Callable[..., Person]
) -> None:
    make_account(app, cast.supervisor())
    team = ["guard", "guard-2"]
    order = make_order(kind="security", checkpoints=[], team=team, department="security", priority=3, title=TITLE)
    one, two = tablet(cast.guard()), tablet(cast.second_guard())
    for hands in (one, two):
        hands.page.get_by_role("link", name=TITLE).first.wait_for()
        hands.offline()
    finish(one, 1, FIRST)
    finish(two, 2, SECOND)

    one.online()
    one.wait_until_sent()
    two.online()
    two.wait_until_sent()
    assert {each.result for each in EntryOutcome.objects(person="guard")} == {"applied"}
    assert WorkOrder.objects.get(pk=order.pk).note == FIRST

    two.page.get_by_role("link", name="去看看").click()
    # Everything that he did to this order is one conflict, on one card, and decided at once.
    conflict = two.page.locator("article", has_text="有冲突")
    conflict.wait_for()
    assert conflict.count() == 1
    assert "已完成" in conflict.inner_text()
    mine, theirs = (conflict.locator("tr", has_text=SECOND).locator("td").nth(number) for number in (0, 1))
    assert SECOND in mine.inner_text()
    assert all(words in theirs.inner_text() for words in ("卫安朗", FIRST))
    conflict.get_by_role("button", name="保留为补充").click()
    conflict.wait_for(state="detached")
    two.wait_until_sent()

    done = WorkOrder.objects.get(pk=order.pk)
    assert (done.state, done.note) == ("done", FIRST)
    assert Photo.objects(image__exists=True).count() == 3
    lead = at_a_browser(cast.supervisor())
    page = lead.sign_in(f"/admin/work/{order.number}")
    assert lead.pictures() == 3  # each once: his beside the words that came with them
    assert SECOND in page.locator("main").inner_text()
    assert "蒋安泽" in page.locator("main").inner_text()
    assert one.complaints == two.complaints == lead.complaints == []
