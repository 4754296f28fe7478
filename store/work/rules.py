"""Rules of work orders: transitions, checkpoints, proof. Pure functions over plain values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.clock import earliest
from store.errors import Invalid, Problem, RuleBroken
from store.words import Words

STATES: dict[str, Words] = {
    "open": Words("待处理", "Open"),
    "accepted": Words("已接单", "Accepted"),
    "in_progress": Words("进行中", "In progress"),
    "paused": Words("暂停", "Paused"),
    "done": Words("已完成", "Done"),
    "missed": Words("漏检", "Missed"),
    "cancelled": Words("已取消", "Cancelled"),
    "skipped": Words("按规则跳过", "Skipped by rule"),
}
OPEN_STATES = frozenset({"open", "accepted", "in_progress", "paused"})
# A paused order keeps the due moment it had; its clocks stand still, so it is not late by it.
RUNNING = OPEN_STATES - {"paused"}

KINDS: dict[str, Words] = {
    "patrol": Words("巡更", "Patrol"),
    "cleaning": Words("保洁检查", "Cleaning inspection"),
    "greening": Words("绿化养护", "Greening care"),
    "security": Words("消防与设备检查", "Safety inspection"),
    "other": Words("其他", "Other"),
    "repair": Words("维修", "Repair"),
    "complaint": Words("投诉处理", "Complaint handling"),
    "enquiry": Words("咨询处理", "Enquiry handling"),
    "suggestion": Words("建议处理", "Suggestion handling"),
    "drill": Words("演练", "Drill"),
    "callback": Words("回访", "Call-back"),
    "rectification": Words("整改", "Rectification"),
    "reinspection": Words("复查", "Re-inspection"),
    "drill_step": Words("演练步骤", "Drill step"),
    "incident_step": Words("应急步骤", "Incident step"),
}
# Orders of the finding chain: they end with their finding, never by themselves.
OF_FINDINGS = frozenset({"rectification", "reinspection"})
# Their orders report to the drill or incident that they are a step of: kind → the intent's kind.
STEP_REPORTS = {"drill_step": "drill_step_progress", "incident_step": "incident_step_progress"}
PRIORITIES: dict[int, Words] = {
    1: Words("特急", "Critical"),
    2: Words("紧急", "Urgent"),
    3: Words("普通", "Normal"),
    4: Words("计划", "Planned"),
}

REPAIR_VERBS = frozenset({"diagnose", "quote", "consent", "materials"})
# Verbs that only some kinds of orders know, and verbs that some kinds do not know.
ONLY: dict[str, frozenset[str]] = {
    "scan": frozenset({"patrol"}),
    "take_back": frozenset({"patrol"}),
    "photograph": frozenset({"patrol"}),
    "verdict": frozenset({"reinspection"}),
    **dict.fromkeys(REPAIR_VERBS, frozenset({"repair"})),
}
NEVER: dict[str, frozenset[str]] = {"complete": frozenset({"patrol", "reinspection"}), "cancel": OF_FINDINGS}
# To do these is to do the order.
DOING = frozenset({"accept", "start", "resume", "complete", "verdict"})
# The round's time is over; what a tablet brings later may still correct what is known of it.
ROUND_OVER = frozenset({"done", "missed"})
SCAN_METHODS: dict[str, Words] = {
    "qr": Words("扫码", "QR code"),
    "nfc": Words("NFC", "NFC"),
    "typed": Words("手工输入", "Typed"),
}


def knows(kind: str | None, verb: str) -> bool:
    """Whether orders of this kind have the verb at all."""
    return (verb not in ONLY or kind in ONLY[verb]) and kind not in NEVER.get(verb, ())


def check_verdict(kind: str) -> None:
    """Raises `RuleBroken` `not_a_reinspection`."""
    if kind != "reinspection":
        words = Words("只有复查工单才有复查结论", "Only a re-inspection has a verdict")
        raise RuleBroken("not_a_reinspection", words, "kind")


def check_cancellation(kind: str) -> None:
    """A finding without its order would be forgotten. Raises `RuleBroken` `cancel_the_finding`."""
    if kind in OF_FINDINGS:
        words = Words("请撤销整改项本身，工单会一并取消", "Cancel the finding itself; this order goes with it")
        raise RuleBroken("cancel_the_finding", words, "kind")


def check_not_barred(barred: Sequence[str], who: str, field: str | None = None) -> None:
    """Nobody judges his own work (clause 3.3). Raises `RuleBroken` `same_person`."""
    if who in barred:
        words = Words(
            "整改人不能复查自己的整改，请换一个人", "Whoever put it right cannot re-inspect it: somebody else must"
        )
        raise RuleBroken("same_person", words, field)


def check_pictures(kind: str, photos: Sequence[Mapping[str, Any]]) -> None:
    """What has a picture of before needs one of after (clause 3.3). Raises `RuleBroken` `photo_after_needed`."""
    roles = {photo.get("role") for photo in photos}
    if kind == "rectification" and "before" in roles and "after" not in roles:
        words = Words("整改前有照片，完成前请拍一张整改后的照片", "There is a photo of before: take one of after first")
        raise RuleBroken("photo_after_needed", words, "photos")


def least_busy(loads: Mapping[str, int]) -> str:
    """Whoever has the fewest open orders; of several the first by code, so that it is the same one again."""
    return min(loads, key=lambda code: (loads[code], code))


def check_completion(kind: str, checkpoints: Sequence[Mapping[str, Any]]) -> None:
    """A round is finished by its last scan; completing it by hand would hide what was missed. Raises `RuleBroken`."""
    if kind == "reinspection":
        words = Words("复查以“合格”或“退回”结束", "A re-inspection ends with its verdict: passed or sent back")
        raise RuleBroken("verdict_needed", words, "state")
    if checkpoints:
        words = Words(
            "巡更以最后一个打卡结束，不能直接完成", "A round ends with its last scan and cannot be completed by hand"
        )
        raise RuleBroken("round_not_by_hand", words, "state")


def check_callback(kind: str, satisfied: bool | None, note: str) -> None:
    """A call-back ends with the resident's verdict, and a bad one with his words. Raises `Invalid` `required`."""
    if kind != "callback":
        return
    if satisfied is None:
        raise Invalid.one("required", Words("请登记业主是否满意", "Say whether the resident is satisfied"), "satisfied")
    if not satisfied and not note.strip():
        raise Invalid.one("required", Words("请写明业主为何不满意", "Write why the resident is not satisfied"), "note")


def missed_now(checkpoints: Sequence[Mapping[str, Any]], now: datetime) -> list[int]:
    """Indexes of the checkpoints whose window has ended without a scan."""
    return [i for i, each in enumerate(checkpoints) if each["state"] == "pending" and each["closes_at"] <= now]


def round_is_over(checkpoints: Sequence[Mapping[str, Any]]) -> bool:
    return bool(checkpoints) and all(each["state"] != "pending" for each in checkpoints)


def reminders_due(reminders: Sequence[Mapping[str, Any]], now: datetime) -> list[int]:
    return [i for i, each in enumerate(reminders) if not each.get("sent_at") and each["at"] <= now]


def next_own_check(order: Mapping[str, Any]) -> datetime | None:
    """The earliest thing that happens to the order by itself, its clocks left aside."""
    if order["state"] not in OPEN_STATES:
        return None
    reminders = [each["at"] for each in order.get("reminders") or () if not each.get("sent_at")]
    windows = [each["closes_at"] for each in order.get("checkpoints") or () if each["state"] == "pending"]
    return earliest(*reminders, *windows)


def check_answers(checklist: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Every required item answered, every answer for a known item and within its kind."""
    by_code = {answer.get("item"): answer for answer in answers}
    items = checklist.get("items") or ()
    known = {item["code"] for item in items}
    problems = [
        Problem(
            "unknown_item", Words("检查表没有此项：{c}", "The checklist has no such item: {c}").fill(c=code), "answers"
        )
        for code in by_code
        if code not in known
    ]
    for item in items:
        problems += _check_answer(item, by_code, f"answers.{item['code']}")
    return problems


def check_one_answer(checklist: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Problem]:
    """Whether an answer that comes before the others is for a known item and within its kind."""
    items = [{**each, "only_if": None, "required": False} for each in checklist.get("items") or ()]
    return check_answers({"items": items}, [answer])


def _check_answer(item: Mapping[str, Any], by_code: Mapping[Any, Mapping[str, Any]], path: str) -> list[Problem]:
    if not _is_asked(item, by_code):
        return []
    answer = by_code.get(item["code"], {})
    value = answer.get("value")
    if value is None:
        if not item.get("required") or (item["kind"] == "photo" and answer.get("photos")):
            return []
        return [Problem("required", Words("必填项未填写", "A required item has no answer"), path)]
    if item["kind"] == "pass_fail" and value not in ("pass", "fail"):
        return [Problem("not_a_choice", Words("应为合格或不合格", "must be pass or fail"), path)]
    if item["kind"] in ("score", "number") and (isinstance(value, bool) or not isinstance(value, int | float)):
        return [Problem("not_number", Words("应为数字", "must be a number"), path)]
    if item["kind"] == "score" and not 0 <= value <= item.get("max_score", 100):
        return [Problem("out_of_range", Words("分数超出范围", "The score is out of range"), path)]
    return []


def _is_asked(item: Mapping[str, Any], by_code: Mapping[Any, Mapping[str, Any]]) -> bool:
    depends_on = item.get("only_if")
    return not depends_on or by_code.get(depends_on, {}).get("value") == "fail"


def failed_items(checklist: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Codes of failed items: a fail, or less than half of the score."""
    values = {answer["item"]: answer.get("value") for answer in answers}
    return [item["code"] for item in checklist.get("items") or () if _failed(item, values.get(item["code"]))]


def _failed(item: Mapping[str, Any], value: Any) -> bool:
    if item["kind"] == "score" and isinstance(value, int | float):
        return value * 2 < item.get("max_score", 100)
    return bool(value == "fail")


def score_percent(checklist: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> int | None:
    """Points reached of points possible, over the pass/fail and scored items that were asked; None without any."""
    values = {answer["item"]: answer.get("value") for answer in answers}
    reached = possible = 0.0
    for item in checklist.get("items") or ():
        value = values.get(item["code"])
        if value is None or item["kind"] not in ("pass_fail", "score"):
            continue
        # The points of a pass/fail item are its weight.
        most = item.get("max_score") or 1
        possible += most
        reached += most if value == "pass" else value if isinstance(value, int | float) else 0
    return round(100 * reached / possible) if possible else None
