"""Several people on one tablet, and a tablet that was lost."""

import json
from collections.abc import Callable
from typing import Any

from flask import Flask

from store import clock
from store.devices import operations as devices
from store.devices.documents import Device
from store.tablet.documents import EntryOutcome
from tests import cast
from tests.admin_app.conftest import make_account
from tests.api.world import make_order
from tests.tablet.tablets import NAME, Tablet

# Everything in the app's database, bytes as text.
_STORED = """() => new Promise((resolve) => {
  const asked = indexedDB.open("anju-tablet");
  asked.onsuccess = async () => {
    const found = {};
    for (const name of asked.result.objectStoreNames) {
      found[name] = await new Promise((done) => {
        const rows = asked.result.transaction(name).objectStore(name).getAll();
        rows.onsuccess = () => done(rows.result);
      });
    }
    asked.result.close();
    resolve(JSON.stringify(found, (key, value) =>
      value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value));
  };
})"""


def stored(hands: Tablet) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(hands.page.evaluate(_STORED))
    return found


def tap_first_order(hands: Tablet, title: str) -> None:
    hands.page.get_by_role("button", name=title).first.click()
    hands.page.wait_for_url("**/tablet/order/**")


def test_each_entry_keeps_its_author_when_people_change_without_a_network(
    app: Flask, tablet: Callable[..., Tablet]
) -> None:
    make_order(kind="cleaning", checkpoints=[], assignee="guard", title="东门检查")
    make_order(kind="cleaning", checkpoints=[], assignee="cleaner", title="大堂保洁")
    hands = tablet(cast.guard())
    make_account(app, cast.cleaner())
    hands.enrol(cast.cleaner(), pin="246802")
    hands.page.get_by_role("button", name="大堂保洁").first.wait_for()
    hands.offline()
    hands.open()
    hands.unlock(cast.guard())
    tap_first_order(hands, "东门检查")
    hands.open()
    hands.unlock(cast.cleaner(), pin="246802")
    tap_first_order(hands, "大堂保洁")
    text = json.dumps(stored(hands), ensure_ascii=False)
    assert "东门检查" not in text
    assert "大堂保洁" not in text

    hands.online()
    hands.open()
    hands.unlock(cast.guard())  # the app was closed: what he has not sent waits for him
    hands.wait_until_sent(but=1)
    hands.open()
    hands.unlock(cast.cleaner(), pin="246802")
    hands.wait_until_sent()
    by = [(each.person, each.seq, each.result) for each in EntryOutcome.objects.order_by("person")]
    assert by == [("cleaner", 1, "applied"), ("guard", 1, "applied")]


def test_a_revoked_tablet_wipes_itself_at_the_next_contact(tablet: Callable[..., Tablet]) -> None:
    make_order(kind="cleaning", checkpoints=[], assignee="guard", title="东门检查")
    hands = tablet(cast.guard())
    hands.offline()
    tap_first_order(hands, "东门检查")
    device = Device.objects.get()
    devices.revoke(device.code, name=NAME, actor=cast.administrator(), now=clock.now())
    hands.online()
    hands.page.get_by_text("已被吊销").first.wait_for()
    assert {name: len(rows) for name, rows in stored(hands).items()} == {
        "device": 0,
        "entries": 0,
        "people": 0,
        "photos": 0,
        "sealed": 0,
    }
    assert EntryOutcome.objects.count() == 0
