"""Somebody who works through an order on his tablet, tap by tap, with a network or without one."""

from typing import Any
from urllib.parse import quote

from store import clock
from store.notices.relay import relay
from store.tablet.documents import EntryOutcome
from store.work.documents import WorkOrder
from tests.tablet.camera import photo
from tests.tablet.tablets import Tablet

ONLINE, OFFLINE = "online", "offline"
STANDS = {"applied", "merged"}


class Walker:
    """Online each tap is at the server, and what the server makes of it on the screen, before the next one is made.
    `taps` counts what a hand does, without typing."""

    def __init__(self, hands: Tablet, mode: str) -> None:
        self.hands, self.mode, self.taps = hands, mode, 0

    @property
    def page(self) -> Any:
        return self.hands.page

    def begin(self, order: WorkOrder, page: str = "order") -> None:
        """To the order's own page; from then on without a network where the mode is so."""
        if self.mode == OFFLINE:
            self.hands.offline()
        self.order = order
        self.hands.go(f"/{page}/{order.estate}/{quote(order.key, safe='')}")

    def come_home(self) -> WorkOrder:
        """The order as the server has it. Everything stands: nothing was refused, and nothing is left on the tablet."""
        self.hands.online()
        self.settle()
        while relay(clock.now()):
            pass
        told = [(each.verb, each.result, each.code) for each in EntryOutcome.objects(order=self.order.key)]
        assert [each for each in told if each[1] not in STANDS] == []
        assert self.hands.read("entries", "state") == []
        found: WorkOrder = WorkOrder.objects.get(pk=self.order.pk)
        return found

    def settle(self) -> None:
        """What was tapped is written, and what is written is sent."""
        self.page.locator("[aria-busy=true]").first.wait_for(state="detached")
        self.hands.wait_until_sent()

    def card(self, title: str) -> None:
        self.page.get_by_role("heading", name=title, exact=True).wait_for()

    def press(self, *names: str) -> None:
        for name in names:
            self.taps += 1
            self.page.get_by_role("button", name=name, exact=True).click()
            if self.mode == ONLINE:
                self.settle()

    def follow(self, name: str) -> None:
        self.taps += 1
        self.page.get_by_role("link", name=name, exact=True).click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def take(self, role: str, *pictures: str) -> None:
        for words in pictures:
            seen = self.page.get_by_role("button", name=f"看大图：{role} 照片")
            before = seen.count()
            self.taps += 1
            self.page.locator(f"input[type=file][aria-label={role}]").set_input_files(photo(words, width=400))
            seen.nth(before).wait_for()
            if self.mode == ONLINE:
                self.settle()

    def add(self, line: str) -> None:
        self.press("加一项", f"加一项：{line}")

    def sign(self) -> None:
        self.taps += 1
        pad = self.page.locator("canvas.pad")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        self.page.mouse.move(box["x"] + 40, box["y"] + 60)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 240, box["y"] + 90, steps=6)
        self.page.mouse.up()

    def total(self) -> str:
        return str(self.page.locator("p.sum").last.inner_text()).split()[-1]

    def ends(self) -> None:
        self.card("这张工单已完成")
