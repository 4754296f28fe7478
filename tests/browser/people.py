"""A person at a browser of his own: signed in by the sign-in page, and listening to what the browser complains about."""

from typing import Any

from store.actor import Actor
from tests.admin_app.conftest import PASSWORD

PATIENCE_MS = 15_000


class Person:
    """`page` is a Playwright page; `complaints` is everything that its console said in red or yellow."""

    def __init__(self, browser: Any, site: str, who: Actor, *, language: str = "zh-CN", width: int = 1440) -> None:
        self.who, self.site = who, site
        self.context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def sign_in(self, path: str = "/admin/") -> Any:
        """Fill in the sign-in page on the way to `path`. Returns the page."""
        self.page.goto(self.site + path)
        self.page.fill("#username", self.who.code)
        self.page.fill("#password", PASSWORD)
        self.page.check("[name=keep]")
        self.page.click("button.primary")
        self.page.wait_for_url(f"{self.site}{path}**")
        return self.page

    def go(self, path: str) -> Any:
        self.page.goto(self.site + path)
        return self.page

    def pictures(self) -> int:
        """How many pictures the page shows; one that cannot be shown fails the test."""
        shown: int = self.page.locator("main img").evaluate_all(_SHOWN)
        return shown


# Pictures far below wait until somebody scrolls to them.
_SHOWN = """async (all) => {
  for (const each of all) each.loading = "eager";
  await Promise.all(all.map((each) => each.decode()));
  return all.length;
}"""
