"""What is typed and photographed on a card that is not finished, when the tablet dies."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image

from tests import cast
from tests.tablet.tablets import Tablet

RESTORED = "已恢复上次未完成的内容"
WORDS = "地下二层集水井盖松动"
# How long the sealed draft is: nobody can read it, and it grows by as many bytes as its text.
DRAFT_BYTES = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("anju-tablet");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const rows = asked.result.transaction("sealed").objectStore("sealed").getAll();
    rows.onsuccess = () => {
      asked.result.close();
      resolve(Math.max(0, ...rows.result.filter((row) => row.kind === "draft").map((row) => row.data.byteLength)));
    };
  };
})"""


def picture() -> dict[str, object]:
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return {"name": "seen.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def killed_and_back(hands: Tablet, path: str) -> None:
    hands.kill()
    hands.restart()
    hands.offline()
    hands.open(path)
    hands.unlock(cast.guard())


def test_what_was_being_typed_is_there_after_a_kill_and_is_reported_once(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    hands.offline()
    hands.go("/report")
    hands.page.locator("input[type=file][capture]").set_input_files(picture())
    hands.page.get_by_text("照片已存本机").wait_for()
    before = hands.page.evaluate(DRAFT_BYTES)
    hands.page.get_by_label("是什么情况").press_sequentially(WORDS, delay=30)
    whole = before + len(WORDS.encode())
    hands.wait_until(lambda: hands.page.evaluate(DRAFT_BYTES) == whole, "the last letter is kept")

    killed_and_back(hands, "/report")
    hands.page.get_by_text(RESTORED).wait_for()
    assert hands.page.get_by_label("是什么情况").input_value() == WORDS
    hands.page.get_by_role("button", name="看大图").wait_for()
    hands.page.get_by_label("在哪里").fill("地下二层")
    hands.page.get_by_role("button", name="上报", exact=True).click()
    hands.page.get_by_role("heading", name="今日").first.wait_for()

    killed_and_back(hands, "/report")
    hands.page.get_by_label("是什么情况").wait_for()
    assert hands.page.get_by_text(RESTORED).count() == 0
    assert hands.unsent() == 1
    hands.online()
    hands.wait_until_sent()
    assert hands.complaints == []


# A cheap tablet takes a second or two for a picture of twelve megapixels.
SLOW_CAMERA = """
const make = createImageBitmap;
const developed = new Promise((resolve) => { window.develop = resolve });
window.createImageBitmap = async (...given) => { await developed; return make(...given) };
"""


def test_a_report_waits_for_the_photo_that_is_still_being_kept(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    hands.page.add_init_script(SLOW_CAMERA)
    hands.open("/report")
    hands.unlock(cast.guard())
    hands.offline()
    hands.page.locator("input[type=file][capture]").set_input_files(picture())
    hands.page.get_by_text("正在保存").wait_for()
    hands.page.get_by_label("是什么情况").fill("井盖松动")
    hands.page.get_by_label("在哪里").fill("东门")
    hands.page.get_by_role("button", name="上报", exact=True).click()
    hands.page.evaluate("() => window.develop()")
    hands.page.get_by_role("heading", name="今日").first.wait_for()
    hands.go("/pending")
    hands.page.get_by_text("1 张照片").wait_for()
    hands.page.get_by_role("link", name="上报").click()
    hands.page.get_by_label("是什么情况").wait_for()
    assert hands.page.get_by_text(RESTORED).count() == 0
    assert hands.page.get_by_label("是什么情况").input_value() == ""
