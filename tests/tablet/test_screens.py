"""Every screen of the tablet app in a real browser: fits, can be hit with a thumb, and read by everybody."""

import logging
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from admin_app.tablet import shell
from tests.tablet.gallery import AXE, LOBBY, REPAIR, ROUND, SCREENS, build, on

SIZES = {"tablet": (768, 1024), "landscape": (1280, 800), "phone": (360, 740), "zoomed": (180, 370)}

# What a thumb cannot hit: a target under 44 px that is shown.
SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((each) => each.checkVisibility({contentVisibilityAuto: true}) && !each.classList.contains("unseen"))
  .map((each) => [each.outerHTML.slice(0, 100), each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([html, box]) => `${html} is ${Math.round(box.width)}x${Math.round(box.height)}`)"""
WIDE = "document.documentElement.scrollWidth > innerWidth"
SERIOUS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)"""


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("gallery"))


@pytest.fixture
def site(app: Flask, gallery: Path, serve: Callable[[Flask], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The gallery behind the tablet's real doors, with their Content-Security-Policy."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    monkeypatch.setattr(shell, "FOLDER", gallery)
    return serve(app)


@pytest.fixture
def look(chromium: Any, site: str) -> Iterator[Callable[..., Any]]:
    """`look("today", size="phone")` → a page that shows it; what it says to the console fails the test."""
    contexts: list[Any] = []
    said: list[str] = []

    def open_page(path: str, scene: str, size: str = "tablet", **options: Any) -> Any:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{site}/tablet/{path}?scene={scene}")
        page.wait_for_selector("h1")
        return page

    yield open_page
    for context in contexts:
        context.close()
    # The gallery's page has no icon; everything else is a fault.
    assert [each for each in said if "favicon" not in each and "404" not in each] == []


WAYS = [
    ("tablet", "light", "zh-CN", 16),
    ("landscape", "light", "en-US", 16),
    ("phone", "dark", "zh-CN", 16),
    # 200 % on a telephone is half as wide, and so are letters twice as large; both are what eyes ask for.
    ("zoomed", "light", "en-US", 16),
    ("phone", "light", "zh-CN", 32),
]


@pytest.mark.parametrize(("size", "theme", "language", "letters"), WAYS)
def test_every_screen_fits_and_can_be_hit_and_read(
    look: Callable[..., Any], size: str, theme: str, language: str, letters: int
) -> None:
    page = look("", "day", size, locale=language, color_scheme=theme)
    with_letters(page, letters)
    origin = page.url.split("/tablet/")[0]
    session = page.context.new_cdp_session(page)
    faults: dict[str, list[str]] = {}
    for name, (path, scene) in SCREENS.items():
        page.goto(f"{origin}/tablet/{path}?scene={scene}")
        page.wait_for_selector("h1")
        # By the debugger, because the page's own policy lets in no foreign script.
        session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
        found = [*page.evaluate(SMALL), *page.evaluate(SERIOUS)] + (["scrolls sideways"] if page.evaluate(WIDE) else [])
        if found:
            faults[name] = found
    assert faults == {}


def with_letters(page: Any, size: int) -> None:
    """As a person sets them in his browser, for every page from now on."""
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})


def test_letters_grow_with_what_the_person_has_set(look: Callable[..., Any]) -> None:
    page = look("", "day", locale="zh-CN")
    small = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    with_letters(page, 32)
    page.reload()
    page.wait_for_selector("h1")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 2 * small


def test_a_row_says_first_where_it_is_and_an_english_reader_reads_english(look: Callable[..., Any]) -> None:
    page = look("", "emergency", "phone", locale="en-US")
    rows = page.locator(".row")
    first = rows.first.inner_text().splitlines()
    assert first[:2] == ["3号楼2单元四层", "[Emergency] Clear the floors above the fourth · Fire"]
    assert rows.filter(has_text="Night round of the garage").inner_text().startswith("Water pump room")
    page.get_by_role("link", name="Me", exact=True).click()
    page.get_by_role("link", name="Shift handover").click()
    page.get_by_role("button", name="Zhang Qiang").or_(page.get_by_role("button", name="Li Jianguo")).first.wait_for()


def test_an_emergency_comes_before_everything_and_does_not_look_like_cleaning(look: Callable[..., Any]) -> None:
    page = look("", "emergency", "phone", locale="zh-CN")
    assert page.locator("h2").first.inner_text() == "应急 1"
    ground = "element => getComputedStyle(element).backgroundColor"
    one, other = page.locator(".row").first, page.locator(".row", has_text="大堂保洁检查")
    assert one.evaluate(ground) != other.evaluate(ground)


@pytest.mark.parametrize(("answer", "tone"), [("合格", "--done"), ("不合格", "--late")])
def test_a_verdict_has_the_colour_of_its_meaning(look: Callable[..., Any], answer: str, tone: str) -> None:
    page = look(on("order", "finding:f1:1:check"), "day", locale="zh-CN")
    button = page.get_by_role("button", name=answer, exact=True)
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    wanted = (
        "tone => { const at = document.createElement('i'); at.style.color = `var(${tone})`; document.body.append(at);"
    )
    wanted += " return getComputedStyle(at).color; }"
    assert button.evaluate("element => getComputedStyle(element).color") == page.evaluate(wanted, tone)


COVERED = """() => {
  const toast = document.querySelector(".toast").getBoundingClientRect();
  return [...document.querySelectorAll("main button, main input, main textarea, .dock button, .bar a")]
    .filter((each) => { const box = each.getBoundingClientRect();
      return box.top < toast.bottom && toast.top < box.bottom && box.left < toast.right && toast.left < box.right; })
    .map((each) => each.textContent);
}"""


@pytest.mark.parametrize("size", ["phone", "tablet"])
def test_what_is_said_after_an_answer_covers_no_choice(look: Callable[..., Any], size: str) -> None:
    page = look(on("checklist", LOBBY), "day", size, locale="zh-CN")
    page.get_by_role("button", name="合格", exact=True).click()
    page.locator(".toast").wait_for()
    assert page.evaluate(COVERED) == []


def test_what_is_said_while_a_sheet_is_open_stands_over_it(look: Callable[..., Any]) -> None:
    page = look(on("round", ROUND), "day", "phone", locale="zh-CN", color_scheme="dark")
    page.get_by_role("button", name="输入编号").click()
    page.get_by_label("巡更点编号").fill("nowhere")
    page.keyboard.press("Enter")
    toast = page.locator(".toast")
    toast.wait_for()
    box = toast.bounding_box()
    edge = {"x": box["x"] + 8, "y": box["y"] + box["height"] / 2, "width": 1, "height": 1}
    # Light on dark, and not grey behind the veil of the sheet.
    assert Image.open(BytesIO(page.screenshot(clip=edge, animations="disabled"))).convert("L").tobytes()[0] > 200


def test_the_resident_signs_on_a_page_without_the_staff_s_warnings(look: Callable[..., Any]) -> None:
    page = look(on("order", REPAIR), "quoted_in_trouble", "phone", locale="zh-CN")
    page.locator("canvas.pad").wait_for()
    assert not page.get_by_text("需要您决定").is_visible()
    assert not page.get_by_role("link", name="今日").is_visible()
    page.get_by_role("button", name="返回").wait_for()


def test_every_dot_says_which_step_it_is(look: Callable[..., Any]) -> None:
    page = look(on("order", REPAIR), "quoted", locale="zh-CN")
    dots = page.get_by_role("list", name="步骤 5 / 7").get_by_role("listitem")
    assert dots.nth(2).inner_text() == "故障判断：已做"
    assert dots.nth(4).get_attribute("aria-current") == "step"


def test_a_form_names_what_is_missing_and_brings_it_into_sight(look: Callable[..., Any]) -> None:
    page = look("report", "day", "phone", locale="zh-CN")
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("status").get_by_text("还要填：是什么情况、在哪里").wait_for()
    field = page.get_by_label("是什么情况")
    assert field.evaluate("element => element === document.activeElement")
    box = field.bounding_box()
    assert 0 < box["y"] < 740 - 150


def test_the_browser_s_language_is_the_first_and_the_switch_is_kept(look: Callable[..., Any]) -> None:
    page = look("me", "day", locale="zh-CN")
    assert page.locator("h1").inner_text() == "我"
    page.get_by_role("button", name="English").click()
    assert page.locator("h1").inner_text() == "Me"
    page.reload()
    page.wait_for_selector("h1")
    assert page.locator("h1").inner_text() == "Me"
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_main_button_changes_sides_for_a_left_handed_person(look: Callable[..., Any]) -> None:
    page = look("me", "day", locale="zh-CN")
    page.get_by_role("button", name="左手").click()
    page.get_by_role("link", name="巡更").click()
    scan = page.get_by_role("button", name="扫码打卡").bounding_box()
    typed = page.get_by_role("button", name="输入编号").bounding_box()
    assert scan["x"] < typed["x"]


def test_a_code_can_be_typed_and_a_wrong_one_is_said_kindly(look: Callable[..., Any]) -> None:
    page = look(on("round", ROUND), "day", "phone", locale="zh-CN")
    page.get_by_role("button", name="输入编号").click()
    page.get_by_label("巡更点编号").fill("nowhere")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("没有编号为 nowhere 的点").wait_for()
    page.get_by_label("巡更点编号").fill("Pump-Room")
    page.keyboard.press("Enter")
    page.get_by_text("生活水泵房 已打卡").wait_for()
    assert page.locator(".next-point .name").inner_text() == "消防泵房"
    assert "还剩 4 点" in page.locator("main").inner_text()


def test_a_scan_made_by_mistake_is_taken_back_and_a_colleague_s_counts_in_its_place(look: Callable[..., Any]) -> None:
    page = look(on("round", ROUND), "day", "phone", locale="zh-CN")
    page.get_by_role("button", name="打错了，撤回：消防控制室").click()
    page.get_by_label("原因（可不填）").fill("码贴错了")
    page.get_by_role("button", name="撤回", exact=True).click()
    first = page.locator(".stop", has_text="消防控制室")
    first.get_by_text("窗口外").wait_for()
    assert "漏检" in first.inner_text()
    page.get_by_role("button", name="打错了，撤回：车库A区配电间").click()
    page.get_by_role("button", name="撤回", exact=True).click()
    page.get_by_text("还剩 6 点").wait_for()


def test_a_paused_round_says_that_a_scan_lets_it_go_on_and_what_is_unusual(look: Callable[..., Any]) -> None:
    page = look(on("round", ROUND), "resting", "phone", locale="zh-CN")
    page.get_by_text("本轮已暂停，打卡即继续。 处理门口纠纷").wait_for()
    last = page.locator(".stop", has_text="车库出口岗").inner_text()
    assert "早于时间窗" in last
    assert "间隔过短" in last
    page.get_by_role("button", name="输入编号").click()
    page.get_by_label("巡更点编号").fill("garage-exit")
    page.keyboard.press("Enter")
    page.get_by_text("早于时间窗，22:44 后再来一次才算按时").wait_for()
    assert page.get_by_text("本轮已暂停").count() == 0


def test_a_repair_is_quoted_by_keyboard_and_agreed_to_by_signature(look: Callable[..., Any]) -> None:
    page = look(on("order", REPAIR), "day", locale="zh-CN")
    page.get_by_role("button", name="加一项", exact=True).press("Enter")
    page.get_by_role("button", name="加一项：角阀材料").press("Enter")
    page.get_by_role("button", name="角阀材料（铜质） 多一个").press("Enter")
    page.get_by_role("button", name="下一步").press("Enter")
    page.get_by_role("heading", name="业主同意报价").wait_for()
    assert "¥76.00" in page.locator("main").inner_text()
    page.get_by_role("button", name="同意，签名").click()
    page.get_by_text("请签名").wait_for()
    sign(page)
    page.get_by_role("button", name="同意，签名").click()
    page.get_by_role("heading", name="材料与收费").wait_for()
    assert "2 项未发送" in page.locator("main").inner_text()


def sign(page: Any) -> None:
    page.locator("canvas.pad").scroll_into_view_if_needed()
    box = page.locator("canvas.pad").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 90, steps=6)
    page.mouse.up()


def test_the_first_stroke_counts_however_soon_it_is_made(look: Callable[..., Any]) -> None:
    page = look(on("order", REPAIR), "quoted", locale="zh-CN")
    # By the app itself: where the resident signs there is no bar.
    page.evaluate("() => { history.pushState(null, '', '/tablet/'); dispatchEvent(new PopStateEvent('popstate')); }")
    page.get_by_role("heading", level=1, name="今日工作").wait_for()
    # No frame is drawn any more, as on a tablet that is busy: what was put off until one is still to come.
    page.clock.install()
    page.clock.pause_at(page.evaluate("() => Date.now() / 1000 + 1"))
    page.evaluate("() => history.back()")
    page.locator("canvas.pad").wait_for()
    page.evaluate(STROKE)
    page.clock.resume()
    page.get_by_role("button", name="同意，签名").click()
    page.get_by_role("heading", name="材料与收费").wait_for()


# By the page itself: the browser waits for a frame before it takes a mouse.
STROKE = """() => {
  const pad = document.querySelector("canvas.pad");
  pad.setPointerCapture = () => undefined;
  const send = (kind, x) => pad.dispatchEvent(new PointerEvent(kind, {clientX: pad.getBoundingClientRect().x + x,
    clientY: pad.getBoundingClientRect().y + 60, pointerId: 1, bubbles: true}));
  send("pointerdown", 40);
  for (let x = 60; x <= 240; x += 20) send("pointermove", x);
  send("pointerup", 240);
}"""


def test_a_dot_is_no_signature(look: Callable[..., Any]) -> None:
    page = look(on("order", REPAIR), "quoted", locale="zh-CN")
    page.locator("canvas.pad").click()
    page.get_by_role("button", name="同意，签名").click()
    page.get_by_text("请签名").wait_for()


def test_a_failed_item_becomes_a_finding_and_asks_what_depends_on_it(look: Callable[..., Any]) -> None:
    page = look(on("checklist", LOBBY), "day", locale="zh-CN")
    page.get_by_role("button", name="不合格", exact=True).click()
    page.get_by_label("说明").fill("东门桶满")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name="哪一只桶").wait_for()
    page.get_by_role("link", name="待发送(2)").click()
    page.locator("article", has_text="整改项").get_by_text("东门桶满").wait_for()


def test_a_passed_item_needs_one_tap(look: Callable[..., Any]) -> None:
    page = look(on("checklist", LOBBY), "day", locale="zh-CN")
    page.get_by_role("button", name="合格", exact=True).click()
    page.get_by_role("heading", name="门体与玻璃无手印").wait_for()


def test_nothing_in_conflict_goes_until_the_person_says_so(look: Callable[..., Any]) -> None:
    page = look("pending", "undecided", locale="zh-CN")
    conflict = page.locator("article", has_text="有冲突")
    assert "喷头两处已修" in conflict.inner_text()
    conflict.get_by_role("button", name="不要了").click()
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    assert conflict.count() == 1
    conflict.get_by_role("button", name="保留为补充").click()
    page.get_by_text("已保留为补充").wait_for()
    assert conflict.count() == 0


def test_a_new_page_takes_the_focus_to_its_title_and_back_leads_back(look: Callable[..., Any]) -> None:
    page = look("", "day", locale="zh-CN")
    page.get_by_role("link", name="客厅插座没有电").click()
    page.get_by_role("heading", level=1, name="客厅插座没有电").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.go_back()
    page.get_by_role("heading", level=1, name="今日工作").wait_for()


def test_a_second_photo_can_follow_the_first(look: Callable[..., Any]) -> None:
    page = look(on("order", "finding:f2:1"), "day", locale="zh-CN")
    page.get_by_role("button", name="恢复").click()
    picture = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": b"any bytes will do here"}
    page.locator("input[type=file][capture]").set_input_files(picture)
    page.get_by_text("照片已存本机").wait_for()
    page.locator("input[type=file][capture]").set_input_files(picture)
    page.get_by_role("button", name="看大图：整改后 照片 2").wait_for()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name="完成工单").wait_for()


def test_a_photo_that_could_not_be_entered_is_not_called_kept(look: Callable[..., Any]) -> None:
    page = look(on("order", "drill:d1:evacuate"), "unwritable", locale="zh-CN")
    picture = {"name": "before.jpg", "mimeType": "image/jpeg", "buffer": b"any bytes will do here"}
    page.locator("input[type=file][capture]").set_input_files(picture)
    page.get_by_text("平板无法写入").wait_for()
    page.get_by_role("button", name="拍照").wait_for()
    assert page.get_by_text("照片已存本机").count() == 0


class Glove:
    """A thumb that comes down on the same place of the screen again, on a clock that stands still in between."""

    def __init__(self, page: Any, button: Any) -> None:
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        self.place = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page = page
        page.clock.install()
        page.clock.pause_at(page.evaluate("() => Date.now() / 1000 + 1"))

    def tap(self) -> None:
        self.page.mouse.click(*self.place)


def test_the_second_tap_of_a_glove_does_not_hit_what_came_under_it(look: Callable[..., Any]) -> None:
    page = look(on("order", "request:r2:1"), "day", locale="zh-CN")
    glove = Glove(page, page.get_by_role("button", name="接单", exact=True))
    glove.tap()
    page.get_by_role("button", name="到达现场", exact=True).wait_for()
    glove.tap()
    assert page.get_by_role("link", name="待发送(1)").count() == 1
    page.clock.run_for(400)
    glove.tap()
    page.get_by_role("link", name="待发送(2)").wait_for()


def test_a_glove_does_not_confirm_what_it_has_just_asked_for(look: Callable[..., Any]) -> None:
    page = look("pending", "undecided", "phone", locale="zh-CN")
    conflict = page.locator("article", has_text="有冲突")
    drop = conflict.get_by_role("button", name="不要了")
    glove = Glove(page, drop)
    glove.tap()
    sure = page.get_by_role("dialog").get_by_role("button", name="丢掉", exact=True)
    box = sure.bounding_box()
    glove.place = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    glove.tap()
    assert conflict.count() == 1
    page.clock.run_for(400)
    glove.tap()
    conflict.wait_for(state="detached")


def test_a_word_that_begins_like_pass_is_typed_to_its_end(look: Callable[..., Any]) -> None:
    page = look(on("checklist", LOBBY), "failing", locale="zh-CN")
    page.get_by_role("heading", name="哪一只桶").wait_for()
    page.get_by_role("textbox").press_sequentially("passage, left bin")
    assert page.get_by_role("textbox").input_value() == "passage, left bin"


def test_escape_closes_a_sheet_gives_the_focus_back_and_loses_nothing(look: Callable[..., Any]) -> None:
    page = look(on("order", REPAIR), "day", locale="zh-CN")
    page.get_by_role("button", name="暂停", exact=True).press("Enter")
    page.get_by_role("dialog").get_by_role("textbox").fill("等角阀")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent.trim()") == "暂停"
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").get_by_role("textbox").input_value() == "等角阀"
    page.get_by_role("dialog").get_by_text("已恢复上次未完成的内容").wait_for()


def test_a_long_word_is_not_broken_inside_a_button_on_a_phone(look: Callable[..., Any]) -> None:
    page = look(on("order", REPAIR), "finishing", "phone", locale="en-US")
    button = page.get_by_role("button", name="Complete", exact=True)
    assert button.bounding_box()["height"] <= 64
