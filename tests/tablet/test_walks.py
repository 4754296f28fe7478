"""Every step of every kind of order, once with a network and once without: nothing is refused, nothing is left.

One tablet walks them all. What the server makes of a step comes back on the screen before the next step is taken, or only
at the very end; either way the same facts stand in its records.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from admin_app.accounts import documents
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import make_account, serving
from tests.servers import empty
from tests.tablet import walk_world
from tests.tablet.tablets import Tablet
from tests.tablet.walkers import OFFLINE, ONLINE, Walker

MODES = (ONLINE, OFFLINE)
ROOMS = {ONLINE: 11, OFFLINE: 12}
MAKERS: dict[str, Callable[[str, str], WorkOrder]] = {
    "quoted": lambda mode, room: walk_world.repair(f"3-{room}01"),
    "beyond": lambda mode, room: walk_world.repair(f"3-{room}02"),
    "refused": lambda mode, room: walk_world.repair(f"3-{room}03"),
    "left": lambda mode, room: walk_world.repair(f"3-{room}04", "checked"),
    "simple": lambda mode, room: walk_world.repair(f"3-{room}05", "checked"),
    "free": lambda mode, room: walk_world.repair(f"3-{room}06"),
    "lamp": lambda mode, room: walk_world.repair(f"3-{room}07", "lamp"),
    "warranty": lambda mode, room: walk_world.under_warranty(f"4-{room}01"),
    "callback": lambda mode, room: walk_world.call_back(f"4-{room}02"),
    "unhappy": lambda mode, room: walk_world.call_back(f"4-{room}03"),
    "round": lambda mode, room: walk_world.round_(f"round-{mode}"),
    "mistaken": lambda mode, room: walk_world.round_(f"mistaken-{mode}"),
    "cleaning": lambda mode, room: walk_world.of_checklist(f"cleaning-{mode}", "corridor", kind="cleaning"),
    "greening": lambda mode, room: walk_world.of_checklist(f"greening-{mode}", "garden"),
    "corrected": lambda mode, room: walk_world.of_checklist(f"corrected-{mode}", "garden"),
    "supervision": lambda mode, room: walk_world.of_checklist(f"supervision-{mode}", "corridor", clause="8.1"),
    "rectification": lambda mode, room: walk_world.rectification(f"整改 {mode}"),
    "sent_back": lambda mode, room: walk_world.reinspection(f"退回 {mode}"),
    "passed": lambda mode, room: walk_world.reinspection(f"复查 {mode}"),
    "other": lambda mode, room: walk_world.plain(f"other-{mode}"),
    "drill": lambda mode, room: walk_world.drill_step(int(room)),
    "incident": lambda mode, room: walk_world.incident_step(int(room)),
}


@pytest.fixture(scope="module")
def stage(
    _application: Flask,
    _connected: Any,
    _redis_client: Any,
    built_app: None,
    chromium: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Tablet, dict[tuple[str, str], WorkOrder]]]:
    """All orders of all walks, and the tablet that has them."""
    empty(_connected)
    _redis_client.flushdb()
    documents.ensure_indexes()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    walk_world.make_world()
    made = {(name, mode): make(mode, str(ROOMS[mode])) for mode in MODES for name, make in MAKERS.items()}
    make_account(_application, cast.repairer())
    with serving(_application) as site:
        tablet = Tablet(chromium, site, tmp_path_factory.mktemp("walks"))
        tablet.enrol(cast.repairer())
        yield tablet, made
        tablet.stop()
        assert tablet.complaints == []


@pytest.fixture(params=MODES)
def walk(request: pytest.FixtureRequest, stage: Any) -> Iterator[Callable[[str], Walker]]:
    """`walk("quoted")` → somebody who has that order before him."""
    tablet, made = stage
    walker = Walker(tablet, request.param)

    def begin(name: str, page: str = "order") -> Walker:
        walker.begin(made[name, request.param], page)
        return walker

    yield begin
    tablet.online()


def request_of(order: WorkOrder) -> ServiceRequest:
    found: ServiceRequest = ServiceRequest.objects.get(pk=order.source["id"])
    return found


def finding_of(order: WorkOrder, n: int = 0) -> Finding:
    found: Finding = Finding.objects.get(key=order.findings[n]["key"])
    return found


# ---------------------------------------------------------------- repairs


def arrive(walker: Walker) -> None:
    walker.card("接单")
    walker.press("接单")
    walker.card("到达现场")
    walker.press("到达现场")
    walker.card("故障判断")
    walker.take("维修前", f"leak {walker.order.key}")
    walker.write("故障判断", "阀芯老化")
    walker.press("下一步")


def quote(walker: Walker, *lines: str) -> None:
    walker.card("报价")
    for line in lines:
        walker.add(line)
    walker.press("下一步")


def agree(walker: Walker, sum_: str) -> None:
    walker.card("业主同意报价")
    assert walker.total() == sum_
    walker.sign()
    walker.press("同意，签名")


def refuse(walker: Walker) -> None:
    walker.card("业主同意报价")
    walker.press("业主不同意")
    walker.write("备注", "太贵")
    walker.press("保存")
    walker.card("业主不同意：接下来")


def accept(walker: Walker, sum_: str) -> None:
    walker.card("验收与完成")
    assert walker.total() == sum_
    walker.sign()
    walker.press("完成")
    walker.ends()


def test_a_repair_is_quoted_agreed_to_and_charged_as_it_was_signed(walk: Callable[[str], Walker]) -> None:
    walker = walk("quoted")
    arrive(walker)
    quote(walker, "换角阀", "打胶")
    agree(walker, "¥55.00")
    walker.card("材料与收费")
    assert walker.total() == "¥55.00"
    walker.press("下一步")  # untouched: what the server priced is not sent back to it
    walker.card("验收与完成")
    walker.take("维修后", "dry")
    accept(walker, "¥55.00")
    order = walker.come_home()
    assert (order.state, order.quote["state"], order.quote["total_fen"]) == ("done", "given", 5500)
    assert [(row["line"], row["quantity"]) for row in order.materials] == [("valve", 1), ("seal", 1)]
    assert (request_of(order).state, request_of(order).charge["total_fen"]) == ("closed", 5500)
    assert {each["role"] for each in order.photos} == {"before", "after"}


def test_more_than_the_quote_is_asked_for_again_and_then_charged(walk: Callable[[str], Walker]) -> None:
    walker = walk("beyond")
    arrive(walker)
    quote(walker, "换角阀", "打胶")
    agree(walker, "¥55.00")
    walker.card("材料与收费")
    walker.page.get_by_label("打胶 数量（米）").fill("2.5")
    assert walker.total() == "¥55.00"  # the rest is not agreed to
    walker.page.get_by_text("按实际用料是 ¥85.00").wait_for()
    walker.press("再请业主同意")
    agree(walker, "¥85.00")
    accept(walker, "¥85.00")
    order = walker.come_home()
    assert [row["quantity"] for row in order.materials] == [1, 2.5]
    assert request_of(order).charge["total_fen"] == 8500


def test_after_a_refusal_another_quote_is_made_and_agreed_to(walk: Callable[[str], Walker]) -> None:
    walker = walk("refused")
    arrive(walker)
    quote(walker, "换角阀", "打胶")
    refuse(walker)
    walker.press("另报一个价")
    walker.card("报价")
    walker.press("换角阀 少一个", "下一步")
    agree(walker, "¥20.00")
    walker.card("材料与收费")
    walker.press("下一步")
    accept(walker, "¥20.00")
    order = walker.come_home()
    assert (order.quote["state"], request_of(order).charge["total_fen"]) == ("given", 2000)


def test_who_is_turned_away_leaves_and_nothing_is_charged(walk: Callable[[str], Walker]) -> None:
    walker = walk("left")
    arrive(walker)
    quote(walker, "换角阀")
    refuse(walker)
    walker.press("不修了，离开")
    walker.card("验收与完成")
    assert walker.total() == "¥0.00"
    walker.press("无签名完成")
    walker.ends()
    order = walker.come_home()
    assert (order.state, order.quote["state"], order.note) == ("done", "refused", "业主不同意报价，未维修。")
    assert request_of(order).charge["total_fen"] == 0


MOST_TAPS = 16


def test_a_simple_tap_takes_few_taps(walk: Callable[[str], Walker]) -> None:
    walker = walk("simple")
    arrive(walker)
    quote(walker, "换角阀")
    agree(walker, "¥35.00")
    walker.card("材料与收费")
    walker.press("下一步")
    walker.card("检查表")
    walker.take("维修后", "dry again")
    walker.press("以上都合格")
    accept(walker, "¥35.00")
    order = walker.come_home()
    print(f"taps {walker.mode}: {walker.taps}")
    assert walker.taps <= MOST_TAPS
    assert (order.proven, request_of(order).charge["total_fen"]) == (True, 3500)
    assert {each["item"]: each["value"] for each in order.answers if each["value"] == "pass"} == {
        "works": "pass",
        "clean": "pass",
    }


def test_what_is_free_asks_for_neither_quote_nor_materials(walk: Callable[[str], Walker]) -> None:
    walker = walk("free")
    arrive(walker)
    walker.card("报价")
    walker.press("不收费")
    accept(walker, "¥0.00")
    order = walker.come_home()
    assert (order.quote, order.signed_by, request_of(order).charge["total_fen"]) == ({}, "王清和", 0)


def test_an_item_without_prices_goes_from_diagnosis_to_acceptance(walk: Callable[[str], Walker]) -> None:
    walker = walk("lamp")
    arrive(walker)
    walker.card("验收与完成")
    walker.press("无签名完成")
    walker.ends()
    order = walker.come_home()
    assert (order.state, request_of(order).state) == ("done", "answered")


def test_under_warranty_nothing_is_asked_for_and_the_sum_says_why(walk: Callable[[str], Walker]) -> None:
    walker = walk("warranty")
    arrive(walker)
    walker.card("材料与收费")
    walker.add("换角阀")
    walker.page.get_by_text("质保期内，不收费").wait_for()
    assert walker.total() == "¥0.00"
    walker.press("下一步")
    accept(walker, "¥0.00")
    order = walker.come_home()
    charge = request_of(order).charge
    assert ([row["free"] for row in charge["lines"]], charge["total_fen"]) == (["warranty"], 0)


@pytest.mark.parametrize(("name", "happy"), [("callback", True), ("unhappy", False)])
def test_a_call_back_ends_with_the_residents_word(walk: Callable[[str], Walker], name: str, happy: bool) -> None:
    walker = walk(name)
    walker.card("接单")
    walker.press("接单")
    walker.card("开始工作")
    walker.press("开始")
    walker.press("下一步")
    walker.card("业主是否满意？")
    walker.press("满意" if happy else "不满意")
    if not happy:
        walker.write("业主为何不满意？", "来得太晚")
    walker.press("完成")
    walker.ends()
    order = walker.come_home()
    assert (order.satisfied, request_of(order).callback["satisfied"]) == (happy, happy)


# ---------------------------------------------------------------- rounds and checklists


def test_a_round_is_walked_to_its_last_point_and_what_is_found_is_where_it_was(walk: Callable[..., Walker]) -> None:
    walker = walk("round", "round")
    walker.press("输入编号")
    walker.write("巡更点编号", "garage")
    walker.press("打卡")
    walker.page.get_by_text("还剩 1 点").wait_for()
    walker.follow("发现异常")
    walker.write("是什么情况", "车库灯不亮")
    assert walker.page.get_by_label("在哪里").input_value() == "车库"
    walker.press("上报")
    walker.press("输入编号")
    walker.write("巡更点编号", "gate")
    walker.press("打卡")
    walker.page.get_by_text("全部到点").wait_for()
    order = walker.come_home()
    assert (order.state, order.missed_count) == ("done", 0)
    assert {each["code"]: each["method"] for each in order.checkpoints} == {"gate": "typed", "garage": "typed"}
    assert finding_of(order).checkpoint["code"] == "garage"


def type_code(walker: Walker, code: str) -> None:
    walker.press("输入编号")
    walker.write("巡更点编号", code)
    walker.press("打卡")


def test_a_mistake_on_a_round_is_taken_back_and_a_paused_one_goes_on(walk: Callable[..., Walker]) -> None:
    walker = walk("mistaken", "round")
    type_code(walker, "garage")
    walker.press("打错了，撤回：车库")
    walker.write("原因（可不填）", "输错编号")
    walker.press("撤回")
    walker.page.get_by_text("还剩 2 点").wait_for()
    walker.press("暂停")
    sheet = walker.page.get_by_role("dialog")
    sheet.get_by_label("写明原因").fill("处理纠纷")
    sheet.get_by_role("button", name="暂停", exact=True).click()
    walker.page.get_by_text("本轮已暂停").wait_for()
    type_code(walker, "garage")
    walker.page.get_by_text("还剩 1 点").wait_for()
    type_code(walker, "gate")
    walker.page.get_by_text("全部到点").wait_for()
    order = walker.come_home()
    assert (order.state, order.missed_count, order.reason) == ("done", 0, None)
    others = {each["code"]: [scan["reason"] for scan in each.get("others") or ()] for each in order.checkpoints}
    assert others == {"gate": [], "garage": ["输错编号"]}


def begin_checklist(walker: Walker) -> None:
    walker.card("开始工作")
    walker.press("开始")
    walker.card("检查表")
    walker.follow("开始")


def test_a_failed_item_becomes_a_finding_as_severe_as_the_checklist_says(walk: Callable[[str], Walker]) -> None:
    walker = walk("cleaning")
    begin_checklist(walker)
    walker.card("地面干净")
    walker.press("不合格")
    assert walker.page.get_by_role("button", name="严重，马上处理", exact=True).get_attribute("aria-pressed") == "true"
    walker.write("说明", "有油渍")
    walker.press("下一步")
    walker.card("墙面干净")
    walker.press("9", "下一步")
    walker.card("杂物是谁的")
    walker.press("下一步")
    walker.card("完成工单")  # the checklist asks nothing more, so it does not come back
    walker.press("完成")
    walker.ends()
    order = walker.come_home()
    assert (order.state, [each["item"] for each in order.findings]) == ("done", ["floor"])
    found = finding_of(order)
    assert (found.severity, found.state, found.note) == ("high", "open", "有油渍")


def test_every_kind_of_item_is_answered(walk: Callable[[str], Walker]) -> None:
    walker = walk("greening")
    begin_checklist(walker)
    walker.card("草坪修剪")
    walker.press("合格")
    fill_garden(walker)
    order = walker.come_home()
    values = {each["item"]: each["value"] for each in order.answers}
    assert values == {"lawn": "pass", "height": 4.5, "trees": 8, "view": 1}
    assert (order.proven, order.findings) == (True, [])


def fill_garden(walker: Walker) -> None:
    walker.card("草高（厘米）")
    walker.write("数值", "4.5")
    walker.press("下一步")
    walker.card("树木")
    walker.press("8", "下一步")
    walker.card("全景照片")
    walker.take("照片", f"garden {walker.order.key}")
    walker.press("下一步")
    walker.card("完成工单")
    walker.press("完成")
    walker.ends()


def test_a_verdict_that_is_corrected_takes_its_finding_back_and_the_reverse_raises_another(
    walk: Callable[[str], Walker],
) -> None:
    walker = walk("corrected")
    begin_checklist(walker)
    fail_lawn(walker)
    walker.press("上一步")
    walker.page.get_by_text("已记录整改项").wait_for()
    walker.press("合格")
    walker.page.get_by_text("整改项会撤回").wait_for()
    walker.write("为什么改为合格（可不填）", "看错了一块")
    walker.press("下一步")
    walker.card("草高（厘米）")
    walker.press("上一步")
    fail_lawn(walker)
    fill_garden(walker)
    order = walker.come_home()
    first, second = order.findings
    assert first["withdrawn_at"]
    assert "看错了一块" in first["reason"]
    assert "withdrawn_at" not in second
    gone, stands = finding_of(order, 0), finding_of(order, 1)
    assert (gone.state, stands.state, stands.severity) == ("cancelled", "open", "high")
    assert "看错了一块" in gone.reason
    lawn = next(each for each in order.answers if each["item"] == "lawn")
    assert [each["value"] for each in lawn["before"]] == ["fail", "pass"]
    assert [event.detail.get("before") for event in order.events if event.verb == "answer"][:3] == [
        None,
        "fail",
        "pass",
    ]


def fail_lawn(walker: Walker) -> None:
    walker.card("草坪修剪")
    walker.press("不合格")
    walker.press("下一步")
    walker.card("草高（厘米）")


def test_a_supervision_check_is_filled_in(walk: Callable[[str], Walker]) -> None:
    walker = walk("supervision")
    begin_checklist(walker)
    walker.card("地面干净")
    walker.press("合格")
    walker.card("墙面干净")
    walker.press("10", "下一步")
    walker.card("完成工单")
    walker.write("备注", "抽查合格")
    walker.press("完成")
    walker.ends()
    order = walker.come_home()
    assert (order.state, order.proven, order.note, order.findings) == ("done", True, "抽查合格", [])


# ---------------------------------------------------------------- findings, and all else


def test_a_finding_is_put_right_with_a_picture(walk: Callable[[str], Walker]) -> None:
    walker = walk("rectification")
    walker.card("开始工作")
    walker.press("开始")
    walker.page.get_by_text("从同一角度拍").wait_for()
    walker.take("整改后", f"clean {walker.mode}")
    walker.press("下一步")
    walker.card("完成工单")
    walker.press("完成")
    walker.ends()
    order = walker.come_home()
    assert [each["role"] for each in order.photos] == ["before", "after"]
    assert Finding.objects.get(pk=order.source["id"]).state == "rectified"


@pytest.mark.parametrize(("name", "passed"), [("passed", True), ("sent_back", False)])
def test_a_reinspection_closes_the_finding_or_sends_it_back(
    walk: Callable[[str], Walker], name: str, passed: bool
) -> None:
    walker = walk(name)
    walker.card("开始工作")
    walker.press("开始")
    walker.card("复查结论")
    walker.press("合格" if passed else "不合格")
    if not passed:
        walker.write("哪里还不行？", "东侧还有")
    walker.take("复查照片", f"look {walker.mode} {name}")
    walker.press("保存")
    walker.ends()
    order = walker.come_home()
    assert order.passed is passed
    assert Finding.objects.get(pk=order.source["id"]).state == ("closed" if passed else "open")


def finish(walker: Walker, last: str = "完成") -> WorkOrder:
    walker.card("开始工作")
    walker.press("开始")
    walker.take("照片", f"done {walker.order.key}")
    walker.press("下一步")
    walker.card("完成工单")
    walker.write("备注", "都好")
    walker.press(last)
    walker.ends()
    order = walker.come_home()
    assert (order.state, order.note, len(order.photos)) == ("done", "都好", 1)
    return order


def test_any_other_order_is_begun_shown_and_finished(walk: Callable[[str], Walker]) -> None:
    finish(walk("other"))


@pytest.mark.parametrize(("name", "record"), [("drill", Drill), ("incident", Incident)])
def test_a_step_of_an_emergency_is_reported_to_its_record(
    walk: Callable[[str], Walker], name: str, record: type[Drill | Incident]
) -> None:
    walker = walk(name)
    walker.page.get_by_text("报清楼号楼层").first.wait_for()
    order = finish(walker, "这一步已完成")
    steps = record.objects.get(pk=order.source["id"]).steps
    assert next(each["state"] for each in steps if each["code"] == order.source["code"]) == "done"
