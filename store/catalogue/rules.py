"""What the fields of the catalogue's content cannot say by themselves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store.calendars.promises import Promised, WorkingDays, check_promises, promised_in
from store.content.types import Body, LookUp
from store.errors import Problem
from store.fields.spec import CODE
from store.words import Words

PROMISES = ("response", "resolve", "reply")
# What a person can fail at, so that a later item may depend on it.
CAN_FAIL = frozenset({"pass_fail", "score"})
# What is carried out on a work order, or follows from one.
NEEDS_ORDER = ("dispatch", "price_list", "acceptance_days", "callback_percent", "callback_escalation")

QUANTITIES: dict[str, Words] = {
    "whole": Words("整数", "Whole numbers"),
    "decimal": Words("可为小数", "With decimals"),
}
# What is measured and not counted; a list that says nothing of a line means this by its unit.
MEASURED = frozenset(
    (
        *("米", "延米", "延长米", "厘米", "m", "cm"),
        *("平方米", "平米", "㎡", "m²", "m2"),
        *("立方米", "方", "m³", "m3"),
        *("小时", "时", "h", "天", "工日"),
        *("千克", "公斤", "斤", "克", "吨", "kg", "g", "t"),
        *("升", "毫升", "l", "ml"),
    )
)


def is_divisible(line: Mapping[str, Any]) -> bool:
    """Whether a priced line comes in parts: as its list says, else by its unit. 2.5 metres, never 2.5 pieces."""
    said = line.get("quantities")
    return said == "decimal" if said else str(line.get("unit") or "").strip().lower() in MEASURED


def check_codes(rows: Sequence[Mapping[str, Any]], path: str) -> list[Problem]:
    """Codes of rows are well-formed and not given twice."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, row in enumerate(rows):
        code = row.get("code") or ""
        if not CODE.fullmatch(code):
            words = Words(
                "编号只能用小写字母、数字和连字符", "A code is made of lower-case letters, digits and hyphens"
            )
            problems.append(Problem("malformed_code", words, f"{path}.{index}.code"))
        if code in seen:
            words = Words("编号「{code}」重复", "The code “{code}” is given twice").fill(code=code)
            problems.append(Problem("duplicate", words, f"{path}.{index}.code"))
        seen.add(code)
    return problems


def check_item(body: Body, look_up: LookUp) -> list[Problem]:
    """An item promises something, and its three promises come in the order in which they are kept. Clause 4.3."""
    if not any(promised_in(body, name) for name in PROMISES):
        words = Words("至少填写一个时限，否则无从考核", "Give at least one time limit, else nothing is promised")
        return [Problem("promises_nothing", words, "response_minutes")]
    needing = [] if body.get("makes_work_order") else [name for name in NEEDS_ORDER if body.get(name)]
    if needing:
        words = Words("只有生成工单的项目才能派单、收费、验收和回访", "Only an item that makes a work order has this")
        return [Problem("no_work_order", words, name) for name in needing]
    return [*check_promises(body, PROMISES), *_check_order(promised_in(body, "response"), promised_in(body, "resolve"))]


def _check_order(response: Promised | None, resolve: Promised | None) -> Iterator[Problem]:
    """Minutes and working days cannot be compared; but who solves within minutes does not answer within days."""
    if not response or not resolve:
        return
    words = Words("响应时限不能长于办结时限", "The response limit must not be longer than the limit to solve it")
    if isinstance(response, WorkingDays):
        if not isinstance(resolve, WorkingDays) or response > resolve:
            yield Problem("response_after_resolve", words, "response_days")
    elif not isinstance(resolve, WorkingDays) and response > resolve:
        yield Problem("response_after_resolve", words, "response_minutes")


def check_price_list(body: Body, look_up: LookUp) -> list[Problem]:
    return check_codes(body.get("lines") or (), "lines")


def check_standard(body: Body, look_up: LookUp) -> list[Problem]:
    if body["unit"] == "percent" and not 0 <= body["target"] <= 100:
        words = Words("百分比应在 0 与 100 之间", "A percentage lies between 0 and 100")
        return [Problem("out_of_range", words, "target")]
    return []


def check_checklist(body: Body, look_up: LookUp) -> list[Problem]:
    """Codes once, scores where there is something to score, conditions on items that come before. Clause 3.3."""
    items = body.get("items") or ()
    problems = [*check_codes(items, "items"), *_check_scores(items), *_check_conditions(items)]
    if body.get("pass_score") and not any(each["kind"] in CAN_FAIL for each in items):
        words = Words("有合格分，却没有可评分的项目", "There is a pass score, but no item that can be scored")
        problems.append(Problem("nothing_to_score", words, "pass_score"))
    return problems


def _check_scores(items: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    for index, item in enumerate(items):
        if item["kind"] == "score" and not item.get("max_score"):
            words = Words("评分项需要满分值", "A scored item needs its highest score")
            yield Problem("no_max_score", words, f"items.{index}.max_score")


def _check_conditions(items: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    earlier: dict[str, str] = {}
    for index, item in enumerate(items):
        condition, path = item.get("only_if"), f"items.{index}.only_if"
        if condition and condition not in earlier:
            words = Words("「{code}」不是前面的项目", "“{code}” is not an earlier item").fill(code=condition)
            yield Problem("not_an_earlier_item", words, path)
        elif condition and earlier[condition] not in CAN_FAIL:
            words = Words("「{code}」不会不合格，条件永远不成立", "“{code}” cannot fail, so this would never be asked")
            yield Problem("never_asked", words.fill(code=condition), path)
        earlier[item["code"]] = item["kind"]


def aliases_of(item: Mapping[str, Any]) -> list[str]:
    """The words by which residents call a service item: `滴水、跳闸`, in lower case."""
    return [each for each in re.split(r"[\s,，、;；]+", str(item.get("aliases") or "").lower()) if each]
