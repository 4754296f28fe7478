"""The whole way once: enrolled, locked, without a network, killed, and everything arrives once by its author."""

from collections.abc import Callable

from store.tablet.documents import EntryOutcome
from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_order
from tests.tablet.tablets import Tablet


def sent() -> list[tuple[int, str, str, str]]:
    return [(each.seq, each.person, each.verb, each.result) for each in EntryOutcome.objects.order_by("seq")]


def test_what_was_tapped_without_a_network_survives_a_kill_and_arrives_once(tablet: Callable[..., Tablet]) -> None:
    order = make_order(kind="cleaning", checkpoints=[], assignee="guard", title="大堂保洁检查")
    hands = tablet(cast.guard())
    hands.page.get_by_role("button", name="大堂保洁检查").first.wait_for()

    hands.offline()
    hands.open()  # a reload, served by the tablet itself
    hands.unlock(cast.guard())
    hands.page.get_by_role("button", name="大堂保洁检查").first.click()
    hands.page.wait_for_url("**/tablet/order/**")
    assert hands.unsent() == 1
    assert sent() == []

    hands.kill()
    hands.restart()
    hands.offline()
    hands.open()
    hands.page.get_by_text("1 条未发送").wait_for()
    hands.unlock(cast.guard())
    assert hands.unsent() == 1

    hands.online()
    hands.wait_until_sent()
    assert sent() == [(1, "guard", "start", "applied")]
    assert WorkOrder.objects.get(id=order.id).state == "in_progress"
    assert hands.complaints == []


def test_the_wrong_pin_opens_nothing(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    hands.open()
    hands.type_pin("000000")
    hands.page.get_by_text("PIN 不对").wait_for()
    assert hands.page.get_by_role("heading", name="今日").count() == 0


def test_what_a_browser_asks_of_an_app_that_is_installed_is_there(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    session = hands.context.new_cdp_session(hands.page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/tablet/manifest.webmanifest")
